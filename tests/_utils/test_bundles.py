import json
import zipfile

import numpy as np
import pytest

import skbal
from skbal._utils.bundles import Bundle, reading_bundle, write_bundle

ARRAYS = [np.arange(6).reshape(2, 3), np.array(["a", "bc"]), np.array(2.5)]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a file"
    write_bundle(path, "Thing", Bundle({"n": 3}, ARRAYS, {"w": b"\0\1"}))
    return path


def test_all_comes_back(path):
    with reading_bundle(path, "Thing") as bundle:
        assert bundle.content["n"] == 3
        assert bundle.files == {"w": b"\0\1"}
        assert len(bundle.arrays) == 3
        for here, there in zip(bundle.arrays, ARRAYS):
            assert here.dtype == there.dtype
            np.testing.assert_array_equal(here, there)


def test_other_programs_can_read_it(path):
    with np.load(path, allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["0"], ARRAYS[0])
    content = json.loads(zipfile.ZipFile(path).read("content.json"))
    assert content["skbal_version"] == skbal.__version__
    assert (content["kind"], content["format"]) == ("Thing", 1)


def test_what_cannot_be_saved_leaves_the_old_file(path):
    before = path.read_bytes()
    for bundle, error in (
        (Bundle({"n": object()}, [], {}), TypeError),
        (Bundle({}, [np.array([object()])], {}), ValueError),
    ):
        with pytest.raises(error):
            write_bundle(path, "Thing", bundle)
        assert path.read_bytes() == before
        assert [p.name for p in path.parent.iterdir()] == ["a file"]


def test_an_array_of_python_objects_is_not_unpickled(path):
    with zipfile.ZipFile(path, "w") as archive:
        head = {"format": 1, "kind": "Thing", "skbal_version": "0", "n_arrays": 1}
        archive.writestr("content.json", json.dumps(head))
        with archive.open("0.npy", "w") as member:
            np.save(member, np.array([print], dtype=object), allow_pickle=True)
    with (
        pytest.raises(ValueError, match=r"a file cannot be .* Thing.*objects"),
        reading_bundle(path, "Thing"),
    ):
        pass


def test_no_cut_and_no_flipped_byte_gives_other_content(path):
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    with reading_bundle(path, "Thing") as bundle:
        expected = repr(bundle)
    cuts = [whole[:size] for size in rng.integers(0, len(whole), 30)]
    flips = []
    for place in rng.integers(0, len(whole), 100):
        flips.append(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
    messages = []
    for content in cuts + flips:
        path.write_bytes(content)
        try:
            with reading_bundle(path, "Thing") as bundle:
                assert repr(bundle) == expected  # a byte that nobody reads, as a date
        except ValueError as error:
            messages.append(str(error))
    assert len(messages) > 60
    assert all(f"{path} cannot be loaded as a Thing" in m for m in messages)


def test_an_error_in_the_block_names_the_file(path):
    with (
        pytest.raises(ValueError, match=r"a file cannot be .* Thing: it is odd\."),
        reading_bundle(path, "Thing"),
    ):
        raise ValueError("it is odd.")
