"""A file is there whole or not at all, and what was there before stays until then."""

import os

import pytest

from skbal._utils import whole_files
from skbal._utils.whole_files import whole_file


def test_the_file_appears_at_the_end_of_the_block(tmp_path):
    path = tmp_path / "a.txt"
    with whole_file(path) as unfinished:
        unfinished.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write():
        with whole_file(path) as unfinished:
            unfinished.write_text("half of the n")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_fails_at_the_end_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fails(number):
        raise OSError("no space left")

    monkeypatch.setattr(whole_files.os, "fsync", fails)
    with pytest.raises(OSError, match="no space"), whole_file(path) as unfinished:
        unfinished.write_text("new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_missing_or_in_the_way_is_named(tmp_path):
    for place, kind, words in (
        (
            tmp_path / "runs" / "a.txt",
            FileNotFoundError,
            f"{tmp_path / 'runs'} is no folder",
        ),
        (tmp_path, IsADirectoryError, f"{tmp_path} cannot be written: it is a folder"),
    ):
        with pytest.raises(kind, match=words), whole_file(place):
            raise AssertionError("the block ran")
    assert not list(tmp_path.iterdir())


def test_two_writers_do_not_meet(tmp_path):
    path = tmp_path / "a.txt"
    with whole_file(path) as first, whole_file(os.fspath(path)) as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"
