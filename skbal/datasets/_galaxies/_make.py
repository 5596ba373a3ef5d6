"""Galaxies drawn one by one: their parameters, their votes and their images."""

from numbers import Integral

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.chunks import rows_within
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import MOST_IN_MEMORY, check_count, check_real
from skbal.datasets._galaxies._camera import Camera, noise_level, stretched
from skbal.datasets._galaxies._fractions import QUESTIONS, vote_fractions
from skbal.datasets._galaxies._population import N_UNIFORM, population

_OWNER = "make_galaxies"
_TEMPORARIES = 14  # arrays of the size of the light that are held at once
_CHUNK = 16  # most galaxies made at once
_LARGEST_IMAGE = 2**14  # pixels; the light of a chunk of these takes gigabytes

_DESCR = """\
Synthetic galaxies, {n} images of {size} x {size} pixels
------------------------------------------------------------------
40 % are elliptical (a Sersic profile), 60 % are discs: a Sersic bulge in an exponential
disc. Most discs have logarithmic spiral arms, and half of them have a bar. The images
are 32 arcseconds wide. They are blurred to {psf} arcseconds (full width at half
maximum) and have the noise of sky and photons ({noise} nanomaggies in a square
arcsecond of empty sky). Pixels hold arcsinh(brightness / 0.5), with the brightness in
nanomaggies per square arcsecond. rho is the probability that a volunteer says yes to
"smooth?" and to "bar?". It follows from the parameters, the noise and the blur. The
votes (k, N) are drawn from it.
"""


