"""What all components share: how Streamlit hears of them, and the files that they run on.

All are served from one `frontend/`, so the components of a page share one ONNX Runtime, one Plotly
and one bus (`shared/bus.js`).
"""

import re
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from latent_plane import assets

HERE = Path(__file__).parent
FRONTEND = HERE.resolve() / "frontend"
ONNX_RUNTIME = HERE / "onnxruntime"

FRESH_SECONDS = 60
"""How long a changed JavaScript file may go unnoticed."""

ENTRY = FRONTEND / "shared" / "entry.js"
IMPORTED = re.compile(r'^(?:import|\} from|export)\b.*"(\.[^"]+\.js)";$', re.MULTILINE)
COMMENTS = ("//", "/*", "*")
"""How a line begins that browsers need not have: the entry travels with every rerun."""


def register(name: str, *, html: str, module: str, styles: Sequence[str] = ()) -> ComponentRenderer:
    """The component `name`; call once, at import.

    `html` and `styles` are files under `frontend/`; so is `module`, which exports
    `render(component)`, called at first and whenever data or theme have changed, and
    `unmount(parentElement)`. Its `data` need `modules`, as `program` gives it.
    """
    return st.components.v2.component(
        name,
        html=(FRONTEND / html).read_text(encoding="utf-8"),
        css="\n".join((FRONTEND / style).read_text(encoding="utf-8") for style in styles) or None,
        js=_entry(module),
        isolate_styles=False,  # Plotly puts its own style sheet into the document
    )


def program() -> dict[str, str]:
    """URLs of what components run on: `modules` (ours), `runtime` (ONNX Runtime), `plotly`."""
    return _program(int(time.monotonic() // FRESH_SECONDS))


@lru_cache(maxsize=1)
def _program(_moment: int) -> dict[str, str]:
    """`_moment` makes the files be looked at again."""
    return {
        "modules": assets.serve_directory(FRONTEND),
        "runtime": assets.serve_directory(ONNX_RUNTIME),
        "plotly": assets.plotly_url(),
    }


def modules_of(module: str) -> list[str]:
    """URLs of `module`, a file under `frontend/`, and of all that it imports, itself first."""
    found = [FRONTEND / module]
    for path in found:
        names = IMPORTED.findall(path.read_text(encoding="utf-8"))
        imported = ((path.parent / name).resolve() for name in names)
        found += [other for other in dict.fromkeys(imported) if other not in found]
    url = program()["modules"]
    return [f"{url}/{path.relative_to(FRONTEND).as_posix()}" for path in found]


def _entry(module: str) -> str:
    lines = ENTRY.read_text(encoding="utf-8").replace("MODULE", module).splitlines()
    return "\n".join(line for line in lines if line and not line.lstrip().startswith(COMMENTS))


def unheard() -> None:
    """The callback that Streamlit wants for each state and trigger, where nobody listens."""
