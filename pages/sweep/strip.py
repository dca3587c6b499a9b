"""What the swept setting does: the same examples and the same z, decoded by model after model.

All pictures are made once for all visitors; the slider runs in the browser alone.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from latent_plane import assets
from latent_plane.steps import StepPictures, StepTable, step_slider
from pages.shared.cache import shared
from pages.shared.spec_fields import title
from pages.shared.thumbnails import examples_of
from vae_core.arrays import Float32Array, Int64Array
from vae_core.artifacts import registry
from vae_core.artifacts.codec import OnnxCodec
from vae_core.datasets.cell_text import cell_text
from vae_core.datasets.description import Description
from vae_core.errors import ArtifactError, NotFound
from vae_core.figures import axis_title
from vae_core.figures.raster import contact_sheet, png_bytes
from vae_core.figures.sweep_points import numeric_axis
from vae_core.sweeps import SettingResult, SweepResults, TrialResult
from vae_core.sweeps.axis import Axis, value_text
from vae_core.text import label_name, number

SHOWN = {"image": 12, "table": 5}
FEATURES = 8
"""Lines of a table that fit on a page."""
RECONSTRUCTED = "Reconstructed"
DECODED = "Decoded from the same z"


@dataclass(frozen=True, eq=False)
class Decoded:
    """What one model makes of the shown examples and of the shown z, (n, ...) each."""

    description: Description
    index: Int64Array
    label: Int64Array
    reconstructed: Float32Array
    decoded: Float32Array


def show_strip(results: SweepResults) -> None:
    """The strip, once the swept setting has two values with a model; nothing before."""
    axis = numeric_axis(results)
    along = _along(results, axis) if axis else []
    if axis is None or len(along) < 2:
        return
    try:
        rows = _rows(tuple(trial.model_id for trial in along))
    except (ArtifactError, NotFound):
        return  # a model was deleted a moment ago
    name, best = title(axis.field).lower(), results.best_setting
    st.markdown(f"## What {name} does")
    steps = [value_text(trial.values[axis.field]) for trial in along]
    at = next((n for n, t in enumerate(along) if best and t.setting == best.number), 0)
    step_slider(
        key=f"strip of {results.sweep_id}",
        label=title(axis.field),
        steps=steps,
        notes=[_note(trial) for trial in along],
        rows=rows,
        at=at,
    )
    st.caption(_explained(results, axis))


def _along(results: SweepResults, axis: Axis) -> list[TrialResult]:
    """One model for each value of the axis: other settings as in the best, and its first seed."""
    best = results.best_setting
    if best is None:
        return []
    found: dict[float, SettingResult] = {}
    for setting in results.settings:
        if all(setting.values[k] == v for k, v in best.values.items() if k != axis.field):
            found.setdefault(float(setting.values[axis.field]), setting)
    return [min(found[value].trials, key=lambda t: t.seed) for value in sorted(found)]


def _note(trial: TrialResult) -> str:
    return (
        f"rate {number(trial.rate, '.1f')}, distortion {number(trial.distortion, '.1f')}, "
        f"ELBO {number(trial.elbo, '.2f')} nats per example, "
        f"{trial.active_units} of {trial.spec.latent_dim} units active"
    )


def _explained(results: SweepResults, axis: Axis) -> str:
    best = results.best_setting
    others = {k: v for k, v in best.values.items() if k != axis.field} if best else {}
    given = ", ".join(f"{title(k).lower()} {value_text(v)}" for k, v in others.items())
    held = f", with {given} as in the best setting" if given else ""
    return (
        f"Above, held-out examples as each model reconstructs them from the mean of their code. "
        "Below, what each makes of the same points z, drawn from the prior: the points mean "
        "something else to each model, so look at how much the results differ from one another. "
        f"One model per value, of the first seed{held}. The numbers are of the validation split."
    )


def _sheet_key(model_ids: tuple[str, ...]) -> Hashable:
    return model_ids


@shared(most=32, key=_sheet_key)
def _rows(model_ids: tuple[str, ...]) -> list[StepPictures | StepTable]:
    """What is shown along these models."""
    made = [_decoded(model_id) for model_id in model_ids]
    first = made[0]
    originals = examples_of(first.description, first.index)
    if first.description.kind == "table":
        return _tables(first, made, originals)
    pairs = {RECONSTRUCTED: [m.reconstructed for m in made], DECODED: [m.decoded for m in made]}
    above = {} if originals is None else {"Held-out originals": [originals]}
    return [_pictures(name, steps) for name, steps in {**above, **pairs}.items()]


@shared(most=512)
def _decoded(model_id: str) -> Decoded:
    """A model's part of the strip; examples and z are the same for all models of a dataset."""
    artifact = registry.open_model(model_id)
    codec, held, spec = OnnxCodec(artifact), artifact.latents.of("test"), artifact.manifest.spec
    rows = _of_each_label(held.label, SHOWN[artifact.manifest.description.kind])
    label = held.label[rows]
    given = label if spec.conditional else None
    z = _prior(len(rows), spec.latent_dim)
    return Decoded(
        artifact.manifest.description,
        held.index[rows],
        label,
        codec.decode(held.mean[rows], given),
        codec.decode(z, given),
    )


def _prior(count: int, latent_dim: int) -> Float32Array:
    """The same points for every model: of fewer dimensions, their first coordinates."""
    columns = [
        np.random.default_rng(dimension).standard_normal(count) for dimension in range(latent_dim)
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _of_each_label(label: Int64Array, count: int) -> Int64Array:
    """Positions of `count` examples: the first of each label, then the second of each, …"""
    seen: dict[int, int] = {}
    rank = np.zeros(len(label), np.int64)
    for place, one in enumerate(label.tolist()):
        rank[place] = seen[one] = seen.get(one, -1) + 1
    order = np.lexsort((label, rank))[:count]
    return np.asarray(order[np.argsort(label[order], kind="stable")])


def _pictures(name: str, steps: Sequence[Float32Array]) -> StepPictures:
    images = np.concatenate(list(steps))
    count, (height, width) = len(steps[0]), images.shape[1:3]
    sheet = png_bytes(contact_sheet(images, count, gap=0))
    return StepPictures(name, assets.serve(sheet, suffix=".png"), count, width, height)


def _tables(
    first: Decoded, made: Sequence[Decoded], originals: Float32Array | None
) -> list[StepPictures | StepTable]:
    features = first.description.features[:FEATURES]
    heads = tuple(label_name(int(one), first.description.labels) for one in first.label)
    lines = tuple(axis_title(feature) for feature in features)

    def texts(x: Float32Array) -> tuple[tuple[str, ...], ...]:
        columns = np.asarray(x, np.float64)[:, : len(features)].T.tolist()
        return tuple(
            tuple(cell_text(value, feature) for value in column)
            for feature, column in zip(features, columns, strict=True)
        )

    fixed = () if originals is None else texts(originals)
    beside = "" if originals is None else ", the held-out original in small print beside it"
    return [
        StepTable(
            f"{RECONSTRUCTED}{beside}", heads, lines,
            tuple(texts(one.reconstructed) for one in made), fixed,
        ),
        StepTable(
            DECODED, tuple(f"z {n + 1}" for n in range(len(heads))), lines,
            tuple(texts(one.decoded) for one in made),
        ),
    ]  # fmt: skip
