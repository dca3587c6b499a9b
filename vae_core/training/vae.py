"""Keras VAEs: the two halves of an architecture, and the model that trains them.

Encoders and decoders here work on scaled data (images and table columns in [0, 1]); the graphs
that `vae_core.training.export` writes speak the data's own units.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_core.datasets.description import Description
from vae_core.datasets.heads import layout_of
from vae_core.datasets.scaling import Scaling
from vae_core.spec.training_spec import TrainingSpec
from vae_core.training.architectures import ACTIVATIONS, ARCHITECTURES, Fourier
from vae_core.training.backend import keras, tf
from vae_core.training.elbo import MIN_LOG_SCALE, RECONSTRUCTIONS, kl_divergence
from vae_core.training.heads import Heads, heads_of

Tensor = Any
ops = keras.ops
layers = keras.layers


def build(spec: TrainingSpec, description: Description, scaling: Scaling | None = None) -> "VAE":
    """The untrained VAE of `spec` for data of `description`; seed Keras before.

    A mixed table's needs the `scaling` of its training split.
    """
    return VAE(
        build_encoder(spec, description),
        build_decoder(spec, description),
        spec=spec,
        scale_shape=(description.size,) if description.kind == "table" else (1,),
        bounded=description.kind == "image",
        heads=heads_of(scaling, layout_of(description.features)) if scaling else None,
    )


def build_encoder(spec: TrainingSpec, description: Description) -> Any:
    """Keras model: x (n, *shape)[, y (n, classes)] -> mean (n, d), log_var (n, d).

    Of a mixed table, x is what its heads make of a row and of what is missing in it.
    """
    shape = description.shape
    if spec.likelihood == "mixed":
        shape = (layout_of(description.features).size + description.size,)
    x = layers.Input(shape, name="x")
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
    """Keras model: z (n, d)[, y (n, classes)] -> logits (images) or means (tables) (n, *shape).

    Of a mixed table, what its heads make parameters of.
    """
    shape = description.shape
    if spec.likelihood == "mixed":
        shape = (layout_of(description.features).size,)
    z = layers.Input((spec.latent_dim,), name="z")
    inputs, condition = _condition(spec, description)
    h = Fourier(spec.fourier, name="decoder_fourier")(z) if spec.fourier else z
    if condition is not None:
        h = layers.Concatenate(name="decoder_join")([h, condition])
    output = ARCHITECTURES[spec.architecture].decode(h, spec, shape)
    return keras.Model([z, *inputs], output, name="decoder")


def _condition(spec: TrainingSpec, description: Description) -> tuple[list[Tensor], Tensor | None]:
    if not spec.conditional:
        return [], None
    y = layers.Input((len(description.labels),), name="y")
    return [y], y


class VAE(keras.Model):  # type: ignore[misc]
    """Encoder, decoder and the loss; `fit` on batches `{'x': (n, *shape)[, 'y': (n, classes)]}`,
    or, when it holds `examples`, on epochs of their row numbers (steps, n); `judge` looks at its
    `validation` examples. Batches of a mixed
    table also have a `mask` (n, features), 1 where a cell is known; only known cells count.

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
        heads: Heads | None = None,
    ) -> None:
        super().__init__(name="vae")
        self.heads = heads
        self.encoder, self.decoder, self.spec, self.bounded = encoder, decoder, spec, bounded
        self.kl_warmup_steps = 0
        self.examples: Any = None
        self.validation: Any = None
        self._judge: Any = None
        self.noise = keras.random.SeedGenerator(spec.seed)
        self.log_scale = self.add_weight(
            name="log_scale",
            shape=scale_shape,
            initializer=keras.initializers.Constant(0.0 if heads else -1.0),
            trainable=spec.likelihood in ("gaussian", "mixed"),
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
        shown = self.shown(x, batch.get("mask"), training)
        mean, log_var = self.encoder([shown, *condition], training=training)
        noise = keras.random.normal(ops.shape(mean), seed=self.noise)
        z = mean + ops.exp(0.5 * log_var) * noise
        output = self.decoder([z, *condition], training=training)
        if self.bounded and self.spec.likelihood == "gaussian":
            output = ops.sigmoid(output)
        return {**batch, "x": x, "mean": mean, "log_var": log_var, "output": output}

    def shown(self, x: Tensor, mask: Tensor = None, training: bool = False) -> Tensor:
        """What the encoder is given of data that the likelihood observes."""
        if self.heads:
            seen = mask * self._kept(mask) if self.spec.hide_cells and training else mask
            return self.heads.features(x, seen)
        return self._drawn(x) if self.spec.drawn_input and training else x

    def compute_loss(
        self,
        x: Any = None,  # noqa: ARG002
        y: Any = None,  # noqa: ARG002
        y_pred: Any = None,
        sample_weight: Any = None,  # noqa: ARG002
        training: bool = True,
    ) -> Tensor:
        """The negative, beta-weighted ELBO of the batch, nats per example."""
        reconstruction = ops.mean(self._reconstruction(y_pred))
        kl = ops.mean(kl_divergence(y_pred["mean"], y_pred["log_var"]))
        loss = reconstruction + (self.current_beta() if training else self.beta) * kl
        values = {"reconstruction": reconstruction, "kl": kl, "elbo": -reconstruction - kl}
        for name, value in {**values, "loss": loss}.items():
            self.means[name].update_state(value, sample_weight=ops.shape(y_pred["x"])[0])
        return loss

    def _reconstruction(self, y_pred: Mapping[str, Tensor]) -> Tensor:
        """-log p(x|z) of each example (n,), nats."""
        x, output = y_pred["x"], y_pred["output"]
        if self.heads:
            return self.heads.losses(x, y_pred["mask"], output, self.log_scale)
        return RECONSTRUCTIONS[self.spec.likelihood](x, output, self.log_scale)

    def make_train_function(self, force: bool = False) -> Any:
        """What `fit` calls for each item of its data: with `examples`, the rows of an epoch."""
        if self.examples is None:
            return super().make_train_function(force)
        if force or not self.train_function:
            epoch = self._compiled(self._epoch)
            self.train_function: Any = lambda epochs: epoch(next(epochs))
        return self.train_function

    def judge(self) -> dict[str, float]:
        """Means of the metrics over the `validation` examples.

        Keras's `evaluate` makes a pipeline anew each time, which costs a small table more than an
        epoch does.
        """
        self._judge = self._judge or self._compiled(
            lambda rows: self.test_step(self.validation.batch(rows))
        )
        self.reset_metrics()
        for rows in self.validation.in_order():
            found = self._judge(rows)
        return {name: float(value) for name, value in found.items()}

    def _compiled(self, step: Any) -> Any:
        if self.run_eagerly:
            return step
        return tf.function(step, jit_compile=self.jit_compile, autograph=False)

    def _epoch(self, rows: Tensor) -> Any:
        """A training step for each batch of rows (steps, n); returns the means over all.

        Compiled as one loop, it keeps weights and moments in place from step to step.
        """

        def step(number: Tensor) -> list[Tensor]:
            self.train_step(self.examples.batch(rows[number]))
            return [number + 1]

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

    def _kept(self, mask: Tensor) -> Tensor:
        """1 for cells (n, F) that stay: each row hides a share, uniform up to `hide_cells`."""
        seed = ops.cast(self.noise.next(), "int32")
        drawn = tf.random.stateless_uniform(ops.shape(mask), seed, alg="philox")
        seed = ops.cast(self.noise.next(), "int32")
        share = tf.random.stateless_uniform((ops.shape(mask)[0], 1), seed, alg="philox")
        return ops.cast(drawn >= share * self.spec.hide_cells, "float32")

    def noise_scale(self) -> Tensor:
        """Learned Gaussian scale in scaled units, one number or one a feature; of a mixed table,
        that of each column in the units of `vae_core.datasets.heads`."""
        if self.heads:
            return self.heads.noise_scale(np.asarray(self.log_scale))
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
