"""The harness as an ASGI app: the components fetch from our own routes."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from latent_plane.routes import OwnRoutes

app = App(Path(__file__).parent / "frame.py", middleware=[Middleware(OwnRoutes)])
