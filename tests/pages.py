"""The pages without a browser: visited by their address, run again after a change."""

from conftest import ROOT
from streamlit.testing.v1 import AppTest


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
