"""What is made once for all visitors, by the first who asks for it.

Streamlit's caches do the same for a millisecond a call, which a page that polls can't afford.
"""

import threading
from collections.abc import Callable, Hashable
from typing import ParamSpec, TypeVar

from cachetools import LRUCache, cached
from cachetools.keys import hashkey

P = ParamSpec("P")
R = TypeVar("R")


def shared(
    *, most: int, key: Callable[..., Hashable] = hashkey
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the `most` results of a function that were asked for last; nobody may change them.

    `key` makes of its arguments what a result is kept by. Who asks for what is being made waits
    for it, and for nothing else. What raises is asked anew.
    """

    def decorate(make: Callable[P, R]) -> Callable[P, R]:
        kept: LRUCache[Hashable, R] = LRUCache(most)
        return cached(kept, key=key, condition=threading.Condition())(make)

    return decorate
