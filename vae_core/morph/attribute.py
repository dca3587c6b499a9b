"""Arithmetic with attributes: what leads from one class to another."""

import numpy as np
from numpy.typing import ArrayLike

from vae_core.arrays import Float32Array
from vae_core.errors import DataInvalid


def attribute_vector(mean: ArrayLike, label: ArrayLike, *, plus: int, minus: int) -> Float32Array:
    """Centre of class `plus` less that of class `minus`, (d,), in units of z.

    `mean` (n, d) are encoded examples with labels `label` (n,). Added to an example of the one
    class, it leads towards the other (Larsen et al., 'Autoencoding beyond pixels using a learned
    similarity metric', 2016). Raises `DataInvalid` for a class without examples.
    """
    mean, label = np.asarray(mean, np.float64), np.asarray(label)
    centres = []
    for chosen in (plus, minus):
        rows = mean[label == chosen]
        if not len(rows):
            known = ", ".join(map(str, np.unique(label)))
            raise DataInvalid(f"Expected classes that have examples ({known}). Received: {chosen}")
        centres.append(rows.mean(axis=0))
    return np.asarray(centres[0] - centres[1], np.float32)
