"""Keras VAEs: the two halves of an architecture, and the model that trains them.

Encoders and decoders here work on scaled data (images and table columns in [0, 1]); the graphs
that `vae_core.training.export` writes speak the data's own units.
"""

from collections.abc import Mapping
from typing import Any

from vae_core.datasets.description import Description
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.architectures import ACTIVATIONS, ARCHITECTURES, Fourier
from vae_core.training.backend import keras, tf
from vae_core.training.elbo import MIN_LOG_SCALE, RECONSTRUCTIONS, kl_divergence

Tensor = Any
ops = keras.ops
layers = keras.layers


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
    h = Fourier(spec.fourier, name="decoder_fourier")(z) if spec.fourier else z
    if condition is not None:
        h = layers.Concatenate(name="decoder_join")([h, condition])
    output = ARCHITECTURES[spec.architecture].decode(h, spec, description.shape)
    return keras.Model([z, *inputs], output, name="decoder")


def _condition(spec: TrainingSpec, description: Description) -> tuple[list[Tensor], Tensor | None]:
    if not spec.conditional:
        return [], None
    y = layers.Input((len(description.labels),), name="y")
    return [y], y


class VAE(keras.Model):  # type: ignore[misc]
    """Encoder, decoder and the loss; `fit` on batches `{'x': (n, *shape)[, 'y': (n, classes)]}`,
    or, when it holds `examples`, on epochs of their row numbers (steps, n).

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
        self.examples: Any = None
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
        x = self.binarised(batch["x"], training)
        condition = [batch["y"]] if self.spec.conditional else []
        shown = self._drawn(x) if self.spec.drawn_input and training else x
        mean, log_var = self.encoder([shown, *condition], training=training)
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

    def make_train_function(self, force: bool = False) -> Any:
        """What `fit` calls for each item of its data: with `examples`, the rows of an epoch."""
        if self.examples is None:
            return super().make_train_function(force)
        if force or not self.train_function:
            epoch = tf.function(self._epoch, jit_compile=self.jit_compile, autograph=False)
            self.train_function: Any = lambda epochs: epoch(next(epochs))
        return self.train_function

    def _epoch(self, rows: Tensor) -> Any:
        """A training step for each batch of rows (steps, n); returns the means over all.

        Compiled as one loop, it keeps weights and moments in place from step to step.
        """

        def step(number: Tensor) -> Tensor:
            self.train_step(self.examples.batch(rows[number]))
            return number + 1

        tf.while_loop(lambda number: number < tf.shape(rows)[0], step, [0])
        return self.get_metrics_result()

    def binarised(self, x: Tensor, training: bool = False) -> Tensor:
        """The data as the likelihood observes it; dynamic binarisation draws anew at each step."""
        if self.spec.likelihood == "bernoulli_static":
            return ops.cast(x >= 0.5, "float32")
        if self.spec.likelihood == "bernoulli_dynamic" and training:
            return self._drawn(x)
        return x

    def _drawn(self, x: Tensor) -> Tensor:
        """Dots, each black or white with the probability of its grey value."""
        # What Keras draws from under XLA takes 54 ms for 128 images on a CPU, Philox one.
        seed = ops.cast(self.noise.next(), "int32")
        drawn = tf.random.stateless_uniform(ops.shape(x), seed, alg="philox")
        return ops.cast(drawn < x, "float32")

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
