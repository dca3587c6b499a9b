"""Moving pictures: one frame for each kept epoch, in every format, of what the film holds."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageColor

from tests.conftest import tiny_spec
from vae_core.artifacts.codec import session
from vae_core.artifacts.manifest import Epoch
from vae_core.datasets import load
from vae_core.errors import DataInvalid, NotFound
from vae_core.figures import colour
from vae_core.figures.animation import CAPTION, MEDIA_TYPES, manifold_film, morph_film, plane_film
from vae_core.figures.raster import contact_sheet
from vae_core.jobs.film import Film
from vae_core.jobs.run_directory import RunDirectory
from vae_core.jobs.state import Record, new_job_id
from vae_core.latent.plane import quantile_grid
from vae_core.training.fit import train
from vae_core.worker.recorder import EpochRecorder

EPOCHS = 3


def heard(epoch: Epoch) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def films(session_home: Path) -> dict[str, Film]:
    """A film of each kind: two dimensions, three with labels, a table."""
    specs = {
        "digits": tiny_spec("digits", architecture="dense", subset=100, epochs=EPOCHS),
        "conditional": tiny_spec(
            "digits", architecture="dense", subset=100, epochs=2, conditional=True, latent_dim=3
        ),
        "iris": tiny_spec("iris", epochs=2, latent_dim=1),
    }
    found = {}
    for name, spec in specs.items():
        run = RunDirectory.create(
            Record(job_id=new_job_id(), visitor="a", spec=spec), session_home / "r"
        )
        dataset = load(spec.dataset)
        train(spec, dataset, on_epoch=heard, observer=EpochRecorder(run, dataset))
        found[name] = run.film
    return found


def frames(content: bytes) -> list[np.ndarray]:
    with Image.open(BytesIO(content)) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(np.asarray(image.convert("RGB")))
        return found


@pytest.mark.parametrize("format", sorted(MEDIA_TYPES))
@pytest.mark.parametrize("draw", [manifold_film, plane_film])
def test_a_frame_an_epoch(films: dict[str, Film], draw: Any, format: Any) -> None:
    content = draw(films["digits"], pixels=96, format=format)
    pictures = frames(content)
    assert len(pictures) == EPOCHS
    assert all(picture.shape == (96 + CAPTION, 96, 3) for picture in pictures)
    assert (pictures[0][:96] != pictures[-1][:96]).any()
    with Image.open(BytesIO(content)) as image:
        assert image.info["loop"] == 0


def test_the_manifold_is_what_the_decoder_says(films: dict[str, Film]) -> None:
    pictures = frames(manifold_film(films["digits"], size=4, pixels=35, format="apng"))
    for epoch, picture in enumerate(pictures, 1):
        (x,) = session(films["digits"].decoder_path(epoch)).run(["x"], {"z": quantile_grid(size=4)})
        sheet = contact_sheet(x, 4, background=0)[..., 0]
        assert (picture[:35, :, 0] == sheet).all()


def test_points_wear_the_colours_of_their_labels(films: dict[str, Film]) -> None:
    picture = frames(plane_film(films["digits"], pixels=300, format="apng"))[-1][:300]
    colours = {tuple(pixel) for pixel in picture.reshape(-1, 3).tolist()}
    seen = [ImageColor.getrgb(colour(label)) in colours for label in range(10)]
    assert sum(seen) >= 8, "points overlap, but hardly a label is covered whole"


@pytest.mark.parametrize("name", ["conditional", "iris"])
def test_planes_of_other_dimensions(films: dict[str, Film], name: str) -> None:
    assert len(frames(plane_film(films[name], pixels=64))) == 2


def test_a_conditional_manifold_draws_its_label(films: dict[str, Film]) -> None:
    one, two = (
        frames(manifold_film(films["conditional"], size=3, pixels=24, label=label, format="apng"))
        for label in (1, 2)
    )
    assert (one[-1] != two[-1]).any()
    with pytest.raises(DataInvalid, match="labels from 0 to 9"):
        manifold_film(films["conditional"], label=10)


@pytest.mark.parametrize("format", sorted(MEDIA_TYPES))
@pytest.mark.parametrize("channels", [1, 3])
def test_a_morph_goes_there_and_back(channels: int, format: Any) -> None:
    ends = np.random.default_rng(0).random((2, 4, 6, channels), np.float32)
    t = np.linspace(0, 1, 9, dtype=np.float32)[:, None, None, None]
    pictures = frames(morph_film((1 - t) * ends[0] + t * ends[1], pixels=12, format=format))
    assert len(pictures) == 16
    assert pictures[0].shape == (8, 12, 3)
    for one, other in zip(pictures[1:], pictures[:0:-1], strict=True):
        assert (one == other).all()
    if (channels, format) != (3, "gif"):  # whose palette has 256 colours
        shown = pictures[8][::2, ::2]
        assert (shown == np.rint(ends[1] * 255)).all()


def test_a_morph_of_nothing_is_refused() -> None:
    for shape in ((1, 4, 4, 1), (4, 4, 1), (3, 4, 4, 2)):
        with pytest.raises(DataInvalid, match="Expected pictures"):
            morph_film(np.zeros(shape, np.float32))


def test_what_cannot_be_drawn(films: dict[str, Film], tmp_path: Path) -> None:
    with pytest.raises(DataInvalid, match="film of the plane"):
        manifold_film(films["iris"])
    with pytest.raises(NotFound, match="empty one"):
        plane_film(Film(tmp_path))
    with pytest.raises(DataInvalid, match="Expected gif, apng, webp"):
        plane_film(films["iris"], format="mp4")  # type: ignore[arg-type]
