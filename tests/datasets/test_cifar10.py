"""Tiny files in the binary format of CIFAR-10 are read, and pickles are refused."""

import pickle

import numpy as np
import pytest

from skbal.datasets import load_cifar10

RNG = np.random.default_rng(0)
NAMES = [*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin"]
IMAGES = RNG.integers(0, 256, (6, 2, 3, 32, 32), dtype=np.uint8)  # two in each file
LABELS = RNG.integers(0, 10, (6, 2))


@pytest.fixture
def folder(tmp_path):
    for name, images, labels in zip(NAMES, IMAGES, LABELS):
        # One byte for the class, then 1,024 of red, of green and of blue, row by row.
        rows = (bytes([label]) + im.tobytes() for label, im in zip(labels, images))
        (tmp_path / name).write_bytes(b"".join(rows))
    return tmp_path


@pytest.mark.parametrize(
    ("subset", "files"),
    [("train", slice(0, 5)), ("test", slice(5, 6)), ("all", slice(0, 6))],
)
def test_images_and_classes_come_in_the_order_of_the_files(folder, subset, files):
    photographs = load_cifar10(str(folder), subset=subset)
    images = IMAGES[files].reshape(-1, 3, 32, 32)
    np.testing.assert_allclose(photographs.images, images / 255, rtol=1e-6)
    np.testing.assert_array_equal(photographs.target, LABELS[files].ravel())
    assert photographs.images.dtype == np.float32
    assert photographs.target.dtype == np.int64
    assert np.shares_memory(photographs.data, photographs.images)
    data, target = load_cifar10(folder, subset=subset, return_X_y=True)
    np.testing.assert_array_equal(data, photographs.data)
    np.testing.assert_array_equal(target, photographs.target)


def test_the_folder_around_it_is_found_too(folder, tmp_path_factory):
    outer = tmp_path_factory.mktemp("outer")
    folder.rename(outer / "cifar-10-batches-bin")
    photographs = load_cifar10(outer)
    assert len(photographs.data) == 10
    assert photographs.target_names.tolist()[::3] == [
        "airplane",
        "cat",
        "frog",
        "truck",
    ]
    assert "10 photographs" in photographs.DESCR


# ----------------------------------------------------------------------------- errors


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was read",))


@pytest.mark.parametrize("place", ["", "cifar-10-batches-py"])
def test_the_pickled_version_is_refused_and_never_read(tmp_path, place):
    (tmp_path / place).mkdir(exist_ok=True)
    (tmp_path / place / "data_batch_1").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match=r"pickled .* cifar-10-binary.tar.gz"):
        load_cifar10(tmp_path)


def test_a_missing_file_is_named_with_where_it_can_be_had(folder):
    (folder / "data_batch_4.bin").unlink()
    with pytest.raises(FileNotFoundError, match=r"data_batch_4.bin.*toronto.edu"):
        load_cifar10(folder)
    assert len(load_cifar10(folder, subset="test").data) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "3073 bytes for each image, it holds 0 bytes"),
        (bytes(3072), "it holds 3072 bytes"),
        (bytes([10]) + bytes(3072), "classes should be 0 to 9, and one is 10"),
    ],
)
def test_damaged_files_are_named(folder, content, message):
    (folder / "test_batch.bin").write_bytes(content)
    with pytest.raises(ValueError, match=f"test_batch.bin is damaged: .*{message}"):
        load_cifar10(folder, subset="test")


def test_folders_and_options_are_checked(tmp_path):
    with pytest.raises(FileNotFoundError, match="folder of load_cifar10: there is no"):
        load_cifar10(tmp_path / "missing")
    with pytest.raises(TypeError, match="folder of load_cifar10 must be a path"):
        load_cifar10(5)
    with pytest.raises(ValueError, match="subset of load_cifar10 must be 'train'"):
        load_cifar10(tmp_path, subset="valid")
