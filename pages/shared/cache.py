"""What is made once for all visitors, by the first who asks for it.

Streamlit's caches do the same for a millisecond a call, which a page that polls can't afford.
"""

import threading
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def shared(*, most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the newest `most` results of a function of hashable values; nobody may change them.

    Who asks for what is being made waits for it. What raises is asked anew.
    """

    def decorate(make: Callable[P, R]) -> Callable[P, R]:
        kept = lru_cache(maxsize=most)(make)
        turn = threading.Lock()

        @wraps(make)
        def ask(*values: P.args, **settings: P.kwargs) -> R:
            with turn:
                return kept(*values, **settings)  # type: ignore[arg-type]

        return ask

    return decorate
