"""What is read in a file is what a person reads, and what is not is said."""

import gzip
import io
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as pa_feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import cells, column, lines, numbers, said, understood, words
from vae_core.datasets.column import Feature
from vae_core.errors import DataInvalid
from vae_core.intake.columns import constant_text
from vae_core.intake.features import encode
from vae_core.intake.numerals import Numerals
from vae_core.intake.scales import in_order, is_scale

N = numbers()

# Text files


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_delimiter_gives_every_row_as_many_fields(
    tmp_path: Path, separator: str, end: str
) -> None:
    content = lines(["length", "b", "c"], N, words("1", "2,5x", "x;y"), N, separator="\0", end=end)
    quoted = content.replace("2,5x", '"2,5x"').replace("x;y", '"x;y"').replace("\0", separator)
    table = understood(tmp_path, quoted)
    assert [typed.column.name for typed in table.columns] == ["length", "b", "c"]
    assert column(table, "b").categories == ("1", "2,5x", "x;y")


ENCODINGS = {
    "utf-8-sig": ["größe", "Köln", "Zürich"],
    "utf-16": ["größe", "Köln", "Zürich"],
    "utf-16-le": ["größe", "Köln", "Zürich"],
    "cp1252": ["größe", "Köln", "Zürich"],
    "mac_roman": ["größe", "Köln", "Zürich"],
    "cp1250": ["długość", "Łódź", "Wałbrzych"],
    "cp1251": ["рост", "Москва", "Казань"],
    "shift_jis": ["都市", "東京", "京都市"],
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_words_are_read_in_the_encoding_that_makes_them_words(
    tmp_path: Path, encoding: str
) -> None:
    name, *cities = ENCODINGS[encoding]
    content = lines([name, "b", "city"], N, N, words(*cities)).encode(encoding)
    table = understood(tmp_path, content)
    assert table.columns[0].column.name == name
    assert set(column(table, "city").categories) == set(cities)


def test_a_cell_may_hold_quotes_and_line_breaks(tmp_path: Path) -> None:
    text = '"one\nline ""two"", three"'
    table = understood(tmp_path, lines(["a", "b", "t"], N, N, words(text, "x")))
    assert column(table, "t").categories == ('one\nline "two", three', "x")
    assert table.rows == 40


def test_titles_comments_and_excels_first_line_are_left_out(tmp_path: Path) -> None:
    body = lines(["a", "b", "c"], N, N, N)
    for above, count in (("A report\nof 2020\n\n", 3), ("# by me\n", 1), ("sep=,\n", 0)):
        table = understood(tmp_path, above + body)
        assert [typed.column.name for typed in table.columns] == ["a", "b", "c"]
        assert table.rows == 40
        assert ("above the table left out" in said(table)) == bool(count)


def test_a_row_of_another_width_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataInvalid, match=r"Expected 2 fields.*Received: 3 in row 42"):
        understood(tmp_path, lines(["a", "b"], N, N) + "1,2,3\n4,5\n")
    late = lines(["a", "b"], words("1", "2"), N, rows=200_000) + "1,2,3\n"
    with pytest.raises(DataInvalid, match="Expected as many fields in each row"):
        understood(tmp_path, late)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a,b\n" + "x" * 10**7 + ",1\n" + "1,2\n" * 20, "rows of at most 1 MB"),
        ("a,b\n" + "1,2\n" * 400_000 + "x" * 10**7 + ",1\n", "rows of at most 4 MB"),
        ("a,b\n" + '1,"2\n' + "1,2\n" * 3000, r"in row 2\. Is a quotation mark there never closed"),
        (",".join(f"c{n}" for n in range(10_000)) + "\n", "at most 2,000 columns"),
        ("", "The file is empty"),
        (" \n\n", "no rows"),
        ("a,b\n1,2\n", "at least 2 columns and 10 rows.*Received: 2 columns and 1 row"),
        ("a\n" + "1.5\n2.5\n" * 20, "Received: 1 column and 40 rows"),
        ("<html><table>", "a web page"),
        ('[{"a": 1}]', "JSON"),
        (b"\x80\x04\x95" + b"x" * 50, "a pickle"),
        (bytes(range(256)) * 20, "a binary file"),
        (gzip.compress(b"1,2\n" * 10**7), "at most 200 times the packed size"),
        (gzip.compress(b"a,b\n" * 1000)[:-20], "a damaged one"),
        (b"PAR1" + bytes(100), "a whole parquet file"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_is_no_table_is_refused_in_words(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(DataInvalid, match=reason):
        understood(tmp_path, content)


# Names


@pytest.mark.parametrize(
    ("first", "named"),
    [
        ("length,weight", True),
        ("5.1,3.2", False),
        ("length,3.2", True),
        ("2019,2020", True),
        ("1990,2000", True),
        (",3.2", False),
        ("NA,3.2", False),
        ("3,4", False),
    ],
)
def test_a_header_is_known_by_what_stands_below(tmp_path: Path, first: str, named: bool) -> None:
    table = understood(tmp_path, first + "\n" + lines(["1.5", "2.5"], N, N))
    names = [typed.column.name for typed in table.columns]
    assert names == (first.split(",") if named else ["column 1", "column 2"])
    assert table.rows == 42 - named
    assert ("first row holds values" in said(table)) != named


def test_the_header_can_be_said(tmp_path: Path) -> None:
    content = lines(["5.0", "6.0"], N, N)
    assert understood(tmp_path, content, header=True).columns[0].column.name == "5.0"
    assert understood(tmp_path, lines(["a", "b"], words("x", "y"), N), header=False).rows == 41


def test_double_and_empty_names_are_changed_where_it_is_seen(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["x", "x", "", "x (2)"], N, N, N, N))
    names = [typed.column.name for typed in table.columns]
    assert names == ["x", "x (2)", "unnamed 3", "x (2) (2)"]
    assert said(table).count("is called") == 3


def test_a_delimiter_at_the_end_of_each_line_makes_no_column(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["a", "b", ""], N, N, words("")))
    assert len(table.columns) == 2