def make_galaxies(
    n_samples=1000,
    image_size=64,
    random_state=None,
    *,
    n_votes=40,
    noise=0.1,
    psf=1.2,
    return_X_y=False,
):
    """Return images of synthetic galaxies, and the votes of volunteers on them.

    Volunteers answer two questions about each galaxy: "smooth?" and "bar?". The
    probability of a yes depends on the galaxy and on how well its features are visible.
    Arms and bars are missed if they are faint, small or seen from the side.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of galaxies.
    image_size : int, default=64
        Number of pixels along each side, 8 or more. Every image is 32 arcseconds wide,
        so another size shows the same galaxies, with the same votes, in pixels of
        another size.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same galaxies at every call. Galaxy i does not depend on
        ``n_samples``.
    n_votes : int or tuple (low, high), default=40
        Number of volunteers per galaxy. For a pair, the number is drawn for each galaxy
        between ``low`` and ``high``, both included. Every volunteer answers both
        questions.
    noise : float, default=0.1
        Standard deviation of the sky in one square arcsecond, in nanomaggies (one
        nanomaggie is a magnitude of 22.5). 0 gives images without noise.
    psf : float, default=1.2
        Full width at half maximum of the Gaussian blur, in arcseconds. This is
        ``psf * image_size / 32`` pixels.
    return_X_y : bool, default=False
        Return ``(images, votes)`` instead of a Bunch.

    Returns
    -------
    galaxies : sklearn.utils.Bunch
        With the entries

        images : ndarray of shape (n_samples, 1, image_size, image_size), dtype=float32
            arcsinh(brightness / 0.5), with the brightness in nanomaggies per square
            arcsecond. It is 0 for the sky and about 6 for the brightest centres, so a
            network needs no further scaling.
        data : ndarray of shape (n_samples, image_size ** 2), dtype=float32
            A view of ``images``.
        rho : ndarray of shape (n_samples, 2), dtype=float64
            The true probability that one volunteer says yes, in (0.02, 0.98).
        votes : ndarray of shape (n_samples, 2, 2), dtype=int64
            For each galaxy and question, the yes votes k and all votes N.
        question_names : list of str
            "smooth" and "bar".
        parameters : dict of str to ndarray of shape (n_samples,)
            Physical parameters of the galaxies, see Notes.
        DESCR : str
            Description of the data set.

        With ``return_X_y``, the tuple ``(images, votes)`` instead.

    Raises
    ------
    TypeError
        If a parameter has a wrong type.
    ValueError
        If ``n_samples`` or ``n_votes`` is below 1, ``image_size`` is below 8, or
        ``noise`` or ``psf`` is negative.

    Notes
    -----
    Angles are in degrees, counter-clockwise in an image whose first row is at the
    bottom. Lengths are in arcseconds. The parameters are:

    - ``is_disc``: whether the galaxy has a disc. Without one it is all bulge.
    - ``magnitude``: magnitude of all its light in the r band.
    - ``bulge_fraction``, ``bulge_radius``, ``sersic_index``, ``bulge_axis_ratio``: the
      bulge's share of the light, its half-light radius along the major axis, its Sersic
      index n, and its apparent axis ratio.
    - ``disc_scale_length``, ``disc_axis_ratio``: scale length and apparent axis ratio
      of the exponential disc.
    - ``inclination``: 0 is seen from above, 90 from the side.
    - ``position_angle``: direction of the major axis.
    - ``arm_strength``: depth of the valleys between the arms, from 0 to 1.
    - ``n_arms``, ``pitch_angle``, ``arm_phase``: number of arms, how tightly they are
      wound (the sign is the direction), and where they begin.
    - ``bar_fraction``: the bar's share of the light of disc and bar.
    - ``bar_length``, ``bar_axis_ratio``, ``bar_angle``: half of the bar's length, its
      axis ratio, and its angle from the major axis in the plane of the disc.
    - ``x``, ``y``: place of the centre, from the middle of the image.

    Where a galaxy has no disc, arms or bar, the other parameters of that part have no
    meaning.

    The profiles are those of [1]_. A disc of thickness q0 = 0.2 has the apparent axis
    ratio q with q^2 = cos^2 i + q0^2 sin^2 i. The real questions and votes are
    described in [2]_. There, only volunteers who see a disc from above are asked
    "bar?". Here, all are asked.

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
    n_samples = check_count(n_samples, "n_samples", _OWNER, most=MOST_IN_MEMORY)
    image_size = check_count(
        image_size, "image_size", _OWNER, smallest=8, most=_LARGEST_IMAGE
    )
    n_votes = _check_n_votes(n_votes)
    noise = check_real(noise, "noise", _OWNER, low=0)
    psf = check_real(psf, "psf", _OWNER, low=0)
    seed = check_seed(random_state, _OWNER)
    images, votes, rho, parameters = _galaxies(
        n_samples, Camera(image_size, psf), seed, n_votes, noise
    )
    if return_X_y:
        return images, votes
    return Bunch(
        images=images,
        data=images.reshape(n_samples, -1),
        rho=rho,
        votes=votes,
        question_names=list(QUESTIONS),
        parameters=parameters,
        DESCR=_DESCR.format(n=f"{n_samples:,}", size=image_size, psf=psf, noise=noise),
    )


def _check_n_votes(n_votes):
    """Return the smallest and the largest number of volunteers per galaxy."""
    pair = (n_votes, n_votes) if isinstance(n_votes, Integral) else n_votes
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(
            f"n_votes of {_OWNER} must be an integer or a pair (low, high), got "
            f"{n_votes!r}."
        )
    low, high = (
        check_count(count, "n_votes", _OWNER, most=MOST_IN_MEMORY) for count in pair
    )
    if low > high:
        raise ValueError(
            f"n_votes of {_OWNER} must be a pair low <= high, got {n_votes!r}."
        )
    return low, high


def _galaxies(n_samples, camera, seed, n_votes, noise):
    """Return the images, votes, probabilities of a yes, and parameters of galaxies."""
    images = np.empty((n_samples, 1, *camera.shape), dtype=np.float32)
    known = []
    # Every chunk has the same size, also the last one, whose surplus is dropped. So no
    # result depends on n_samples, not even by rounding.
    step = rows_within(8 * _TEMPORARIES * camera.n_points**2, largest=_CHUNK)
    for start in range(0, n_samples, step):
        rngs = [stream(seed, _OWNER, i) for i in range(start, start + step)]
        # Images are drawn last: nothing else depends on their size.
        parameters = population(np.stack([rng.random(N_UNIFORM) for rng in rngs]))
        rho = vote_fractions(parameters, noise, camera.psf)
        votes = np.stack([_votes(rng, p, *n_votes) for rng, p in zip(rngs, rho)])
        chunk = _images(camera, parameters, noise, rngs)
        images[start : start + step, 0] = chunk[: n_samples - start]
        known.append({**parameters, "rho": rho, "votes": votes})
    known = {
        name: np.concatenate([chunk[name] for chunk in known])[:n_samples]
        for name in known[0]
    }
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
