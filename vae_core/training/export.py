"""Write a trained VAE as two ONNX graphs in the data's own units, and prove that they agree.

Keras writes some operations wrongly without saying so, hence the parity check: no graph is
published whose answers differ from Keras's.
"""

import importlib
import tempfile
import warnings
from pathlib import Path
from typing import Any

import onnx

from vae_core.arrays import Float32Array
from vae_core.artifacts.manifest import DECODER, ENCODER, Parity, Tensor
from vae_core.datasets.description import Description
from vae_core.errors import ExportFailed
from vae_core.training.backend import keras
from vae_core.training.fit import Trained
from vae_core.training.half_precision import round_weights, store_half
from vae_core.training.heads import Parameters, Seen
from vae_core.training.parity import REMEDY, failing, measure, sizes_of

layers = keras.layers


def prepare() -> None:
    """Import what the first export would."""
    importlib.import_module("tf2onnx.convert")


def export(
    trained: Trained, description: Description, examples: Float32Array, directory: Path
) -> tuple[dict[str, tuple[Tensor, ...]], Parity]:
    """Write `encoder.onnx` and `decoder.onnx`; return their tensors and the measured parity.

    The model's own weights are rounded to what the files hold. `examples` (n, *shape) in data
    units feed the check. The largest difference between ONNX Runtime and Keras in an output may be
    `ALLOWED_DIFFERENCE` times its size: its largest number, x counted in widths of its training
    range from that range's lower end, but at least 1, and at least what `ULPS` units in the last
    place of float32 come to. Raises `ExportFailed` when it is more, and when there is no graph or
    none that runs.
    """
    round_weights(trained.vae)
    encoder = encoder_in_units(trained, description)
    decoder = decoder_in_units(trained, description)
    write_graph(encoder, directory / ENCODER, ["mean", "log_var"])
    write_graph(decoder, directory / DECODER, ["x"])
    parity = measure(encoder, decoder, examples, sizes_of(trained), directory)
    if not parity.largest <= parity.allowed:
        raise ExportFailed(
            f"Expected Keras and ONNX Runtime to agree within {parity.allowed:g} of the size of "
            f"their answers. Received: a difference of {parity.largest:.3g}. {REMEDY}"
        )
    return {ENCODER: _tensors(encoder, ["mean", "log_var"], description)} | {
        DECODER: _tensors(decoder, ["x"], description)
    }, parity


def encoder_in_units(trained: Trained, description: Description) -> Any:
    """Keras model: x (n, *shape) in data units[, y] -> mean, log_var (n, d).

    A mixed table has a second input, `mask` (n, features), 0 where a cell of x is missing.
    """
    x, condition = layers.Input(description.shape, name="x"), _condition(trained, description)
    if heads := trained.vae.heads:
        mask = layers.Input(description.shape, name="mask")
        seen = Seen(heads, name="seen")(x, mask)
        return keras.Model([x, mask, *condition], trained.vae.encoder([seen, *condition]))
    low, high = trained.scaling.low, trained.scaling.high
    scaled = x
    if description.kind == "table":
        scaled = layers.Rescaling((1 / (high - low)).tolist(), (-low / (high - low)).tolist())(x)
    if trained.vae.spec.likelihood == "bernoulli_static":
        scaled = _Threshold(name="binarise")(scaled)
    return keras.Model([x, *condition], trained.vae.encoder([scaled, *condition]))


def decoder_in_units(trained: Trained, description: Description) -> Any:
    """Keras model: z (n, d)[, y] -> x (n, *shape) in data units; images in [0, 1].

    Of a mixed table, parameters (n, P) as `vae_core.datasets.heads` lays them out.
    """
    spec, scaling = trained.vae.spec, trained.scaling
    z, condition = layers.Input((spec.latent_dim,), name="z"), _condition(trained, description)
    output = trained.vae.decoder([z, *condition])
    if heads := trained.vae.heads:
        x = Parameters(heads, name="parameters")(output)
    elif description.kind == "image":
        x = layers.Activation("sigmoid", name="probability")(output)
    else:
        x = layers.Rescaling((scaling.high - scaling.low).tolist(), scaling.low.tolist())(output)
    return keras.Model([z, *condition], x)


class _Threshold(keras.layers.Layer):  # type: ignore[misc]
    def call(self, x: Any) -> Any:
        return keras.ops.cast(x >= 0.5, "float32")


def _condition(trained: Trained, description: Description) -> list[Any]:
    if not trained.vae.spec.conditional:
        return []
    return [layers.Input((len(description.labels),), name="y")]


def write_graph(model: Any, path: Path, outputs: list[str]) -> None:
    """Write a Keras model as ONNX, its large weights in half precision; raises `ExportFailed`."""
    graph = graph_of(model, outputs)
    store_half(graph)
    onnx.save(graph, path)


def graph_of(model: Any, outputs: list[str]) -> Any:
    """A Keras model as an ONNX model with contract names; raises `ExportFailed`."""
    signature = [
        keras.InputSpec(shape=(None, *tensor.shape[1:]), dtype="float32", name=tensor.name)
        for tensor in model.inputs
    ]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # Keras's exporter asks for the np.object that NumPy deprecates.
        warnings.simplefilter("ignore", FutureWarning)
        draft = Path(folder) / "draft.onnx"
        with failing(f"{outputs}: expected a graph of the Keras model"):
            model.export(draft, format="onnx", input_signature=[signature], verbose=False)
            graph = onnx.load(draft)
    with failing(f"{outputs}: expected a graph that ONNX knows"):
        _rename(graph, [tensor.name for tensor in model.inputs], outputs)
        onnx.checker.check_model(graph, full_check=True)
    return graph


def _rename(model: Any, inputs: list[str], outputs: list[str]) -> None:
    """Give inputs and outputs their contract names, the batch a symbol, and all else a number.

    The converter numbers its names through the life of the process; numbering them anew makes
    the same weights the same bytes.
    """
    graph = model.graph
    names = dict(zip([value.name for value in graph.input], inputs, strict=True))
    names |= dict(zip([value.name for value in graph.output], outputs, strict=True))
    for number, node in enumerate(graph.node):
        node.name, node.doc_string = f"node_{number}", ""
        for values in (node.input, node.output):
            values[:] = [names.setdefault(v, f"value_{len(names)}") if v else v for v in values]
    for weight in graph.initializer:
        weight.name = names[weight.name]
    for value in (*graph.input, *graph.output):
        value.name = names[value.name]
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    del graph.value_info[:], model.metadata_props[:]
    graph.initializer.sort(key=lambda weight: weight.name)
    graph.name, graph.doc_string, model.doc_string = "vae", "", ""


def _tensors(model: Any, outputs: list[str], description: Description) -> tuple[Tensor, ...]:
    data_unit = "[0, 1]" if description.kind == "image" else "data units, one a feature"
    if model.outputs[0].shape[1:] != description.shape and outputs == ["x"]:
        data_unit = "data units and probabilities, one to each parameter"
    units = {"x": data_unit, "y": "one-hot", "z": "latent", "mean": "latent", "log_var": "log"}
    units["mask"] = "1 known, 0 missing"
    named = [(t.name, t) for t in model.inputs] + list(zip(outputs, model.outputs, strict=True))
    return tuple(
        Tensor(name=name, shape=(None, *map(int, tensor.shape[1:])), unit=units[name])
        for name, tensor in named
    )
