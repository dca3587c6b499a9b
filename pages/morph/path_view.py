"""What lies along paths: strips of pictures, or for a table one panel a feature."""

from collections.abc import Sequence
from dataclasses import dataclass

from latent_plane import ImageOutput
from latent_plane.live_figures import live_figure
from latent_plane.strips import Row, StripEvent, picture_strips
from pages.morph.methods import note
from pages.shared.models import ServedModel
from pages.shared.plane_view import View
from pages.shared.templates import show
from vae_core.figures.path import FeatureLine, path_figure, path_figure_height
from vae_core.morph import Path

COLUMNS = 12


@dataclass(frozen=True, eq=False)
class Walk:
    """A path with what it is called and the colour, in CSS's words, of its line on the plane."""

    title: str
    colour: str
    path: Path


def show_along(
    model: ServedModel,
    view: View,
    walks: Sequence[Walk],
    *,
    label: int | None,
    key: str,
    anchors: int = 2,
    panels: int = 2,
) -> StripEvent:
    """Show what the decoder, told `label`, makes of the walks; the picture that was clicked.

    A table's features stand `panels` in a row, with marks for the `anchors` on the way.
    """
    if model.manifest.description.kind == "image":
        rows = [
            Row(walk.title, note(walk.path), walk.path.z, label=label, colour=walk.colour)
            for walk in walks
        ]
        return picture_strips(
            key=key,
            decoder_url=view.decoder_url,
            output=ImageOutput(*model.codec.shape),
            rows=rows,
            classes=model.classes,
            columns=COLUMNS,
        )
    features = model.manifest.description.features
    columns = list(view.features) or list(range(len(features)))
    lines = [
        FeatureLine(walk.title, model.codec.decode(walk.path.z, label)[:, columns], walk.colour)
        for walk in walks
    ]
    shown = [features[column] for column in columns]
    entries = [(walk.title, note(walk.path), walk.colour) for walk in walks]
    show("morph/legend.html", lines=entries)
    figure = path_figure(lines, features=shown, anchors=anchors, columns=panels)
    live_figure(figure, key=key, height=path_figure_height(len(shown), columns=panels))
    return StripEvent()
