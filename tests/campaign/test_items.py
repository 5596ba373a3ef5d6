"""Arrays, texts and files of every kind as items, and what is refused."""

import os
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from skbal.campaign import Campaign
from skbal.campaign._new_items import check_items

NUMBERS = np.arange(6).reshape(3, 2)


def kept(new):
    """Return what is stored of an array, as an array."""
    rows = np.frombuffer(b"".join(new.rows()), dtype=new.kind["dtype"])
    return rows.reshape(-1, *new.kind["shape"])


@pytest.mark.parametrize("dtype", [">f4", ">i2", "f2", "?", "u8", "f8"])
def test_numbers_of_any_size_and_order(dtype):
    found = kept(check_items(NUMBERS.astype(dtype), None))
    np.testing.assert_array_equal(found, NUMBERS.astype(dtype))
    assert found.dtype == np.dtype(dtype).newbyteorder("<")


def test_rows_that_lie_otherwise_in_memory(tmp_path):
    array = np.arange(24.0).reshape(2, 3, 4)
    array[0, 0, :2] = np.nan, -np.inf
    file = np.memmap(tmp_path / "array", np.float64, "w+", shape=array.shape)
    file[:] = array
    column = pd.Series([1.5, 2.5], index=[7, 7])
    for given in (array, np.asfortranarray(array), array[:, ::-1][:, ::-1], file):
        np.testing.assert_array_equal(kept(check_items(given, None)), array)
    np.testing.assert_array_equal(kept(check_items(column, None)), column)


class Tensor:
    """Like a tensor of torch: its dtype is none of NumPy."""

    dtype = "float of torch"

    def __init__(self, array):
        self.array, self.shape = array, array.shape

    def __len__(self):
        return len(self.array)

    def __iter__(self):
        return iter(self.array)

    def __getitem__(self, rows):
        return Tensor(self.array[rows])

    def __array__(self, dtype=None, copy=None):
        return self.array


def test_a_tensor():
    new = check_items(Tensor(NUMBERS.astype(np.float32)), None)
    assert new.kind == {"kind": "array", "dtype": "<f4", "shape": [2]}


@pytest.mark.parametrize("texts", [
    ["", "a\x00b"], np.array(["", "a\x00b"]), pd.Series(["", "a\x00b"], index=[3, 3]),
])  # fmt: skip
def test_texts(texts):
    new = check_items(texts, None)
    assert (new.kind, list(new.rows())) == ({"kind": "text"}, [b"", b"a\x00b"])


@pytest.mark.parametrize(("items", "error", "words"), [
    (csr_array(NUMBERS), TypeError, "must be an array of numbers, .* got .*[Ss]parse"),
    (np.zeros(3, dtype=[("x", "f4")]), TypeError, r"got an array of \[\('x', '<f4'\)"),
    ({"a": 1}, TypeError, r"image files, got \{'a': 1\}"),
    (3, TypeError, "image files, got 3"),
    (None, TypeError, "image files, got None"),
    ([[1, 2], [3]], ValueError, "must have the same shape"),
    ([b"x"], TypeError, "got an array of"),
    (["a", "\ud800"], ValueError, "Item 1 of Campaign must be a text in UTF-8"),
])  # fmt: skip
def test_what_is_no_items(tmp_path, items, error, words):
    with pytest.raises(error, match=words):
        Campaign.create(tmp_path / "votes.db", items, ["a", "b"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("arguments", "error", "words"), [
    ({"names": ["a\x00", "b", "c"]}, ValueError, "names .* NUL and in UTF-8, got 'a"),
    ({"names": ["a", "\ud800", "c"]}, ValueError, r"UTF-8, got '\\ud800'"),
    ({"gold": {True: "yes"}}, ValueError, "names True, which is no item"),
    ({"answers": ["yes", "n\x00"]}, ValueError, "answers .* without NUL"),
    ({"answers": [("\ud800", ["yes", "no"])]}, ValueError, "Names of questions"),
    ({"answers": ["yes", " "]}, ValueError, "must have characters that are seen"),
    ({"answers": [1.0, float("inf")]}, ValueError, "must be finite numbers, got inf"),
])  # fmt: skip
def test_texts_that_some_database_cannot_keep(tmp_path, arguments, error, words):
    with pytest.raises(error, match=words):
        Campaign.create(
            tmp_path / "votes.db", **{"items": NUMBERS, "answers": ["yes", "no"]}
            | arguments,
        )  # fmt: skip


def test_both_databases_refuse_the_same_texts(make):
    campaign = make()
    for name in ("a\x00", "\ud800"):
        with pytest.raises(ValueError, match="must be an item's id or name"):
            campaign.tell(name, "a")
        with pytest.raises(ValueError, match=r"reason of Campaign\.retire"):
            campaign.retire(0, name)
        with pytest.raises(ValueError, match="printable"):
            campaign.ask(1, name)
        with pytest.raises(ValueError, match="printable"):
            campaign.tell(0, "a", key=name)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_stay_in_the_folder(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    os.symlink(tmp_path / "secret.png", folder / "a.png")
    with pytest.raises(ValueError, match=r"link to .*secret\.png, which lies outside"):
        Campaign.create(tmp_path / "votes.db", folder, ["a", "b"])