def test_a_long_name_is_cut_where_it_is_seen(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["x" * 5000, "b"], N, N))
    assert len(table.columns[0].column.name) == 100 and "has a long name" in said(table)


def test_columns_may_stand_apart_by_spaces(tmp_path: Path) -> None:
    content = "".join(f"  {row * 1.5:8.2f}   {row * row:6d}  x{row % 3}\n" for row in range(1, 30))
    table = understood(tmp_path, "  mass   count  kind\n" + content)
    assert [t.column.name for t in table.columns] == ["mass", "count", "kind"]
    assert cells(table, "mass")[:2] == ["1.5", "3"] and table.rows == 29


# Numbers


@pytest.mark.parametrize(
    ("cell", "other", "separator", "value"),
    [
        ("1.234,50", "0,5", ";", 1234.5),
        ("1 234,50", "0,5", ";", 1234.5),
        ("1\u202f234,50", "0,5", ";", 1234.5),
        ("1'234.50", "0.5", ";", 1234.5),
        ("1,234.50", "0.5", ";", 1234.5),
        ("5,001", "52,69", ";", 5.001),
        ("1.234", "52,69", ";", 1234),
        ("1.234", "52.69", ";", 1.234),
        ("$1,234.50", "0.5", "\t", 1234.5),
        ("12,5 %", "0,5", ";", 12.5),
        ("\u22121.5e3", "0.5", ",", -1500),
        ("+7", "0.5", ",", 7),
        (".5", "0.5", ",", 0.5),
        ("12,34,567.5", "0.5", ";", 1234567.5),
    ],
)
def test_numbers_are_what_a_person_reads(
    tmp_path: Path, cell: str, other: str, separator: str, value: float
) -> None:
    content = lines(
        ["a", "b"], words(cell), lambda row: f"{row}{other}", separator=separator, rows=12
    )
    table = understood(tmp_path, content)
    found = table.columns[0].values
    assert np.unique(found.values).tolist() == [value]


