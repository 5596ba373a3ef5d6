"""Folders of images, and single files in them."""

import random
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from skbal._utils.image_files import resized, scaled
from skbal.datasets import load_images
from skbal.datasets._images import natural

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (4, 5), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (4, 5, 3), dtype=np.uint8)


def save(folder, name, pixels=GREY, **settings):
    Image.fromarray(pixels).save(folder / name, **settings)


@pytest.fixture
def folder(tmp_path):
    for number in (10, 9, 2, 100):
        save(tmp_path, f"g{number}.png", GREY // number)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "g3.png").mkdir()
    return tmp_path


def test_images_come_innatural_order_with_their_names_and_in_0_to_1(folder):
    data = load_images(str(folder))
    assert data.names == ["g2.png", "g9.png", "g10.png", "g100.png"]
    assert data.ids == ["g2", "g9", "g10", "g100"]
    assert data.images.dtype == np.float32
    expected = np.stack([GREY // number for number in (2, 9, 10, 100)]) / 255
    np.testing.assert_allclose(data.images[:, 0], expected, rtol=1e-6)
    assert np.shares_memory(data.data, data.images)
    assert data.data.shape == (4, 20)


@given(st.lists(st.from_regex(r"[a-c]{0,2}[0-9]{0,3}[a-c]?\.png", fullmatch=True)))
def test_the_order_is_one_whatever_the_system_lists_first(names):
    ordered = sorted(names, key=natural)
    shuffled = random.Random(0).sample(names, len(names))
    assert sorted(shuffled, key=natural) == ordered


def test_numbers_in_names_count_as_numbers():
    names = ["b1", "a10", "a9b2", "A9b10", "a09", "a9", "a", "1", "02"]
    assert sorted(names, key=natural) == [
        "1", "02", "a", "a09", "a9", "a9b2", "A9b10", "a10", "b1",
    ]  # fmt: skip


def test_names_choose_files_and_their_order(folder):
    data = load_images(folder, ["g100", "g2.png"])
    assert data.names == ["g100.png", "g2.png"]
    np.testing.assert_array_equal(data.images[1], load_images(folder).images[0])


# -------------------------------------------------------------- pixels of all modes


def one(folder, name, pixels, **settings):
    save(folder, name, pixels, **settings)
    return load_images(folder, [name]).images[0]


def test_every_kind_of_pixel_is_divided_by_its_range(tmp_path):
    deep = RNG.integers(0, 65536, (4, 5), dtype=np.uint16)
    bits = RNG.integers(0, 2, (4, 5)).astype(bool)
    opaque = np.dstack([COLOUR, np.full((4, 5), 255, dtype=np.uint8)])
    layers = COLOUR.transpose(2, 0, 1) / 255
    for name, pixels, expected in (
        ("grey.PNG", GREY, GREY[np.newaxis] / 255),
        ("deep.png", deep, deep[np.newaxis] / 65535),
        ("bits.png", bits, bits[np.newaxis]),
        ("colour.png", COLOUR, layers),
        ("opaque.png", opaque, layers),
    ):
        image = one(tmp_path, name, pixels)
        assert image.dtype == np.float32
        np.testing.assert_allclose(image, expected, rtol=1e-6, err_msg=name)


def test_a_palette_is_looked_up(tmp_path):
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 200, 210, 220])
    picture.putdata([1, 0])
    picture.save(tmp_path / "p.png")
    image = load_images(tmp_path).images[0]
    np.testing.assert_allclose(image[:, 0] * 255, [[200, 10], [210, 20], [220, 30]])


def test_a_jpeg_is_near_and_turned_as_it_says(tmp_path):
    ramp = np.tile(np.linspace(0, 255, 32).astype(np.uint8), (16, 1))
    exif = Image.Exif()
    exif[274] = 6  # shown after a quarter turn to the right
    save(tmp_path, "a.jpeg", ramp, quality=95)
    save(tmp_path, "b.jpg", ramp, quality=95, exif=exif)
    plain = load_images(tmp_path, ["a"]).images[0, 0]
    np.testing.assert_allclose(plain, ramp / 255, atol=0.02)
    turned = load_images(tmp_path, ["b"]).images[0, 0]
    np.testing.assert_array_equal(turned, np.rot90(plain, -1))


def test_a_jpeg_for_printers_has_three_channels(tmp_path):
    Image.new("CMYK", (3, 2), (0, 0, 0, 255)).save(tmp_path / "ink.jpg")
    image = load_images(tmp_path).images
    assert image.shape == (1, 3, 2, 3)
    assert image.max() < 0.05


@pytest.mark.parametrize("mode", ["RGBA", "LA", "palette", "grey"])
def test_transparent_pixels_are_refused(mode, tmp_path):
    if mode == "palette":
        Image.new("P", (2, 2)).save(tmp_path / "a.png", transparency=0)
    elif mode == "grey":
        Image.new("L", (2, 2)).save(tmp_path / "a.png", transparency=0)
    else:
        Image.new(mode, (2, 2)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"a\.png cannot be read: it has transparent"):
        load_images(tmp_path)


def test_channels_makes_colour_and_grey_alike(tmp_path):
    save(tmp_path, "a.png", GREY)
    save(tmp_path, "b.png", COLOUR)
    match = r"b\.png has 3 channels, but a\.png has 1\. channels=3 or channels=1"
    with pytest.raises(ValueError, match=match):
        load_images(tmp_path)
    three = load_images(tmp_path, channels=3).images
    np.testing.assert_allclose(three[0], [GREY / 255] * 3, rtol=1e-6)
    np.testing.assert_allclose(three[1], COLOUR.transpose(2, 0, 1) / 255, rtol=1e-6)
    grey = load_images(tmp_path, channels=1).images[1, 0]
    luminance = np.asarray(Image.fromarray(COLOUR).convert("L"))
    np.testing.assert_allclose(grey * 255, luminance, atol=1)


# ----------------------------------------------------------------------------- sizes


def test_images_of_several_sizes_need_a_size(tmp_path):
    save(tmp_path, "a.png", GREY)
    save(tmp_path, "b.png", np.kron(GREY, np.ones((2, 2), dtype=np.uint8)))
    match = r"b\.png has 8 x 10 pixels .* a\.png has 4 x 5\. size=\(4, 5\)"
    with pytest.raises(ValueError, match=match):
        load_images(tmp_path)
    both = load_images(tmp_path, size=(4, 5)).images
    assert both.shape == (2, 1, 4, 5)
    np.testing.assert_allclose(both[0, 0], GREY / 255, rtol=1e-6)
    assert load_images(tmp_path, size=3).images.shape == (2, 1, 3, 3)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_a_new_size_stays_within_the_values_and_keeps_what_is_constant(h, w, seed):
    image = np.random.default_rng(seed).random((3, 4, 5)).astype(np.float32)
    small = resized(image, (h, w), "a test")
    assert small.shape == (3, h, w)
    for plane, before in zip(small, image):
        assert before.min() - 1e-6 <= plane.min() <= plane.max() <= before.max() + 1e-6
    np.testing.assert_allclose(
        resized(np.full((1, 4, 5), 0.25), (h, w), "a test"), 0.25
    )


def test_half_the_size_weighs_the_pixels_that_are_covered():
    row = np.arange(8, dtype=np.float32)[np.newaxis, np.newaxis] / 8
    weights = np.array([0.125, 0.375, 0.375, 0.125])  # a triangle of twice the width
    found = resized(np.repeat(row, 8, axis=1), (4, 4), "a test")[0, 2]
    assert found[1] == pytest.approx(weights @ row[0, 0, 1:5], abs=1e-6)
    assert found[2] == pytest.approx(weights @ row[0, 0, 3:7], abs=1e-6)


# ------------------------------------------------------------------------------ FITS

SKY = np.array([[100.0, 300.0], [np.nan, 150.0]])


def test_values_in_other_units_are_scaled_by_their_own_or_given_limits():
    np.testing.assert_allclose(scaled(SKY)[0], [[0, 1], [0, 0.25]])
    np.testing.assert_allclose(scaled(SKY, (0, 200))[0], [[0.5, 1], [0, 0.75]])
    assert scaled(np.full((2, 2), 7.0)).max() == 0
    assert scaled(np.stack([SKY] * 3)).shape == (3, 2, 2)


@pytest.mark.parametrize(("values", "words"), [
    (np.zeros(4), "must have the axes"),
    (np.zeros((2, 4, 4)), "1 or 3 channels"),
    (np.zeros((0, 4)), "must have the axes"),
    (np.full((2, 2), np.nan), "all of its values are missing"),
])  # fmt: skip
def test_what_is_no_image_is_refused(values, words):
    with pytest.raises(ValueError, match=words):
        scaled(values)


@pytest.mark.parametrize("name", ["m31.fits", "m31.FIT", "m31.fits.gz"])
def test_the_first_image_of_a_fits_file_is_read(name, tmp_path):
    fits = pytest.importorskip("astropy.io.fits", reason="FITS needs astropy")
    counts = np.array([[0, 40000], [65535, 20000]], dtype=np.uint16)  # with BZERO
    units = [fits.PrimaryHDU(), fits.ImageHDU(counts), fits.ImageHDU(SKY)]
    fits.HDUList(units).writeto(tmp_path / name)
    data = load_images(tmp_path)
    assert data.ids == ["m31"]
    np.testing.assert_allclose(data.images[0, 0], counts / 65535, rtol=1e-6)
    limited = load_images(tmp_path, limits=(0, 40000)).images[0, 0]
    np.testing.assert_allclose(limited, np.minimum(counts / 40000, 1), rtol=1e-6)


def test_a_fits_file_without_an_image_is_named(tmp_path):
    fits = pytest.importorskip("astropy.io.fits", reason="FITS needs astropy")
    fits.HDUList([fits.PrimaryHDU()]).writeto(tmp_path / "a.fits")
    with pytest.raises(ValueError, match=r"a\.fits cannot be read: it holds no image"):
        load_images(tmp_path)
    (tmp_path / "a.fits").write_bytes(b"SIMPLE  = no")
    with pytest.raises(ValueError, match=r"a\.fits cannot be read"):
        load_images(tmp_path)


@pytest.mark.parametrize(("module", "name", "extra"), [
    ("astropy.io.fits", "a.fits", "fits"), ("PIL.Image", "a.png", "images"),
])  # fmt: skip
def test_a_missing_package_is_named_with_its_extra(
    module, name, extra, tmp_path, monkeypatch
):
    (tmp_path / name).write_bytes(b"")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"{name} needs .* 'skbal\[{extra}\]'"):
        load_images(tmp_path)


