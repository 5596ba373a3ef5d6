"""Models see image files as rows of pixels."""

import sys

import numpy as np
import pytest
from PIL import Image
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from skbal.campaign import Campaign
from skbal.campaign._item_rows import rows_of
from skbal.datasets import load_images
from skbal.exceptions import CampaignError
from skbal.features import GradientHistograms


@pytest.fixture
def folder(tmp_path):
    """Six images of different shapes: horizontal stripes, then vertical ones."""
    images = tmp_path / "images"
    images.mkdir()
    for number in range(6):
        stripes = np.zeros((64 + 32 * number, 64, 3), np.uint8)
        if number < 3:
            stripes[(np.arange(len(stripes)) // 8 % 2) == 1] = 255
        else:
            stripes[:, (np.arange(64) // 8 % 2) == 1] = 255
        stripes[..., 2] = 51
        Image.fromarray(stripes).save(images / f"{number}.png")
    return images


def test_pixels_are_those_of_the_files(tmp_path, folder):
    for names in (None, list("abcdef")):
        with Campaign.create(
            tmp_path / f"{names}.db", folder, ["a", "b"], names=names
        ) as campaign:
            kind = campaign.settings.items
            rows = rows_of(campaign.store, kind, np.array([4, 0, 2]))
            assert rows.shape == rows[:].shape == (3, 3, 64, 64)
            with Image.open(folder / "0.png") as image:  # 64 pixels, so as it is
                expected = np.asarray(image).transpose(2, 0, 1) / 255
            np.testing.assert_allclose(rows[1], expected, rtol=1e-6)
            np.testing.assert_allclose(rows[:][:, 2], 0.2, rtol=1e-6)
            np.testing.assert_array_equal(rows[[2, 0]], rows[:][[2, 0]])
            np.testing.assert_array_equal(rows[[1, 1]], rows[:][[1, 1]])
            np.testing.assert_array_equal(rows[1:], rows[:][1:])


def test_any_picture_that_people_see_is_read(tmp_path):
    # All of one name, as a preview beside its FITS file may be.
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    for ending in ("png", "gif", "webp", "jpg"):
        options = {"lossless": True} if ending == "webp" else {}
        Image.fromarray(grey).save(tmp_path / f"g1.{ending}", **options)
    with Campaign.create(tmp_path / "votes.db", tmp_path, ["a", "b"]) as campaign:
        rows = rows_of(campaign.store, campaign.settings.items, np.arange(4))
        exact = [campaign.id_of(f"g1.{ending}") for ending in ("gif", "png", "webp")]
        np.testing.assert_allclose(rows[exact][:, 0], [grey / 255] * 3, atol=0.005)
        read = load_images(tmp_path, ["g1.jpg"]).images
        np.testing.assert_array_equal(rows[campaign.id_of("g1.jpg")][:1], read[0])


def test_a_model_learns_from_files(tmp_path, folder):
    forest = make_pipeline(GradientHistograms(), RandomForestClassifier(10))
    with Campaign.create(
        tmp_path / "votes.db", folder, ["a", "b"], estimator=forest
    ) as campaign:
        for item in (0, 1, 3, 4):
            campaign.tell(item, "a" if item < 3 else "b")
        campaign.retrain()
        X = rows_of(campaign.store, campaign.settings.items, np.arange(6))[:]
        found = campaign.learner().estimator.predict(X)
        assert found.tolist() == ["a", "a", "a", "b", "b", "b"]
        assert {item.id for item in campaign.ask(2)} == {2, 5}


def test_a_file_that_is_gone_or_broken_is_named(tmp_path, folder):
    with Campaign.create(tmp_path / "votes.db", folder, ["a", "b"]) as campaign:
        rows = rows_of(campaign.store, campaign.settings.items, np.arange(6))
        (folder / "3.png").unlink()
        (folder / "4.png").write_text("no image")
        for number in (3, 4):
            with pytest.raises(
                CampaignError, match=rf"cannot be read as rows of .*{number}\.png"
            ):
                rows[number]


def test_fits_files_that_nobody_could_see_are_refused_at_once(monkeypatch, tmp_path):
    for name in ("astropy", "astropy.io.fits"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "a.fits.gz").touch()
    with pytest.raises(ImportError, match="A campaign of FITS files needs astropy"):
        Campaign.create(tmp_path / "votes.db", tmp_path, ["a", "b"])
    assert not (tmp_path / "votes.db").exists()


def test_files_of_one_name_in_two_folders_are_two_images(tmp_path):
    for number, name in enumerate(["a", "b"]):
        (tmp_path / "images" / name).mkdir(parents=True)
        image = Image.new("L", (64, 64), 51 * (1 + number))
        image.save(tmp_path / "images" / name / "x.png")
    folder = tmp_path / "images"
    with Campaign.create(tmp_path / "votes.db", folder, ["a", "b"]) as campaign:
        rows = rows_of(campaign.store, campaign.settings.items, np.array([1, 0]))
        assert rows.shape == (2, 1, 64, 64)  # grey
        np.testing.assert_allclose(rows[:][:, 0, 5, 7], [0.4, 0.2], rtol=1e-6)


@pytest.mark.parametrize(
    ("size", "shape"), [((8, 6), (6, 8)), ((128, 640), (64, 13)), ((100, 50), (32, 64))]
)
def test_rows_have_the_shape_of_the_first_image(tmp_path, size, shape):
    (tmp_path / "images").mkdir()
    Image.new("L", size, 255).save(tmp_path / "images" / "0.png")
    Image.new("RGB", (30, 30), (51, 51, 51)).save(tmp_path / "images" / "1.png")
    with Campaign.create(
        tmp_path / "votes.db", tmp_path / "images", ["a", "b"]
    ) as campaign:
        rows = rows_of(campaign.store, campaign.settings.items, np.array([1, 0]))
        assert rows.shape == rows[:].shape == (2, 1, *shape)
        np.testing.assert_allclose(rows[0], 0.2, rtol=1e-5)
        np.testing.assert_allclose(rows[1], 1, rtol=1e-5)