def test_what_commas_mean_is_asked_where_nothing_tells(tmp_path: Path) -> None:
    table = understood(
        tmp_path, lines(["a", "b"], words('"5,001"', '"4,726"'), words("1", "2", "3"))
    )
    assert cells(table, "a")[0] == "5001"
    assert "question: a: its commas were read as thousands" in said(table)
    table = understood(
        tmp_path, lines(["a", "b"], words("5,001", "4,726"), words("1", "2", "3"), separator=";")
    )
    assert cells(table, "a")[0] == "5.001"
    assert "question: a: its commas were read as decimal" in said(table)
    table = understood(tmp_path, lines(["a", "b"], words('"5,001"', '"5,002"'), N), decimal=",")
    assert cells(table, "a")[0] == "5.001"


def test_points_and_commas_in_one_column_are_a_problem(tmp_path: Path) -> None:
    content = lines(["a", "b"], words('"1,5"', "1.5", '"2,7"', "2.8"), N)
    assert "problem: a: decimal points and commas" in said(understood(tmp_path, content))
    assert not understood(tmp_path, content, roles={"a": "ignored"}).preview().problems


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_every_float_is_read_to_the_last_bit(values: list[float]) -> None:
    numerals = Numerals.of(pa.array([repr(value) for value in values]))
    assert numerals.point.all()
    np.testing.assert_array_equal(numerals.values("."), values)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20))
def test_every_whole_number_is_read_to_the_last_digit(values: list[int]) -> None:
    for form in ("{}", "{:,}"):
        numerals = Numerals.of(pa.array([form.format(value) for value in values]))
        assert numerals.values(".").tolist() == values


@pytest.mark.parametrize("first", [1_600_000_000, 1_600_000_000_000_000_000, -(10**15)])
def test_long_numbers_keep_their_differences(tmp_path: Path, first: int) -> None:
    values = [first + row * 37 % 1009 for row in range(40)]
    table = understood(tmp_path, lines(["t", "v"], lambda row: str(values[row]), N))
    x, feature = encode(table.columns[0])
    assert feature.kind == "real" and feature.whole and feature.offset == float(min(values))
    assert [int(feature.offset) + int(value) for value in x] == values


def test_digits_that_no_number_holds_stay_apart(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["n", "a", "b"], lambda row: f"{10**24 + row % 20}", N, N))
    assert len(column(table, "n").categories) == 20
    table = understood(tmp_path, lines(["n", "a", "b"], lambda row: f"{10**24 + row}", N, N))
    assert column(table, "n").role == "id"


# Gaps


def test_gaps_are_found_and_counted(tmp_path: Path) -> None:
    gaps = ["", "NA", "n/a", "NaN", "null", "?", "-", " ", "#N/A"]
    table = understood(
        tmp_path,
        lines(["a", "b", "c"], words(*gaps, "1.5", "2.5", "3.5"), N, N, rows=24),
    )
    assert column(table, "a").missing == 18
    assert column(table, "a").kind == "positive"
    assert "remark: a: 'NA' 2 times, taken as missing" in said(table)


def test_a_gap_in_many_columns_is_said_once(tmp_path: Path) -> None:
    names = [f"c{place}" for place in range(50)]
    table = understood(tmp_path, lines(names, *[words("NA", "1.5", "2.5", "4")] * 50))
    assert said(table) == "remark: 'NA' 500 times in 50 columns (c0, c1, c2, …), taken as missing."


