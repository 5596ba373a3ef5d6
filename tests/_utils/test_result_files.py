"""Files of results are strict JSON, and other files are refused by their name."""

import json

import numpy as np
import pytest

import skbal
from skbal._utils.result_files import FORMAT, reading, strict, write_result

HEAD = {"format": FORMAT, "kind": "History", "skbal_version": "0.1"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "result.json"


def test_what_is_written_can_be_read(path):
    write_result(path, "History", {"records": [{"score": 0.1}]})
    with reading(path, "History") as content:
        assert content == {
            "format": 1,
            "kind": "History",
            "skbal_version": skbal.__version__,
            "records": [{"score": 0.1}],
        }


def test_numbers_of_numpy_and_missing_ones_become_plain():
    given = {
        "a": np.int64(3), "b": np.float32(0.5), "c": np.array([1, 2]), "d": (1, 2),
        "e": float("nan"), "f": [np.nan, np.inf, -np.inf], "g": np.bool_(True),
    }  # fmt: skip
    found = strict(given)
    assert json.loads(json.dumps(found, allow_nan=False)) == {
        "a": 3, "b": 0.5, "c": [1, 2], "d": [1, 2],
        "e": None, "f": [None, "inf", "-inf"], "g": True,
    }  # fmt: skip


def test_what_json_cannot_hold_is_refused_and_the_old_file_stays(path):
    path.write_text("old")
    with pytest.raises(TypeError, match=r"provenance is plain data.*complex"):
        write_result(path, "History", {"provenance": {"note": 1j}})
    assert path.read_text() == "old"


def test_a_newer_format_says_who_wrote_it_and_what_this_one_reads(path):
    path.write_text(json.dumps({**HEAD, "format": 2, "skbal_version": "3.1"}))
    expected = (
        r"result\.json cannot be loaded as a History: it was written by skbal 3\.1, "
        rf"format 2; this skbal \({skbal.__version__}\) reads up to format 1\."
    )
    with pytest.raises(ValueError, match=expected), reading(path, "History"):
        pass


DAMAGED = {
    "empty": "",
    "half": json.dumps(HEAD)[:20],
    "a pickle": "\x80\x04\x95",
    "too deep": "[" * 100_000,
    "a number": "3",
    "a list": "[]",
    "other JSON": '{"a": 1}',
    "format as text": json.dumps({**HEAD, "format": "1"}),
    "format true": json.dumps({**HEAD, "format": True}),
    "format 0": json.dumps({**HEAD, "format": 0}),
    "no version": '{"format": 1, "kind": "History"}',
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_is_no_result_is_named(path, text):
    path.write_bytes(text.encode("latin-1"))
    match = r"result\.json cannot be loaded as a History: it (is not JSON|was not)"
    with pytest.raises(ValueError, match=match), reading(path, "History"):
        pass


def test_the_file_of_another_class_is_named(path):
    write_result(path, "Comparison", {})
    match = r"as a History: it was written by Comparison\.save\."
    with pytest.raises(ValueError, match=match), reading(path, "History"):
        pass


def test_errors_of_the_content_name_the_file(path):
    write_result(path, "History", {})
    match = r"result\.json cannot .*: no records\.$"
    with pytest.raises(ValueError, match=match), reading(path, "History"):
        raise TypeError("no records.")


def test_a_missing_file_is_missing(path):
    with pytest.raises(FileNotFoundError, match="result"), reading(path, "History"):
        pass
