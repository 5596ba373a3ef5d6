"""Tables come back as they were written, and no spreadsheet runs their texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal.campaign._formats._tables import (
    as_written,
    harmless,
    read_table,
    write_table,
)

TEXTS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'", "'=1", "''=1", "x", "", "a\r\nb"]


@given(st.text(alphabet=st.sampled_from("=+-@\t\r'ax 1"), max_size=6))
def test_a_text_is_harmless_and_comes_back(text):
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert as_written(harmless(text)) == text


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_texts_and_numbers_come_back(tmp_path, ending):
    path = tmp_path / f"table.{ending}"
    numbers = [-1.5, 3, 1e-300, 0.1, -7, 0, 2**53, 1, 1, 1, 1, 1]
    write_table(path, {"=name": TEXTS, "n": numbers}, "f")
    assert read_table(path, "f", own=True) == {"=name": TEXTS, "n": numbers}
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_numbers_stay_numbers_and_what_is_missing_is_empty(tmp_path):
    path = tmp_path / "table.csv"
    columns = {"x": [-1.5, float("nan")], "y": ["-1.5", None], "z": [True, False]}
    write_table(path, columns, "f")
    assert path.read_text() == '"x","y","z"\n-1.5,"\'-1.5","true"\n"","","false"\n'


def test_a_table_from_elsewhere_is_read_as_texts(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("\ufeffname,n\nnaïve,-3\n'tis,4\n", encoding="utf-8")
    assert read_table(path, "f") == {"name": ["naïve", "'tis"], "n": ["-3", "4"]}


def test_lines_with_nothing_are_left_out(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("\ufeffa,b\r\n1,2\r\n\r\n3,4\r\n\r\n", encoding="utf-8", newline="")
    assert read_table(path, "f") == {"a": ["1", "3"], "b": ["2", "4"]}


def test_what_is_no_table_in_parquet(tmp_path):
    polars = pytest.importorskip("polars")
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(ValueError, match=r"f: .* is no file of Parquet"):
        read_table(path, "f")
    polars.DataFrame({"a": [1], "b": [["x"]]}).write_parquet(path)
    with pytest.raises(ValueError, match=r"f: the column 'b' of .* got lists"):
        read_table(path, "f")


def test_errors_name_the_file_and_leave_it_alone(tmp_path):
    path = tmp_path / "table.csv"
    with pytest.raises(ValueError, match=r"path of f must end in \.csv or \.parquet"):
        write_table(tmp_path / "table.xls", {"x": [1]}, "f")
    for text, message in [
        ("", "is no table in CSV"),
        ("a,a\n1,2\n", "two columns .* have the same name"),
        ("a,b\n1,2\n3\n", "row 3 of .* has 1 cells, and the first has 2"),
    ]:
        path.write_text(text)
        with pytest.raises(ValueError, match=f"f: .*{message}"):
            read_table(path, "f")

    class Unprintable:
        def __str__(self):
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_table(path, {"a": ["x", "y"], "b": [1, Unprintable()]}, "f")
    assert path.read_text() == "a,b\n1,2\n3\n"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / "other.csv", "f")
