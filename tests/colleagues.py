"""Models of people elsewhere: data that this machine does not know, and words that it must show."""

import shutil
from pathlib import Path
from typing import Any

from vae_core import paths
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.manifest import MANIFEST


def renamed(model_id: str, name: str, *, within: Path | None = None, **words: Any) -> Artifact:
    """A shipped model in the user's folder, as if made from data called `name`.

    `words` replace those of the description; `within` is another folder of models.
    """
    source = paths.pretrained() / model_id
    manifest = Artifact.open(source).manifest
    spec = manifest.spec.model_copy(update={"dataset": name})
    data = manifest.description.model_copy(update={"name": name, **words})
    changed = {"spec": spec, "digest": spec.digest, "model_id": spec.model_id, "description": data}
    target = (within or registry.user_root()) / spec.model_id
    shutil.copytree(source, target)
    text = manifest.model_copy(update=changed).model_dump_json(indent=1)
    (target / MANIFEST).write_text(text, encoding="utf-8")
    return Artifact.open(target).verify()
