"""Keras VAEs: architectures as rows of a table, and the model that trains them.

Encoders and decoders here work on scaled data (images and table columns in [0, 1]); the graphs
that `vae_core.export` writes speak the data's own units.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

from vae_core.backend import keras
from vae_core.description import Description
from vae_core.elbo import MIN_LOG_SCALE, RECONSTRUCTIONS, kl_divergence
from vae_core.spec import TrainingSpec

Tensor = Any
ops = keras.ops
layers = keras.layers


def gelu(x: Tensor) -> Tensor:
    """GELU by its tanh form (Hendrycks & Gimpel, 2016): ONNX has no operation for the exact one."""
    return keras.activations.gelu(x, approximate=True)


ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "relu": keras.activations.relu,
    "silu": keras.activations.silu,
    "gelu": gelu,
}


@dataclass(frozen=True)
class Architecture:
    """How to build the two halves, and whether XLA makes its training faster.

    `encode(x, spec)` maps scaled data (n, *shape) to features (n, width); `decode(h, spec, shape)`
    maps (n, width) to logits or means (n, *shape).
    """

    encode: Callable[[Tensor, TrainingSpec], Tensor]
    decode: Callable[[Tensor, TrainingSpec, tuple[int, ...]], Tensor]
    jit: bool


def build(spec: TrainingSpec, description: Description) -> "VAE":
    """The untrained VAE of `spec` for data of `description`; seed Keras before."""
    return VAE(
        build_encoder(spec, description),
        build_decoder(spec, description),
        spec=spec,
        scale_shape=(description.size,) if description.kind == "table" else (1,),
        bounded=description.kind == "image",
    )


def build_encoder(spec: TrainingSpec, description: Description) -> Any:
    """Keras model: x (n, *shape)[, y (n, classes)] -> mean (n, d), log_var (n, d)."""
    x = layers.Input(description.shape, name="x")
    inputs, condition = _condition(spec, description)
    h = ARCHITECTURES[spec.architecture].encode(x, spec)
    if condition is not None:
        h = layers.Concatenate(name="encoder_join")([h, condition])
        width = (*spec.filters, *spec.hidden)[-1]
        h = layers.Dense(width, ACTIVATIONS[spec.activation], name="encoder_style")(h)
    mean = layers.Dense(spec.latent_dim, name="mean")(h)
    log_var = layers.Dense(spec.latent_dim, name="log_var")(h)
    return keras.Model([x, *inputs], [mean, log_var], name="encoder")


def build_decoder(spec: TrainingSpec, description: Description) -> Any:
    """Keras model: z (n, d)[, y (n, classes)] -> logits (images) or means (tables) (n, *shape)."""
    z = layers.Input((spec.latent_dim,), name="z")
    inputs, condition = _condition(spec, description)
    h = z if condition is None else layers.Concatenate(name="decoder_join")([z, condition])
    output = ARCHITECTURES[spec.architecture].decode(h, spec, description.shape)
    return keras.Model([z, *inputs], output, name="decoder")


def _condition(spec: TrainingSpec, description: Description) -> tuple[list[Tensor], Tensor | None]:
    if not spec.conditional:
        return [], None
    y = layers.Input((len(description.labels),), name="y")
    return [y], y


def _encode_dense(x: Tensor, spec: TrainingSpec) -> Tensor:
    h = layers.Flatten(name="encoder_flatten")(x) if len(x.shape) > 2 else x
    for number, width in enumerate(spec.hidden):
        h = layers.Dense(width, ACTIVATIONS[spec.activation], name=f"encoder_dense_{number}")(h)
    return h


def _decode_dense(h: Tensor, spec: TrainingSpec, shape: tuple[int, ...]) -> Tensor:
    for number, width in enumerate(reversed(spec.hidden)):
        h = layers.Dense(width, ACTIVATIONS[spec.activation], name=f"decoder_dense_{number}")(h)
    output = layers.Dense(prod(shape), name="decoder_output")(h)
    return layers.Reshape(shape, name="decoder_shape")(output) if len(shape) > 1 else output


def _encode_conv(x: Tensor, spec: TrainingSpec) -> Tensor:
    for number, count in enumerate(spec.filters):
        x = layers.Conv2D(
            count,
            3,
            strides=2,
            padding="same",
            activation=ACTIVATIONS[spec.activation],
            name=f"encoder_conv_{number}",
        )(x)
    return _encode_dense(x, spec)


def _decode_conv(h: Tensor, spec: TrainingSpec, shape: tuple[int, ...]) -> Tensor:
    height, width, channels = shape
    sizes = [(height, width)]
    for _ in spec.filters:
        sizes.append((ceil(sizes[-1][0] / 2), ceil(sizes[-1][1] / 2)))
    start = (*sizes.pop(), spec.filters[-1])
    for number, units in enumerate((*reversed(spec.hidden), prod(start))):
        h = layers.Dense(units, ACTIVATIONS[spec.activation], name=f"decoder_dense_{number}")(h)
    h = layers.Reshape(start, name="decoder_grid")(h)
    for number, (count, size) in enumerate(
        zip(reversed(spec.filters), reversed(sizes), strict=True)
    ):
        h = layers.Conv2DTranspose(
            count,
            3,
            strides=2,
            padding="same",
            activation=ACTIVATIONS[spec.activation],
            name=f"decoder_conv_{number}",
        )(h)
        crop = (h.shape[1] - size[0], h.shape[2] - size[1])
        if any(crop):
            h = layers.Cropping2D(((0, crop[0]), (0, crop[1])), name=f"decoder_crop_{number}")(h)
    return layers.Conv2D(channels, 3, padding="same", name="decoder_output")(h)


ARCHITECTURES: Mapping[str, Architecture] = {
    "dense": Architecture(_encode_dense, _decode_dense, jit=True),
    "conv": Architecture(_encode_conv, _decode_conv, jit=False),
    "table": Architecture(_encode_dense, _decode_dense, jit=False),
}


class VAE(keras.Model):  # type: ignore[misc]
    """Encoder, decoder and the loss; `fit` on batches `{'x': (n, *shape)[, 'y': (n, classes)]}`.

    The loss is reconstruction + beta * KL, beta growing linearly from 0 over `kl_warmup_steps`
    training steps; `beta` is a variable, so that a compiled step sees a new value. The metrics
    `reconstruction`, `kl` and `elbo` are in nats per example and never weighted.
    """

    def __init__(
        self,
        encoder: Any,
        decoder: Any,
        *,
        spec: TrainingSpec,
        scale_shape: tuple[int, ...],
        bounded: bool,
    ) -> None:
        super().__init__(name="vae")
        self.encoder, self.decoder, self.spec, self.bounded = encoder, decoder, spec, bounded
        self.kl_warmup_steps = 0
        self.noise = keras.random.SeedGenerator(spec.seed)
        self.log_scale = self.add_weight(
            name="log_scale",
            shape=scale_shape,
            initializer=keras.initializers.Constant(-1.0),
            trainable=spec.likelihood == "gaussian",
        )
        self.beta = self.add_weight(
            name="beta",
            shape=(),
            initializer=keras.initializers.Constant(spec.beta),
            trainable=False,
        )
        self.means = {
            name: keras.metrics.Mean(name=name) for name in ("reconstruction", "kl", "elbo", "loss")
        }

    def call(self, batch: Mapping[str, Tensor], training: bool = False) -> dict[str, Tensor]:
        """`mean`, `log_var` (n, d) and the decoder's `output` (n, *shape) at one sampled z."""
        x = self.observed(batch["x"], training)
        condition = [batch["y"]] if self.spec.conditional else []
        mean, log_var = self.encoder([x, *condition], training=training)
        noise = keras.random.normal(ops.shape(mean), seed=self.noise)
        z = mean + ops.exp(0.5 * log_var) * noise
        output = self.decoder([z, *condition], training=training)
        if self.bounded and self.spec.likelihood == "gaussian":
            output = ops.sigmoid(output)
        return {"x": x, "mean": mean, "log_var": log_var, "output": output}

    def compute_loss(
        self,
        x: Any = None,  # noqa: ARG002
        y: Any = None,  # noqa: ARG002
        y_pred: Any = None,
        sample_weight: Any = None,  # noqa: ARG002
        training: bool = True,
    ) -> Tensor:
        """The negative, beta-weighted ELBO of the batch, nats per example."""
        reconstruction = ops.mean(
            RECONSTRUCTIONS[self.spec.likelihood](y_pred["x"], y_pred["output"], self.log_scale)
        )
        kl = ops.mean(kl_divergence(y_pred["mean"], y_pred["log_var"]))
        loss = reconstruction + (self.current_beta() if training else self.beta) * kl
        values = {"reconstruction": reconstruction, "kl": kl, "elbo": -reconstruction - kl}
        for name, value in {**values, "loss": loss}.items():
            self.means[name].update_state(value, sample_weight=ops.shape(y_pred["x"])[0])
        return loss

    def observed(self, x: Tensor, training: bool = False) -> Tensor:
        """The data as the likelihood sees it; dynamic binarisation draws anew at each step."""
        if self.spec.likelihood == "bernoulli_static":
            return ops.cast(x >= 0.5, "float32")
        if self.spec.likelihood == "bernoulli_dynamic" and training:
            return ops.cast(keras.random.uniform(ops.shape(x), seed=self.noise) < x, "float32")
        return x

    def noise_scale(self) -> Tensor:
        """Learned Gaussian scale in scaled units, one number or one a feature."""
        return ops.convert_to_numpy(ops.exp(ops.maximum(self.log_scale, MIN_LOG_SCALE)))

    @property
    def metrics(self) -> list[Any]:
        return list(self.means.values())

    def current_beta(self) -> Tensor:
        """The weight of the KL term at this training step."""
        if not self.kl_warmup_steps:
            return self.beta
        done = ops.cast(self.optimizer.iterations, "float32") / self.kl_warmup_steps
        return self.beta * ops.minimum(1.0, done)
