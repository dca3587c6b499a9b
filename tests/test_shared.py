"""What visitors share: made once however many ask at the same moment."""

import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.shared.cache import shared
from pages.shared.models import by_name

VISITORS = 30


def test_thirty_who_ask_at_once_get_the_one_that_is_made() -> None:
    made: list[int] = []
    start = threading.Barrier(VISITORS)

    @shared(most=4)
    def drawing(epoch: int) -> object:
        made.append(epoch)
        time.sleep(0.05)
        return object()

    def visit(_: int) -> object:
        start.wait()
        return drawing(7)

    with ThreadPoolExecutor(VISITORS) as visitors:
        assert len(set(visitors.map(visit, range(VISITORS)))) == 1
    assert made == [7]


def test_only_the_newest_are_kept_and_no_failure_is() -> None:
    made: list[int] = []

    @shared(most=2)
    def drawing(epoch: int) -> int:
        made.append(epoch)
        if len(made) == 1:
            raise ValueError("not yet")
        return epoch

    with pytest.raises(ValueError, match="not yet"):
        drawing(1)
    for epoch in (1, 1, 2, 3, 1):
        assert drawing(epoch) == epoch
    assert made == [1, 1, 2, 3, 1]


def test_who_makes_something_slow_keeps_nobody_waiting_for_something_else() -> None:
    begun, released = threading.Event(), threading.Event()

    @shared(most=4)
    def drawing(epoch: int) -> int:
        if epoch == 1:
            begun.set()
            assert released.wait(30)
        return epoch

    with ThreadPoolExecutor(2) as visitors:
        slow = visitors.submit(drawing, 1)
        assert begun.wait(30)
        assert visitors.submit(drawing, 2).result(timeout=30) == 2
        assert not slow.done()
        released.set()
        assert slow.result(timeout=30) == 1


def test_a_kept_result_keeps_no_model_open() -> None:
    class Opened:
        model_id = "iris"

    @shared(most=4, key=by_name)
    def drawing(model: Opened, epoch: int) -> object:
        return object()

    model = Opened()
    gone = weakref.ref(model)
    first = drawing(model, 1)
    del model
    gc.collect()
    assert gone() is None
    assert drawing(Opened(), 1) is first
