"""Measure a stored model on its dataset: where examples are encoded, and honest numbers.

`vae_core.evaluation.complete.all_metrics` gives every number there is; the app needs the others.
"""

from vae_core.evaluation.encoding import encode_dataset
from vae_core.evaluation.held_out import held_out_metrics, learned, learned_split

__all__ = [
    "encode_dataset",
    "held_out_metrics",
    "learned",
    "learned_split",
]
