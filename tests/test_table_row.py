"""Rows that users type: every spelling of a number, and a word for what is none."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.datasets import CATALOGUE
from vae_core.datasets.table_row import read_row
from vae_core.errors import DataInvalid

IRIS = CATALOGUE["iris"].description
NAMES = [feature.name for feature in IRIS.features]
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
numbers = st.lists(finite, min_size=4, max_size=4)


@given(numbers)
def test_a_row_is_the_same_from_a_form_a_list_and_a_line(row: list[float]) -> None:
    expected = np.array(row, np.float32)
    commas = ";".join(map(repr, row)).replace(".", ",")
    spellings: list[Any] = [row, dict(zip(NAMES, row, strict=True)), list(map(str, row)), commas]
    for given_row in [*spellings, *(sep.join(map(repr, row)) for sep in (", ", "\t", "; "))]:
        np.testing.assert_array_equal(read_row(given_row, IRIS), expected)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("5.1,3.5,1.4", r"4 numbers .*Received: 3"),
        ("5.1,3.5,1.4,0.2,setosa", "Received: 5"),
        ("5.1,abc,1.4,0.2", "sepal width = 'abc'"),
        ("5.1,,1.4,0.2", "sepal width = nothing"),
        ("5.1,nan,1.4,1e999", "sepal width = 'nan'; petal width = '1e999'"),
        ([1, np.nan, 3, np.inf], "sepal width = nan; petal width = inf"),
        ([1, True, 3, "1_000"], "sepal width = True; petal width = '1_000'"),
        ({"sepal length": 1, "petal width": None}, "sepal width = nothing; petal length"),
        ({**dict.fromkeys(NAMES, 1), "colour": 2}, "colour"),
        ("1,2,3,4\n1,2,3,4", "several"),
        ("1" * 200_000, "very long"),
        ([1, 2, 3, 1e39], "petal width"),
    ],
)
def test_what_is_no_row_is_refused(row: Any, message: str) -> None:
    with pytest.raises(DataInvalid, match=message):
        read_row(row, IRIS)
