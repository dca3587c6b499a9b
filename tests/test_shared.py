"""What visitors share: made once however many ask at the same moment."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.shared.cache import shared

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
