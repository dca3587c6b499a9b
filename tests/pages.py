"""The pages without a browser: visited by their address, run again after a change."""

from conftest import ROOT
from streamlit.testing.v1 import AppTest

from vae_core import registry


def visit(page: str, **query: str) -> AppTest:
    """The page `app_pages/<page>.py` as a link with `query` opens it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page(f"app_pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return rerun(app)


def rerun(app: AppTest) -> AppTest:
    """The page after one more run, which must not raise."""
    app.run()
    assert not app.exception, app.exception
    return app


def captions(app: AppTest) -> str:
    """All small print of the page."""
    return " ".join(element.value for element in app.caption)


def html_of(app: AppTest) -> str:
    """All that the page writes as HTML."""
    return " ".join(element.proto.body for element in app.get("html"))


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
