"""Tiny files in the true formats of EMNIST are read, and wrong ones are named."""

import gzip
import struct

import numpy as np
import pytest
from scipy.io import savemat

from skbal.datasets import load_emnist

RNG = np.random.default_rng(0)
IMAGES = {part: RNG.integers(0, 256, (n, 28, 28), dtype=np.uint8)
          for part, n in (("train", 5), ("test", 3))}  # fmt: skip
LABELS = {
    "train": np.array([0, 10, 36, 46, 1], dtype=np.uint8),
    "test": np.array([9, 35, 45], dtype=np.uint8),
}


def idx(array):
    """Return an array of bytes in the format IDX, as its authors describe it."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.tobytes()


def write(folder, split="balanced", parts=("train", "test"), labels=LABELS, end=".gz"):
    for part in parts:
        # The files of EMNIST have the columns of an image one after the other.
        images = IMAGES[part].transpose(0, 2, 1)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels[part])):
            path = folder / f"emnist-{split}-{part}-{kind}-ubyte{end}"
            content = idx(np.ascontiguousarray(array))
            path.write_bytes(gzip.compress(content) if end else content)


def write_matlab(folder):
    def columns(images):
        return images.transpose(0, 2, 1).reshape(-1, 784)

    dataset = {
        part: {"images": columns(IMAGES[part]), "labels": LABELS[part][:, np.newaxis]}
        for part in ("train", "test")
    }
    savemat(folder / "emnist-balanced.mat", {"dataset": dataset}, do_compression=True)


def check(characters, part):
    np.testing.assert_allclose(characters.images[:, 0], IMAGES[part] / 255, rtol=1e-6)
    np.testing.assert_array_equal(characters.target, LABELS[part])
    assert characters.images.dtype == np.float32
    assert characters.target.dtype == np.int64
    assert np.shares_memory(characters.data, characters.images)
    assert characters.data.shape == (len(IMAGES[part]), 784)


@pytest.mark.parametrize("end", [".gz", ""])
@pytest.mark.parametrize("place", ["", "gzip", "EMNIST/raw"])
def test_images_are_upright_whether_files_are_packed_or_not(tmp_path, place, end):
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    write(tmp_path / place, end=end)
    for part in ("train", "test"):
        check(load_emnist(str(tmp_path), subset=part), part)


def test_files_of_matlab_hold_the_same(tmp_path):
    write_matlab(tmp_path)
    for part in ("train", "test"):
        check(load_emnist(tmp_path, subset=part), part)


def test_all_is_training_and_then_test_images(tmp_path):
    write(tmp_path)
    data, target = load_emnist(tmp_path, subset="all", return_X_y=True)
    np.testing.assert_array_equal(target, [*LABELS["train"], *LABELS["test"]])
    pixels = np.concatenate([IMAGES["train"], IMAGES["test"]]).reshape(8, 784)
    np.testing.assert_allclose(data, pixels / 255, rtol=1e-6)


def test_classes_have_the_names_of_the_mapping_of_the_authors(tmp_path):
    write(tmp_path)
    names = load_emnist(tmp_path).target_names
    # Lines of emnist-balanced-mapping.txt: a class and the code of its character.
    mapping = {0: 48, 9: 57, 10: 65, 35: 90, 36: 97, 37: 98, 38: 100, 41: 103, 46: 116}
    assert {number: ord(names[number]) for number in mapping} == mapping
    assert len(names) == len(set(names)) == 47


@pytest.mark.parametrize(
    ("split", "labels", "target", "name"),
    [("letters", [1, 26], [0, 25], "Z"), ("byclass", [0, 61], [0, 61], "z"),
     ("digits", [0, 9], [0, 9], "9")],
)  # fmt: skip
def test_other_splits_have_their_own_classes(tmp_path, split, labels, target, name):
    labels = {"test": np.array([labels[0], *labels], dtype=np.uint8)}
    write(tmp_path, split, ["test"], labels)
    characters = load_emnist(tmp_path, split, subset="test")
    assert characters.target.tolist() == [target[0], *target]
    assert characters.target_names[-1] == name
    assert repr(split) in characters.DESCR


# ----------------------------------------------------------------------------- errors


def test_a_missing_file_is_named_with_where_it_can_be_had(tmp_path):
    write(tmp_path, parts=["test"])
    message = "holds neither emnist-balanced-train-images-idx3-ubyte.gz and .*nist.gov"
    with pytest.raises(FileNotFoundError, match=message) as caught:
        load_emnist(tmp_path)
    assert str(tmp_path) in str(caught.value)
    (tmp_path / "gzip.zip").touch()
    with pytest.raises(FileNotFoundError, match=r"gzip.zip lies in the folder"):
        load_emnist(tmp_path, "letters")


def test_folders_and_options_are_checked(tmp_path):
    with pytest.raises(FileNotFoundError, match="folder of load_emnist: there is no"):
        load_emnist(tmp_path / "missing")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match=r"but .*file is a file"):
        load_emnist(tmp_path / "file")
    with pytest.raises(ValueError, match="got the address"):
        load_emnist("https://www.nist.gov")
    with pytest.raises(ValueError, match="split of load_emnist must be 'balanced'"):
        load_emnist(tmp_path, "capitals")
    with pytest.raises(ValueError, match="subset of load_emnist must be 'train'"):
        load_emnist(tmp_path, subset="valid")


IMAGE_FILE = "emnist-balanced-test-images-idx3-ubyte"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c[:-1], "should hold 2352 bytes, it holds 2351"),
        (lambda c: c + b"0", "it holds more than 2352"),
        (lambda c: c[:4] + b"\x7f" + c[5:], "it holds 2352"),
        (lambda c: c[:7], "does not begin like an IDX file of bytes on 3 axes"),
        (lambda c: b"\0\0\x0d" + c[3:], "does not begin like an IDX file"),
        (lambda c: c[:8] + struct.pack(">2I", 14, 56) + c[16:], r"28 x 28 .*14\)|56\)"),
        (lambda c: c[:4] + struct.pack(">I", 2) + c[8 : 16 + 1568], "and 3 labels"),
    ],
)
def test_damaged_files_are_named(tmp_path, change, message):
    write(tmp_path, parts=["test"], end="")
    path = tmp_path / IMAGE_FILE
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ValueError, match=message) as caught:
        load_emnist(tmp_path, subset="test")
    assert str(path) in str(caught.value)


def test_files_without_images_are_named(tmp_path):
    write(tmp_path, parts=["test"], labels={"test": LABELS["test"][:0]}, end="")
    path = tmp_path / IMAGE_FILE
    path.write_bytes(idx(IMAGES["test"][:0]))
    with pytest.raises(ValueError, match="holds no image"):
        load_emnist(tmp_path, subset="test")


def test_damaged_archives_and_labels_of_no_class_are_named(tmp_path):
    write(tmp_path, parts=["test"])
    path = tmp_path / f"{IMAGE_FILE}.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match=r"ubyte.gz is damaged"):
        load_emnist(tmp_path, subset="test")
    labels = {"test": np.array([0, 1, 47], dtype=np.uint8)}
    write(tmp_path, parts=["test"], labels=labels)
    with pytest.raises(ValueError, match="must be of 47 classes, got classes 0 to 47"):
        load_emnist(tmp_path, subset="test")


def test_matlab_files_of_something_else_are_named(tmp_path):
    for content in ({"other": 1}, {"dataset": 5}, {"dataset": {"train": {"x": 1}}}):
        savemat(tmp_path / "emnist-balanced.mat", content)
        with pytest.raises(ValueError, match=r"emnist-balanced.mat is damaged"):
            load_emnist(tmp_path)
    (tmp_path / "emnist-balanced.mat").write_bytes(b"no Matlab")
    with pytest.raises(ValueError, match=r"emnist-balanced.mat is damaged"):
        load_emnist(tmp_path)
