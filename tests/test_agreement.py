"""What hand-coded answers say of a tag: figures from the literature, from other ways to work them out, and limits."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.analyse.tagging.agreement import CODERS, Coded, Tally, agreement, kappa, quality, recall, wilson


def pairs(both: int, first: int, second: int, neither: int) -> list[tuple[bool, bool]]:
    """As many pairs of answers as the four cells of a table say: both yes, only the first, only the second, none."""
    return [(True, True)] * both + [(True, False)] * first + [(False, True)] * second + [(False, False)] * neither


# ---- precision


@pytest.mark.parametrize(
    ("positive", "coded", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_wilson_is_that_of_the_literature(positive: int, coded: int, low: float, high: float) -> None:
    # the examples of Newcombe, Stat. Med. 17 (1998) 857, table I, method 3
    found = wilson(positive, coded)
    assert found is not None
    assert (found.value, round(found.low, 4), round(found.high, 4)) == (positive / coded, low, high)


def test_a_share_of_nothing_is_not_known() -> None:
    assert wilson(0, 0) is None
    assert agreement([]) is None


counts = st.integers(1, 300).flatmap(lambda coded: st.tuples(st.integers(0, coded), st.just(coded)))


@given(counts)
def test_an_interval_holds_its_share_and_mirrors_that_of_no(count: tuple[int, int]) -> None:
    positive, coded = count
    yes, no = wilson(positive, coded), wilson(coded - positive, coded)
    assert yes is not None
    assert no is not None
    assert 0 <= yes.low <= yes.value <= yes.high <= 1
    assert yes.low == pytest.approx(1 - no.high)


@given(counts)
def test_more_answers_of_the_same_share_make_the_interval_narrower(count: tuple[int, int]) -> None:
    few, many = wilson(*count), wilson(count[0] * 4, count[1] * 4)
    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low


# ---- two coders


@pytest.mark.parametrize(
    ("table", "agreed", "beyond_chance"),
    [
        pytest.param((20, 5, 10, 15), 0.7, 0.4, id="7 of 10 alike, of which chance explains half"),
        pytest.param((45, 15, 25, 15), 0.6, 0.1304, id="much agreement by chance"),
        pytest.param((25, 35, 5, 35), 0.6, 0.2593, id="as much agreement, less of it by chance"),
        pytest.param((5, 0, 0, 5), 1.0, 1.0, id="all alike"),
        pytest.param((0, 5, 5, 0), 0.0, -1.0, id="never alike"),
        pytest.param((9, 1, 0, 0), 0.9, 0.0, id="one who always says yes"),
    ],
)
def test_kappa_is_agreement_beyond_chance(
    table: tuple[int, int, int, int], agreed: float, beyond_chance: float
) -> None:
    assert agreement(pairs(*table)) == pytest.approx(agreed)
    assert kappa(pairs(*table)) == pytest.approx(beyond_chance, abs=5e-5)


@pytest.mark.parametrize("table", [(0, 0, 0, 0), (7, 0, 0, 0), (0, 0, 0, 7)], ids=str)
def test_kappa_is_not_known_where_chance_alone_agrees(table: tuple[int, int, int, int]) -> None:
    assert kappa(pairs(*table)) is None


@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_kappa_does_not_ask_who_is_first_nor_which_answer_is_yes(answers: list[tuple[bool, bool]]) -> None:
    found = kappa(answers)
    assert found is None or -1 <= found <= 1
    for other in (
        kappa([(two, one) for one, two in answers]),
        kappa([(not one, not two) for one, two in answers]),
    ):
        assert other is None if found is None else other == pytest.approx(found)


# ---- recall


@pytest.mark.parametrize(
    ("strata", "value", "low", "high"),
    [
        ([Tally(200, 50, 45), Tally(400, 25, 5), Tally(1000, 25, 1)], 0.6, 0.361, 0.808),
        ([Tally(80, 40, 38), Tally(300, 30, 6)], 0.5588, 0.388, 0.767),
        ([Tally(60, 50, 47), Tally(900, 25, 2), Tally(9000, 25, 0)], 0.4393, 0.0395, 0.8645),
    ],
    ids=["all strata", "two strata", "a great rest without a yes"],
)
def test_recall_counts_each_stratum_by_its_size(strata: list[Tally], value: float, low: float, high: float) -> None:
    # the ends of the intervals are those of two million draws by another library
    found = recall(strata[0], strata[1:])
    assert found is not None
    assert found.value == pytest.approx(value, abs=5e-5)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


@pytest.mark.parametrize(
    ("tagged", "rest"),
    [
        pytest.param(Tally(10, 0, 0), Tally(10, 5, 1), id="no answer on tagged articles"),
        pytest.param(Tally(10, 5, 5), Tally(10, 0, 0), id="no answer on the others"),
        pytest.param(Tally(10, 5, 0), Tally(10, 5, 0), id="no yes at all"),
        pytest.param(Tally(0, 0, 0), Tally(0, 0, 0), id="no articles"),
    ],
)
def test_recall_is_not_known_without_answers(tagged: Tally, rest: Tally) -> None:
    assert recall(tagged, [rest]) is None


def test_a_tag_that_no_article_carries_finds_nothing() -> None:
    found = recall(Tally(0, 0, 0), [Tally(10, 5, 1)])
    assert found is not None
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_a_rest_that_shows_no_yes_leaves_recall_at_1_and_in_doubt() -> None:
    found = recall(Tally(50, 50, 50), [Tally(10_000, 25, 0)])
    assert found is not None
    assert found.value == found.high == 1
    assert found.low < 0.3


tallies = st.integers(1, 60).flatmap(
    lambda coded: st.builds(Tally, st.integers(coded, 5000), st.just(coded), st.integers(0, coded))
)


@settings(max_examples=8)  # each one draws 20,000 times
@given(tallies, st.lists(tallies, max_size=2))
def test_an_interval_of_recall_holds_its_estimate_and_is_the_same_every_time(
    tagged: Tally, others: list[Tally]
) -> None:
    found = recall(tagged, others)
    assert found == recall(tagged, others)
    assert found is None or 0 <= found.low <= found.value <= found.high <= 1


def test_a_stratum_coded_in_full_leaves_no_doubt_of_its_own() -> None:
    found = recall(Tally(60, 60, 45), [Tally(20, 20, 5)])
    assert found is not None
    assert (found.value, found.low, found.high) == (0.9, 0.9, 0.9)


@pytest.mark.parametrize(
    ("population", "places"),
    [
        pytest.param(((300, 270), (2000, 100), (5000, 25)), (150, 100, 100), id="a rest with few"),
        pytest.param(((100, 90), (300, 30), (9600, 2)), (50, 25, 25), id="two in a great rest, a small sample"),
    ],
)
def test_of_many_samples_of_a_made_up_population_nearly_all_intervals_hold_the_true_recall(
    population: tuple[tuple[int, int], ...], places: tuple[int, ...]
) -> None:
    random = Random(3)
    truth = population[0][1] / sum(right for _, right in population)
    held = 0
    for _ in range(15):
        strata = [
            Tally(size, coded, sum(n < right for n in random.sample(range(size), coded)))
            for (size, right), coded in zip(population, places, strict=True)
        ]
        found = recall(strata[0], strata[1:])
        assert found is not None
        held += found.low <= truth <= found.high
    assert held >= 14


# ---- a whole sample


def coded(stratum: str, size: int, **answers: bool) -> Coded:
    assert set(answers) <= set(CODERS)
    return Coded(stratum, size, answers)  # type: ignore[arg-type]  the names were checked


@pytest.mark.parametrize(
    ("answers", "truth"),
    [
        pytest.param({}, None, id="nobody answered"),
        pytest.param({"coder_1": True}, True, id="one coder"),
        pytest.param({"coder_2": False}, False, id="only the second"),
        pytest.param({"coder_1": True, "coder_2": True}, True, id="both alike"),
        pytest.param({"coder_1": True, "coder_2": False}, None, id="a disagreement"),
        pytest.param({"coder_1": True, "coder_2": False, "agreed": False}, False, id="a disagreement settled"),
        pytest.param({"coder_1": True, "coder_2": True, "agreed": False}, False, id="both think again"),
        pytest.param({"agreed": True}, True, id="settled together from the start"),
    ],
)
def test_the_truth_is_what_both_settled_on_or_what_nobody_contradicts(
    answers: dict[str, bool], truth: bool | None
) -> None:
    assert coded("rest", 9, **answers).truth is truth


def test_a_sample_is_measured_without_its_open_disagreements() -> None:
    sample = [
        *[coded("tagged", 40, coder_1=True, coder_2=True)] * 8,
        coded("tagged", 40, coder_1=False, coder_2=False),
        coded("tagged", 40, coder_1=True, coder_2=False),
        coded("tagged", 40, coder_1=True, coder_2=False, agreed=True),
        coded("rest", 100, coder_1=True, coder_2=True),
        *[coded("rest", 100, coder_1=False, coder_2=False)] * 8,
        coded("rest", 100, coder_1=False),
        coded("rest", 100),
    ]
    found = quality(sample)
    assert (found.coded, found.disputed, found.coders, found.pairs) == (20, 1, 2, 20)
    assert (found.tagged, found.right) == (10, 9)
    assert found.precision is not None
    assert found.precision.value == 0.9
    assert found.recall is not None
    assert found.recall.value == pytest.approx(36 / (36 + 10))
    assert found.agreement == 0.9
    assert found.kappa == pytest.approx(0.8, abs=0.01)  # 11 of 20 yes by one, 9 by the other: chance gives 0.495


def test_a_sample_without_answers_says_nothing() -> None:
    found = quality([coded("tagged", 5), coded("rest", 5)])
    assert (found.coded, found.precision, found.recall, found.kappa, found.coders) == (0, None, None, None, 0)
