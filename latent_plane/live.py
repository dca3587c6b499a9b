"""A Plotly figure that changes in place, for pages that watch something grow.

`st.plotly_chart` mounts a changed figure anew, which flickers and loses the zoom.
"""

from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from latent_plane import assets

MODULES = Path(__file__).parent / "js"

ENTRY = """
export default function (component) {
  const live = import(new URL(component.data.modules + "/live.js", document.baseURI).href);
  live.then(({ render }) => render(component));
  return () => live.then(({ unmount }) => unmount(component.parentElement));
}
"""

_component = st.components.v2.component(
    "live_figure",
    html='<div class="live-figure"></div>\n',
    js=ENTRY,
    isolate_styles=False,  # Plotly puts its own style sheet into the document
)


def live_figure(figure: go.Figure, *, key: str, height: int = 260) -> None:
    """Show `figure`, or tell the one shown under `key` its new data; `height` in pixels."""
    _component(
        key=key,
        data={
            "figure": figure.to_json(),
            "height": height,
            "plotly": assets.plotly_url(),
            "modules": assets.serve_directory(MODULES),
        },
    )
