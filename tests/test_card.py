"""The model card: every number with its unit, split and estimator; the command; the licence."""

import json
from pathlib import Path

import pytest

from tests.conftest import DIGITS_SPEC, IRIS_SPEC, ROOT, Cli
from vae_core.artifacts import registry
from vae_core.artifacts.artifact import Artifact
from vae_core.artifacts.card import NOTES, card_json, card_markdown, split_words, title
from vae_core.artifacts.manifest import MANIFEST, WEIGHTS
from vae_core.errors import ArtifactCorrupt
from vae_core.metrics import LIKELIHOOD_WORDS

IRIS, DIGITS = IRIS_SPEC.model_id, DIGITS_SPEC.model_id
LIGHT = ("--importance-samples", "20", "--importance-examples", "25")


def rows(text: str) -> dict[str, list[str]]:
    """The cells of the card's table of numbers, by the number's name in words."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and line.count(" | ") >= 8]
    cells = [line.replace("\\|", "/").strip("| ").split(" | ") for line in lines[2:]]
    return {row[0]: [cell.strip() for cell in row] for row in cells}


@pytest.mark.slow
def test_a_card_has_all_numbers(cli: Cli, own_models: Path) -> None:
    files = cli("card", DIGITS, "--output", "cards", *LIGHT, "--json").json()["files"]
    markdown, values = Path(files[0]), json.loads(Path(files[1]).read_text(encoding="utf-8"))
    assert [Path(file).parent.name for file in files] == ["cards", "cards"]
    evaluated = cli("evaluate", DIGITS, *LIGHT, "--json").json()["metrics"]
    assert values["metrics"] == evaluated
    table = rows(markdown.read_text(encoding="utf-8"))
    for metric in evaluated:
        shown = table[title(metric["name"]).replace("|", "/")]
        assert shown[3] == metric["unit"].replace("|", "/")
        assert shown[4:6] == ["test", str(metric["examples"])]
    assert table["accuracy of 5 nearest neighbours"][2], "PCA stands beside"
    assert not table["ELBO"][2]


def test_a_card_says_how_the_model_was_made(iris_model: Artifact) -> None:
    manifest = iris_model.manifest
    text = card_markdown(manifest, manifest.metrics)
    for said in (
        manifest.description.licence,
        manifest.description.citation,
        f"{manifest.run.epochs} epochs",
        "90 examples for training, 30 for validation, 30 held out",
        "20% of each label",
        NOTES["gaussian"],
        *(record.sha256 for record in manifest.files.values()),
    ):
        assert said in text
    assert json.loads(card_json(manifest, ()))["split"] == split_words(manifest)


@pytest.mark.parametrize("path", sorted((ROOT / "pretrained").glob("*/")), ids=lambda p: p.name)
def test_every_shipped_model_has_a_card(path: Path) -> None:
    manifest = registry.open_model(path.name, within=[path.parent]).manifest
    text = card_markdown(manifest, manifest.metrics)
    assert manifest.run.command in text
    assert ("The model is conditional" in text) == manifest.spec.conditional
    assert text.count("± ") >= 3
    official = manifest.spec.dataset in ("mnist", "fashion_mnist")
    assert ("the source's own" in text) == official


def test_a_quick_card_needs_no_data(cli: Cli, own_models: Path) -> None:
    done = cli("card", IRIS, "--quick")
    assert done.code == 0
    text = Path(done.out.split()[0]).read_text(encoding="utf-8")
    assert set(rows(text)) == {"ELBO", "reconstruction, −log p(x/z)", "KL(q(z/x) ‖ p(z))"}


def test_the_full_table_says_how_each_was_estimated(cli: Cli, own_models: Path) -> None:
    out = cli("evaluate", IRIS, *LIGHT).out
    for said in ("importance_bound", "active_units", "pca_mixture_ari", "Burda et al. 2016"):
        assert said in out


def test_the_manifest_keeps_all_numbers(cli: Cli, own_models: Path) -> None:
    path = own_models / IRIS / MANIFEST
    before, mode = json.loads(path.read_text(encoding="utf-8")), path.stat().st_mode
    printed = cli("evaluate", IRIS, "--write", "--num-samples", "0", *LIGHT, "--json").json()
    assert printed["picture"] is None
    assert not list(Path.cwd().iterdir())
    after = json.loads(path.read_text(encoding="utf-8"))
    assert after.pop("metrics") == printed["metrics"]
    assert len(before.pop("metrics")) == 3
    assert after == before, "nothing else is touched: an older program reads it as before"
    assert path.stat().st_mode == mode
    manifest = registry.open_model(IRIS).manifest
    assert manifest.metric("active_units") is not None
    assert cli("card", IRIS, "--quick").code == 0
    assert "active units" in next(Path.cwd().glob("*.md")).read_text(encoding="utf-8")


def test_a_broken_model_keeps_what_its_manifest_says(iris_model: Artifact) -> None:
    path = iris_model.path / MANIFEST
    before = path.read_bytes()
    with (iris_model.path / WEIGHTS).open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(ArtifactCorrupt, match=WEIGHTS):
        registry.keep_metrics(iris_model, ())
    assert path.read_bytes() == before


def test_a_manifest_is_changed_as_a_whole_or_not_at_all(
    iris_model: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = {path: path.read_bytes() for path in iris_model.path.iterdir()}
    monkeypatch.setattr("vae_core.artifacts.registry.json.dump", full)
    with pytest.raises(OSError, match="No space"):
        registry.keep_metrics(iris_model, ())
    assert {path: path.read_bytes() for path in iris_model.path.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("--importance-samples 0", "--importance-samples"),
        ("--importance-samples 100001", "--importance-samples"),
        ("--importance-examples 1", "--importance-examples"),
    ],
)
def test_senseless_efforts_are_refused(
    cli: Cli,
    own_models: Path,
    arguments: str,
    named: str,
) -> None:
    result = cli("evaluate", IRIS, *arguments.split())
    assert result.code == 2
    assert named in result.err
    assert not list(Path.cwd().iterdir())


def test_every_likelihood_has_its_note() -> None:
    assert set(NOTES) == set(LIKELIHOOD_WORDS)