def test_na_is_a_value_among_codes_and_asked_about(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["c", "a", "b"], words("NA", "EU", "AS"), N, N))
    assert column(table, "c").categories == ("AS", "EU", "NA")
    assert "question: c: 'NA' may be a gap or a category; kept" in said(table)
    table = understood(tmp_path, lines(["c", "a", "b"], words("NA", "red", "blue"), N, N))
    assert column(table, "c").missing == 14
    assert "question: c: 'NA' may be a gap or a category; taken as missing" in said(table)
    kept = understood(tmp_path, lines(["c", "a", "b"], words("NA", "red"), N, N), keep=["NA"])
    assert column(kept, "c").missing == 0 and not said(kept)


def test_words_that_may_mean_nothing_are_asked_about(tmp_path: Path) -> None:
    content = lines(["c", "a", "b"], words("None", "red", "blue"), N, N)
    assert "question: c: 'None' kept as a value" in said(understood(tmp_path, content))
    assert column(understood(tmp_path, content, missing=["None"]), "c").missing == 14


def test_a_number_is_a_gap_only_if_that_is_said(tmp_path: Path) -> None:
    content = lines(["a", "b"], words("-999", "1.5", "2.5", "3.5", "4.5", "5.5"), N, rows=60)
    table = understood(tmp_path, content)
    assert column(table, "a").missing == 0
    assert "question: a: -999 stands 10 times" in said(table)
    assert "--missing 'a=-999'" in said(table)
    assert column(understood(tmp_path, content, missing=["-999.0"]), "a").missing == 10
    assert column(understood(tmp_path, content, missing=["a=-999"]), "a").missing == 10
    assert column(understood(tmp_path, content, missing=["b=-999"]), "a").missing == 0


def test_strange_words_among_numbers_are_named_with_their_rows(tmp_path: Path) -> None:
    table = understood(
        tmp_path, lines(["a", "b"], lambda row: "<0.1" if row in (3, 7) else N(row), N)
    )
    assert column(table, "a").kind == "positive" and column(table, "a").missing == 2
    assert "question: a: '<0.1' among numbers in rows 4, 8: taken as missing" in said(table)


@pytest.mark.parametrize(
    "bad", ["-3e38", "inf", "-Infinity", "1e-40", "9.96921e36", "1e300", str(2**63 - 1)]
)
def test_numbers_that_ruin_a_training_are_named_and_not_taken_unasked(
    tmp_path: Path, bad: str
) -> None:
    content = lines(["a", "b"], lambda row: bad if row == 4 else N(row), N)
    problems = understood(tmp_path, content).preview().problems
    assert len(problems) == 1 and problems[0].column == "a" and "row 5" in problems[0].text
    for choice in ({"extremes": "missing"}, {"missing": [bad]}):
        table = understood(tmp_path, content, **choice)
        assert not table.preview().problems and column(table, "a").missing == 1
    assert not understood(tmp_path, content, roles={"a": "ignored"}).preview().problems


def test_large_numbers_of_one_size_are_no_extremes(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["mass", "b"], lambda row: f"{1 + row / 40}e30", N))
    assert not table.notes


def test_an_outlier_is_named(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["a", "b"], lambda row: "1e6" if row == 3 else N(row), N))
    assert "question: a: 1000000 in row 4, far from all other values" in said(table)
    assert column(table, "a").missing == 0


# Kinds and roles


KINDS: dict[str, tuple[Any, str]] = {
    "height": (numbers(), "positive"),
    "temperature": (numbers(), "real"),
    "max temp": (lambda row: str(50 + row * 17 % 41), "real"),
    "weekday": (lambda row: str(row % 7), "ordinal"),
    "rooms": (words("1", "2", "4"), "count"),
    "iso code": (lambda row: str(100 + row % 9), "categorical"),
    "income": (words("<10k", "10k-20k", ">20k"), "ordinal"),
    "balance": (numbers(-5, 5), "real"),
    "children": (words("0", "1", "2", "5"), "count"),
    "cylinders": (words("4", "6", "8"), "ordinal"),
    "rating": (words("0", "1", "2", "3"), "ordinal"),
    "weight": (lambda row: str(1500 + row * 31 % 997), "positive"),
    "zip": (words("01067", "10115", "80331"), "categorical"),
    "colour": (words("red", "green", "blue"), "categorical"),
    "size": (words("small", "large", "medium"), "ordinal"),
    "age group": (words("0-9", "10-19", "20-29", "100+"), "ordinal"),
    "smoker": (words("yes", "no"), "binary"),
    "survived": (words("0", "1"), "binary"),
    "when": (lambda row: str(date(2020, 1, 1) + timedelta(3 * row)), "real"),
    "model year": (lambda row: str(1970 + row % 13), "real"),
}


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_is_what_a_person_says(tmp_path: Path, name: str) -> None:
    cell, kind = KINDS[name]
    table = understood(tmp_path, lines(["a", name, "b"], N, cell, N))
    found = column(table, name)
    assert (found.kind, found.role) == (kind, "feature")
    assert found.reason


