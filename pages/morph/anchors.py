"""The anchors of a morph: where they start, how they are added, taken away and exchanged."""

import secrets
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import streamlit as st

from latent_plane import PlaneEvent
from latent_plane.strips import StripEvent
from pages.morph.methods import DAY, Points, decoded_space_of, rounded
from pages.morph.path_view import Walk
from pages.shared.collapse import active
from pages.shared.example.picker import Example, choose_example
from pages.shared.links import keep_anchors, walk_from_here
from pages.shared.models import BY_NAME, ServedModel
from pages.shared.query_params import MOST_ANCHORS, read_anchors, write_anchors
from pages.shared.thumbnails import picture_row
from vae_core.arrays import Float32Array, Int64Array
from vae_core.latent.plane import Plane, nearest
from vae_core.latent.sampling import prior
from vae_core.text import label_name

FEWEST = 2
STYLES = 6
"""Sectors around the middle of the codes, where labels do not tell the examples apart."""
PROBES = 9
"""Places on a line at which its density is looked up."""
EMPTY_NATS = 3.0
"""A place so much sparser than a typical example's is empty enough to show what that does."""
PICKER = 640
"""Pixels: the pad fits."""
WRITTEN = "anchors written"


def anchors_of(model: ServedModel, event: PlaneEvent, key: str) -> Float32Array:
    """Where the anchors (k, d) of the plane `key` stand, two to five.

    In this order: where a button has put them, where a link that was followed wants them, where
    they were dragged, where they start.
    """
    wished: Float32Array | None = st.session_state.pop(f"{key}:wish", None)
    if wished is not None:
        return wished
    asked = st.query_params.get("anchors", "")
    if asked and asked != st.session_state.get(WRITTEN):
        found = read_anchors(asked, model.codec.latent_dim)
        if len(found):
            return found if len(found) >= FEWEST else _with_another(model, found)
    start = start_anchors(model)
    return start if event.anchors is None else event.anchors


def write_down(model: ServedModel, anchors: Float32Array) -> None:
    """Keep the anchors in the address, and for the links of other pages."""
    text = write_anchors(anchors)
    st.query_params["anchors"] = st.session_state[WRITTEN] = text
    keep_anchors(model, anchors)


@st.cache_data(hash_funcs=BY_NAME, show_spinner=False, max_entries=64, ttl=DAY)
def start_anchors(model: ServedModel) -> Float32Array:
    """Two middles of groups (2, d), far apart with empty land on the straight line between.

    Where the codes have collapsed, no two are apart: then two points of the prior.
    """
    if not active(model):
        return _across_the_prior(model.codec.latent_dim)
    latents = model.artifact.latents.of("train")
    mean, group = latents.mean, _groups(model, latents.mean, latents.label)
    middles = [_middle(mean[group == number]) for number in np.unique(group) if number >= 0]
    pairs = np.array(list(combinations(middles, 2)))
    t = np.linspace(0, 1, PROBES)[:, None, None]
    lines = (1 - t) * pairs[:, 0] + t * pairs[:, 1]
    depth = decoded_space_of(model).density.relative(lines.reshape(-1, mean.shape[1]))
    emptiness = np.clip(-depth.reshape(PROBES, -1).min(axis=0), 0.1, EMPTY_NATS)
    score = emptiness * np.linalg.norm(pairs[:, 0] - pairs[:, 1], axis=1)
    return np.asarray(pairs[score.argmax()], np.float32)


def anchor_controls(model: ServedModel, event: PlaneEvent, anchors: Float32Array, key: str) -> None:
    """What can be done to the anchors besides dragging them."""
    full = len(anchors) >= MOST_ANCHORS
    _from_example(model, anchors, key, full=full)
    st.button(
        "Add the ring",
        icon=":material/add:",
        disabled=full,
        help=f"Adds an anchor where the ring is on the plane, up to {MOST_ANCHORS}.",
        on_click=wish,
        args=(key, np.concatenate([anchors, event.z[None]])),
    )
    st.button(
        "Shuffle",
        icon=":material/shuffle:",
        help="Start again from two random examples.",
        on_click=lambda: wish(key, _two_examples(model)),
    )
    with st.popover("Remove", icon=":material/remove:", disabled=len(anchors) <= FEWEST):
        for number, name in enumerate(names_of(model, anchors)):
            st.button(
                f"{number + 1} · {name}",
                key=f"remove {number} {key}",
                on_click=wish,
                args=(key, np.delete(anchors, number, axis=0)),
            )


