"""Tiny folders in the form of CINIC-10 are read, and wrong ones are named."""

import numpy as np
import pytest
from PIL import Image

from skbal.datasets import load_cifar10, load_cinic10
from skbal.datasets._cifar10 import CLASSES

PIXELS = np.random.default_rng(0).integers(0, 256, (10, 2, 32, 32, 3), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path):
    for name, images in zip(CLASSES, PIXELS):
        where = tmp_path / "valid" / name
        where.mkdir(parents=True)
        for number, image in zip((10, 9), images):  # natural order: 9 before 10
            Image.fromarray(image).save(where / f"cifar10-train-{number}.png")
        (where / "notes.txt").touch()
    return tmp_path


def test_images_come_by_class_and_in_natural_order(folder):
    photographs = load_cinic10(str(folder), subset="valid")
    expected = PIXELS[:, ::-1].reshape(20, 32, 32, 3).transpose(0, 3, 1, 2) / 255
    np.testing.assert_allclose(photographs.images, expected, rtol=1e-6)
    assert photographs.target.tolist() == np.repeat(np.arange(10), 2).tolist()
    assert photographs.names[:2] == ["cifar10-train-9.png", "cifar10-train-10.png"]
    assert photographs.images.dtype == np.float32
    assert np.shares_memory(photographs.data, photographs.images)
    data, target = load_cinic10(folder, subset="valid", return_X_y=True)
    np.testing.assert_array_equal(data, photographs.data)
    np.testing.assert_array_equal(target, photographs.target)


def test_grey_images_have_three_equal_channels(folder):
    grey = PIXELS[0, 0, ..., 0]
    Image.fromarray(grey).save(folder / "valid/airplane/cifar10-train-9.png")
    first = load_cinic10(folder, subset="valid").images[0]
    np.testing.assert_allclose(first, np.stack([grey / 255] * 3), rtol=1e-6)


def test_classes_are_those_of_cifar10(folder, tmp_path_factory):
    cifar = tmp_path_factory.mktemp("cifar")
    (cifar / "test_batch.bin").write_bytes(bytes(3073))
    names = load_cifar10(cifar, subset="test").target_names
    assert load_cinic10(folder, subset="valid").target_names.tolist() == names.tolist()


def test_what_is_missing_is_named_with_where_it_can_be_had(folder):
    message = r"there is no folder .*train.airplane. https://datashare.ed.ac.uk"
    with pytest.raises(FileNotFoundError, match=message):
        load_cinic10(folder)
    for path in (folder / "valid/frog").glob("*.png"):
        path.unlink()
    with pytest.raises(ValueError, match=r"there are no PNG files in .*frog"):
        load_cinic10(folder, subset="valid")


def test_damaged_images_and_those_of_another_size_are_named(folder):
    path = folder / "valid/deer/cifar10-train-9.png"
    Image.fromarray(PIXELS[0, 0, :16]).save(path)
    with pytest.raises(ValueError, match=r"deer.*9.png must have 32 x 32 .* 16 x 32"):
        load_cinic10(folder, subset="valid")
    path.write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"deer.*9.png cannot be read"):
        load_cinic10(folder, subset="valid")


def test_folders_and_options_are_checked(tmp_path):
    with pytest.raises(FileNotFoundError, match="folder of load_cinic10: there is no"):
        load_cinic10(tmp_path / "missing")
    with pytest.raises(ValueError, match="subset of load_cinic10 must be 'train'"):
        load_cinic10(tmp_path, subset="all")
