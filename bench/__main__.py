"""The whole run: `python -m bench --help`."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from bench.contenders import Contender, Floor, Reader, Tracker, install_peer, install_tracker
from bench.documents import SMALL
from bench.grouping import grouping
from bench.hostile import hostile
from bench.meter import Failed
from bench.report import Results, machine, report, write
from bench.rounds import Unequal, series
from bench.server import COLD, SAME
from bench.speed import parsing, tagging

_MANY = 10_000


def main() -> None:
    asked = _options()
    try:
        results = _measured(asked.feeds or (100 if asked.quick else 1000), many=asked.memory or not asked.quick)
    except (Unequal, Failed) as error:
        sys.exit(f"No figures: {error}")
    text = report(results)
    print(text)
    if asked.json:
        asked.json.write_text(json.dumps(asdict(results), indent=1) + "\n", encoding="utf-8")
    if asked.write:
        write(asked.write, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure a round beside a peer and a floor.")
    parser.add_argument("--feeds", type=int, help="how many feeds the rounds have (1000, or 100 with --quick)")
    parser.add_argument("--quick", action="store_true", help="fewer feeds, and no round of 10,000")
    parser.add_argument("--memory", action="store_true", help="the round of 10,000 feeds with --quick too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the report into a document")
    return parser.parse_args()


def _measured(feeds: int, *, many: bool) -> Results:
    state = machine()
    ours = install_tracker()
    if ours is None:
        _say(
            "this project cannot be installed by itself, so it runs beside its developers' tools and starts more slowly"
        )
        ours = Path(sys.executable)
    contenders: list[Contender] = [Floor(ours), Tracker(ours)]
    peer = install_peer()
    if peer is None:
        _say("reader cannot be installed (is there a network?), so there will be no ratios to it")
    else:
        contenders += [Reader(peer, 1), Reader(peer, 20)]
    start = series(contenders, 1, _say, phases=(COLD, SAME))
    results = Results(state, series(contenders, feeds, _say), start)
    _say("tagging and parsing")
    results.tagging = {"ordinary news": tagging(on_topic=False), "the debate": tagging(on_topic=True)}
    results.parsing = parsing()
    results.hostile = hostile()
    _say("copies and stories")
    results.grouping = [grouping(stored) for stored in ((100_000, 1_000_000) if many else (20_000,))]
    if many:
        results.many = series([Tracker(ours)], _MANY, _say, size=SMALL, phases=(COLD, SAME), times=1)
    return results


_BEGUN = time.monotonic()


def _say(text: str) -> None:
    print(f"{time.monotonic() - _BEGUN:5.0f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
