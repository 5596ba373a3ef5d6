"""Tables of votes come whole and unchanged, and what is no such table is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import skbal
from skbal._utils.votes import check_votes
from skbal.datasets import count_votes, load_galaxy_votes, load_image_votes

REAL = Path(skbal.__file__).parents[2] / "shared" / "data"
VOTES = np.array([[30, 9, 1], [2, 38, 0], [0, 0, 41]], dtype=np.uint16)
FRAME = pd.DataFrame(VOTES, columns=["smooth", "featured", "artifact"])
FRAME = FRAME[["artifact", "featured", "smooth"]]  # in the order of pd.crosstab


def galaxies(**changed):
    numbers = np.arange(3)
    arrays = {
        "votes": VOTES,
        "n": VOTES.sum(axis=1).astype(np.uint16),
        "ra": numbers + 0.5,
        "dec": -numbers / 2,
        "nsa_id": numbers + 7,
        "subject_id": numbers + 100,
        **changed,
    }
    return {name: array for name, array in arrays.items() if array is not None}


def pictures(**changed):
    pixels = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
    return {"X": pixels, "votes": VOTES.astype(np.uint8), "y": np.arange(3), **changed}


@pytest.fixture
def saved(tmp_path):
    def save(name, arrays):
        np.savez_compressed(tmp_path / name, **arrays)
        return tmp_path / name

    return save


# Galaxy Zoo


@pytest.mark.parametrize("as_path", [Path, str, lambda path: path.parent])
def test_galaxy_votes_come_from_the_file_or_its_folder(saved, as_path):
    table = galaxies()
    read = load_galaxy_votes(as_path(saved("gz_decals_votes.npz", table)))
    np.testing.assert_array_equal(read.votes, VOTES)
    assert read.votes.dtype == read.n_votes.dtype == np.int64
    assert read.n_votes.tolist() == [40, 40, 41]
    assert read.answer_names == ["smooth", "featured-or-disk", "artifact"]
    for name in ("ra", "dec", "nsa_id", "subject_id"):
        np.testing.assert_array_equal(read[name], table[name])
    assert "Walmsley" in read.DESCR
    assert "3 galaxies" in read.DESCR


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ra": None, "n": None}, r"votes\.npz must hold n, ra, it holds votes, dec"),
        ({"n": np.array([40, 39, 41])}, "row 1 has n = 39, but its votes sum to 40"),
        ({"dec": np.zeros(4)}, r"dec in .* must have 3 rows.* got shape \(4,\)"),
        ({"votes": VOTES[:, :2]}, "must have 3 columns, smooth.* got 2"),
        ({"votes": VOTES[:, 0]}, r"must be a table .* got shape \(3,\)"),
        ({"votes": VOTES - 1.5}, "row 0 has 28.5 in column 0"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(saved, changed, message):
    with pytest.raises(ValueError, match=message):
        load_galaxy_votes(saved("my_votes.npz", galaxies(**changed)))


@pytest.mark.parametrize("load", [load_galaxy_votes, load_image_votes])
def test_a_file_that_is_not_there_is_named(tmp_path, load):
    with pytest.raises(FileNotFoundError, match=f"{load.__name__}.*no file .*x.npz"):
        load(tmp_path / "x.npz")
    with pytest.raises(FileNotFoundError, match=r"(gz_decals_votes|cifar10h_2k)\.npz"):
        load(tmp_path)
    (tmp_path / "x.npz").write_text("votes")
    with pytest.raises(ValueError, match=r"x\.npz is not an \.npz archive"):
        load(tmp_path / "x.npz")


def test_nothing_is_unpickled(saved):
    arrays = galaxies(ra=np.array([{}, {}, {}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        load_galaxy_votes(saved("my_votes.npz", arrays))


# Images with votes


def test_images_become_channels_first_in_0_to_1(saved):
    table = pictures()
    read = load_image_votes(saved("cifar10h_2k.npz", table).parent)
    assert read.images.shape == (3, 3, 4, 5)
    assert read.images.dtype == np.float32
    expected = np.moveaxis(table["X"] / 255.0, -1, 1)
    np.testing.assert_allclose(read.images, expected, rtol=1e-6)
    assert np.shares_memory(read.images, read.data)
    np.testing.assert_array_equal(read.data, read.images.reshape(3, -1))
    np.testing.assert_array_equal(read.votes, VOTES)
    assert read.votes.dtype == read.target.dtype == np.int64
    assert "3 images of 4 x 5 pixels" in read.DESCR


def test_grey_images_have_one_channel(saved):
    grey = pictures()["X"][..., 0]
    read = load_image_votes(saved("grey.npz", pictures(X=grey)))
    np.testing.assert_allclose(read.images[:, 0], grey / 255.0, rtol=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"X": np.zeros((3, 4, 5))}, "must be uint8 images .* got float64"),
        ({"X": np.zeros((3, 20), np.uint8)}, r"got uint8 of shape \(3, 20\)"),
        ({"X": np.zeros((2, 4, 5), np.uint8)}, "X in .* must have 3 rows"),
        ({"y": np.zeros(5)}, r"y in .* must have 3 rows.* got shape \(5,\)"),
    ],
)
def test_images_of_another_kind_are_refused(saved, changed, message):
    with pytest.raises(ValueError, match=message):
        load_image_votes(saved("x.npz", pictures(**changed)))


# From answers to k of N


@settings(max_examples=20)
@given(
    votes=st.lists(
        st.lists(st.integers(0, 300), min_size=4, max_size=4), min_size=1, max_size=5
    ),
    yes=st.lists(st.integers(0, 3), unique=True),
)
def test_yes_votes_are_those_in_the_yes_columns(votes, yes):
    y = count_votes(votes, yes)
    for row, (k, n) in zip(votes, y.tolist(), strict=True):
        assert k == sum(row[column] for column in yes)
        assert n == sum(row)
    assert check_votes(y, "a model").shape == (len(votes), 1, 2)
    rest = [column for column in range(4) if column not in yes]
    both = count_votes(votes, [yes, rest])
    assert both.shape == (len(votes), 2, 2)
    np.testing.assert_array_equal(both[:, 0], y)
    np.testing.assert_array_equal(both[..., 0].sum(axis=1), y[:, 1])


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.float32])
def test_sums_do_not_overflow(dtype):
    votes = np.full((2, 600), 120, dtype=dtype)
    assert count_votes(votes, range(600)).tolist() == [[72_000, 72_000]] * 2


def test_a_row_without_votes_is_0_of_0():
    assert count_votes([[0, 0], [1, 2]], [1]).tolist() == [[0, 0], [2, 3]]


def test_an_array_of_columns_and_a_list_of_them_are_alike():
    np.testing.assert_array_equal(
        count_votes(VOTES, np.array([0, 1])), count_votes(VOTES, (0, 1))
    )
    np.testing.assert_array_equal(
        count_votes(VOTES, np.array([[0], [1]])), count_votes(VOTES, [(0,), [1]])
    )


def test_columns_of_a_frame_have_names():
    y = count_votes(FRAME, ["smooth"])
    np.testing.assert_array_equal(y, count_votes(VOTES, [0]))
    both = count_votes(FRAME, [["smooth"], ["artifact", "smooth"]])
    np.testing.assert_array_equal(both, count_votes(VOTES, [[0], [2, 0]]))
    # By places too, and numbers are places even if they are names.
    np.testing.assert_array_equal(count_votes(FRAME, [2]), y)
    numbered = FRAME.set_axis([2, 1, 0], axis=1)
    np.testing.assert_array_equal(count_votes(numbered, [2]), y)


def test_a_table_of_several_questions_is_refused():
    # All its columns together are no N of one question.
    tree = pd.concat({"shape": FRAME, "bar": FRAME}, axis=1)
    with pytest.raises(ValueError, match=r"2 levels.* such as votes\['shape'\]"):
        count_votes(tree, [0])
    y = count_votes(tree["shape"], ["smooth"])
    np.testing.assert_array_equal(y, count_votes(VOTES, [0]))


def test_the_callers_table_is_left_alone():
    kept = VOTES.copy()
    count_votes(VOTES, [0])[:] = 5
    np.testing.assert_array_equal(VOTES, kept)


@pytest.mark.parametrize(
    ("votes", "yes", "error", "message"),
    [
        ([[1, 2], [3, -4]], [0], ValueError, "row 1 has -4 in column 1"),
        ([[1, 2.5]], [0], ValueError, "row 0 has 2.5 in column 1"),
        ([[1, np.nan]], [0], ValueError, "row 0 has nan in column 1"),
        ([[1, np.inf]], [0], ValueError, "row 0 has inf in column 1"),
        ([["a", "b"]], [0], ValueError, "must be numbers of votes"),
        ([[1], [1, 2]], [0], ValueError, "must be numbers of votes"),
        ([1, 2], [0], ValueError, r"must be a table .* got shape \(2,\)"),
        (np.empty((0, 3)), [0], ValueError, r"got shape \(0, 3\)"),
        (VOTES, [3], ValueError, r"yes of count_votes must lie in \[0, 3\), got 3"),
        (VOTES, [-1], ValueError, r"yes of count_votes must lie in \[0, 3\), got -1"),
        (VOTES, [1, 1], ValueError, "yes of count_votes must all differ, got 1"),
        (VOTES, [[0], [0, 5]], ValueError, "yes of count_votes must lie in"),
        (VOTES, [[0], 1], ValueError, r"a list of columns, such as \[0\], got 1"),
        (VOTES, 0, ValueError, r"a list of columns, such as \[0\], got 0"),
        (VOTES, [0.0], TypeError, "yes of count_votes must be integers"),
        (VOTES, "smooth", ValueError, "a list of columns.* got 'smooth'"),
        (FRAME, "smooth", ValueError, r"such as \['artifact'\], got 'smooth'"),
        (FRAME, ["disk"], ValueError, r"columns of votes, \['artifact', .* got 'disk'"),
        (FRAME, ["smooth"] * 2, ValueError, "must all differ"),
        (VOTES, ["smooth"], TypeError, "yes of count_votes must be integers"),
    ],
    ids=str,
)
def test_what_counts_nothing_is_refused(votes, yes, error, message):
    with pytest.raises(error, match=message):
        count_votes(votes, yes)


# The real tables


@pytest.mark.skipif(
    not (REAL / "gz_decals_votes.npz").exists(), reason="gz_decals_votes.npz is missing"
)
def test_the_real_galaxy_votes_have_the_published_numbers():
    read = load_galaxy_votes(REAL)
    assert read.votes.shape == (7884, 3)
    assert (read.n_votes.min(), read.n_votes.max()) == (37, 227)
    y = count_votes(read.votes, [0])
    np.testing.assert_array_equal(y[:, 1], read.n_votes)
    assert (y[:, 0] / y[:, 1]).mean() == pytest.approx(0.522, abs=5e-4)


@pytest.mark.slow
@pytest.mark.skipif(
    not (REAL / "cifar10h_2k.npz").exists(), reason="cifar10h_2k.npz is missing"
)
def test_most_people_see_the_true_class_on_the_real_images():
    read = load_image_votes(REAL)
    assert read.images.shape == (2000, 3, 32, 32)
    assert (read.votes.argmax(axis=1) == read.target).mean() > 0.99
    animal = np.isin(read.target, [2, 3, 4, 5, 6, 7])
    k, n = count_votes(read.votes, [2, 3, 4, 5, 6, 7]).T
    assert np.mean((k > n / 2) == animal) > 0.99