def test_categories_are_in_their_natural_order() -> None:
    assert in_order(["10", "2", "1"]) == ["1", "2", "10"]
    assert in_order(["class 10", "class 9"]) == ["class 9", "class 10"]
    assert in_order(["large", "small", "Medium"]) == ["small", "Medium", "large"]
    assert in_order(["Wed", "Mon"]) == ["Mon", "Wed"]
    assert in_order(["yes", "no"]) == ["no", "yes"]
    assert in_order([">50k", "10k-20k", "<10k", "20k-50k"]) == [
        "<10k",
        "10k-20k",
        "20k-50k",
        ">50k",
    ]
    assert in_order(["65+", "under 18", "18 to 64"]) == ["under 18", "18 to 64", "65+"]
    assert not is_scale(["2 doors", "4 doors", "5 doors"])
    assert in_order(["b", "C", "a"]) == ["a", "b", "C"]


ROLES: dict[str, tuple[Any, str]] = {
    "": (lambda row: str(row * 37 % 1009), "id"),
    "nr": (lambda row: str(row), "id"),
    "day one": (words("2020-01-01"), "ignored"),
    "Unnamed: 0": (lambda row: str(row * 37 % 1009), "id"),
    "customer_id": (lambda row: str(1000 + row * 37 % 1009), "id"),
    "name": (lambda row: f"row{row}", "id"),
    "code": (lambda row: f"{row:032x}", "id"),
    "remark": (lambda row: f"free words number {row % 30}", "ignored"),
    "species": (words("a", "b", "c"), "label"),
    "empty": (words(""), "ignored"),
    "always": (words("7"), "ignored"),
}


@pytest.mark.parametrize("name", ROLES)
def test_the_role_is_what_a_person_says(tmp_path: Path, name: str) -> None:
    cell, role = ROLES[name]
    table = understood(tmp_path, lines([name, "a", "b"], cell, N, N))
    assert table.columns[0].column.role == role


