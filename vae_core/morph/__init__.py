"""Morphs: paths between anchors in the latent space, and what they cross.

`straight` and `spherical` know only the codes, `geodesic` the decoder, `over_data` the examples.
Each gives a measured `Path` over a `Terrain`.
"""

from vae_core.morph.attribute import attribute_vector
from vae_core.morph.density import Density
from vae_core.morph.geodesic import geodesic
from vae_core.morph.lines import spherical, straight
from vae_core.morph.neighbours import NeighbourGraph, over_data
from vae_core.morph.path import FRAMES, Path
from vae_core.morph.terrain import Terrain

__all__ = [
    "FRAMES",
    "Density",
    "NeighbourGraph",
    "Path",
    "Terrain",
    "attribute_vector",
    "geodesic",
    "over_data",
    "spherical",
    "straight",
]
