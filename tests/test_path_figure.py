"""Features along paths: every panel in its place, every line the values that it was given."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.datasets.description import Feature
from vae_core.errors import DataInvalid
from vae_core.figures.path import FeatureLine, path_figure

FEATURES = [Feature(name=f"feature {i}", unit="cm" if i % 2 else "") for i in range(9)]


def lines(count: int, features: int) -> list[FeatureLine]:
    random = np.random.default_rng(count)
    return [
        FeatureLine(f"path {i}", random.normal(size=(11, features)).astype("f4"), "#d55e00")
        for i in range(count)
    ]


@given(
    features=st.integers(1, 9),
    paths=st.integers(0, 4),
    anchors=st.integers(2, 5),
    columns=st.integers(1, 4),
)
def test_panels_do_not_overlap_and_hold_their_feature(
    features: int, paths: int, anchors: int, columns: int
) -> None:
    drawn = lines(paths, features)
    chosen = FEATURES[:features]
    made = path_figure(drawn, features=chosen, anchors=anchors, columns=columns)
    figure = go.Figure(json.loads(made.to_json()))  # Plotly refuses what its schema has not
    layout = figure.layout
    names = [str(i + 1) if i else "" for i in range(features)]
    boxes = [(*layout[f"xaxis{n}"].domain, *layout[f"yaxis{n}"].domain) for n in names]
    for i, (left, right, bottom, top) in enumerate(boxes):
        assert right > left and top > bottom
        for other_left, other_right, other_bottom, other_top in boxes[:i]:
            apart = left >= other_right or top <= other_bottom
            assert apart or other_left >= right or other_top <= bottom
    for trace, (line, panel) in zip(
        made.data, [(line, panel) for line in drawn for panel in range(features)], strict=True
    ):
        np.testing.assert_array_equal(trace["y"], line.values[:, panel])
        assert trace["xaxis"] == f"x{names[panel]}"
    assert len(layout.shapes) == features * (anchors - 2)
    assert layout.annotations[0].text == "feature 0"


def test_values_of_other_features_are_refused() -> None:
    with pytest.raises(DataInvalid, match=r"\(n, 3\)"):
        path_figure(lines(1, 2), features=FEATURES[:3])
