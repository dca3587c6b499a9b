"""Real, tiny decoders for the browser tests: one affine layer, drawn from a seed."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def decoder(
    *, latent_dim: int, shape: tuple[int, ...], classes: int = 0, scale: float = 1.0, seed: int = 0
) -> bytes:
    """ONNX bytes of x = f(W [z, y] + b): a sigmoid for images, `scale` times it for tables."""
    size = int(np.prod(shape))
    generator = np.random.default_rng(seed)
    weight = generator.normal(0, 1.2, (latent_dim + classes, size)).astype(np.float32)
    bias = generator.normal(0, 0.4, size).astype(np.float32)
    nodes = [
        helper.make_node("MatMul", ["joined" if classes else "z", "weight"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["sum"]),
        helper.make_node("Sigmoid", ["sum"], ["flat"]),
        helper.make_node("Reshape", ["flat", "shape"], ["unscaled"]),
        helper.make_node("Mul", ["unscaled", "scale"], ["x"]),
    ]
    inputs = [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["batch", latent_dim])]
    if classes:
        nodes.insert(0, helper.make_node("Concat", ["z", "y"], ["joined"], axis=1))
        inputs.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", classes]))
    constants = {
        "weight": weight,
        "bias": bias,
        "shape": np.array([-1, *shape], np.int64),
        "scale": np.float32(scale),
    }
    graph = helper.make_graph(
        nodes,
        "decoder",
        inputs,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *shape])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