def go_on(
    model: ServedModel,
    walks: Sequence[Walk],
    chosen: StripEvent,
    anchors: Float32Array,
    label: int | None,
    key: str,
) -> None:
    """What can be done with the picture of a strip that was clicked."""
    with st.container(horizontal=True, vertical_alignment="center", height=48, border=False):
        if chosen.row is None or chosen.frame is None:
            st.caption("Click a picture to continue from there.")
            return
        walk = walks[chosen.row]
        z = walk.path.z[chosen.frame]
        share = chosen.frame / (len(walk.path.z) - 1)
        st.caption(f"{walk.title} at {share:.0%}".replace("%", " %"), width="content")
        walk_from_here(model, z, label)
        st.button(
            "Add as an anchor",
            icon=":material/anchor:",
            disabled=len(anchors) >= MOST_ANCHORS,
            on_click=wish,
            args=(key, np.concatenate([anchors[:-1], z[None], anchors[-1:]])),
        )


def wish(key: str, anchors: Float32Array) -> None:
    """Put the anchors (k, d) of the plane `key` elsewhere; for callbacks."""
    st.session_state[f"{key}:wish"] = anchors


def _from_example(model: ServedModel, anchors: Float32Array, key: str, *, full: bool) -> None:
    """A box that picks an example, a drawing, an upload or a row, once it is open."""
    slot = f"add to {key}"

    def add() -> None:
        st.session_state[slot] = False
        wish(key, grown)

    box = st.popover(
        "Add example",
        icon=":material/add:",
        disabled=full,
        on_change="rerun",
        key=slot,
    )
    if not box.open:
        return
    with box, st.container(width=PICKER):
        example = choose_example(model, f"anchor of {key}", plane_key=key)
        if example is None:
            return
        grown = np.concatenate([anchors, example.mean[None]])
        if model.manifest.description.kind == "image" and not example.live:
            _show(model, example)
        st.button(
            "Add it as an anchor",
            icon=":material/anchor:",
            type="primary",
            on_click=add,
        )


def _show(model: ServedModel, example: Example) -> None:
    """The picture; where its dataset is not here, what the decoder makes of it."""
    label = example.label_for(model)
    picture = example.values
    if picture is None:
        picture = model.codec.decode(example.mean[None], label)[0]
    picture_row([picture], [example.title], [-1 if example.label is None else example.label])


def names_of(model: ServedModel, anchors: Float32Array) -> list[str]:
    """For each anchor the label of the training example that is nearest to it."""
    labels = model.manifest.description.labels
    near = labels_near(model, rounded(anchors))
    return [f"near {label_name(label, labels)}" for label in near]


@st.cache_data(hash_funcs=BY_NAME, show_spinner=False, max_entries=1024, ttl=DAY)
def labels_near(model: ServedModel, anchors: Points) -> list[int]:
    """The label of the training example nearest to each anchor."""
    train = model.artifact.latents.of("train")
    return [int(train.label[nearest(z, train.mean, count=1)[0][0]]) for z in anchors]


def _groups(model: ServedModel, mean: Float32Array, label: Int64Array) -> Int64Array:
    """A group (n,) for each example: its label or, where that says little of z, its direction."""
    if not model.classes and len(np.unique(label[label >= 0])) > 1:
        return label
    if mean.shape[1] == 1:
        return np.asarray(mean[:, 0] > mean.mean(), np.int64)
    u, v = Plane.principal(mean).project(mean).T
    sector: Int64Array = np.floor((np.arctan2(v, u) / (2 * np.pi) + 0.5) * STYLES).astype(np.int64)
    return sector % STYLES


def _middle(mean: Float32Array) -> Float32Array:
    """Of the codes (n, d) the one nearest to their median."""
    rows, _ = nearest(np.median(mean, axis=0), mean, count=1)
    middle: Float32Array = mean[rows[0]]
    return middle


def _across_the_prior(latent_dim: int) -> Float32Array:
    """The points (2, d) a standard deviation to either side of the prior's centre, along z1."""
    side = np.eye(1, latent_dim, dtype=np.float32)
    return np.concatenate([-side, side])


def _two_examples(model: ServedModel) -> Float32Array:
    """Codes (2, d) of two random held-out examples of different groups.

    Where the codes have collapsed, two random points of the prior.
    """
    if not active(model):
        return prior(2, model.codec.latent_dim, seed=secrets.randbelow(2**32))
    latents = model.artifact.latents.of("test")
    rng = np.random.default_rng()
    group = _groups(model, latents.mean, latents.label)
    chosen = rng.choice(np.unique(group), 2, replace=False)
    return np.stack([latents.mean[rng.choice(np.flatnonzero(group == one))] for one in chosen])


def _with_another(model: ServedModel, found: Float32Array) -> Float32Array:
    """One anchor and, of those one starts with, the one that is farther from it."""
    start = start_anchors(model)
    farther = np.linalg.norm(start - found[0], axis=1).argmax()
    return np.concatenate([found, start[farther : farther + 1]])
