"""The commands `evaluate` and `card`: held-out numbers of a stored model."""

from pathlib import Path
from typing import Annotated, Any

import typer

from vae_core import api
from vae_core.artifacts import registry
from vae_core.cli import report
from vae_core.cli.arguments import (
    Download,
    ElboSamples,
    ImportanceExamples,
    ImportanceSamples,
    Json,
    Model,
    Seed,
)
from vae_core.cli.targets import check_folder
from vae_core.datasets import is_available
from vae_core.errors import InvalidInput


def evaluate(
    model: Model,
    num_samples: Annotated[
        int,
        typer.Option(
            min=0, max=200, help="Held-out examples to show with their decoding; 0 shows none."
        ),
    ] = 10,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Only the ELBO and its parts: seconds, not minutes. Without it also the "
            "importance-weighted bound, aggregated posterior, likeness, labels in the codes.",
        ),
    ] = False,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Keep the numbers in the model's manifest, for its card. Codes that were stored "
            "too coarsely for its posteriors are encoded again first.",
        ),
    ] = False,
    elbo_samples: ElboSamples = 1,
    importance_samples: ImportanceSamples = 500,
    importance_examples: ImportanceExamples = 1000,
    picture: Annotated[
        Path | None, typer.Option(help="File for originals over reconstructions (PNG or CSV).")
    ] = None,
    seed: Seed = 0,
    download: Download = False,
    json: Json = False,
) -> None:
    """Measure everything on the held-out split, and write originals over reconstructions."""
    if quick and write:
        raise InvalidInput("Expected --write without --quick: a manifest keeps all the numbers.")
    opened = api.open_model(model)
    target = _target(opened, num_samples, picture)
    if write:
        check_folder(opened.path)
        opened.dataset(download=download).read()  # a manifest keeps PCA's numbers too
    if target:
        from vae_core.cli.pictures import write_reconstructions

        write_reconstructions(opened, opened.dataset(download=download), num_samples, seed, target)
    if write:
        from vae_core.evaluation.encoding import with_fine_codes

        opened = api.Model(with_fine_codes(opened.artifact, opened.dataset(download=download)))
    metrics = opened.evaluate(
        quick=quick,
        samples=elbo_samples,
        importance_samples=importance_samples,
        importance_examples=importance_examples,
        seed=seed,
        download=download,
    )
    if write:
        registry.keep_metrics(opened.artifact, metrics)
    if json:
        written = str(target) if target else None
        values: dict[str, Any] = {"model": opened.manifest.model_id, "picture": written}
        report.print_json({**values, "metrics": [m.model_dump(mode="json") for m in metrics]})
        return
    report.print_text("", title=opened.manifest.model_id)
    report.print_metrics(metrics)
    if not quick:
        _say_if_without_pca(opened)
    if target:
        report.print_text(f"{num_samples} originals over reconstructions: {target}")


def _target(model: api.Model, count: int, picture: Path | None) -> Path | None:
    """The file for `count` originals over reconstructions, None for none."""
    if count:
        from vae_core.cli.pictures import reconstructions_target

        return reconstructions_target(model, picture)
    if picture:
        raise InvalidInput(
            f"Expected --num-samples above 0 with --picture. Received: {picture} for 0 examples."
        )
    return None


def card(
    model: Model,
    output: Annotated[
        Path, typer.Option(help="Folder for MODEL-card.md and MODEL-card.json.")
    ] = Path(),
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Only the numbers in the manifest; needs no data."),
    ] = False,
    elbo_samples: ElboSamples = 1,
    importance_samples: ImportanceSamples = 500,
    importance_examples: ImportanceExamples = 1000,
    seed: Seed = 0,
    download: Download = False,
    json: Json = False,
) -> None:
    """Write a model card: what the model is, all its numbers, how it was made and with what."""
    from vae_core.artifacts.card import card_json, card_markdown

    opened = api.open_model(model)
    check_folder(output)
    metrics = opened.manifest.metrics
    if not quick:
        metrics = opened.evaluate(
            samples=elbo_samples,
            importance_samples=importance_samples,
            importance_examples=importance_examples,
            seed=seed,
            download=download,
        )
    output.mkdir(parents=True, exist_ok=True)
    files = [output / f"{opened.manifest.model_id}-card.{suffix}" for suffix in ("md", "json")]
    for file, write in zip(files, (card_markdown, card_json), strict=True):
        file.write_text(write(opened.manifest, metrics), encoding="utf-8")
    if json:
        values: dict[str, Any] = {"model": opened.manifest.model_id}
        report.print_json({**values, "files": [str(file) for file in files]})
        return
    report.print_text("\n".join(map(str, files)))
    if not quick:
        _say_if_without_pca(opened)


def _say_if_without_pca(model: api.Model) -> None:
    if not is_available(model.manifest.spec.dataset):
        report.print_problem(
            "the numbers of PCA are left out, since the training examples are not on this "
            "machine; --download fetches them.",
            title="Note: ",
            style="yellow",
        )
