"""How many threads linear algebra takes."""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """A block in which NumPy multiplies matrices on one thread, in the whole process.

    Many small products in turn gain little from more, and lose up to twenty times when a training
    keeps the other cores busy: the threads of BLAS wait for one another.
    """
    limits: AbstractContextManager[Any] = _libraries().limit(limits=1)
    return limits


@cache
def _libraries() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
