"""A Plotly figure as plain data.

Plotly's own classes check every property of every trace, at ten times the cost of drawing one; a
page that draws anew with each epoch can't afford it. So figures are checked by the tests.
"""

import base64
import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Trace = dict[str, Any]
"""A trace by the names of Plotly's schema; arrays of numbers may be NumPy's."""

_WRITTEN = {"int64": "int32", "uint64": "uint32", "bool": "uint8"}
"""What Plotly has no array for, and what is written instead."""


@dataclass(frozen=True, eq=False)
class Figure:
    """Traces and layout in the words of Plotly's schema; to be left as it is once it is shown."""

    data: list[Trace]
    layout: dict[str, Any]

    def to_json(self) -> str:
        """What `Plotly.react` takes, arrays in base64; written once."""
        return self._json

    @cached_property
    def _json(self) -> str:
        content = {"data": self.data, "layout": self.layout}
        return json.dumps(content, default=_packed, separators=(",", ":"))


def _packed(array: NDArray[Any]) -> dict[str, str]:
    """An array as Plotly reads it: little-endian numbers in base64, and their shape."""
    kind, name = _written(array.dtype)
    numbers = base64.b64encode(np.asarray(array, kind).tobytes()).decode()
    packed = {"dtype": name, "bdata": numbers}
    return packed if array.ndim == 1 else {**packed, "shape": ", ".join(map(str, array.shape))}


@cache
def _written(dtype: Any) -> tuple[Any, str]:
    """The type in which numbers of `dtype` are written, and Plotly's name for it."""
    kind = np.dtype(_WRITTEN.get(dtype.name, dtype)).newbyteorder("<")
    return kind, kind.str.lstrip("<|")
