"""The commands: app, train, sweep, evaluate, card, sample, export, models, sweeps and others.

Exit codes: 0 done; 1 an error of the program; 2 something asked for is wrong; 3 data not on this
machine; 4 a stored model is broken or too new; 5 training or export failed; 130 interrupted.
"""

import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from vae_core import interrupts
from vae_core.api import open_model, train_here
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import DECODER, ENCODER, MANIFEST, WEIGHTS, Manifest
from vae_core.cli import dataset, jobs, measure, report, start, sweeping
from vae_core.cli.arguments import Download, Json, Model, Seed
from vae_core.cli.options import spec_values, with_spec_options
from vae_core.cli.targets import check_folder
from vae_core.datasets import CATALOGUE, default_spec, is_available, load
from vae_core.datasets.own.found import take_in_all
from vae_core.datasets.own.store import all_own
from vae_core.errors import (
    ArtifactError,
    DataUnavailable,
    ExportFailed,
    InvalidInput,
    LatentError,
    TrainingDiverged,
)
from vae_core.spec.training_spec import TrainingSpec
from vae_core.text import readable

EXIT_CODES: tuple[tuple[type[LatentError], int], ...] = (
    (InvalidInput, 2),
    (DataUnavailable, 3),
    (ArtifactError, 4),
    (TrainingDiverged, 5),
    (ExportFailed, 5),
    (LatentError, 1),
)

OTHER_FOLDER = "Name another folder."
OTHER_HOME = "Let LATENT_HOME name a folder that can be written, or name one with --output."


def dashed(word: str) -> str:
    """Options may be spelled with underscores too."""
    return word.replace("_", "-")


app = typer.Typer(
    help="Train, evaluate and sample variational autoencoders.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(jobs.app, name="jobs")
app.add_typer(dataset.app, name="dataset")
settings = {"token_normalize_func": dashed}


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=start.print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Options that stand before any command."""


@app.command(context_settings=settings)
@with_spec_options
def train(
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Folder of models to write to, instead of your own; the model is in it "
            "afterwards, also where the same one is stored elsewhere."
        ),
    ] = None,
    download: Download = False,
    json: Json = False,
    **options: Any,
) -> None:
    """Train a model, or find the one already trained with these settings."""
    values = spec_values(options)
    spec = default_spec(values.pop("dataset"), **values)
    within = [output] if output else None
    known = registry.status(spec, within=within) is not None
    if known:
        artifact = registry.open_model(spec.model_id, within=within)
    else:
        artifact = _train(spec, output, download=download)
    if json:
        values = artifact.manifest.model_dump(mode="json")
        report.print_json({**values, "path": str(artifact.path), "trained": not known})
        return
    how = "was there already, nothing was trained: " if known else "trained: "
    report.print_text(f" {how}{artifact.path}", title=artifact.manifest.model_id)
    report.print_metrics(artifact.manifest.metrics)


def _train(spec: TrainingSpec, output: Path | None, *, download: bool) -> Artifact:
    check_folder(output or registry.user_root(), remedy=OTHER_FOLDER if output else OTHER_HOME)
    if output and (elsewhere := registry.status(spec)):
        report.print_problem(
            f"the same model is stored in {elsewhere}; it is trained once more for {output}.",
            title="Note: ",
            style="yellow",
        )
    with interrupts.at_once():
        import vae_core.worker.pipeline  # noqa: F401 (where Ctrl-C still ends an import)

    command = readable(shlex.join(["python", "-m", "vae_core", *sys.argv[1:]]))
    return train_here(spec, root=output, download=download, command=command)


app.command(context_settings=settings)(sweeping.sweep)
app.command(context_settings=settings)(sweeping.sweeps)
app.command(context_settings=start.SETTINGS)(start.app)
for measured in (measure.evaluate, measure.card):
    app.command(context_settings=settings)(measured)


@app.command(context_settings=settings)
def sample(
    model: Model,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many to draw.")] = 64,
    label: Annotated[int | None, typer.Option(help="Label number, for conditional models.")] = None,
    temperature: Annotated[
        float, typer.Option(min=0, max=10, help="Standard deviation of z; the prior has 1.")
    ] = 1.0,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option(help="PNG or NPZ for images, CSV or NPZ for tables.")
    ] = None,
    json: Json = False,
) -> None:
    """Decode random points of the prior."""
    from vae_core.cli.pictures import samples_target, write_samples

    opened = open_model(model)
    target = samples_target(opened, output)
    write_samples(opened, count, label, temperature, seed, target)
    if json:
        report.print_json({"model": opened.manifest.model_id, "output": str(target)})
    else:
        report.print_text(f"{count} samples: {target}")


@app.command(context_settings=settings)
def export(
    model: Model,
    to: Annotated[Path, typer.Option(help="Folder for the graphs, the weights and the manifest.")],
    json: Json = False,
) -> None:
    """Copy a model's ONNX graphs, weights and manifest out of the registry."""
    artifact = registry.open_model(model)
    check_folder(to)
    to.mkdir(parents=True, exist_ok=True)
    files = [to / name for name in (ENCODER, DECODER, WEIGHTS, MANIFEST)]
    taken = [str(path) for path in files if path.exists()]
    if taken:
        raise InvalidInput(f"Expected a folder without {', '.join(taken)}. Nothing was written.")
    for path in files:
        shutil.copyfile(artifact.path / path.name, path)
    if json:
        report.print_json({"model": artifact.manifest.model_id, "files": list(map(str, files))})
    else:
        report.print_text("\n".join(map(str, files)))


@app.command(context_settings=settings)
def models(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the shipped models as a table in Markdown.")
    ] = False,
    json: Json = False,
) -> None:
    """List the stored models, broken ones with what is wrong."""
    if markdown:
        shipped = registry.models(within=registry.roots()[:1])
        report.print_markdown([entry.manifest for entry in shipped if entry.manifest])
        return
    entries = registry.models()
    if json:
        report.print_json([_model_values(entry) for entry in entries])
        return
    rows = [_model_row(entry.manifest) for entry in entries if entry.manifest]
    report.print_table(["model", "dims", "held-out ELBO", "decoder", ""], rows)
    for entry in entries:
        if entry.error:
            report.print_problem(
                f"{entry.error}", title=f"{entry.model_id} can't be used: ", style="yellow"
            )


