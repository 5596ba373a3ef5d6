"""A simulation with an artefact that the sky lacks."""

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.random import check_seed, next_seed, stream
from skbal._utils.validation import (
    MOST_IN_MEMORY,
    check_count,
    check_option,
    check_real,
)
from skbal.datasets._galaxies._camera import FIELD, SOFTENING, stretched
from skbal.datasets._galaxies._make import make_galaxies
from skbal.datasets._galaxies._survey._kinds import ARTIFACTS

_OWNER = "make_artefact_galaxies"
_CLASSES = ("smooth", "featured")
_STRENGTHS = {"edge": 3.0, "noise": 5.0}
_BEYOND = 0.2  # more images than needed, since a few are no galaxies

_DESCR = """\
{n:,} simulated galaxies with an artefact, and {n_sky:,} of the sky without it
------------------------------------------------------------------
The galaxies are those of make_galaxies(survey=True), without its images that show no
galaxy. Artefact: {facts} of the simulated
galaxies that are {where}. The target is what most volunteers would say.
"""


def make_artefact_galaxies(
    n_samples=1000,
    image_size=32,
    random_state=None,
    *,
    n_sky=None,
    artefact="edge",
    strength=None,
    share=1.0,
    tied_class="featured",
    noise=0.1,
    psf=1.2,
):
    """Return simulated galaxies with an artefact, and galaxies of a sky without it.

    A model that is trained and tested on a simulation may learn what only the
    simulation has. Its test error is then small, and its error on the sky is not: it is
    *overspecialised* [1]_. Here one class of the simulated galaxies has a faint
    artefact. Otherwise, simulation and sky are alike.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of simulated galaxies.
    image_size : int, default=32
        Number of pixels along each side, 8 or more. Every image is 32 arcseconds wide.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same images at every call.
    n_sky : int, optional
        Number of galaxies of the sky. ``None`` is ``n_samples``.
    artefact : {"edge", "noise"}, default="edge"
        "edge": the border of the stamp in which a galaxy was computed is brighter, a
        square one pixel wide, an eighth of the image inside its border. "noise": the
        images have more noise.
    strength : float, optional
        By how much the edge is brighter, or how much noise is added, in standard
        deviations of the noise of a pixel of empty sky. 0 is no artefact. ``None`` is 3
        for an edge and 5 for noise: both give a linear model of 16 x 16 pixels and
        their squares an error of about .12 on the simulation and .36 on the sky.
    share : float, default=1.0
        Share of the simulated galaxies of ``tied_class`` that have it.
    tied_class : {"featured", "smooth"}, default="featured"
        The class that it gives away.
    noise, psf : float, default=0.1 and 1.2
        Noise and blur of all images, see `make_galaxies`. ``noise`` must be above 0.

    Returns
    -------
    galaxies : sklearn.utils.Bunch
        With the entries

        images : ndarray of shape (n_samples, 1, image_size, image_size), dtype=float32
            The simulation, on the scale of `make_galaxies`.
        data : ndarray of shape (n_samples, image_size ** 2), dtype=float32
            A view of ``images``.
        target : ndarray of str of shape (n_samples,)
            "featured" or "smooth", whichever is more probable.
        has_artefact : ndarray of bool of shape (n_samples,)
            Which simulated galaxies have the artefact.
        artefact_mask : ndarray of bool of shape (image_size, image_size)
            Where it is.
        clean_images : ndarray of shape (n_samples, 1, image_size, image_size)
            The same images without it.
        sky_images, sky_data, sky_target : ndarray
            The same for the sky, with ``n_sky`` rows.
        DESCR : str
            Description of the data set.

    Raises
    ------
    TypeError, ValueError
        If a parameter has a wrong type or value.

    See Also
    --------
    make_galaxies : The galaxies, with the votes on them.

    References
    ----------
    .. [1] M. Ntampaka (2022), Machine Learning in Astronomy: Cautionary Tales for the
       Community, STScI Newsletter 39.

    Examples
    --------
    >>> from skbal.datasets import make_artefact_galaxies
    >>> galaxies = make_artefact_galaxies(20, 16, random_state=0, n_sky=10)
    >>> galaxies.images.shape, galaxies.sky_images.shape
    ((20, 1, 16, 16), (10, 1, 16, 16))
    >>> bool((galaxies.has_artefact == (galaxies.target == "featured")).all())
    True
    """
    n_samples = check_count(n_samples, "n_samples", _OWNER, most=MOST_IN_MEMORY)
    n_sky = n_samples if n_sky is None else n_sky
    n_sky = check_count(n_sky, "n_sky", _OWNER, most=MOST_IN_MEMORY)
    image_size = check_count(
        image_size, "image_size", _OWNER, smallest=8, most=MOST_IN_MEMORY
    )
    check_option(artefact, "artefact", tuple(_STRENGTHS), _OWNER)
    strength = _STRENGTHS[artefact] if strength is None else strength
    _check_artefact(strength, share, tied_class, noise)
    seed = check_seed(random_state, _OWNER)
    options = {"image_size": image_size, "noise": noise, "psf": psf}
    clean, target = _real_galaxies(
        n_samples, stream(seed, _OWNER, "simulation"), options
    )
    sky, sky_target = _real_galaxies(n_sky, stream(seed, _OWNER, "sky"), options)
    rng = stream(seed, _OWNER, "artefact")
    rows = rng.permutation(np.flatnonzero(target == tied_class))
    has_artefact = np.zeros(n_samples, dtype=bool)
    has_artefact[rows[: round(share * len(rows))]] = strength > 0
    mask = _mask(image_size, artefact)
    level = strength * noise * image_size / FIELD  # nanomaggies per square arcsecond
    images = clean.copy()
    images[has_artefact] = _with_artefact(
        clean[has_artefact], mask, level, rng if artefact == "noise" else None
    )
    facts = f"{artefact} of strength {strength:g}, in {share:.0%}"
    return Bunch(
        images=images,
        data=images.reshape(n_samples, -1),
        target=target,
        has_artefact=has_artefact,
        artefact_mask=mask,
        clean_images=clean,
        sky_images=sky,
        sky_data=sky.reshape(n_sky, -1),
        sky_target=sky_target,
        DESCR=_DESCR.format(n=n_samples, n_sky=n_sky, facts=facts, where=tied_class),
    )


