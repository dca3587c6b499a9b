"""Heads of mixed tables in Keras operations: what the encoder sees, what the decoder says.

Nazabal, Olmos, Ghahramani & Valera, 'Handling incomplete heterogeneous data using VAEs' (2020):
one likelihood for each kind of column, and only known cells in it. Inside the network the numbers
of a group of columns stand together; the graphs that are exported have them in the columns' order.
"""

from collections.abc import Iterator
from math import log, pi
from typing import Any

import numpy as np

from vae_core.arrays import Float32Array
from vae_core.datasets.heads import SMALLEST, SOFTMAX, Group, Layout
from vae_core.datasets.scaling import Scaling, Standard
from vae_core.training.backend import keras, tf

Tensor = Any
ops = keras.ops

FLOOR = log(0.05)
"""Least logarithm of a learned scale, in deviations of the column."""
DISPERSIONS = (-4.0, 8.0)
"""Range of the logarithm of a count's dispersion: at its end the head is nearly Poisson."""
NEAR, FAR = 10.0, 100.0
"""Deviations up to which the encoder sees numbers as they are, and up to which it tells them apart
at all; the loss counts none as farther away."""
BEYOND = 1.0
"""How far above the largest logarithm of the training split one may be decoded."""
LEAST_COUNT = -10.0


class Heads:
    """The heads of one table under a scaling: features, losses, and parameters in own units."""

    def __init__(self, layout: Layout, standard: Standard) -> None:
        self.layout, self.standard = layout, standard

    def features(self, x: Tensor, mask: Tensor) -> Tensor:
        """What the encoder sees (n, P + F) of rows (n, F) with zeros where `mask` (n, F) is 0.

        Standardised numbers, one-hot categories, group by group, all 0 where unknown; then the
        mask.
        """
        parts = []
        for group in self.layout.groups:
            seen = ops.take(mask, group.columns, axis=1)
            values = self._features(group, ops.take(x, group.columns, axis=1))
            if group.width > 1:
                values, seen = values * seen[:, :, None], None
                values = ops.reshape(values, (-1, group.size))
            parts.append(values if seen is None else values * seen)
        return ops.concatenate([*parts, mask], axis=1)

    def losses(self, x: Tensor, mask: Tensor, output: Tensor, log_scale: Tensor) -> Tensor:
        """-log p(x|z) of each row's known cells, (n, F) -> (n,), nats of the data's own units.

        `output` (n, P) is the decoder's, `log_scale` (F,) the learned scale.
        """
        x = ops.where(mask > 0, x, 0.0)
        total = 0.0 * ops.sum(log_scale)  # a gradient also where no column has a scale
        for group, part in self._parts(output):
            values = ops.take(x, group.columns, axis=1)
            scale = ops.take(log_scale, group.columns, axis=0)
            cells = self._losses(group, values, part, scale)
            total += ops.sum(cells * ops.take(mask, group.columns, axis=1), axis=1)
        return total

    def parameters(self, output: Tensor) -> Tensor:
        """The decoder's `output` (n, P) as parameters (n, P): stored units, columns in order."""
        parts = [self._parameters(group, part) for group, part in self._parts(output)]
        return ops.take(ops.concatenate(parts, axis=1), self.layout.order, axis=1)

    def noise_scale(self, log_scale: Float32Array) -> Float32Array:
        """The learned scale (F,) in the units that `vae_core.datasets.heads` names."""
        deviation = self.standard.deviation
        scale = np.exp(np.maximum(log_scale, FLOOR)) * deviation
        for group in self.layout.groups:
            if group.head == "count":
                scale[group.columns] = np.exp(np.clip(log_scale[group.columns], *DISPERSIONS))
            elif group.head not in ("real", "positive"):
                scale[group.columns] = 0
        return scale

    def _parts(self, output: Tensor) -> Iterator[tuple[Group, Tensor]]:
        start = 0
        for group in self.layout.groups:
            yield group, output[:, start : start + group.size]
            start += group.size

    def _features(self, group: Group, values: Tensor) -> Tensor:
        if group.head in SOFTMAX:
            codes = np.arange(group.width, dtype=np.float32)
            return ops.cast(ops.abs(values[:, :, None] - codes) < 0.5, "float32")
        if group.head == "binary":
            return ops.cast(ops.abs(values - 1.0) < 0.5, "float32")
        if group.head == "positive":
            values = ops.log(ops.maximum(values, SMALLEST))
        elif group.head == "count":
            values = ops.log(1.0 + ops.maximum(values, 0.0))  # ONNX has no log1p
        standard = self._standardised(group, values)
        near = ops.clip(standard, -NEAR, NEAR)
        return near + (NEAR / FAR) * (standard - near)

    def _losses(self, group: Group, values: Tensor, output: Tensor, scale: Tensor) -> Tensor:
        """-log p of each cell (n, C)."""
        if group.head in SOFTMAX:
            logits = ops.reshape(output, (-1, len(group.columns), group.width))
            codes = ops.cast(ops.round(values), "int32")
            return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=codes, logits=logits)
        if group.head == "binary":
            return tf.nn.sigmoid_cross_entropy_with_logits(labels=values, logits=output)
        if group.head == "count":
            return _count_loss(values, self._located(group, output), ops.clip(scale, *DISPERSIONS))
        jacobian = np.log(self.standard.deviation[group.columns])
        if group.head == "positive":
            values = ops.log(ops.maximum(values, SMALLEST))
            jacobian = jacobian + values
        scale = ops.maximum(scale, FLOOR)
        located = self._standard_of(group, self._located(group, output))
        error = (self._standardised(group, values) - located) * ops.exp(-scale)
        return 0.5 * error**2 + scale + 0.5 * log(2 * pi) + jacobian

    def _parameters(self, group: Group, output: Tensor) -> Tensor:
        if group.head in SOFTMAX:
            logits = ops.reshape(output, (-1, len(group.columns), group.width))
            return ops.reshape(ops.softmax(logits, axis=-1), (-1, group.size))
        if group.head == "binary":
            return ops.sigmoid(output)
        located = self._located(group, output)
        return located if group.head == "real" else ops.exp(located)

    def _located(self, group: Group, output: Tensor) -> Tensor:
        """Means of a group's numbers, or bounded logarithms of their medians or means."""
        columns, standard = group.columns, self.standard
        value = output * standard.deviation[columns] + standard.centre[columns]
        if group.head == "real":
            return value
        least = standard.lowest[columns] - BEYOND
        if group.head == "count":
            least = np.full_like(least, LEAST_COUNT)
        return ops.minimum(ops.maximum(value, least), standard.highest[columns] + BEYOND)

    def _standardised(self, group: Group, values: Tensor) -> Tensor:
        return ops.clip(self._standard_of(group, values), -FAR, FAR)

    def _standard_of(self, group: Group, values: Tensor) -> Tensor:
        # The difference first: a quotient of each would lose what sets large numbers apart.
        off = values - self.standard.centre[group.columns]
        return off * (1 / self.standard.deviation[group.columns])