def test_identifiers_that_come_again_are_groups(tmp_path: Path) -> None:
    content = lines(["patient_id", "a", "b"], lambda row: str(row // 4), N, N, rows=600)
    table = understood(tmp_path, content)
    assert column(table, "patient_id").role == "group"
    assert "question: patient_id: rows of one value stay together" in said(table)


def test_words_alike_but_for_case_or_space_stay_apart_with_a_hint(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["a", "b", "kind"], N, N, words("cat", "Cat", " cat")))
    assert set(column(table, "kind").categories) == {"cat", "Cat", " cat"}
    assert "differ in case or space only" in said(table)
    spaced = understood(tmp_path, lines(["a", "b", "kind"], N, N, words(" cat", " dog")))
    assert column(spaced, "kind").categories == ("cat", "dog") and not said(spaced)


def test_rare_categories_are_folded_and_it_is_said(tmp_path: Path) -> None:
    content = lines(["a", "w", "b"], N, lambda row: f"w{min(row % 300, 149)}", N, rows=3000)
    table = understood(tmp_path, content)
    found = column(table, "w")
    assert len(found.categories) == 100 and found.categories[-1] == "other"
    assert "question: w: 150 categories; the 99 commonest are kept" in said(table)
    x, _ = encode(table.columns[1])
    assert found.categories[int(x[149])] == "w149"  # the commonest


def test_a_constant_is_kept_to_the_digit(tmp_path: Path) -> None:
    table = understood(tmp_path, lines(["a", "n", "b"], N, words("1200000000000000017"), N))
    assert column(table, "n").constant
    assert "'1200000000000000017' in each row" in said(table)
    table = understood(tmp_path, lines(["a", "d", "b"], N, words("01/02/2020"), N))
    assert column(table, "d").constant and "'01/02/2020' in each row" in said(table)
    table = understood(tmp_path, lines(["a", "n", "b"], N, words("7.50", ""), N))
    assert constant_text(table.columns[1].values) == "7.50" and column(table, "n").missing == 20


def test_choices_win(tmp_path: Path) -> None:
    content = lines(["a", "n", "w", "id"], N, words("1", "2", "3"), words("x", "y"), str)
    table = understood(
        tmp_path, content, kinds={"n": "count"}, roles={"w": "label", "a": "id"}, units={"n": "kg"}
    )
    assert (column(table, "n").kind, column(table, "n").unit) == ("count", "kg")
    assert (column(table, "w").role, column(table, "a").role) == ("label", "id")
    assert column(table, "n").reason == "as you said"


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"kinds": {"w": "real"}}, "Expected numbers in 'w'.*'x', 'y'"),
        ({"kinds": {"m": "count"}}, "whole numbers from 0 on in 'm'.*in row"),
        ({"kinds": {"m": "positive"}}, "numbers above 0 in 'm'"),
        ({"kinds": {"w": "binary"}}, "two values in a binary column.*with 3"),
        ({"kinds": {"d": "count"}}, "the kind real for dates"),
        ({"kinds": {"nope": "count"}}, "Expected a column .*'nope'"),
        ({"kinds": {"w": "silly"}}, "'real', 'positive'"),
        ({"label": "d"}, "a label of words or numbers.*dates"),
        ({"label": "nope"}, "Expected a column"),
        ({"time": "w"}, "dates or numbers as time"),
        ({"roles": {"m": "label", "w": "label"}}, "one label column"),
        ({"roles": dict.fromkeys("mwd", "ignored")}, "at least one column to learn from"),
        ({"silly": 1}, "Expected one of name, kinds"),
    ],
    ids=str,
)
def test_choices_that_do_not_fit_are_refused_in_words(
    tmp_path: Path, choices: dict[str, Any], reason: str
) -> None:
    content = lines(
        ["m", "w", "d"], words("-1.5", "2"), words("x", "y", "z"), words("2020-01-01", "2021-02-03")
    )
    with pytest.raises(DataInvalid, match=reason):
        understood(tmp_path, content, **choices)


# Dates


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%m/%d/%Y",
        "%d/%m/%Y",
        "%Y/%m/%d",
        "%b %d, %Y",
        "%d %B %Y",
        "%d-%m-%y",
    ],
)
def test_dates_become_days_since_the_first(tmp_path: Path, form: str) -> None:
    days = [date(2019, 12, 30) + timedelta(9 * row % 250) for row in range(40)]
    written = [f'"{day.strftime(form)}"' for day in days]
    table = understood(tmp_path, lines(["a", "when"], N, lambda row: written[row]))
    x, feature = encode(table.columns[1])
    assert feature == Feature(name="when", unit="days", since="2019-12-30", whole=True)
    assert x.tolist() == [(day - days[0]).days for day in days]


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y %H:%M"])
def test_instants_become_seconds_since_the_first(tmp_path: Path, form: str) -> None:
    moments = [datetime(2020, 2, 28, 23) + timedelta(minutes=61 * row) for row in range(40)]
    table = understood(tmp_path, lines(["a", "t"], N, lambda row: moments[row].strftime(form)))
    x, feature = encode(table.columns[1])
    assert (feature.unit, feature.since) == ("s", "2020-02-28T23:00:00")
    assert x.tolist() == [3660 * row for row in range(40)]


