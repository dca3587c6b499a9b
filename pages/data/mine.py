"""The datasets that are here: one's own and shared ones, then those that come with the program."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import streamlit as st

from pages.shared.models import stored_models
from pages.shared.navigation import PAGES
from pages.shared.own_data import own_datasets, owner
from pages.shared.templates import literal
from pages.shared.train_form import train_on
from vae_core.artifacts.registry import models_of
from vae_core.datasets import CATALOGUE
from vae_core.datasets.own import store
from vae_core.datasets.own.store import OwnDataset
from vae_core.text import duration, plural


def listing() -> None:
    """All datasets that this visitor sees."""
    own = own_datasets()
    if own:
        st.markdown("## Datasets of your own")
        for each in own:
            _own_row(each)
    st.markdown("## Built in")
    for name, entry in CATALOGUE.items():
        description = entry.description
        what = (
            plural(description.size, "feature")
            if description.kind == "table"
            else f"{description.shape[0]} × {description.shape[1]} pixels"
        )
        caption = (
            f"{plural(entry.examples, 'example')}, {what}, "
            f"{plural(len(description.labels), 'label')}. {literal(description.licence)}."
        )
        with _row(f"**{literal(description.title)}**", caption):
            _train_button(name)


@contextmanager
def _row(title: str, caption: str) -> Iterator[None]:
    """A dataset in words, and beside them what can be done with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(title)
            st.caption(caption)
        yield


def _own_row(own: OwnDataset) -> None:
    manifest = own.manifest
    mine = owner() in manifest.owners
    shared = " :blue-badge[Shared]" if manifest.shared else " :gray-badge[Only you]"
    label = next((c.name for c in manifest.columns if c.role == "label"), "")
    caption = (
        f"{plural(manifest.rows, 'row')}, "
        f"{plural(manifest.description.size, 'feature')}, "
        + (f"label {literal(label)}" if label else "no label")
        + f", held out by {manifest.held_out_by}. Added {_ago(manifest.created)} ago. `{own.key}`"
    )
    with _row(f"**{literal(manifest.description.title)}**{shared}", caption):
        _train_button(own.key)
        models = models_of(own.key, stored_models())
        if models and st.button("Explore", icon=PAGES["explore"].icon, key=f"explore {own.key}"):
            st.switch_page(PAGES["explore"].script, query_params={"model": models[0]})
        if mine:
            _share_button(own)
            _delete_button(own, models)


def _train_button(name: str) -> None:
    if st.button("Train", icon=PAGES["train"].icon, key=f"train on {name}"):
        train_on(name)


def _share_button(own: OwnDataset) -> None:
    shared = own.manifest.shared
    if st.button(
        "Make private" if shared else "Share",
        icon=":material/lock:" if shared else ":material/group:",
        key=f"share {own.key}",
        help="Everybody who opens this app sees a shared dataset and what was trained on it.",
    ):
        store.share(own.key, shared=not shared)
        st.rerun()


def _delete_button(own: OwnDataset, models: list[str]) -> None:
    with st.popover("Delete", icon=":material/delete:", key=f"delete {own.key}"):
        if models:
            names = ", ".join(f"`{name}`" for name in models)
            st.markdown(
                f"{plural(len(models), 'model')} learned from it: {names}. They stay, but their "
                "originals can no longer be shown."
            )
        else:
            st.markdown("No model has learned from it.")
        if st.button("Delete it for good", type="primary", key=f"delete {own.key} for good"):
            store.remove(own.key, owner=owner())
            st.rerun()


def _ago(created: str) -> str:
    return duration(time.time() - datetime.fromisoformat(created).timestamp())
