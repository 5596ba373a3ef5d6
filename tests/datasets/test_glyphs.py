"""Invented signs lie where their strokes are, whatever else is asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.datasets import make_glyphs
from skbal.datasets._glyphs import _alphabet, _inked, _points


def test_shapes_types_and_ranges_are_as_described():
    glyphs = make_glyphs(100, random_state=0)
    assert glyphs.images.shape == (100, 1, 28, 28)
    assert glyphs.data.shape == (100, 784)
    assert glyphs.data.dtype == np.float32
    assert glyphs.target.dtype == np.int64
    assert np.shares_memory(glyphs.data, glyphs.images)
    assert glyphs.data.min() == 0
    assert glyphs.data.max() == 1
    assert glyphs.target_names.tolist() == list(range(47))
    assert "100 handwritten signs of 47 classes" in glyphs.DESCR
    data, target = make_glyphs(100, random_state=0, return_X_y=True)
    np.testing.assert_array_equal(data, glyphs.data)
    np.testing.assert_array_equal(target, glyphs.target)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 150), st.sampled_from([2, 10, 47]), st.integers(1, 30))
def test_each_block_of_rows_holds_each_class_once(n_samples, n_classes, n_writers):
    glyphs = make_glyphs(
        n_samples, n_classes, 0, image_size=8, n_writers=n_writers, variation=0
    )
    counts = np.bincount(glyphs.target, minlength=n_classes)
    assert len(glyphs.target) == n_samples
    assert np.ptp(counts) <= 1
    for start in range(0, n_samples - n_classes + 1, n_classes):
        block = glyphs.target[start : start + n_classes]
        assert sorted(block.tolist()) == list(range(n_classes))
    assert set(glyphs.writers.tolist()) <= set(range(n_writers))


def test_an_image_does_not_depend_on_how_many_there_are():
    many = make_glyphs(150, random_state=3)
    for n_samples in (1, 70):
        few = make_glyphs(n_samples, random_state=3)
        np.testing.assert_array_equal(few.data, many.data[:n_samples])
        np.testing.assert_array_equal(few.target, many.target[:n_samples])
        np.testing.assert_array_equal(few.writers, many.writers[:n_samples])


def test_a_sign_does_not_depend_on_how_many_there_are():
    np.testing.assert_array_equal(_alphabet(5, 0), _alphabet(60, 0)[:5])
    assert not np.array_equal(_alphabet(5, 0), _alphabet(5, 1))


def test_every_second_sign_shares_two_strokes_with_the_one_before():
    signs = _alphabet(60, 0)
    for first, second in zip(signs[::2], signs[1::2]):
        np.testing.assert_array_equal(first[:2], second[:2])
        assert not np.array_equal(first[2], second[2])


def test_without_variation_all_images_of_a_class_are_alike_and_classes_differ():
    glyphs = make_glyphs(94, random_state=0, variation=0)
    first, second = glyphs.data[:47], glyphs.data[47:]
    by_class = first[np.argsort(glyphs.target[:47])]
    np.testing.assert_array_equal(by_class, second[np.argsort(glyphs.target[47:])])
    gaps = np.abs(by_class[:, np.newaxis] - by_class).sum(axis=2)
    # No two signs have less than ten pixels of ink that the other one lacks.
    assert gaps[~np.eye(47, dtype=bool)].min() > 10
    varied = make_glyphs(94, random_state=0)
    assert len(np.unique(varied.data, axis=0)) == 94


def test_more_variation_makes_images_of_a_class_differ_more():
    spread = []
    for variation in (0.5, 1.0, 2.0):
        glyphs = make_glyphs(100, 3, 0, variation=variation)
        means = [glyphs.data[glyphs.target == c].std(axis=0).mean() for c in range(3)]
        spread.append(np.mean(means))
    assert spread == sorted(spread)
    assert spread[0] < 0.8 * spread[2]


def test_writers_have_pens_of_their_own():
    glyphs = make_glyphs(300, 2, 0, n_writers=4)
    ink = glyphs.data.sum(axis=1)
    of_writers = [ink[glyphs.writers == writer] for writer in range(4)]
    means = [values.mean() for values in of_writers]
    within = np.mean([values.std() for values in of_writers])
    assert np.std(means) > within / 2


# ---------------------------------------------------------------------------- drawing


def test_ink_lies_within_the_pen_of_the_strokes_by_brute_force():
    signs = _alphabet(4, 0)
    size, radius = 20, np.array([0.04, 0.06, 0.08, 0.1])
    images = _inked(_points(signs), radius, size).reshape(4, size, size)
    # A thousand points along each chain of segments, and the distance of each pixel.
    places = np.linspace(0, 8, 1001)
    for image, sign, pen in zip(images, signs, radius):
        chains = _points(sign)
        dense = np.concatenate([
            np.stack([np.interp(places, np.arange(9), c[:, k]) for k in (0, 1)], axis=1)
            for c in chains
        ])  # fmt: skip
        for row in range(size):
            for column in range(size):
                centre = (np.array([column, row]) + 0.5) / size
                gap = np.sqrt(np.sum((dense - centre) ** 2, axis=1).min())
                expected = np.clip((pen - gap) * size + 0.5, 0, 1)
                assert image[row, column] == pytest.approx(expected, abs=0.02)


def test_strokes_are_quadratic_curves():
    stroke = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 0.0]])
    points = _points(stroke)
    np.testing.assert_array_equal(points[[0, -1]], stroke[[0, 2]])
    np.testing.assert_allclose(points[4], [1, 1])  # halfway: (P0 + 2 P1 + P2) / 4
    np.testing.assert_allclose(points[:, 1], points[:, 0] * (2 - points[:, 0]))


# ----------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_samples": 0}, ValueError, "n_samples of make_glyphs .* got 0"),
        ({"n_classes": 1}, ValueError, "n_classes of make_glyphs .* got 1"),
        ({"n_classes": 101}, ValueError, "n_classes .* at most 100, got 101"),
        ({"image_size": 7}, ValueError, "image_size of make_glyphs .* got 7"),
        ({"variation": -0.1}, ValueError, "variation of make_glyphs"),
        ({"variation": 11}, ValueError, "variation of make_glyphs .* 10., got 11"),
        ({"variation": "much"}, TypeError, "variation of make_glyphs"),
        ({"n_writers": 1.5}, TypeError, "n_writers of make_glyphs"),
        ({"alphabet": -1}, ValueError, "random_state of make_glyphs .alphabet."),
        ({"random_state": "x"}, TypeError, "random_state of make_glyphs"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        make_glyphs(**arguments)


def test_a_hundred_classes_are_possible():
    assert len(_alphabet(100, 0)) == 100