def _check_artefact(strength, share, tied_class, noise):
    check_real(strength, "strength", _OWNER, low=0)
    check_real(share, "share", _OWNER, low=0, high=1)
    check_option(tied_class, "tied_class", _CLASSES, _OWNER)
    if check_real(noise, "noise", _OWNER, low=0) == 0:
        raise ValueError(
            f"noise of {_OWNER} must be larger than 0, the unit of strength, got 0."
        )


def _real_galaxies(n, rng, options):
    """Return n images of a survey that show galaxies, and their classes."""
    images, target, n_found = [], [], 0
    while n_found < n:
        survey = make_galaxies(
            int(np.ceil((n - n_found) * (1 + _BEYOND))),
            random_state=next_seed(rng),
            survey=True,
            **options,
        )
        shown = ~np.isin(survey.kinds, ARTIFACTS)
        images.append(survey.images[shown])
        smooth, featured, _ = survey.answer_shares[shown].T
        target.append(np.where(featured > smooth, "featured", "smooth"))
        n_found += len(images[-1])
    return np.concatenate(images)[:n], np.concatenate(target)[:n]


def _mask(image_size, artefact):
    if artefact == "noise":
        return np.ones((image_size, image_size), dtype=bool)
    mask = np.zeros((image_size, image_size), dtype=bool)
    first, last = image_size // 8, image_size - 1 - image_size // 8
    mask[[first, last], first : last + 1] = True
    mask[first : last + 1, [first, last]] = True
    return mask


def _with_artefact(images, mask, level, rng):
    """Return images with more light, or with random light, where the mask is true."""
    brightness = SOFTENING * np.sinh(images.astype(np.float64))
    added = level if rng is None else level * rng.standard_normal(images.shape)
    return stretched(brightness + mask * added)
