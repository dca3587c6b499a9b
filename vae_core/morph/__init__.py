"""Morphs: paths between anchors in the latent space, and what they cross.

`straight` and `spherical` know only the codes, `geodesic` the decoder, `over_data` the examples.
Each gives a measured `Path` over a `DecodedSpace`.
"""

from vae_core.morph.attribute import attribute_vector
from vae_core.morph.decoded_space import DecodedSpace
from vae_core.morph.geodesic import geodesic
from vae_core.morph.interpolation import spherical, straight
from vae_core.morph.neighbour_graph import NeighbourGraph, over_data
from vae_core.morph.path import FRAMES, Path

__all__ = [
    "FRAMES",
    "DecodedSpace",
    "NeighbourGraph",
    "Path",
    "attribute_vector",
    "geodesic",
    "over_data",
    "spherical",
    "straight",
]
