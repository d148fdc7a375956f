"""What changes of real feeds are called, against two readings of drawn ones; needs ../shared/data."""

import pytest

from tests.quality.news import Half
from tests.quality.revisions import labels, missed, precision, record


@pytest.mark.usefixtures("shared_data")
@pytest.mark.parametrize(
    ("half", "least"), [pytest.param("dev", 0.98, id="dev"), pytest.param("held", 0.74, id="held")]
)
def test_changes_called_substantive_state_something_else(half: Half, least: float) -> None:
    found = [*record(half)]
    assert len(found) >= 0.95 * len(labels(half))
    right, left = precision(found), missed(found)
    assert right
    assert right.value >= least
    assert left
    assert left.value <= 0.25


def test_two_readings_of_a_change_mostly_agree() -> None:
    read_twice = [label for label in (*labels("dev").values(), *labels("held").values()) if label.two]
    assert sum(label.substantive is not None for label in read_twice) >= 0.9 * len(read_twice)