@app.command(context_settings=settings)
def datasets(
    download: Annotated[
        str | None, typer.Option(help="Fetch this dataset first, if it is not here.")
    ] = None,
    json: Json = False,
) -> None:
    """List the built-in datasets, and your own."""
    if download:
        load(download, download=True).read()
    values = [
        {**entry.description.model_dump(mode="json"), "available": is_available(name)}
        for name, entry in CATALOGUE.items()
    ]
    for path, reason in take_in_all().items():
        report.print_problem(reason, title=f"{path} is left out: ", style="yellow")
    values += [
        {**own.manifest.description.model_dump(mode="json"), "available": True, "own": True}
        for own in reversed(all_own())
    ]
    if json:
        report.print_json(values)
        return
    rows = [
        [v["name"], v["kind"], " × ".join(map(str, v["shape"])), str(len(v["labels"])),
         "here" if v["available"] else "--download", v["licence"]]
        for v in values
    ]  # fmt: skip
    report.print_table(["dataset", "kind", "shape", "labels", "training set", "licence"], rows)


def main() -> None:
    """Run the command line and leave with a code that means something."""
    report.take_any_text()
    try:
        with interrupts.soon(clear=registry.discard_staged):
            app(standalone_mode=True)
    except KeyboardInterrupt:
        _leave_interrupted()
    except SystemExit as left:  # how Typer passes on a KeyboardInterrupt
        if left.code == interrupts.INTERRUPTED:
            _leave_interrupted()
        raise
    except (LatentError, OSError) as error:
        report.print_problem(str(error), title="Error: ", style="red")
        sys.exit(next((code for kind, code in EXIT_CODES if isinstance(error, kind)), 1))


def _leave_interrupted() -> NoReturn:
    report.print_problem("", title=interrupts.MESSAGE, style="yellow")
    sys.exit(interrupts.INTERRUPTED)


def _model_row(manifest: Manifest) -> list[str]:
    """What tells models apart and fits into 80 columns; `--json` has the rest."""
    spec = manifest.spec
    notes = ["conditional"] if spec.conditional else []
    notes += [f"without {spec.without}"] if spec.without else []
    notes += [f"β {spec.beta:g}"] if spec.beta != 1 else []
    return [
        manifest.model_id,
        str(spec.latent_dim),
        report.elbo_text(manifest),
        f"{manifest.files[DECODER].bytes / 1000:,.0f} kB",
        ", ".join(notes),
    ]


def _model_values(entry: registry.Entry) -> dict[str, Any]:
    if entry.manifest is None:
        return {"model_id": entry.model_id, "path": str(entry.path), "error": str(entry.error)}
    manifest = entry.manifest.model_dump(mode="json", exclude={"files", "tensors", "description"})
    return {**manifest, "path": str(entry.path)}
