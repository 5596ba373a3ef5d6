"""Galaxies, drawn one by one: parameters, what volunteers say, and an image."""

from numbers import Integral

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.chunks import rows_within
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_real
from skbal.datasets._galaxies._camera import Camera, noise_level, stretched
from skbal.datasets._galaxies._fractions import QUESTIONS, vote_fractions
from skbal.datasets._galaxies._population import N_UNIFORM, population

_OWNER = "make_galaxies"
_TEMPORARIES = 14  # arrays of the size of the light that are held at once
_BLOCK = 16

_DESCR = """\
Synthetic galaxies, {n} images of {size} x {size} pixels
------------------------------------------------------------------
40 % are elliptical (a Sersic profile), 60 % are discs: a Sersic bulge in an exponential
disc, mostly with logarithmic spiral arms, every other one with a bar. The images are 32
arcseconds wide, blurred to {psf} arcseconds (full width at half maximum), with the
noise of sky and photons ({noise} nanomaggies in a square arcsecond of empty sky), and
shown as arcsinh(brightness / 0.5) with the brightness in nanomaggies a square
arcsecond. rho is the chance that a volunteer says yes to "smooth?" and to "bar?": it
follows from the parameters, the noise and the blur. The votes (k, N) are drawn from it.
"""


def make_galaxies(
    n=1000,
    image_size=64,
    random_state=None,
    *,
    n_votes=40,
    noise=0.1,
    psf=1.2,
    return_X_y=False,
):
    """Return images of synthetic galaxies, and what volunteers say about them.

    Two questions are asked about each galaxy: "smooth?" and "bar?". The chance of a yes
    follows from what the galaxy is and from how well it shows: arms and bars that are
    faint, small or seen from the side are missed.

    Parameters
    ----------
    n : int, default=1000
        How many galaxies.
    image_size : int, default=64
        Pixels a side, 8 or more. An image is 32 arcseconds wide whatever its size: the
        same galaxies with the same votes in larger or smaller pixels.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same galaxies every time. Galaxy i does not depend on
        ``n``.
    n_votes : int or tuple (low, high), default=40
        How many volunteers look at a galaxy; with two numbers, one between them for
        each galaxy, both included. All answer both questions.
    noise : float, default=0.1
        The standard deviation of the sky in one square arcsecond, in nanomaggies (22.5
        magnitudes are one). 0 gives images without noise.
    psf : float, default=1.2
        The full width at half maximum of the blur, a Gaussian, in arcseconds. It is
        ``psf * image_size / 32`` pixels.
    return_X_y : bool, default=False
        Return ``(images, votes)`` instead of a Bunch.

    Returns
    -------
    galaxies : sklearn.utils.Bunch
        With the entries

        images : ndarray of shape (n, 1, image_size, image_size), dtype=float32
            arcsinh(brightness / 0.5), brightness in nanomaggies a square arcsecond: 0
            for the sky, about 6 for the brightest centres. Networks learn from this
            as it is.
        data : ndarray of shape (n, image_size ** 2), dtype=float32
            A view of ``images``.
        rho : ndarray of shape (n, 2), dtype=float64
            The true chance that one volunteer says yes, in (0.02, 0.98).
        votes : ndarray of shape (n, 2, 2), dtype=int64
            For each galaxy and question k, the volunteers who say yes, and N, all.
        question_names : list of str
            "smooth" and "bar".
        parameters : dict of str to ndarray of shape (n,)
            What the galaxies are; see the notes.
        DESCR : str
            What the data set is.

        or, with ``return_X_y``, the tuple ``(images, votes)``.

    Raises
    ------
    TypeError
        If a parameter is of the wrong kind.
    ValueError
        If ``n`` or ``n_votes`` is below 1, ``image_size`` is below 8, or ``noise`` or
        ``psf`` is negative.

    Notes
    -----
    The parameters are, with angles in degrees, counter-clockwise in an image whose rows
    go up, and lengths in arcseconds:

    - ``is_disc``: whether it has a disc; if not, it is all bulge.
    - ``magnitude``: all its light, in the r band.
    - ``bulge_fraction``, ``bulge_radius``, ``sersic_index``, ``bulge_axis_ratio``: the
      bulge's share of the light, its half-light radius along the major axis, its Sersic
      index n, and its apparent axis ratio.
    - ``disc_scale_length``, ``disc_axis_ratio``: of the exponential disc; the axis
      ratio is the apparent one.
    - ``inclination``: 0 is seen from above, 90 from the side. ``position_angle``: of
      the major axis.
    - ``arm_strength``: from 0 to 1, the depth of the valleys between the arms.
      ``n_arms``, ``pitch_angle`` (its sign is the direction of winding), ``arm_phase``.
    - ``bar_fraction``: the bar's share of the light of disc and bar. ``bar_length``
      (half of it), ``bar_axis_ratio``, ``bar_angle`` (from the major axis, in the plane
      of the disc).
    - ``x``, ``y``: where the centre is, from the middle of the image.

    Where a galaxy has no disc, arms or bar, their other parameters mean nothing.

    Profiles are those of [1]_; a disc of thickness q0 = 0.2 is seen with the axis ratio
    q, q^2 = cos^2 i + q0^2 sin^2 i. The real questions and votes are those of [2]_,
    where "bar?" is put only to those who see a disc from above; here everybody answers
    it.

    References
    ----------
    .. [1] A. W. Graham and S. P. Driver (2005), A Concise Reference to (Projected)
       Sersic R^(1/n) Quantities, Including Concentration, Profile Slopes, Petrosian
       Indices, and Kron Magnitudes, PASA 22.
    .. [2] M. Walmsley et al. (2020), Galaxy Zoo: Probabilistic Morphology through
       Bayesian CNNs and Active Learning, MNRAS 491.

    Examples
    --------
    >>> from skbal.datasets import make_galaxies
    >>> galaxies = make_galaxies(5, image_size=16, random_state=0)
    >>> galaxies.images.shape, galaxies.votes.shape
    ((5, 1, 16, 16), (5, 2, 2))
    >>> galaxies.question_names
    ['smooth', 'bar']
    """
    n = check_count(n, "n", _OWNER)
    image_size = check_count(image_size, "image_size", _OWNER, smallest=8)
    n_votes = _check_n_votes(n_votes)
    noise = check_real(noise, "noise", _OWNER, low=0)
    psf = check_real(psf, "psf", _OWNER, low=0)
    seed = check_seed(random_state, _OWNER)
    images, votes, rho, parameters = _galaxies(
        n, Camera(image_size, psf), seed, n_votes, noise
    )
    if return_X_y:
        return images, votes
    return Bunch(
        images=images,
        data=images.reshape(n, -1),
        rho=rho,
        votes=votes,
        question_names=list(QUESTIONS),
        parameters=parameters,
        DESCR=_DESCR.format(n=f"{n:,}", size=image_size, psf=psf, noise=noise),
    )


