"""Latent Explorer, the web app: start it with `streamlit run app.py`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from latent_plane.headers import SecurityHeaders
from latent_plane.index_page import IndexPage
from latent_plane.no_delay import send_at_once
from latent_plane.routes import OwnRoutes
from latent_plane.visitor_cookie import VisitorCookie
from pages.shared.navigation import PAGES
from vae_core import systems
from vae_core.errors import InvalidInput
from vae_core.jobs import supervisor
from vae_core.jobs.engines.engine import check_setting
from vae_core.memory import stay_small
from vae_core.sweeps import runner

if not systems.is_supported():
    sys.exit(systems.NEEDED)
try:
    check_setting()
except InvalidInput as error:
    sys.exit(str(error))
stay_small()


@asynccontextmanager
async def supervised(_app: App) -> AsyncIterator[None]:
    """Trainings are looked after from the start of the server to its end, and none survives it.

    Sweeps that an earlier server or command left unfinished go on.
    """
    send_at_once()
    running, sweeping = supervisor(), runner()
    try:
        yield
    finally:
        sweeping.close()
        running.close()


app = App(
    Path(__file__).parent / "pages" / "frame.py",
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(VisitorCookie),
        Middleware(IndexPage),
        Middleware(OwnRoutes, first_page=next(iter(PAGES))),
    ],
    lifespan=supervised,
)
