"""Who comes next when places are few."""

import asyncio

import pytest

from tracker.collect.worker import PrioritySemaphore


async def visit(lanes: PrioritySemaphore, name: str, log: list[str], *, again: bool = False) -> None:
    async with lanes.place(again=again):
        log.append(name)
        await asyncio.sleep(0)


async def test_first_attempts_go_before_second_ones_and_each_kind_keeps_its_order() -> None:
    lanes, log = PrioritySemaphore(1), []
    async with lanes.place():
        waiting = [
            asyncio.create_task(visit(lanes, name, log, again=name.startswith("second")))
            for name in ("second 1", "first 1", "second 2", "first 2")
        ]
        await asyncio.sleep(0)
        assert log == []
    await asyncio.gather(*waiting)
    assert log == ["first 1", "first 2", "second 1", "second 2"]


async def test_no_more_than_the_places_are_taken() -> None:
    lanes, log = PrioritySemaphore(2), []
    async with lanes.place(), lanes.place():
        third = asyncio.create_task(visit(lanes, "third", log))
        await asyncio.sleep(0)
        assert log == []
    await third
    assert log == ["third"]


@pytest.mark.parametrize("when", ["waiting", "called up"])
async def test_who_gives_up_takes_no_place(when: str) -> None:
    lanes, log = PrioritySemaphore(1), []
    async with lanes.place():
        impatient = asyncio.create_task(visit(lanes, "impatient", log))
        await asyncio.sleep(0)
        if when == "waiting":
            impatient.cancel()
            await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    await asyncio.wait_for(visit(lanes, "next", log), 600)
    assert log == ["next"]


async def test_an_error_gives_the_place_back() -> None:
    lanes, log = PrioritySemaphore(1), []
    with pytest.raises(ValueError, match="x"):
        async with lanes.place():
            raise ValueError("x")
    await asyncio.wait_for(visit(lanes, "next", log), 600)
    assert log == ["next"]
