"""How long to train: presets that choose the epochs by the time that they take here.

`form` names the page's form, which remembers its own choice for each dataset.
"""

import streamlit as st

from vae_core.jobs import Estimate, supervisor
from vae_core.spec.training_spec import TrainingSpec, bounds

PRESETS = {"10 s": 10.0, "1 min": 60.0, "Best": None}


def choose_preset(form: str, dataset: str, *, first: str, label: str = "Time to spend") -> None:
    """Buttons for the time to spend; none is pressed once somebody has set the epochs by hand."""
    st.session_state.setdefault(_key(form, dataset), first)
    st.segmented_control(
        label,
        list(PRESETS),
        key=_key(form, dataset),
        help="Sets the number of epochs by the time that they take here. Best: the dataset's own "
        "number, with which the shipped models were trained; more changes little.",
    )


def set_by_hand(form: str, dataset: str) -> None:
    """No preset has chosen these epochs.

    The buttons become others of a new key: a browser that has not heard of it yet, as when somebody
    types a number and presses Train at once, would send the old ones as pressed.
    """
    edits = f"{form} {dataset} edits"
    st.session_state[edits] = st.session_state.get(edits, 0) + 1
    st.session_state[_key(form, dataset)] = None


def preset_epochs(form: str, spec: TrainingSpec, best: int) -> int | None:
    """The epochs that the pressed preset gives to a training of `spec`; None without a preset.

    They stay the same while the settings do, though each run that ends corrects the estimates: a
    form that changed by itself would no longer show what has just been trained.
    """
    preset = st.session_state.get(_key(form, spec.dataset))
    if preset is None:
        return None
    others = spec.model_copy(update={"epochs": 1, "seed": 0})
    asked, kept = (preset, others.digest), st.session_state.setdefault(f"{form} epochs", {})
    if asked not in kept:
        seconds = PRESETS[preset]
        kept[asked] = best if seconds is None else epochs_within(others, seconds)
    return int(kept[asked])


def expected(spec: TrainingSpec) -> Estimate:
    """How long it will take here, corrected by the runs that this machine has finished."""
    return supervisor().estimate(spec)


def epochs_within(spec: TrainingSpec, seconds: float) -> int:
    """About the most epochs that fit into `seconds` by the estimate, in two digits; at least 1.

    They may be more than suit the data. Tried on the small datasets, a minute's worth did not
    lower the validation ELBO of any.
    """
    first, second = (
        expected(spec.model_copy(update={"epochs": epochs})).seconds for epochs in (1, 2)
    )
    most = 1 + max(0, int((seconds - first) / (second - first)))
    step = int(10 ** max(0, len(str(most)) - 2))
    return min(most // step * step, int(bounds("epochs")[1]))


def _key(form: str, dataset: str) -> str:
    edits = st.session_state.get(f"{form} {dataset} edits")
    return f"{form} {dataset} preset{f' {edits}' if edits else ''}"
