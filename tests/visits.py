"""The pages without a browser: visited by their address, run again after a change."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.shared.navigation import PAGES
from tests.browser.running import REPOSITORY as ROOT
from vae_core.artifacts import registry


def opened(page: str, *, timeout: float = 60, **query: str) -> AppTest:
    """The page of that key in `PAGES` as a link with `query` opens it, not yet run."""
    app = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=timeout)
    # `switch_page` knows pages by their own addresses only after a first run of another page.
    app._page_hash = "" if page == next(iter(PAGES)) else calc_hash(page)
    for name, value in query.items():
        app.query_params[name] = value
    return app


def visit(page: str, **query: str) -> AppTest:
    """The page after its first run."""
    return rerun(opened(page, timeout=60, **query))


def rerun(app: AppTest) -> AppTest:
    """The page after one more run, which must not raise."""
    app.run()
    assert not app.exception, app.exception
    return app


def captions(app: AppTest) -> str:
    """All small print of the page."""
    return " ".join(element.value for element in app.caption)


def html_of(app: AppTest) -> str:
    """All that the page writes as HTML, without its style sheets."""
    bodies = [element.proto.body for element in app.get("html")]
    return " ".join(body for body in bodies if not body.startswith("<style>"))


def shipped(dataset: str, *, conditional: bool = False) -> str:
    """Name of the two-dimensional model of a dataset that the shelf shows first."""
    found = {
        entry.model_id: entry.manifest
        for entry in registry.models(within=[ROOT / "pretrained"])
        if entry.manifest
        and entry.manifest.spec.dataset == dataset
        and entry.manifest.spec.conditional is conditional
        and entry.manifest.spec.latent_dim == 2
    }
    return min(found, key=lambda name: registry.rank(found[name]))
