"""Arguments that several commands share."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Model = Annotated[str, typer.Argument(help="Name of a stored model, or its unique beginning.")]
Download = Annotated[
    bool, typer.Option(help="Fetch the training examples if they are not on this machine.")
]
Seed = Annotated[int, typer.Option(min=0, help="Makes the random draws repeatable.")]
ElboSamples = Annotated[
    int,
    typer.Option(
        "--elbo-samples", "--samples", min=1, max=1000, help="Draws of z for each example's ELBO."
    ),
]
ImportanceSamples = Annotated[
    int,
    typer.Option(min=1, max=100_000, help="Draws of z for each importance-weighted bound."),
]
ImportanceExamples = Annotated[
    int,
    typer.Option(min=2, help="Examples, drawn from the held-out ones, whose bound is measured."),
]