class Seen(keras.layers.Layer):  # type: ignore[misc]
    """x and mask (n, F) in stored units -> what the encoder sees."""

    def __init__(self, heads: Heads, **options: Any) -> None:
        super().__init__(**options)
        self.heads = heads

    def call(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.heads.features(x, mask)


class Parameters(keras.layers.Layer):  # type: ignore[misc]
    """The decoder's output (n, P) -> parameters (n, P) in stored units."""

    def __init__(self, heads: Heads, **options: Any) -> None:
        super().__init__(**options)
        self.heads = heads

    def call(self, output: Tensor) -> Tensor:
        return self.heads.parameters(output)


def heads_of(scaling: Scaling, layout: Layout) -> Heads | None:
    """The heads of a mixed table, None of other data."""
    return Heads(layout, scaling.standard) if scaling.standard else None


def _count_loss(count: Tensor, log_mean: Tensor, log_dispersion: Tensor) -> Tensor:
    """-log p of counts (n, C) under negative binomials, summed in float64.

    Logarithms of large factorials differ by less than float32 keeps of them.
    """
    k, m, s = (ops.cast(value, "float64") for value in (count, log_mean, log_dispersion))
    r = ops.exp(s)
    log_total = ops.logaddexp(m, s + 0 * m)
    log_p = (
        tf.math.lgamma(k + r) - tf.math.lgamma(r) - tf.math.lgamma(k + 1)
        + r * (s - log_total) + k * (m - log_total)
    )  # fmt: skip
    return -ops.cast(log_p, "float32")
