"""The catalogue entry of the Palmer penguins: columns of several kinds, with real gaps."""

from vae_core.datasets.column import Feature
from vae_core.datasets.description import Description
from vae_core.datasets.entry import Entry
from vae_core.datasets.tables import HELD_OUT

PENGUINS = Entry(
    Description(
        name="penguins",
        title="Palmer penguins",
        kind="table",
        shape=(7,),
        labels=("Adelie", "Chinstrap", "Gentoo"),
        features=(
            Feature(name="island", kind="categorical", categories=("Biscoe", "Dream", "Torgersen")),
            Feature(name="bill length", unit="mm", kind="positive"),
            Feature(name="bill depth", unit="mm", kind="positive"),
            Feature(name="flipper length", unit="mm", kind="positive", whole=True),
            Feature(name="body mass", unit="g", kind="positive", whole=True),
            Feature(name="sex", kind="binary", categories=("female", "male")),
            Feature(name="year", kind="ordinal", categories=("2007", "2008", "2009")),
        ),
        licence="CC0 1.0",
        source="Palmer Station LTER and K. B. Gorman, as published in the R package "
        "palmerpenguins, doi:10.5281/zenodo.3960218",
        citation="A. M. Horst, A. P. Hill and K. B. Gorman, 'palmerpenguins: Palmer Archipelago "
        "(Antarctica) penguin data' (2020), doi:10.5281/zenodo.3960218; K. B. Gorman, "
        "T. D. Williams and W. R. Fraser, 'Ecological sexual dimorphism and environmental "
        "variability within a community of Antarctic penguins (genus Pygoscelis)', PLoS ONE 9 "
        "(2014) e90081, doi:10.1371/journal.pone.0090081",
    ),
    examples=344,
    held_out=HELD_OUT,
    csv="penguins.csv",
    columns=(
        *("island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"),
        *("sex", "year"),
    ),
    label="species",
    defaults={
        "architecture": "table",
        "likelihood": "mixed",
        "hidden": (128, 128),
        "activation": "silu",
        "batch_size": 32,
        "epochs": 250,
        "learning_rate": 5e-3,
        "kl_warmup_epochs": 100,
        "hide_cells": 0.2,
    },
)