def _check_n_votes(n_votes):
    """Return the fewest and the most volunteers of a galaxy."""
    pair = (n_votes, n_votes) if isinstance(n_votes, Integral) else n_votes
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(
            f"n_votes of {_OWNER} must be an integer or a pair (low, high), got "
            f"{n_votes!r}."
        )
    low, high = (check_count(count, "n_votes", _OWNER) for count in pair)
    if low > high:
        raise ValueError(
            f"n_votes of {_OWNER} must be a pair low <= high, got {n_votes!r}."
        )
    return low, high


def _galaxies(n, camera, seed, n_votes, noise):
    """Return the images, votes, chances of a yes, and parameters of galaxies."""
    images = np.empty((n, 1, *camera.shape), dtype=np.float32)
    known = []
    # Every block is whole, also the last one, so that the arithmetic, to the last bit,
    # does not depend on n.
    step = rows_within(8 * _TEMPORARIES * camera.n_points**2, largest=_BLOCK)
    for start in range(0, n, step):
        rngs = [stream(seed, _OWNER, i) for i in range(start, start + step)]
        # The order of the draws keeps all but the image the same at any image size.
        parameters = population(np.stack([rng.random(N_UNIFORM) for rng in rngs]))
        rho = vote_fractions(parameters, noise, camera.psf)
        votes = np.stack([_votes(rng, p, *n_votes) for rng, p in zip(rngs, rho)])
        block = _images(camera, parameters, noise, rngs)
        images[start : start + step, 0] = block[: n - start]
        known.append({**parameters, "rho": rho, "votes": votes})
    known = {name: np.concatenate([b[name] for b in known])[:n] for name in known[0]}
    return images, known.pop("votes"), known.pop("rho"), known


def _votes(rng, rho, low, high):
    n_votes = rng.integers(low, high, endpoint=True)
    yes = rng.binomial(n_votes, rho)
    return np.stack([yes, np.full_like(yes, n_votes)], axis=1)


def _images(camera, parameters, noise, rngs):
    flux = camera.expose(parameters)
    level = noise_level(flux, noise, camera.pixel)
    flux += level * np.stack([rng.standard_normal(flux.shape[1:]) for rng in rngs])
    return stretched(flux / camera.pixel**2)
