"""Writes the cases that Python and JavaScript both have to get right: `python tests/cases/make.py`.

Where a rule can be said in a line of plain arithmetic, that line makes the expected values, not
the code under test; pictures are drawn with `vae_core` and were looked at.
"""

import base64
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.datasets.image_upload import as_mnist, in_box

HERE = Path(__file__).parent
SMALLEST = 1e-7
QUANTILES = (500, 560, 667, 800, 900, 950, 990, 999)


def main() -> None:
    """Write each file anew; the same script writes the same bytes."""
    for name, cases in {
        "preprocess": preprocess(),
        "elbo": elbo(),
        "threshold": threshold(),
        "ellipse": ellipse(),
    }.items():
        lines = ",\n".join(json.dumps(case) for case in cases)
        (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def preprocess() -> list[dict[str, Any]]:
    """Ink (h, w) of bytes and the pictures that recipes make of it; None without ink."""
    random = np.random.default_rng(1)
    inks = {
        "nothing": np.zeros((40, 40), np.uint8),
        "one pixel": dot(40, 40, 11, 30),
        "one faint pixel": dot(40, 40, 39, 0) // 255,
        "one pixel in the corner": dot(9, 5, 0, 0),
        "all ink": np.full((30, 30), 255, np.uint8),
        "a row": bar(50, 50, slice(20, 21), slice(3, 47)),
        "a column": bar(50, 50, slice(2, 49), slice(25, 26)),
        "a flat block": bar(60, 60, slice(10, 14), slice(5, 55)),
        "a tall block": bar(60, 60, slice(5, 55), slice(40, 47)),
        "wide canvas": bar(20, 90, slice(3, 17), slice(30, 80)),
        "tall canvas": bar(90, 20, slice(30, 80), slice(3, 17)),
        "two dots far apart": dot(64, 64, 2, 2) | dot(64, 64, 61, 61),
        "heavy on one side": bar(64, 64, slice(0, 64), slice(0, 3)) | dot(64, 64, 32, 63),
        "exactly 20": bar(28, 28, slice(4, 24), slice(4, 24)),
        "exactly 28": bar(28, 28, slice(0, 28), slice(0, 28)),
        "smaller than 20": bar(28, 28, slice(3, 10), slice(9, 14)),
        "one wide": bar(28, 28, slice(3, 4), slice(9, 10)) | dot(28, 28, 3, 10),
        "a ring": ring(56, 17),
        "a small ring": ring(30, 6),
        "noise": random.integers(0, 256, (33, 47)).astype(np.uint8),
        "sparse noise": (random.random((48, 48)) < 0.02).astype(np.uint8) * 200,
        "grey": bar(40, 40, slice(8, 33), slice(11, 29)) // 2,
    }
    shapes = (("mnist", 28, 28), ("box", 8, 8), ("box", 28, 20))
    return [
        {
            **{"name": name, "height": ink.shape[0], "width": ink.shape[1], "ink": packed(ink)},
            "pictures": [
                {"recipe": recipe, "height": height, "width": width, "picture": made}
                for recipe, height, width in shapes
                for made in [pictured(ink, recipe, height, width)]
            ],
        }
        for name, ink in inks.items()
    ]


def pictured(ink: np.ndarray, recipe: str, height: int, width: int) -> str | None:
    if not ink.any():
        return None
    grey = ink.astype(np.float64) / 255
    picture = as_mnist(grey) if recipe == "mnist" else in_box(grey, height, width)
    return packed(np.floor(picture * 255.0 + 0.5).astype(np.uint8))


def dot(height: int, width: int, row: int, column: int) -> np.ndarray:
    return bar(height, width, slice(row, row + 1), slice(column, column + 1))


def bar(height: int, width: int, rows: slice, columns: slice) -> np.ndarray:
    ink = np.zeros((height, width), np.uint8)
    ink[rows, columns] = 255
    return ink


def ring(side: int, radius: float) -> np.ndarray:
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    away = np.abs(np.hypot(x, y) - radius)
    return (np.clip(2.5 - away, 0, 1) * 255).astype(np.uint8)


def packed(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()


def elbo() -> list[dict[str, Any]]:
    """Both terms in nats, of float32 numbers; decoded probabilities are kept from 0 and 1."""
    random = np.random.default_rng(2)
    cases = [
        elbo_case("black, decoded black", [0, 0], [0, 0], [0], [0]),
        elbo_case("white, decoded white", [1, 1], [1, 1], [0, 0], [0, 0]),
        elbo_case("white, decoded black", [1], [0], [1], [-1]),
        elbo_case("black, decoded white", [0], [1], [-1], [1]),
        elbo_case("grey, decoded black and white", [0.5, 0.5], [0, 1], [3], [-5]),
        elbo_case("as sure as can be", [1, 0], [1 - 1e-7, 1e-7], [0], [-30]),
        elbo_case("a wide posterior", [0.25], [0.75], [0], [5]),
        elbo_case("a far mean", [0.25], [0.25], [40, -40], [-8, -8]),
        elbo_case("one pixel, one dimension", [0.2], [0.2], [0.1], [-0.1]),
    ]
    for size, dims in ((1, 1), (3, 2), (16, 2), (64, 2), (64, 16), (784, 2)):
        for sharp in (1, 6, 40):
            x = np.round(random.random(size), 3)
            decoded = 1 / (1 + np.exp(-sharp * random.standard_normal(size)))
            mean, log_var = random.normal(0, 2, dims), random.normal(-2, 2, dims)
            name = f"{size} pixels, {dims} dimensions, sharpness {sharp}"
            cases.append(elbo_case(name, x, decoded, mean, log_var))
    return cases


def elbo_case(name: str, x: Any, decoded: Any, mean: Any, log_var: Any) -> dict[str, Any]:
    values = [np.asarray(part, np.float32).astype(float) for part in (x, decoded, mean, log_var)]
    x, decoded, mean, log_var = values
    white = [math.log(max(p, SMALLEST)) for p in decoded]
    black = [math.log(max(1 - p, SMALLEST)) for p in decoded]
    terms = [-(g * w + (1 - g) * b) for g, w, b in zip(x, white, black, strict=True)]
    kl = [(math.exp(v) + m * m - 1 - v) / 2 for m, v in zip(mean, log_var, strict=True)]
    return {
        "name": name,
        **{"x": short(x), "decoded": short(decoded), "mean": short(mean), "logVar": short(log_var)},
        "reconstruction": math.fsum(terms),
        "kl": math.fsum(kl),
    }


def short(values: np.ndarray) -> list[float]:
    """Each in the fewest digits that say the same float32."""
    return [float(str(np.float32(value))) for value in values]


def threshold() -> list[dict[str, Any]]:
    """Scores in order, thousandths, the least score that does, how many are above it."""
    random = np.random.default_rng(3)
    samples = {
        "one score": [1.5],
        "two scores": [-1.0, 2.0],
        "all the same": [3.25] * 7,
        "mostly ties": [0.0] * 15 + [1.0] * 5,
        "ties at the threshold": [1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 4.0, 4.0, 4.0, 5.0],
        "negative": [-5.0, -4.0, -4.0, -1.0],
        "twenty": np.arange(20) / 4,
        "twenty-five": np.arange(25) / 4,
        "a thousand": np.round(random.gamma(2, 40, 1000), 1),
        "odd number": np.round(random.normal(0, 9, 333), 2),
    }
    return [
        {"name": name, "scores": short(ordered), "limits": [limit(ordered, q) for q in QUANTILES]}
        for name, scores in samples.items()
        for ordered in [np.sort(np.asarray(scores, np.float32))]
    ]


def limit(ordered: np.ndarray, thousandths: int) -> dict[str, Any]:
    count = len(ordered)
    rank = max(1, -(-count * thousandths // 1000))  # counted from 1, without fractions
    found = ordered[rank - 1]
    return {
        "thousandths": thousandths,
        "threshold": short(ordered[rank - 1 : rank])[0],
        "above": int((ordered > found).sum()),
    }


def ellipse() -> list[dict[str, Any]]:
    """A diagonal Gaussian and a plane: centre and covariance (3,) (uu, uv, vv) of its marginal."""
    random = np.random.default_rng(4)
    cases = [
        ellipse_case("standard normal", [0, 0], [0, 0], np.eye(2)),
        ellipse_case("wide and flat", [1, -2], [2, -6], np.eye(2)),
        ellipse_case("a point, nearly", [0.5, 0.5], [-20, -20], np.eye(2)),
        ellipse_case("one dimension", [1.5], [-1], np.array([[1.0], [0.0]])),
        ellipse_case("swapped axes", [1, 2], [-1, -3], np.eye(2)[::-1]),
        ellipse_case("axes 3 and 1 of 4", [1, 2, 3, 4], [-1, -2, -3, 0], np.eye(4)[[2, 0]]),
    ]
    for dims in (2, 2, 3, 3, 5, 8, 16, 16, 32, 64):
        basis = np.linalg.qr(random.standard_normal((dims, 2)))[0].T
        mean, log_var = random.normal(0, 1.5, dims), random.normal(-2, 1.5, dims)
        name = f"plane {len(cases)} through {dims} dimensions"
        cases.append(ellipse_case(name, mean, log_var, basis, random.standard_normal(dims)))
    return cases


def ellipse_case(
    name: str, mean: Any, log_var: Any, basis: np.ndarray, origin: Any = None
) -> dict[str, Any]:
    zeros = np.zeros(len(mean))
    parts = [mean, log_var, zeros if origin is None else origin]
    mean, log_var, origin = (np.float32(part).astype(float) for part in parts)
    basis = np.float32(basis).astype(float)
    variance = np.exp(log_var)
    (uu, uv), (_, vv) = (basis * variance) @ basis.T
    return {
        **{"name": name, "mean": short(mean), "logVar": short(log_var)},
        **{"origin": short(origin), "basis": [short(row) for row in basis]},
        "sigmas": 2,
        "centre": [float(value) for value in basis @ (mean - origin)],
        "covariance": [float(uu), float(uv), float(vv)],
    }


if __name__ == "__main__":
    main()
