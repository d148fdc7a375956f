"""What hostile servers cost the good ones that are polled in the same round."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hostile:
    """A round of 200 good servers alone, and the same round with 200 hostile ones among them.

    Seconds until the last good feed was stored, and CPU seconds of the whole round.
    """

    alone_wall: float
    alone_cpu: float
    among_wall: float
    among_cpu: float


def hostile() -> Hostile | None:
    """The cost of hostile servers; None while it is not measured."""
    return None
