import numpy as np
import pytest

from skbal.experiments import load_experiment
from skbal.experiments._catalogue._galaxy_votes import load_spirals, turned

WALMSLEY = load_experiment("walmsley2020")


def published(measure, source="Walmsley et al. 2020"):
    [number] = [
        n.value
        for n in WALMSLEY.published
        if (n.measure, n.source) == (measure, source)
    ]
    return number


def test_the_published_numbers_are_those_of_the_abstracts():
    error = "bar?: coverage error within"
    assert published(f"{error} 0.2 of the share, 30 draws, points") == 11.8
    first = "its arXiv v1, 2019"
    assert published(f"{error} 5 votes, 30 draws, points", first) == 10.6
    assert published(f"{error} 10 votes, 30 draws, points", first) == 2.9
    name = "smooth?: galaxies saved to the last RMSE of the share of random, %"
    assert published(name) == 35
    assert published(name, "Walmsley et al. 2020, at most") == 60
    assert {n.n_seeds for n in WALMSLEY.published} == {None}  # other data: no verdict


def write_spirals(folder):
    X = np.arange(2 * 64 * 64, dtype=np.uint8).reshape(2, 64, 64)
    np.savez(folder / "gz2_spirals.npz", X=X, y=np.array([1, 0], dtype=np.uint8))
    return X


def test_real_galaxies_are_halved_and_have_one_vote_each(tmp_path):
    X = write_spirals(tmp_path)
    images, votes = WALMSLEY.load(tmp_path, WALMSLEY.sized())
    assert images.shape == (2, 1, 32, 32)
    assert votes.tolist() == [[1, 1], [0, 1]]
    assert images.mean(axis=(1, 2, 3)) == pytest.approx([0, 0], abs=1e-6)
    assert images.std(axis=(1, 2, 3)) == pytest.approx([1, 1], abs=1e-6)
    # A pixel is the mean of four, up to a shift and a scale of the whole image.
    small = [[X[0, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean() for j in range(32)]
             for i in range(32)]  # fmt: skip
    expected = (np.array(small) - np.mean(small)) / np.std(small)
    np.testing.assert_allclose(images[0, 0], expected, atol=1e-5)


@pytest.mark.parametrize("folder", [None, "data"])
def test_without_the_file_the_error_says_where_it_was_looked_for(folder):
    match = f"gz2_spirals.npz.*not in {folder or 'any folder'}.*--data FOLDER"
    with pytest.raises(FileNotFoundError, match=match):
        load_spirals(folder, "Galaxy Zoo 2")


def test_turned_images_are_of_the_eight_symmetries():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    image = torch.arange(9.0).reshape(1, 1, 3, 3)
    batch = turned(image.repeat(200, 1, 1, 1))
    different = {tuple(one.flatten().tolist()) for one in batch}
    turns = [
        np.rot90(side, k) for side in (image[0, 0], image[0, 0].T) for k in range(4)
    ]
    assert different == {tuple(one.flatten().tolist()) for one in turns}
