"""The settings of a sweep in numbers, the best in a sentence, and all of it as files."""

from functools import partial
from math import isnan

import streamlit as st

from pages.shared.spec_fields import title
from pages.shared.templates import literal, show
from pages.sweep.standing import is_under_way
from vae_core.figures.sweep_points import numeric_axis
from vae_core.sweeps import SettingResult, SweepResults
from vae_core.sweeps.axis import value_text
from vae_core.sweeps.export import caveat, to_csv, to_json
from vae_core.text import number, plural, plus_minus

SHOWN = 50
FEWEST = 3
"""So many values have ends and something between them."""
MEASURES = {"elbo": "ELBO", "importance_bound": "importance-weighted bound"}


def show_best(results: SweepResults) -> None:
    """The best setting in a sentence, and what its number is."""
    best = results.best_setting
    if best is None:
        return
    so_far = " so far" if is_under_way(results) else ""
    measure = MEASURES[results.plan.metric]
    st.markdown(
        f"Best{so_far}: **{literal(_values(best))}**, validation {measure} "
        f"**{_with_error(best)}** nats per example. {_near(results, best)} {_at_an_end(results)}"
    )


def show_table(results: SweepResults) -> None:
    """One line per setting, the best marked, what the numbers are, and the files."""
    best, settings = results.best_setting, list(results.settings)
    if best is None:
        return
    if results.plan.search != "grid" or len(settings) > SHOWN:
        settings.sort(key=lambda setting: -setting.elbo)
    st.markdown("## The settings in numbers")
    names = [axis.field for axis in results.plan.axes]
    numeric = ("seeds", f"validation {MEASURES[results.plan.metric]}", "test ELBO")
    more = ("rate", "distortion", "active units", "decoder, kB")
    heads = [(title(name).lower(), False) for name in names]
    heads += [(head, True) for head in (*numeric, *more)]
    lines = [_line(setting, setting is best, results.plan.seeds) for setting in settings[:SHOWN]]
    show("sweep/settings_table.html", heads=heads, lines=lines)
    st.caption(_what_it_is(results, len(settings)))
    _files(results)


def _line(setting: SettingResult, is_best: bool, seeds: int) -> dict[str, object]:
    values = [(value_text(value), False, False) for value in setting.values.values()]
    sizes = [trial.decoder_bytes for trial in setting.trials if trial.decoder_bytes]
    numbers = (
        (f"{len(setting.trials)} of {seeds}", False),
        (_with_error(setting), is_best),
        (number(setting.test_elbo, ".2f"), False),
        (number(setting.rate, ".2f"), False),
        (number(setting.distortion, ".2f"), False),
        (number(setting.active_units, ".3g"), False),
        (f"{sizes[0] / 1000:,.0f}" if sizes else "–", False),
    )
    return {"cells": [*values, *((text, True, mark) for text, mark in numbers)], "best": is_best}


def _values(setting: SettingResult) -> str:
    words = [f"{title(k).lower()} {value_text(v)}" for k, v in setting.values.items()]
    return ", ".join(words) or "the only setting"


def _with_error(setting: SettingResult) -> str:
    """The mean over seeds with its standard error; of one seed over examples."""
    error = setting.error if len(setting.trials) > 1 else setting.best.error
    return number(setting.elbo, ".2f") if isnan(error) else plus_minus(setting.elbo, error, ".2f")


def _near(results: SweepResults, best: SettingResult) -> str:
    """How many settings the errors can't tell from the best."""
    if isnan(best.error):
        return ""
    near = [
        setting
        for setting in results.settings
        if setting is not best
        and not isnan(setting.error)
        and best.elbo - setting.elbo <= (best.error**2 + setting.error**2) ** 0.5
    ]
    if not near:
        return ""
    words = "one other setting" if len(near) == 1 else f"{len(near)} other settings"
    return f"Within one standard error of it: {words}."


def _at_an_end(results: SweepResults) -> str:
    """What to do when the best value is the smallest or the largest of those tried."""
    axis, best = numeric_axis(results), results.best_setting
    if axis is None or best is None or not results.is_finished:
        return ""
    tried = sorted({float(setting.values[axis.field]) for setting in results.settings})
    value = float(best.values[axis.field])
    if len(tried) < FEWEST or value not in (tried[0], tried[-1]):
        return ""
    which, further = ("largest", "larger") if value == tried[-1] else ("smallest", "smaller")
    return f"It is the {which} value tried: try {further} ones, or train for longer."


def _what_it_is(results: SweepResults, count: int) -> str:
    several = results.plan.seeds > 1
    whole = all(len(setting.trials) > 1 for setting in results.settings)
    error = "the standard error of the mean over seeds" if several else (
        "the standard error over validation examples, one seed each: a difference between two "
        "settings may be luck of the seed"
    )  # fmt: skip
    error += "" if whole or not several else ", and over validation examples where one is there"
    words = [
        f"The {count} settings, the {SHOWN} best of them shown." if count > SHOWN else "",
        "Nats per example, higher is better. The validation split decides; the test ELBO stands "
        f"beside it and decides nothing. ± is {error}.",
        f"Likelihood: {literal(results.likelihood)}." if results.likelihood else "",
        literal(caveat(results)),
        "With two seeds that error is itself uncertain." if results.plan.seeds == 2 else "",
    ]
    return " ".join(word for word in words if word)


def _files(results: SweepResults) -> None:
    kinds = {"CSV": (to_csv, "text/csv"), "JSON": (to_json, "application/json")}
    with st.container(horizontal=True, gap="small"):
        for name, (write, mime) in kinds.items():
            st.download_button(
                f"All {plural(results.count, 'training')} as {name}",
                data=partial(write, results),
                file_name=f"sweep-{results.sweep_id}.{name.lower()}",
                mime=mime,
                icon=":material/download:",
                key=f"sweep file {name}",
                on_click="ignore",
            )
