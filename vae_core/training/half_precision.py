"""Half precision: large weights are kept as 16-bit floats, which halves every file of a model.

A trained model is rounded before it is exported, so that Keras, both graphs and the safetensors
file hold the same numbers. Graphs cast the weights when they are loaded and compute in float32.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

HALVED_FROM = 256
"""Weights with at least so many numbers are stored in half precision."""


def halved(values: NDArray[Any]) -> NDArray[Any]:
    """The array as float16 if it is large and finite in half precision, else as it is."""
    if values.dtype != np.float32 or values.size < HALVED_FROM:
        return values
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    return half if np.isfinite(half).all() else values


def round_weights(model: Any) -> None:
    """Give each weight of a Keras model the number that its file can hold."""
    for weight in model.weights:
        weight.assign(halved(np.asarray(weight)).astype(weight.dtype))


def store_half(model: Any) -> None:
    """Keep an ONNX model's weights in half precision where that changes no number."""
    tensors, casts = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        half = halved(values)
        if half.dtype == values.dtype or not np.array_equal(half, values):
            tensors.append(tensor)
            continue
        name = f"{tensor.name}_half"
        tensors.append(numpy_helper.from_array(half, name))
        casts.append(helper.make_node("Cast", [name], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(tensors)
    model.graph.node.extend(nodes)
