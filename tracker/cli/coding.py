"""The commands of hand coding: print the codebook, draw samples, suggest articles, and measure the rules."""

from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from tracker.analyse.names import did_you_mean
from tracker.cli.options import (
    F,
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
    refuse_own_files,
)
from tracker.cli.parameters import FilePath, WholeNumber
from tracker.clock import utc_now
from tracker.errors import TrackerError, UsageError
from tracker.files import require_folder, write_whole
from tracker.publish.codebook import codebook_as_plain, codebook_in_markdown
from tracker.publish.coding_sheet import Answers, drawn_in_words, measured_in_words, sheet
from tracker.publish.exports.formats import format_of
from tracker.publish.formatting import counted
from tracker.publish.suggestion_sheet import lesson, lesson_in_words, suggested_in_words
from tracker.publish.suggestion_sheet import suggest as choose
from tracker.store.coding import draw, latest_measurements, record, sampled, suggested, tag_ids, without_storing
from tracker.store.connection import Database
from tracker.store.database import may_write, opened, opened_by_reader, transaction

_file_argument = click.argument("file", type=FilePath(dir_okay=False, allow_dash=True), default="-")


@click.command(epilog="Example:  tracker codebook > codebook.md")
@config_option
@db_option
@json_option
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Print only this tag; repeatable.")
@pass_paths
def codebook(paths: Paths, as_json: bool, tags: tuple[str, ...]) -> None:
    """Print the codebook as Markdown.

    It holds every tag's definition, examples and rules, your own tags in feeds.yaml included, and each tag's measured
    quality if there is a database.
    """
    rulebook = paths.cache.load_rulebook(paths.config)
    if unknown := sorted({*tags} - {tag.id for tag in rulebook.tags}):
        known = [name for tag in rulebook.tags for name in (tag.id, tag.label)]
        meant = did_you_mean(unknown[0], known) or "; `tracker codebook` lists them all"
        raise UsageError(f"there is no tag {unknown[0]!r}{meant}")
    measured = None
    if paths.db.exists():
        with opened_by_reader(paths.db) as db:
            measured = latest_measurements(db)
    if as_json:
        print_json(codebook_as_plain(rulebook, measured, tags))
    else:
        click.echo(codebook_in_markdown(rulebook, measured, tags), nl=False)


def _size_option(about: str, *, least: int, default: int) -> Callable[[F], F]:
    return click.option(
        "--n",
        "size",
        type=WholeNumber(least, 10_000),
        default=default,
        show_default=True,
        metavar="N",
        help=about,
    )


@click.command(epilog="Example:  tracker sample --tag csam --n 100 csam.csv")
@_file_argument
@click.option("--tag", required=True, metavar="TAG", help="The tag to measure, such as encryption.")
@_size_option("How many articles to draw.", least=4, default=100)
@click.option(
    "--seed",
    type=WholeNumber(0, 999_999_999),
    metavar="N",
    help="Repeat the draw of an earlier sample with this seed.  [default: the sample's number]",
)
@force_option
@config_option
@db_option
@quiet_option
@pass_paths
def sample(  # noqa: PLR0913  one parameter per option
    paths: Paths, file: Path, tag: str, size: int, seed: int | None, force: bool, quiet: bool
) -> None:
    """Draw a random sample of articles to code by hand.

    Writes a CSV to fill in; `tracker score` then measures the tag's accuracy, and its --help explains how. Half of the
    articles have the tag, a quarter are near misses or otherwise relevant, and a quarter come from all the others. The
    CSV does not show which is which, and its order is random, so coding only the first rows still codes a random
    sample.
    """
    _check_sheet(paths, file, force)
    with opened(existing_database(paths)) as db:
        _check_tag(paths, db, tag)
        with transaction(db):
            drawn = draw(db, tag, size, seed, utc_now())
    _write_sheet(file, sheet(drawn), force)
    if not quiet:
        click.echo(drawn_in_words(drawn, _name(file)), err=True)


