import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal._utils.json_lines import append_line, read_lines


def test_a_file_that_is_not_there_has_no_records(tmp_path):
    assert read_lines(tmp_path / "none.jsonl") == []


def test_records_come_back_in_order_and_the_folder_is_made(tmp_path):
    path = tmp_path / "new" / "runs.jsonl"
    records = [{"seed": seed, "text": "line\nbreak"} for seed in range(3)]
    for record in records:
        append_line(path, record)
    assert read_lines(path) == records
    assert path.read_text().count("\n") == 3


@given(n_lost=st.integers(1, 40))
def test_a_line_that_was_cut_off_is_lost_and_no_other(tmp_path_factory, n_lost):
    path = tmp_path_factory.mktemp("cut") / "runs.jsonl"
    append_line(path, {"seed": 0})
    first = path.read_bytes()
    append_line(path, {"seed": 1, "result": "x" * 30})
    whole = path.read_bytes()
    cut = whole[:-n_lost]
    assert cut.startswith(first)
    path.write_bytes(cut)
    assert read_lines(path) == [{"seed": 0}]
    assert path.read_bytes() == cut  # reading changes nothing
    append_line(path, {"seed": 2})
    assert path.read_bytes() == first + b'{"seed": 2}\n'


def test_a_file_that_is_cut_in_its_first_line_begins_anew(tmp_path):
    path = tmp_path / "runs.jsonl"
    path.write_text('{"seed": 0, "re')
    append_line(path, {"seed": 0})
    assert read_lines(path) == [{"seed": 0}]


def test_numbers_that_json_lacks_are_written_all_the_same(tmp_path):
    path = tmp_path / "runs.jsonl"
    append_line(path, {"a": math.nan, "b": math.inf})
    assert read_lines(path) == [{"a": None, "b": "inf"}]


def test_a_damaged_line_is_named(tmp_path):
    path = tmp_path / "runs.jsonl"
    path.write_text('{"seed": 0}\n{"seed": \n')
    with pytest.raises(ValueError, match=r"line 2 of .*runs\.jsonl is no JSON: "):
        read_lines(path)
    path.write_text("3\n")
    with pytest.raises(ValueError, match=r"line 1 of .*runs\.jsonl is no JSON object"):
        read_lines(path)
