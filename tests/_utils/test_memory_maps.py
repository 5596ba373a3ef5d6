"""A memory map is pickled by its path wherever its file will still have the rows."""

import copy
import pickle
import shutil

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal._utils.memory_maps import MappedFile, by_path
from skbal.loop import ActiveLearningLoop
from skbal.oracles import CallableOracle

ROWS = np.arange(240, dtype=np.int16).reshape(20, 4, 3)


@pytest.fixture
def path(tmp_path):
    np.save(tmp_path / "rows.npy", ROWS)
    return tmp_path / "rows.npy"


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    path = tmp_path_factory.mktemp("maps") / "rows.npy"
    np.save(path, ROWS)
    return np.load(path, mmap_mode="r")


def test_a_map_of_a_file_is_a_small_pickle_and_the_same_map(path):
    rows = np.load(path, mmap_mode="r")
    kept = by_path(rows)
    assert len(pickle.dumps(kept)) < 500
    again = pickle.loads(pickle.dumps(kept)).opened()
    assert type(again) is np.memmap
    assert again.filename == str(path)
    assert (again.dtype, again.shape, again.mode) == (rows.dtype, rows.shape, "r")
    np.testing.assert_array_equal(again, ROWS)


@given(first=st.slices(20), second=st.slices(4))
def test_any_part_is_itself_whether_by_path_or_not(mapped, first, second):
    for part in (mapped[first], mapped[first, second], mapped[2:][first][::-1]):
        kept = by_path(part)
        again = kept.opened() if isinstance(kept, MappedFile) else kept
        np.testing.assert_array_equal(again, part)
        assert again.dtype == part.dtype


def test_a_part_of_consecutive_rows_is_kept_by_path(mapped):
    for part in (mapped[5:9], mapped[3:][4:6], mapped[7]):
        again = by_path(part).opened()
        assert type(again) is np.memmap
        np.testing.assert_array_equal(again, part)


def test_other_orders_offsets_and_types(tmp_path):
    np.save(tmp_path / "f.npy", np.asfortranarray(ROWS))
    fortran = np.load(tmp_path / "f.npy", mmap_mode="r")
    np.testing.assert_array_equal(by_path(fortran).opened(), ROWS)
    (tmp_path / "raw").write_bytes(b"head" + ROWS.tobytes())
    raw = np.memmap(tmp_path / "raw", np.int16, "r", offset=4, shape=ROWS.shape)
    np.testing.assert_array_equal(by_path(raw).opened(), ROWS)
    kind = np.dtype([("x", "f4"), ("name", "U3")])
    named = np.memmap(tmp_path / "named", kind, "w+", shape=(5,))
    named["x"], named["name"] = np.arange(5), "cat"
    np.testing.assert_array_equal(by_path(named).opened(), named)


def test_what_was_written_to_a_map_is_in_the_file(path):
    rows = np.load(path, mmap_mode="r+")
    rows[0] = 7
    again = by_path(rows).opened()
    assert (again[0] == 7).all()
    with pytest.raises(ValueError, match="read-only"):
        again[0] = 8


def test_rows_that_the_file_has_not_are_pickled_themselves(path, tmp_path):
    changed = np.load(path, mmap_mode="c")
    changed[0] = 7  # in memory only
    assert by_path(changed) is changed
    every_second = np.load(path, mmap_mode="r")[::2]
    assert by_path(every_second) is every_second
    empty = np.load(path, mmap_mode="r")[:0]
    assert by_path(empty) is empty
    of_joblib = tmp_path / "joblib_memmapping_folder_1_2"
    of_joblib.mkdir()
    shutil.copy(path, of_joblib / "x.npy")
    soon_gone = np.load(of_joblib / "x.npy", mmap_mode="r")
    assert by_path(soon_gone) is soon_gone
    gone = np.load(path, mmap_mode="r")
    try:
        path.unlink()
    except PermissionError:  # on Windows a file that is mapped stays
        return
    assert by_path(gone) is gone


def test_an_array_inside_of_a_pickle_is_not_kept_by_its_path(tmp_path):
    # That pickle may be the file that is written next.
    joblib.dump({"X": ROWS}, tmp_path / "x.joblib")
    inside = joblib.load(tmp_path / "x.joblib", mmap_mode="r")["X"]
    assert type(inside) is np.memmap
    assert by_path(inside) is inside


def test_a_file_that_is_gone_or_another_is_an_error_that_names_it(path):
    kept = by_path(np.load(path, mmap_mode="r"))
    np.save(path, ROWS[:5])
    assert kept.opened() is kept
    path.unlink()
    rows = pickle.loads(pickle.dumps(kept)).opened()
    for ask in (len, np.asarray, lambda rows: rows[0], lambda rows: rows.shape):
        with pytest.raises(FileNotFoundError, match=r"rows\.npy.*set the rows anew"):
            ask(rows)
    np.save(path, ROWS)
    np.testing.assert_array_equal(rows.opened(), ROWS)


def first_column(row):
    return int(row[0, 0])


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda oracle: pickle.loads(pickle.dumps(oracle))]
)
def test_an_oracle_keeps_its_pool_in_the_file(path, copied):
    oracle = CallableOracle(first_column, np.load(path, mmap_mode="r"))
    again = copied(oracle)
    assert type(again.X_pool) is np.memmap
    assert again.X_pool.filename == str(path)
    assert again([1, 2]).tolist() == [12, 24]


def test_a_map_that_was_lost_can_be_pickled_again(path):
    loop = ActiveLearningLoop(None, np.load(path, mmap_mode="r"), None)
    content = pickle.dumps(loop)
    path.unlink()
    lost = pickle.loads(content)
    content = pickle.dumps(lost)
    np.save(path, ROWS)
    np.testing.assert_array_equal(pickle.loads(content).X_pool, ROWS)
