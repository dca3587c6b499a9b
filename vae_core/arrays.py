"""NumPy arrays by element type, as annotations name them."""

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
Int32Array = NDArray[np.int32]
Int64Array = NDArray[np.int64]
UInt8Array = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.intp]
"""Rows of another array, as `np.argsort` and `np.flatnonzero` give them."""
