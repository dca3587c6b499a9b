"""Where stored models are: `status` decides and is pure, `publish` acts.

`pretrained/`, which is shipped, is read-only; the user's models live under `LATENT_HOME/models`.
A final name is always whole: a model is written in a staging directory beside its place, hashed,
and renamed once.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import psutil

from vae_core import paths
from vae_core.artifacts.artifact import Artifact, Latents, record_of, save_latents
from vae_core.artifacts.manifest import LATENTS, MANIFEST, Manifest, Metric
from vae_core.errors import ArtifactCorrupt, ArtifactError, NotFound
from vae_core.spec.training_spec import TrainingSpec

STAGING_PREFIX = ".staging-"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,199}")
"""What a model can be called; anything else is no name and, above all, no path."""
_staged: set[Path] = set()


@dataclass(frozen=True)
class Entry:
    """One directory of the registry: a manifest, or the error that keeps it from being used."""

    model_id: str
    path: Path
    manifest: Manifest | None
    error: ArtifactError | None


def roots() -> tuple[Path, ...]:
    """Directories that hold models, the first one wins: shipped ones, then the user's."""
    return (paths.pretrained(), user_root())


def user_root() -> Path:
    """Where the user's own models go."""
    return paths.home() / "models"


def status(spec: TrainingSpec, *, within: Sequence[Path] | None = None) -> Path | None:
    """The directory of the model of `spec`, or None when it has not been trained."""
    return _find(spec.model_id, within)


def models(*, within: Sequence[Path] | None = None) -> list[Entry]:
    """All stored models by name, broken ones with their error; no file but manifests is read."""
    found: dict[str, Entry] = {}
    for root in roots() if within is None else within:
        for path in sorted(root.glob("*/")):
            if not path.name.startswith("."):
                found.setdefault(path.name, _entry(path))
    return sorted(found.values(), key=lambda entry: entry.model_id)


def models_of(dataset: str, among: Sequence[Entry] | None = None) -> list[str]:
    """The names of the models that learned from a dataset, of all stored ones or `among` some."""
    found = (entry.manifest for entry in (models() if among is None else among))
    return [m.model_id for m in found if m and m.spec.dataset == dataset]


def rank(manifest: Manifest) -> tuple[bool, bool, int, str, float]:
    """Sorts models of a dataset: first those of all classes that need no label, of few dimensions;
    then the best by held-out ELBO among those of one likelihood, which alone can be compared."""
    spec, elbo = manifest.spec, manifest.metric("elbo")
    nats = -elbo.value if elbo else inf
    return spec.without is not None, spec.conditional, spec.latent_dim, spec.likelihood, nats


def open_model(model_id: str, *, within: Sequence[Path] | None = None) -> Artifact:
    """The verified model of that name, or of an unambiguous beginning of it.

    Raises `NotFound`, `ArtifactCorrupt` or `ArtifactTooNew`.
    """
    path = _find(model_id, within) or _find_prefix(model_id, within)
    return _open(path).verify()


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """An empty directory beside the models of `root`, gone afterwards unless published."""
    root.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=f"{STAGING_PREFIX}{os.getpid()}{_host()}-", dir=root))
    _staged.add(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        _staged.discard(path)


def discard_staged() -> None:
    """Delete what this process is staging, where it has to end without leaving `staging`."""
    for path in tuple(_staged):
        shutil.rmtree(path, ignore_errors=True)


def sweep(root: Path) -> None:
    """Delete the staging directories of processes that are gone, as a killed worker leaves.

    Only this machine's: others may share the folder, and their processes can't be seen from here.
    """
    for path in root.glob(f"{STAGING_PREFIX}*{_host()}-*"):
        pid = path.name.removeprefix(STAGING_PREFIX).partition("@")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _host() -> str:
    """This machine in the name of a staging directory."""
    return "@" + hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def publish(staged: Path) -> Artifact:
    """Verify a staged model and give it its final name beside the staging directory.

    If another process has published the same model meanwhile, that one stays.
    """
    artifact = Artifact.open(staged).verify()
    target = staged.parent / artifact.manifest.model_id
    try:
        staged.chmod(0o755)
        staged.rename(target)
    except OSError:
        if not (target / MANIFEST).is_file():
            raise
    return Artifact.open(target)


def keep_metrics(artifact: Artifact, metrics: Sequence[Metric]) -> Artifact:
    """The stored model with `metrics` in place of its own, changed in one step.

    All else of the manifest stays as it is written. Raises `ArtifactCorrupt` where a file is not
    the one that the manifest names.
    """
    return _changed(artifact.verify(), metrics=[m.model_dump(mode="json") for m in metrics])


def keep_latents(artifact: Artifact, latents: Latents) -> Artifact:
    """The stored model with `latents` in place of its own; raises as `keep_metrics`.

    Two files change, one after the other: between them the model is broken for an instant.
    """
    path = artifact.verify().file(LATENTS)
    with staging(artifact.path.parent) as folder:
        draft = folder / LATENTS
        save_latents(draft, latents)
        shutil.copymode(path, draft)
        records = artifact.manifest.files | {LATENTS: record_of(draft)}
        draft.replace(path)
    return _changed(artifact, files={n: r.model_dump(mode="json") for n, r in records.items()})


def _changed(artifact: Artifact, **values: Any) -> Artifact:
    """The stored model with some `values` of its manifest replaced."""
    path = artifact.file(MANIFEST)
    manifest = json.loads(path.read_bytes()) | values
    handle, draft = tempfile.mkstemp(prefix=".", dir=artifact.path)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(manifest, stream, indent=1, ensure_ascii=False)
        shutil.copymode(path, draft)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return Artifact.open(artifact.path)


def remove(model_id: str) -> None:
    """Delete one of the user's models; raises `NotFound` when it is not theirs."""
    path = _find(model_id, [user_root()])
    if path is None:
        raise NotFound(f"Expected one of your own models. Received: model_id={model_id!r}")
    with staging(user_root()) as grave:
        path.rename(grave / model_id)


def _entry(path: Path) -> Entry:
    try:
        return Entry(path.name, path, _open(path).manifest, None)
    except ArtifactError as error:
        return Entry(path.name, path, None, error)


def _open(path: Path) -> Artifact:
    artifact = Artifact.open(path)
    if artifact.manifest.model_id != path.name:
        raise ArtifactCorrupt(
            f"{path / MANIFEST}: expected the model {path.name!r} as the directory says. "
            f"Received: model_id={artifact.manifest.model_id!r}. Give the directory its name back."
        )
    return artifact


def _find(model_id: str, within: Sequence[Path] | None) -> Path | None:
    if not NAME.fullmatch(model_id):
        return None
    candidates = (root / model_id for root in (roots() if within is None else within))
    return next((path for path in candidates if path.is_dir()), None)


def _find_prefix(model_id: str, within: Sequence[Path] | None) -> Path:
    entries = models(within=within)
    matches = [entry for entry in entries if model_id and entry.model_id.startswith(model_id)]
    if len(matches) == 1:
        return matches[0].path
    known = ", ".join(entry.model_id for entry in matches or entries) or "none yet"
    what = "several models begin so" if matches else "no model has that name"
    raise NotFound(f"Expected the name of a stored model ({known}). Received: {model_id!r}; {what}")
