"""What Python and the browser both compute, on the same cases; `javascript/twins.test.js` is the
other half."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae_core.datasets.image_upload import as_mnist, in_box
from vae_core.errors import DataInvalid
from vae_core.latent.plane import Plane, ellipse
from vae_core.latent.posterior import kl_divergence
from vae_core.metrics import ObservationModel, reconstruction
from vae_core.metrics.detection import threshold

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    found = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in found]


def picture(text: str, height: int, width: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width)


@pytest.mark.parametrize("case", cases("preprocess"))
def test_ink_becomes_the_same_picture(case: dict[str, Any]) -> None:
    ink = picture(case["ink"], case["height"], case["width"]) / 255
    for wanted in case["pictures"]:
        height, width = wanted["height"], wanted["width"]
        if wanted["picture"] is None:
            with pytest.raises(DataInvalid):
                in_box(ink, height, width)
            continue
        made = as_mnist(ink) if wanted["recipe"] == "mnist" else in_box(ink, height, width)
        seen = picture(wanted["picture"], height, width)
        np.testing.assert_allclose(made * 255, seen, atol=0.501)


@pytest.mark.parametrize("case", cases("elbo"))
def test_both_terms_of_the_elbo_have_the_same_nats(case: dict[str, Any]) -> None:
    zero, one = np.zeros(1, np.float32), np.ones(1, np.float32)
    grey = ObservationModel("bernoulli", low=zero, high=one, noise_scale=one)
    x, decoded, mean, log_var = (
        np.array([case[name]], np.float32) for name in ("x", "decoded", "mean", "logVar")
    )
    nats = reconstruction(x, decoded, grey)
    np.testing.assert_allclose(nats, [case["reconstruction"]], rtol=1e-5, atol=1e-6)
    kl = kl_divergence(mean, log_var).sum(axis=1)
    np.testing.assert_allclose(kl, [case["kl"]], rtol=1e-9)


@pytest.mark.parametrize("case", cases("threshold"))
def test_a_quantile_is_the_same_threshold(case: dict[str, Any]) -> None:
    scores = np.array(case["scores"], np.float32)
    for limit in case["limits"]:
        found = threshold(scores, limit["thousandths"] / 1000)
        assert found == np.float32(limit["threshold"])
        assert int((scores > found).sum()) == limit["above"]


@pytest.mark.parametrize("case", cases("ellipse"))
def test_an_ellipse_is_the_contour_of_the_same_gaussian(case: dict[str, Any]) -> None:
    origin, basis = (np.array(case[name], np.float32) for name in ("origin", "basis"))
    plane = Plane(origin, basis, ("u", "v"))
    outline = ellipse(case["mean"], case["logVar"], plane, sigmas=case["sigmas"])
    away = np.asarray(outline, np.float64) - case["centre"]
    uu, uv, vv = case["covariance"]
    reach = case["sigmas"] * np.sqrt([uu, vv])
    np.testing.assert_allclose(away.max(axis=0), reach, rtol=5e-3, atol=1e-5)
    np.testing.assert_allclose(away.min(axis=0), -reach, rtol=5e-3, atol=1e-5)
    if vv == 0:  # one dimension: a line
        return
    u, v = away.T / np.sqrt([[uu], [vv]])
    tilt = uv / np.sqrt(uu * vv)
    radius = np.sqrt((u**2 - 2 * tilt * u * v + v**2) / (1 - tilt**2))
    np.testing.assert_allclose(radius, case["sigmas"], rtol=0.02)
