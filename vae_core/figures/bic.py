"""How many components a mixture was given, and why."""

from collections.abc import Mapping

from vae_core.figures.figure import Figure
from vae_core.figures.style import NEUTRAL, PALETTE, TEMPLATE


def bic_figure(bic: Mapping[int, float], *, chosen: int) -> Figure:
    """The Bayesian information criterion above its smallest, by the number of components."""
    numbers, least = list(bic), min(bic.values())
    colours = [PALETTE[1] if number == chosen else NEUTRAL for number in numbers]
    sizes = [12 if number == chosen else 7 for number in numbers]
    line = {
        "type": "scatter",
        "x": [str(number) for number in numbers],
        "y": [round(value - least, 1) for value in bic.values()],
        "mode": "lines+markers",
        "cliponaxis": False,
        "line": {"color": NEUTRAL, "width": 1.5},
        "marker": {"color": colours, "size": sizes, "opacity": 1},
        "hovertemplate": "%{x} components: %{y:,.0f}<extra></extra>",
    }
    layout = {
        "template": TEMPLATE,
        "xaxis": {"title": {"text": "components"}, "type": "category"},
        "yaxis": {"title": {"text": "BIC above the least"}, "rangemode": "tozero", "nticks": 4},
        "margin": {"l": 60, "r": 12, "t": 12, "b": 40},
        "showlegend": False,
    }
    return Figure([line], layout)
