"""Fields of a form that describes trainings; bounds and helps are the specification's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.shared.own_data import own_datasets
from vae_core.datasets import CATALOGUE
from vae_core.spec.training_spec import TrainingSpec, bounds

FIRST = "digits"
"""A visitor's first dataset: pictures speak at once, and it is always here."""
LIKELIHOODS = {
    "bernoulli": "Bernoulli, grey values",
    "bernoulli_static": "Bernoulli, fixed black or white",
    "bernoulli_dynamic": "Bernoulli, black or white drawn anew",
    "gaussian": "Gaussian, learned noise",
    "mixed": "by the kind of each column",
}
IMAGE_LIKELIHOODS = tuple(name for name in LIKELIHOODS if name != "mixed")
STEPS: dict[str, tuple[float, ...]] = {
    "latent_dim": (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128),
    "beta": (0, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 25, 50, 100),
    "learning_rate": (1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 3e-2, 0.1),
    "hide_cells": (0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9),
    "batch_size": (8, 16, 32, 64, 128, 256, 512, 1024, 2048),
}


def choose_dataset(key: str, first: str | None) -> str:
    """The dataset to learn from, `first` unless somebody has chosen already; kept under `key`."""
    own = {each.key: each.manifest.description.title for each in own_datasets()}
    titles = own | {name: known.description.title for name, known in CATALOGUE.items()}
    if st.session_state.get(key) not in titles:
        st.session_state[key] = first if first in titles else FIRST
    return st.selectbox(
        "Dataset",
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        persist_state="session",
    )


@dataclass(frozen=True)
class SpecFields:
    """The fields of one page's `form`, which begin at `defaults`, the dataset's own."""

    form: str
    defaults: TrainingSpec

    def key(self, name: str) -> str:
        """What of the session holds a field's value."""
        return f"{self.form} {self.defaults.dataset} {name}"

    def stepped(self, name: str) -> Any:
        """A slider over sensible values within the bounds of the specification."""
        st.session_state.setdefault(self.key(name), getattr(self.defaults, name))
        return st.select_slider(
            title(name),
            self.options(name),
            format_func=lambda step: f"{step:g}",
            key=self.key(name),
            help=words(name),
        )

    def options(self, name: str) -> list[float]:
        """The values of a slider: sensible ones within the bounds, the dataset's own, and what is
        set now."""
        low, high = bounds(name)
        within = {step for step in STEPS[name] if low <= step <= high}
        own = getattr(self.defaults, name)
        return sorted(within | {own, st.session_state.get(self.key(name), own)})

    def number(self, name: str, *, on_change: Callable[[], None] | None = None) -> int:
        """A box for a whole number."""
        low, high = bounds(name)
        st.session_state.setdefault(self.key(name), getattr(self.defaults, name))
        chosen = st.number_input(
            title(name),
            int(low),
            int(high),
            key=self.key(name),
            help=words(name),
            on_change=on_change or "rerun",
        )
        return int(chosen)

    def widths(self, name: str, base: TrainingSpec) -> str:
        """A box for the widths of layers; each architecture has its own, as in `base`."""
        key = self.key(widths_field(name, base.architecture))
        st.session_state.setdefault(key, widths_text(getattr(base, name)))
        return st.text_input(title(name), key=key, help=words(name))

    def toggle(self, name: str) -> bool:
        """A switch."""
        st.session_state.setdefault(self.key(name), bool(getattr(self.defaults, name)))
        return st.toggle(title(name), key=self.key(name), help=words(name))


def widths_field(name: str, architecture: str) -> str:
    """The field of widths that belongs to an architecture."""
    return f"{name} {architecture}"


def widths_text(widths: tuple[int, ...]) -> str:
    """Widths as they are typed."""
    return ", ".join(map(str, widths))


def title(name: str) -> str:
    """What a field of the specification is called."""
    return TrainingSpec.model_fields[name].title or name


def words(name: str) -> str:
    """What a field of the specification does."""
    return f"{TrainingSpec.model_fields[name].description}."
