"""Plotly figures that change in place, for pages that watch something grow.

`st.plotly_chart` mounts a changed figure anew, which flickers and loses the zoom.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import streamlit as st

from latent_plane.broadcast import Subscription, subscription_data
from latent_plane.registration import program, register, unheard

_component = register(
    "live_figures",
    html="live_figures/live.html",
    module="live_figures/main.js",
    styles=("shared/base.css", "live_figures/live.css"),
)


class Drawn(Protocol):
    """What can say itself in Plotly's JSON: a figure of `vae_core.figures` or Plotly's own."""

    def to_json(self) -> str | None:
        """Its traces and layout."""


def live_figure(
    figure: Drawn, *, key: str, height: int = 260, on_pick: Callable[[], None] | None = None
) -> None:
    """Show `figure`, or tell the one shown under `key` its new data; `height` in pixels."""
    live_figures([figure], shares=[1], key=key, height=height, on_pick=on_pick)


def live_figures(
    figures: Sequence[Drawn],
    *,
    shares: Sequence[int],
    key: str,
    height: int | None = 260,
    note: Sequence[str] = (),
    follows: Subscription | None = None,
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Show figures side by side, or one under the other where there is no room for that.

    `shares` are their parts of the width; a figure is never narrower than its shares times 185
    pixels. `height` is in pixels; None leaves it to the page's style sheet, as `--live-height`.
    `note` stands under them, each second piece of it in bold. `follows` names the channel whose
    part "figures" (`figures_part`) replaces both. With `on_pick` points can be clicked: it is
    called before the rerun, where `picked(key)` says which one.
    """
    served = program()
    rest = json.dumps(
        {
            "shares": list(shares),
            "height": height,
            "plotly": served["plotly"],
            "picks": on_pick is not None,
            **subscription_data(follows),
        }
    )
    # One text, for the reason that `latent_plane` has; the figures' own are parts of it as is.
    state = f"{figures_part(figures, note)[:-1]},{rest[1:]}"
    _component(
        key=key,
        data={"modules": served["modules"], "state": state},
        on_pick_change=on_pick or unheard,
    )


def picked(key: str) -> str | None:
    """What the `customdata` of the point begin with that was clicked last, None for none yet.

    It comes from a browser: look whether it is known.
    """
    return read_pick((st.session_state.get(key) or {}).get("pick") or {})


def read_pick(gesture: Mapping[str, Any]) -> str | None:
    """The name in a browser's message, in which anything may be."""
    name = gesture.get("name")
    return name if isinstance(name, str) else None


def figures_part(figures: Sequence[Drawn], note: Sequence[str] = ()) -> str:
    """The part "figures" of a channel's status, as JSON; what `live_figures` shows from then on."""
    drawn = ",".join(str(figure.to_json()) for figure in figures)
    return f'{{"figures":[{drawn}],"note":{json.dumps(list(note))}}}'
