"""Files that are damaged, or not what they should be, are refused with their path."""

import zipfile

import numpy as np
import pytest

from skbal._utils.archives import check_path, read_arrays
from skbal.datasets import fetch_mnist, load_galaxy_votes, load_image_votes

LOADERS = [
    (load_galaxy_votes, "path"),
    (load_image_votes, "path"),
    (lambda path: fetch_mnist(data_home=path), "data_home"),
]


def picture_file(path, n=3):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (n, 6, 5), dtype=np.uint8)
    votes = rng.integers(0, 9, (n, 4))
    np.savez_compressed(path, X=pixels, votes=votes, y=np.arange(n))
    return path


def read_or_message(path):
    try:
        return load_image_votes(path)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize(("load", "name"), LOADERS)
@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        (5, TypeError, "must be a path, .* got 5"),
        (1.5, TypeError, "must be a path"),
        (["a"], TypeError, "must be a path"),
        (b"votes.npz", TypeError, "must be a path"),
        ("a\0b.npz", ValueError, "cannot be a path"),
        ("a" * 5000 + ".npz", ValueError, "cannot be a path"),
        ("file:///etc/passwd", ValueError, "on this machine, got the address"),
        ("https://example.org/x.npz", ValueError, "Download the file first"),
    ],
)
def test_what_is_no_path_is_named(load, name, path, error, message):
    with pytest.raises(error, match=f"{name} of .*{message}"):
        load(path)


def test_a_path_of_a_file_that_is_not_there_is_a_path(tmp_path):
    assert check_path(str(tmp_path / "none.npz"), "path", "f") == tmp_path / "none.npz"


def test_a_byte_that_is_wrong_is_an_error_or_changes_nothing(tmp_path):
    path = picture_file(tmp_path / "x.npz", n=2)
    good, whole = load_image_votes(path), path.read_bytes()
    n_refused = 0
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        path.write_bytes(damaged)
        read = read_or_message(path)
        if isinstance(read, str):
            assert str(path) in read
            n_refused += 1
        else:
            for name in ("images", "votes", "target"):
                np.testing.assert_array_equal(read[name], good[name])
    assert n_refused > 10


@pytest.mark.parametrize("kept", [0, 10, 60, 200])
def test_a_file_that_is_cut_off_is_refused(tmp_path, kept):
    path = picture_file(tmp_path / "x.npz")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"path of load_image_votes: .*x\.npz"):
        load_image_votes(path)


def test_a_bomb_is_looked_at_before_it_is_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "bomb.npz"
    bomb = np.zeros((40_000, 25), dtype=np.uint8)
    np.savez_compressed(path, X=bomb, votes=np.ones((3, 2)), y=np.arange(3))

    def unpack(*args, **kwargs):
        raise AssertionError("unpacked")

    monkeypatch.setattr(np.lib.format, "read_array", unpack)
    with pytest.raises(ValueError, match=r"X in .*bomb\.npz must have 3 rows"):
        load_image_votes(path)


def test_a_header_that_announces_more_than_there_is_is_refused(tmp_path):
    path = tmp_path / "lies.npz"
    with zipfile.ZipFile(path, "w") as archive, archive.open("X.npy", "w") as member:
        np.lib.format.write_array_header_1_0(
            member, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
        )
        member.write(b"12345678")
    with pytest.raises(ValueError, match=r"p: .*lies\.npz is damaged: X should have 8"):
        read_arrays(path, ["X"], "p", lambda heads: None)


def test_a_check_sees_shapes_and_dtypes(tmp_path):
    seen = {}
    path = picture_file(tmp_path / "x.npz")
    arrays = read_arrays(path, ["X", "y"], "path", seen.update)
    assert seen["X"] == ((3, 6, 5), np.uint8)
    assert arrays["y"].tolist() == [0, 1, 2]
