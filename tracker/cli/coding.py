"""The commands that measure how good a tag is: sample, score."""

from codecs import BOM_UTF8
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from tracker.analyse.spelling import did_you_mean
from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    existing_database,
    force_option,
    is_file_name,
    json_option,
    pass_paths,
    print_json,
    quiet_option,
    spare_own_files,
)
from tracker.clock import utc_now
from tracker.errors import TrackerError, UsageError
from tracker.files import require_folder, write_whole
from tracker.publish.coding_sheet import Answers, drawn_in_words, measured_in_words, sheet
from tracker.publish.exports.formats import form_of
from tracker.publish.summaries import many
from tracker.store.coding import draw, record, sampled, tag_ids
from tracker.store.database import opened, transaction


@click.command(epilog="Example:  tracker sample --tag csam --n 100 csam.csv")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@click.option("--tag", required=True, metavar="TAG", help="The tag to measure, such as encryption.")
@click.option(
    "--n",
    "size",
    type=click.IntRange(4, 10_000),
    default=100,
    show_default=True,
    metavar="N",
    help="How many articles to draw.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 999_999_999),
    metavar="N",
    help="Draw as another sample with this seed did.  [default: the sample's number]",
)
@force_option
@config_option
@db_option
@quiet_option
@pass_paths
def sample(  # noqa: PLR0913  one parameter an option
    paths: Paths, file: Path, tag: str, size: int, seed: int | None, force: bool, quiet: bool
) -> None:
    """Draw articles at random to see by hand how good a tag is, and write them as CSV.

    Half are articles with the tag, a quarter such that nearly got it or are on the debate, a quarter from all
    others. The CSV does not show which is which, and its order is random: whoever codes only some of the rows, from
    the top, has coded a random sample too. What the CSV is for stands in the help of `tracker score`.
    """
    spare_own_files(paths, file)
    if is_file_name(file) and form_of(file).ending != ".csv":
        raise UsageError(f"{file} would be CSV; name it so")
    if is_file_name(file):
        require_folder(file.parent)
    if is_file_name(file) and file.is_file() and file.stat().st_size and not force:
        raise UsageError(f"{file} is there already, perhaps with answers in it; name another file, or give --force")
    with opened(existing_database(paths)) as db:
        known = tag_ids(db)
        if tag not in known:
            raise UsageError(f"there is no tag {tag!r} in {paths.db}{did_you_mean(tag, known)}")
        with transaction(db):
            drawn = draw(db, tag, size, seed, utc_now())
    if str(file) == "-":
        click.echo(sheet(drawn), nl=False)
    else:
        write_whole(
            file, BOM_UTF8 + sheet(drawn), ours=lambda _: force, force=force
        )  # without the mark, some spreadsheets garble what is not ASCII
    if not quiet:
        click.echo(drawn_in_words(drawn, "FILE.csv" if str(file) == "-" else str(file)), err=True)


@click.command(epilog="Example:  tracker score csam.csv")
@click.argument("files", metavar="FILE...", type=click.File("rb"), nargs=-1, required=True)
@config_option
@db_option
@json_option
@pass_paths
def score(paths: Paths, files: tuple[BinaryIO, ...], as_json: bool) -> None:
    """Say how good a tag is, from the answers in the CSV that `tracker sample` wrote.

    The question of each row is whether the article is about the tag as defined. One person answers in coder_1,
    another, who does not see those answers, in coder_2: 1 or yes, 0 or no, nothing where not coded. Where they differ,
    both settle it in agreed; what stays open is left out. Coders may each fill in a copy; give both files. A bad
    cell is named by its line and column, and nothing is stored. Answers replace earlier ones to the same sample.

    Precision: the share of articles with the tag that carry it rightly. Recall: the share of articles that
    should carry it and do. The recall of a rare tag is a rough estimate: it hangs on the few articles drawn from
    the great rest, where one yes stands for thousands. Both with 95 % intervals. Kappa: agreement of the coders
    beyond chance.
    """
    answers = Answers()
    with opened(existing_database(paths)) as db:
        drawn = sampled(db)
        for file in files:
            answers.read(file.name, file.read(), drawn)
        for problem in answers.problems:
            click.echo(problem, err=True)
        if answers.problems:
            raise TrackerError(f"nothing was stored: {many(len(answers.problems), 'cell')} cannot be used")
        if not answers.given:
            raise TrackerError("nothing was stored: there is no answer in coder_1, coder_2 or agreed")
        with transaction(db):
            found = record(db, answers.given, utc_now())
    if as_json:
        print_json([asdict(measured) for measured in found])
        return
    for measured in found:
        click.echo(measured_in_words(measured))
