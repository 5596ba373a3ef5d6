"""Arrays of any layout as pictures; and what the page gets to know of them."""

import io
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from PIL import Image

from skbal.campaign._server._images import (
    as_bytes,
    fits_png,
    picture_of,
    png_of,
    size_of,
    stretched,
)
from skbal.campaign._server._shown import is_inside, shown

GREY = np.arange(30, dtype=np.uint8).reshape(5, 6) * 8  # height 5, width 6
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2])  # channels first


def read(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_one_picture_in_any_layout():
    for array in (GREY, GREY[None], GREY[..., None]):
        np.testing.assert_array_equal(read(png_of(array)), GREY)
    for array in (COLOUR, COLOUR.transpose(1, 2, 0)):
        np.testing.assert_array_equal(read(png_of(array)), COLOUR.transpose(1, 2, 0))


def test_four_channels_of_bytes_are_transparent_and_others_are_bands():
    four = np.concatenate([COLOUR, COLOUR[:1]])
    np.testing.assert_array_equal(read(png_of(four)), four.transpose(1, 2, 0))
    bands = read(png_of(four.astype(np.float32)))
    assert bands.shape == (2 * 5 + 1, 2 * 6 + 1)


def test_bands_lie_beside_each_other_row_by_row():
    bands = np.stack([np.full((6, 7), value, dtype=np.uint8) for value in range(5)])
    for array in (bands, bands.transpose(1, 2, 0)):
        whole = picture_of(array)
        # Three columns and two rows of tiles with a white line between them.
        assert whole.shape == (6 + 1 + 6, 7 + 1 + 7 + 1 + 7)
        assert whole[:6, 7].tolist() == [255] * 6
        found = [whole[row, column] for row in (0, 7) for column in (0, 8, 16)]
        assert found == [0, 1, 2, 3, 4, 255]


def test_frames_of_colour_lie_beside_each_other():
    whole = picture_of(np.stack([COLOUR, COLOUR // 2]))
    np.testing.assert_array_equal(whole[:, :6], COLOUR.transpose(1, 2, 0))
    np.testing.assert_array_equal(whole[:, 7:], COLOUR.transpose(1, 2, 0) // 2)


@given(st_numpy.array_shapes(min_dims=2, max_dims=4, max_side=7), st.sampled_from("uf"))
def test_the_size_is_known_before_the_picture(shape, kind):
    dtype = np.dtype(f"{kind}{1 if kind == 'u' else 4}")
    picture = picture_of(np.zeros(shape, dtype=dtype))
    assert size_of(shape, dtype) == (picture.shape[1], picture.shape[0])


@given(
    st_numpy.arrays(
        st.sampled_from(["f8", "f4", "i2", "i8", "u2", "?"]),
        (3, 4),
    )
)
def test_brighter_values_are_never_darker(values):
    scaled = as_bytes(values).astype(int).ravel()
    assert as_bytes(values).dtype == np.uint8
    numbers = values.astype(float).ravel()
    finite = np.isfinite(numbers)
    order = np.argsort(numbers[finite], kind="stable")
    assert (np.diff(scaled[finite][order]) >= 0).all()


def test_ranges_of_values():
    assert as_bytes(np.array([[False, True]])).tolist() == [[0, 255]]
    assert as_bytes(np.array([0.25, 1.0])).tolist() == [64, 255]  # 0.25 * 255 + 0.5
    assert as_bytes(np.array([-3.0, 0.0, 7.0])).tolist() == [0, 77, 255]  # 3 of 10
    assert as_bytes(np.array([5, 5])).tolist() == [0, 0]
    extreme = np.array([-1.7e308, np.nan, np.inf, -np.inf, 1.7e308])
    assert as_bytes(extreme).tolist() == [0, 0, 255, 0, 255]
    assert as_bytes(np.array([np.nan])).tolist() == [0]


def test_one_hot_pixel_does_not_darken_a_large_picture():
    values = np.linspace(2, 3, 10_000).reshape(100, 100)
    values[50, 50] = 1e9
    scaled = as_bytes(values)
    assert scaled[0, 0] == 0
    assert scaled[99, 99] == scaled[50, 50] == 255


def test_what_is_no_picture_is_a_curve_a_row_or_a_text():
    assert shown(3, "words") == {"kind": "text", "text": "words"}
    row = shown(3, {"a": 1, "b": None, "c": 1 / 3, "d": True, "e": "x", "f": np.nan})
    assert [value for _, value in row["cells"]] == [
        "1",
        "–",
        "0.333333",
        "yes",
        "x",
        "–",
    ]
    times = {
        "2020-02-29T00:00:00.000000000": "2020-02-29",
        "2020-02-29T12:30:00.000000000": "2020-02-29 12:30:00",
        "2020-02-29T12:30:00.250000000Z": "2020-02-29 12:30:00.25 UTC",
        "2020-02-29T00:00:00.000000000Z": "2020-02-29 00:00:00 UTC",
        "2020-02-29T12": "2020-02-29T12",
    }
    row = shown(3, {str(place): text for place, text in enumerate(times)})
    assert [value for _, value in row["cells"]] == list(times.values())
    assert shown(3, np.array(2.5))["cells"] == [["value", "2.5"]]
    curve = shown(3, np.array([1.0, np.nan, 3.0]))
    assert curve == {"kind": "curve", "series": [[1.0, None, 3.0]]}
    assert len(shown(3, np.zeros((90, 2)))["series"]) == 2
    assert shown(3, np.arange(6), (2, 3)) == {
        "kind": "image", "address": "items/3/image", "width": 3, "height": 2,
    }  # fmt: skip


def test_a_long_curve_keeps_its_extremes():
    values = np.zeros(100_000)
    values[70_001], values[80_000] = 5, -7
    points = shown(0, values)["series"][0]
    assert len(points) == 2_000
    assert (max(points), min(points)) == (5.0, -7.0)
    assert points.index(5.0) == pytest.approx(1_400, abs=2)


def test_a_photograph_that_was_turned_has_the_size_that_is_seen(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    Image.new("L", (30, 20)).save(tmp_path / "a.jpg", exif=exif)
    found = shown(0, tmp_path / "a.jpg")
    assert (found["width"], found["height"]) == (20, 30)


def test_a_file_must_lie_in_the_folder_and_be_an_image(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    outside = tmp_path / "folder-of-others.png"
    for path in (folder / "a.png", folder / "a.txt", outside):
        path.touch()
    (folder / "link.png").symlink_to(outside)
    (folder / "inner.png").symlink_to(folder / "a.png")
    (folder / "text.png").symlink_to(folder / "a.txt")
    inside = {
        name: is_inside(folder / name, folder)
        for name in ("a.png", "a.txt", "../folder-of-others.png", str(outside),
                     "link.png", "inner.png", "text.png", "x/../a.png")
    }  # fmt: skip
    assert [name for name, is_in in inside.items() if is_in] == [
        "a.png", "inner.png", "x/../a.png",
    ]  # fmt: skip


def test_the_first_image_of_a_fits_file_stands_on_its_feet(tmp_path):
    fits = pytest.importorskip("astropy.io.fits")
    image = np.zeros((3, 4))
    image[0, 0], image[2, 3] = 100.0, np.nan
    table = fits.BinTableHDU(np.zeros(5, dtype=[("x", "f4")]))
    spectrum = fits.PrimaryHDU(np.arange(5.0))  # one axis, so no image
    path = tmp_path / "a.fits.gz"
    fits.HDUList([spectrum, table, fits.ImageHDU(image)]).writeto(path)
    # The first row is at the bottom.
    picture = read(fits_png(path))
    assert picture.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [255, 0, 0, 0]]
    fits.HDUList([spectrum, table]).writeto(tmp_path / "b.fits")
    with pytest.raises(ValueError, match=r"b\.fits has no image"):
        fits_png(tmp_path / "b.fits")


def test_faint_and_bright_parts_are_both_seen():
    image = np.random.default_rng(0).normal(1_000, 5, (60, 60))
    image[10:20, 10:20] += 20  # four times the noise
    image[40:44, 40:44] += 30_000
    picture = picture_of(stretched(image)).astype(int)
    sky, faint = picture[25:35].mean(), picture[10:20, 10:20].mean()
    bright = picture[40:44, 40:44].mean()
    # Linearly, the faint part would be a sixth of a grey level above the sky.
    assert sky + 10 < faint < bright - 10
    assert stretched(np.full((2, 2), np.nan)).tolist() == [[0, 0], [0, 0]]
    assert stretched(np.full((2, 2), 7.0)).tolist() == [[0, 0], [0, 0]]


def test_a_fits_file_without_astropy_says_what_is_missing(monkeypatch, tmp_path):
    for name in ("astropy", "astropy.io.fits"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match="FITS file needs astropy"):
        fits_png(tmp_path / "a.fits")
