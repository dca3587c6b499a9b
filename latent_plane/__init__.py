"""The Streamlit components of the app, which decode in the browser; here the names of the plane's.

One module holds each component; `frontend/` holds its html, css and JavaScript.
"""

from latent_plane.plane import (
    Bar,
    ImageOutput,
    PlanePath,
    TableOutput,
    latent_plane,
    plane_part,
)
from latent_plane.plane_state import PlaneEvent, move_plane, plane_event

__all__ = [
    "Bar",
    "ImageOutput",
    "PlaneEvent",
    "PlanePath",
    "TableOutput",
    "latent_plane",
    "move_plane",
    "plane_event",
    "plane_part",
]