@click.command(epilog="Example:  tracker suggest --tag grooming grooming.csv")
@_file_argument
@click.option("--tag", default="", metavar="TAG", help="The tag in question.  [default: either topic]")
@_size_option("How many articles to suggest.", least=1, default=50)
@force_option
@config_option
@db_option
@quiet_option
@pass_paths
def suggest(paths: Paths, file: Path, tag: str, size: int, force: bool, quiet: bool) -> None:  # noqa: PLR0913  one parameter per option
    """Suggest articles to read in search of what the rules miss.

    Writes a CSV of articles without the tag that are most like those with it, the likeliest first, with the words that
    make them so. Answer yes or no, and `tracker score` prints what the answers teach: headlines to copy to a rule's
    `yes:` and `no:`, and terms that would have found what was missed, each with how often it would have been right.
    Articles coded before are not suggested again; their answers count. The likeness is that of a logistic regression
    on the words of the newest 200,000 articles; no model gives a tag, only rules do. Needs scikit-learn: pip install
    'encryption-coverage-tracker[suggest]'.
    """
    _check_sheet(paths, file, force)
    with opened(existing_database(paths)) as db:
        if tag:
            _check_tag(paths, db, tag)
        with transaction(db):
            made = choose(db, tag, size, utc_now())
    _write_sheet(file, sheet(made), force)
    if not quiet:
        click.echo(suggested_in_words(made, _name(file)), err=True)


def _check_sheet(paths: Paths, file: Path, force: bool) -> None:
    """Raise UsageError if a sheet may not be written to the file."""
    refuse_own_files(paths, file)
    if is_file_name(file) and format_of(file).extension != ".csv":
        raise UsageError(f"{file} would contain CSV; give it a name that ends in .csv")
    if is_file_name(file):
        require_folder(file.parent)
    if is_file_name(file) and file.is_file() and file.stat().st_size and not force:
        raise UsageError(f"{file} already exists and may contain answers; use another name, or --force")


def _check_tag(paths: Paths, db: Database, tag: str) -> None:
    """Raise UsageError if no rule gives the tag."""
    known = tag_ids(db)
    if tag not in known:
        raise UsageError(f"there is no tag {tag!r} in {paths.db}{did_you_mean(tag, known)}")


def _write_sheet(file: Path, content: bytes, force: bool) -> None:
    if str(file) == "-":
        click.echo(content, nl=False)
    else:  # without a BOM, some spreadsheets garble non-ASCII text
        write_whole(file, BOM_UTF8 + content, ours=lambda _: force, force=force)


def _name(file: Path) -> str:
    return "FILE.csv" if str(file) == "-" else str(file)


@click.command(epilog="Example:  tracker score csam.csv")
@click.argument("files", metavar="FILE...", type=click.File("rb"), nargs=-1, required=True)
@config_option
@db_option
@json_option
@pass_paths
def score(paths: Paths, files: tuple[BinaryIO, ...], as_json: bool) -> None:
    """Measure a tag's accuracy on a hand-coded sample.

    FILE is the CSV that `tracker sample` or `tracker suggest` wrote, filled in. Each row asks whether the article is
    about the tag as defined. One person answers in coder_1 and another, who does not see those answers, in coder_2: 1
    or yes, 0 or no, empty if not coded. Where they differ, they settle it in agreed; unsettled rows are left out.
    Coders may each fill in a copy; give both files. Invalid cells are reported by line and column, and then nothing is
    stored. Answers replace earlier ones for the same sample. Without permission to write the database, the result is
    only shown. Suggested articles are no random sample: for these it prints what the answers teach, and measures
    nothing.

    Precision: the share of articles with the tag that should have it. Recall: the share of articles that should have
    the tag that do. Both come with 95% intervals. The recall of a rare tag is a rough estimate: it depends on the few
    articles drawn from the vast remainder, where one yes stands for thousands. Kappa: the coders' agreement beyond
    chance.
    """
    answers = Answers()
    stored = may_write(existing_database(paths))
    with opened_by_reader(paths.db) as db:
        drawn = sampled(db)
        for file in files:
            answers.read(file.name, file.read(), drawn)
        for problem in answers.problems:
            click.echo(problem, err=True)
        if answers.problems:
            raise TrackerError(f"nothing was stored: {counted(len(answers.problems), 'invalid cell')}")
        if not answers.given:
            raise TrackerError("nothing was stored: coder_1, coder_2 and agreed are all empty")
        if not stored:
            without_storing(db)
        with transaction(db):
            found = record(db, answers.given, utc_now())
            lessons = [lesson(db, *one) for one in suggested(db, {sample for sample, _ in answers.given}).items()]
    if not stored:
        click.echo(f"measured, but not stored: this user may not write {paths.db}", err=True)
    if as_json:
        print_json([*map(asdict, found), *map(asdict, lessons)])
        return
    for line in (*map(measured_in_words, found), *map(lesson_in_words, lessons)):
        click.echo(line)