# ------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("content", [b"", b"not an image", "cut"])
def test_a_file_that_cannot_be_read_is_named(content, folder):
    whole = (folder / "g9.png").read_bytes()
    (folder / "g9.png").write_bytes(whole[:-25] if content == "cut" else content)
    match = r"folder of load_images: .*g9\.png cannot be read"
    with pytest.raises(ValueError, match=match):
        load_images(folder)
    assert load_images(folder, ["g2"]).names == ["g2.png"]


def test_a_file_of_another_kind_under_a_known_name_is_refused(tmp_path):
    Image.new("L", (2, 2)).save(tmp_path / "a.png", format="GIF")
    with pytest.raises(ValueError, match=r"a\.png cannot be read"):
        load_images(tmp_path)


def test_a_folder_must_be_one_with_images(folder):
    with pytest.raises(FileNotFoundError, match="load_images: there is no folder"):
        load_images(folder / "none")
    with pytest.raises(NotADirectoryError, match=r"notes\.txt is a file"):
        load_images(folder / "notes.txt")
    with pytest.raises(ValueError, match=r"no images in .* end in \.png, \.jpg"):
        load_images(folder / "g3.png")
    with pytest.raises(TypeError, match="folder of load_images must be a path"):
        load_images(3)


@pytest.mark.parametrize(("given", "error", "match"), [
    ({"names": "g2"}, TypeError, "must be a list of names"),
    ({"names": [2]}, TypeError, "must be a list of names"),
    ({"names": []}, ValueError, "at least one name"),
    ({"names": ["g2", "h", "../g2"]}, ValueError, r"has no image h, \.\./g2\."),
    ({"names": list("abcdefgh")}, ValueError, "a, b, c, d, e and 3 more"),
    ({"names": ["g2", "g2.png"]}, ValueError, "must all differ.* got g2 more"),
    ({"size": 0}, ValueError, "size of load_images must be an integer >= 1"),
    ({"size": 2.5}, TypeError, "size of load_images must be an integer"),
    ({"size": (4, 4, 3)}, ValueError, r"or \(height, width\), got \(4, 4, 3\)"),
    ({"channels": 2}, ValueError, "channels of load_images must be None, 1 or 3"),
    ({"limits": 3}, TypeError, "limits of load_images must be two numbers"),
    ({"limits": (2, 1)}, ValueError, "the lower one first"),
    ({"limits": (0, np.inf)}, ValueError, "must be finite"),
])  # fmt: skip
def test_wrong_arguments_are_named(given, error, match, folder):
    with pytest.raises(error, match=match):
        load_images(folder, **given)


def test_two_files_of_one_name_need_the_whole_name(folder):
    save(folder, "g2.jpg", GREY)
    with pytest.raises(ValueError, match=r"g2\.jpg and g2\.png have the same name"):
        load_images(folder)
    with pytest.raises(ValueError, match=r"g2 may be g2\.jpg or g2\.png"):
        load_images(folder, ["g2"])
    assert load_images(folder, ["g2.jpg", "g9"]).ids == ["g2", "g9"]