def test_which_is_the_day_is_asked_where_nothing_tells(tmp_path: Path) -> None:
    table = understood(
        tmp_path, lines(["a", "t"], N, lambda row: f"0{row % 9 + 1}/0{row % 7 + 1}/2020")
    )
    assert "question: t: day and month could be the other way round" in said(table)


# Workbooks, Parquet and Feather


def workbook(rows: list[list[str | float]]) -> bytes:
    """A minimal XLSX file; words that begin with '=' are formulas."""

    def cell(value: str | float) -> str:
        if isinstance(value, str) and value.startswith("="):
            return f"<c t='str'><f>{value[1:]}</f><v>cached</v></c>"
        if isinstance(value, str):
            return f"<c t='inlineStr'><is><t>{value}</t></is></c>"
        return f"<c><v>{value!r}</v></c>"

    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    files = {
        "_rels/.rels": f"<Relationships xmlns='{package}'><Relationship Id='r1' "
        f"Type='{office}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        "xl/workbook.xml": f"<workbook xmlns='{main}' xmlns:r='{office}'><sheets>"
        "<sheet name='Data' sheetId='1' r:id='r1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{package}'><Relationship Id='r1' "
        f"Type='{office}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet xmlns='{main}'><sheetData>{body}</sheetData>"
        "</worksheet>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize("packed", [False, True])
def test_a_workbook_is_read_by_its_content(tmp_path: Path, packed: bool) -> None:
    rows: list[list[str | float]] = [["mass", "kind", "note", "f"]]
    rows += [[row * 1.5 + 0.1, "ab"[row % 2], f"0{row % 3}", "=1+1"] for row in range(30)]
    content = workbook([["A title"], *rows])
    table = understood(tmp_path, gzip.compress(content) if packed else content, "book.csv")
    assert [t.column.name for t in table.columns] == ["mass", "kind", "note", "f"]
    assert table.rows == 30 and cells(table, "mass")[1] == "1.6"
    assert column(table, "note").categories == ("00", "01", "02")
    assert column(table, "f").constant and cells(table, "f")[0] == "cached"


def test_a_workbook_that_unpacks_without_end_is_not_opened(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 10**8)
    with pytest.raises(DataInvalid, match="at most 200 times the packed size"):
        understood(tmp_path, stream.getvalue())


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_typed_columns_keep_their_types(tmp_path: Path, kind: str) -> None:
    n = 30
    frame = pa.table(
        {
            "f": pa.array([None, *np.linspace(1, 2, n - 1)]),
            "big": pa.array([2**60 + row for row in range(n)]),
            "word": pa.array(list("abc") * 10).dictionary_encode(),
            "yes": pa.array([True, False, None] * 10),
            "when": pa.array([datetime(2020, 1, 1 + row) for row in range(n)]),
            "list": pa.array([[1, 2]] * n),
            "text number": pa.array([f"{row}.5" for row in range(n)]),
        }
    )
    stream = io.BytesIO()
    if kind == "parquet":
        pq.write_table(frame, stream)
    else:
        pa_feather.write_feather(frame, stream)
    table = understood(tmp_path, stream.getvalue(), "t.csv")
    found = {t.column.name: (t.column.kind, t.column.role) for t in table.columns}
    assert found == {
        "f": ("positive", "feature"),
        "big": ("real", "feature"),
        "word": ("categorical", "feature"),
        "yes": ("binary", "feature"),
        "when": ("real", "feature"),
        "list": ("categorical", "ignored"),
        "text number": ("positive", "feature"),
    }
    assert column(table, "f").missing == 1 and column(table, "yes").missing == 10
    x, feature = encode(table.columns[1])
    assert feature.offset == 2.0**60 and x.tolist() == list(range(n))
    assert "'list' holds list" in said(table)
