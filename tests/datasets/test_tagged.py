import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from skbal.datasets import load_mnist_5k, make_tagged_digits


def test_only_the_pixels_of_the_tag_of_tagged_images_change():
    digits = make_tagged_digits(random_state=3, brightness=0.5)
    changed = digits.images[:, 0] != digits.clean_images[:, 0]
    assert not changed[~digits.is_tagged].any()
    assert not changed[:, ~digits.tag_mask].any()
    np.testing.assert_array_equal(
        digits.images[digits.is_tagged, 0, -1, [[0], [2]]], 0.5
    )
    np.testing.assert_array_equal(
        digits.data, digits.images.reshape(len(digits.data), -1)
    )


def test_clean_images_are_those_of_scikit_learn_with_their_digits():
    digits = make_tagged_digits(random_state=1)
    pixels, target = load_digits(return_X_y=True)
    known = {row.tobytes(): label for row, label in zip(pixels, target)}
    rows = (digits.clean_images.reshape(len(pixels), -1) * 16).astype(np.float64)
    assert [known[row.tobytes()] for row in rows] == digits.target.tolist()
    assert len({row.tobytes() for row in rows}) == len(known)


@settings(max_examples=8, deadline=None)
@given(
    share=st.floats(0, 1),
    other_share=st.floats(0, 1),
    tagged_class=st.integers(0, 9),
    seed=st.integers(0, 100),
)
def test_the_shares_of_tagged_rows_are_exact(share, other_share, tagged_class, seed):
    digits = make_tagged_digits(
        random_state=seed,
        share=share,
        other_share=other_share,
        tagged_class=tagged_class,
        n_samples=200,
    )
    is_class = digits.target == tagged_class
    assert digits.is_tagged[is_class].sum() == round(share * is_class.sum())
    assert digits.is_tagged[~is_class].sum() == round(other_share * (~is_class).sum())


def test_mnist_has_a_tag_inside_of_the_corner():
    digits = make_tagged_digits("mnist", random_state=0, n_samples=300, share=1)
    assert digits.images.shape == (300, 1, 28, 28)
    rows, columns = np.nonzero(digits.tag_mask)
    assert set(rows) == {25, 26}
    assert (columns.min(), columns.max()) == (1, 9)
    known = {row.tobytes() for row in load_mnist_5k().data}
    assert all(row.tobytes() in known for row in digits.clean_images)
    assert (digits.images[digits.is_tagged][:, 0, digits.tag_mask] == 1).all()


def test_an_integer_seed_gives_the_same_images_and_return_X_y_their_data():
    first, again = (make_tagged_digits(random_state=5) for _ in range(2))
    np.testing.assert_array_equal(first.images, again.images)
    X, y = make_tagged_digits(random_state=5, return_X_y=True)
    np.testing.assert_array_equal(X, first.data)
    np.testing.assert_array_equal(y, first.target)
    assert (make_tagged_digits(random_state=6).target != y).any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"source": "svhn"},
            "source of make_tagged_digits must be 'digits' or 'mnist'",
        ),
        ({"tagged_class": 10}, "must be a digit from 0 to 9, got 10"),
        (
            {"tagged_class": "7"},
            "tagged_class of make_tagged_digits must be an integer",
        ),
        (
            {"share": 1.5},
            r"share of make_tagged_digits must be .* in \[0, 1\], got 1.5",
        ),
        ({"other_share": -0.1}, "other_share of make_tagged_digits"),
        ({"brightness": 0}, "brightness of make_tagged_digits must be larger than 0"),
        ({"n_samples": 2000}, "n_samples of make_tagged_digits must be at most 1797"),
        ({"n_samples": 0}, "n_samples of make_tagged_digits"),
        ({"random_state": -1}, "random_state of make_tagged_digits"),
    ],
)
def test_wrong_arguments_are_named(options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        make_tagged_digits(**options)
