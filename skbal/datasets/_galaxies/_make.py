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
from skbal.datasets._galaxies._survey._answers import ANSWERS
from skbal.datasets._galaxies._survey._chunk import survey_chunk

_OWNER = "make_galaxies"
_TEMPORARIES = 14  # arrays of the size of the light that are held at once
_CHUNK = 16  # most galaxies made at once
_LARGEST_IMAGE = 2**14  # pixels; the light of a chunk of these takes gigabytes
# What is known of galaxies besides their parameters.
_APART = ("rho", "votes", "kinds", "answers", "answer_shares")

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
_SURVEY_DESCR = """\
A survey of synthetic galaxies, {n} images of {size} x {size} pixels
------------------------------------------------------------------
42 % are ellipticals and lenticulars, 41 % spirals of three kinds, 6 % discs seen from
the side, 8 % rings, mergers and irregulars, and 3 % artefacts. Stars and small galaxies
are around them, and the sky has a gradient. The images are 32 arcseconds wide. They are
blurred to {psf} arcseconds (full width at half maximum) and have the noise of sky and
photons ({noise} nanomaggies in a square arcsecond of empty sky). Pixels hold
arcsinh(brightness / 0.5), with the brightness in nanomaggies per square arcsecond, and
0 beyond the edge of a frame. Volunteers answer "smooth", "featured" or "artifact".
Those who answer "featured" are asked "bar?". answer_shares and rho are the true
probabilities, and answers and votes are drawn from them.
"""


def make_galaxies(
    n_samples=1000,
    image_size=64,
    random_state=None,
    *,
    n_votes=40,
    noise=0.1,
    psf=1.2,
    survey=False,
    return_X_y=False,
):
    """Return images of synthetic galaxies, and the votes of volunteers on them.

    Volunteers answer two questions about each galaxy: "smooth?" and "bar?". The
    probability of a yes depends on the galaxy and on how well its features are visible.
    Arms and bars are missed if they are faint, small or seen from the side. There are
    ellipticals and discs, one in each image. ``survey=True`` adds rare kinds,
    neighbours and artefacts, and answers as in Galaxy Zoo DECaLS.

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
        questions, except in a survey.
    noise : float, default=0.1
        Standard deviation of the sky in one square arcsecond, in nanomaggies (one
        nanomaggie is a magnitude of 22.5). 0 gives images without noise.
    psf : float, default=1.2
        Full width at half maximum of the Gaussian blur, in arcseconds. This is
        ``psf * image_size / 32`` pixels.
    survey : bool, default=False
        Whether the images are those of a survey, see Notes. Galaxy i is
        another one than without it.
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
        kinds : ndarray of str of shape (n_samples,)
            With ``survey`` only. What is in each image, see Notes.
        answers : ndarray of shape (n_samples, 3), dtype=int64
            With ``survey`` only. Number of volunteers who gave each answer to the first
            question.
        answer_shares : ndarray of shape (n_samples, 3), dtype=float64
            With ``survey`` only. The true probability of each answer, above 0.01.
        answer_names : list of str
            With ``survey`` only. "smooth", "featured" and "artifact".

        With ``return_X_y``, the tuple ``(images, votes)`` instead.

    Raises
    ------
    TypeError
        If a parameter has a wrong type, for instance ``survey`` is not a bool.
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

    **A survey** has these kinds, with their shares in percent: "elliptical" 25,
    "lenticular" 17, "spiral" 14, "flocculent" 15 (spirals with patchy arms), "barred"
    12, "ring" 2, "edge-on" 6, "merger" 3, "irregular" 3, and the artefacts "satellite
    trail", "bright star" and "frame edge" 1 each. Of the discs that are not seen from
    the side, 30 % have a bar: all barred spirals, three in ten lenticulars and every
    second ring. Of real discs, 29 % have one [3]_. Half of the spirals without a bar
    are flocculent (53 % of spirals in [4]_), and about one in ten discs is seen from
    the side, as for random directions. 3 % are mergers (1.5 to 4.5 % of bright galaxies
    in [5]_). The other shares are round numbers.

    Ellipticals of a survey have boxy or discy isophotes whose direction turns, discs
    from the side may have a lane of dust, and mergers have tidal tails and a bridge. In
    all images there are stars and small galaxies, one and two on average, and a
    gradient of the sky. Brightness is at most 200 nanomaggies per square arcsecond.
    Pixels beyond the edge of a frame are exactly 0.

    A volunteer of a survey first answers "smooth", "featured" or "artifact", so
    ``answers`` is multinomial with ``answer_shares``. The question "smooth?" is another
    view of the same answers: its k of N are those who said smooth, of all. Only those
    who said featured are asked "bar?", as in a tree: its N is ``answers[:, 1]``, which
    may be 0, and its ``rho`` is the probability of a yes of one who is asked. With the
    default ``noise``, ``psf`` and 40 volunteers, the shares of the three answers have
    the means .52, .36 and .12, and the share of smooth has the variance .073. These are
    those of 7,884 galaxies of Galaxy Zoo DECaLS [6]_ (.522, .356, .122 and .0734). In
    that table, the share of "artifact" is never above one half, since it holds no
    images that are artefacts.

    Further parameters of a survey, where ``magnitude`` is that of all light of the main
    object, without neighbours and before dust:

    - ``boxiness``, ``twist``: isophotes are ``abs(a)^c + abs(b / q)^c = R^c``, with a
      and b along the axes, q the axis ratio and c = 2 + ``boxiness``. They turn by
      ``twist`` from the middle outwards.
    - ``flocculence``: share of patchy arms in the pattern, whose phases are
      ``patch_phase_1`` to ``patch_phase_3``.
    - ``lopsidedness``, ``lopsided_angle``: how much heavier one side is (0 to 1), and
      its direction from the major axis.
    - ``ring_fraction``, ``clump_fraction``, ``second_fraction``, ``tail_fraction``:
      shares of the light in a ring, in clumps, in the second galaxy of a merger, and
      in its tails. The other parts of the galaxy share the rest.
    - ``ring_radius``, ``ring_width``: mean radius of a ring, and standard deviation.
    - ``is_edge_on``, ``dust_depth``, ``dust_offset``: whether a disc is seen from the
      side, the optical depth of its dust, and how far the dust is off the plane, in
      units of the height of the disc.
    - ``second_distance``, ``second_angle``, ``second_radius``,
      ``second_axis_ratio``, ``second_position_angle``: place, half-light radius and
      shape of the second galaxy.
    - ``tail_length``, ``tail_hand``: length and direction of bending of tidal tails.
    - ``has_trail``, ``has_bright_star``, ``has_frame_edge``, ``artifact_angle``,
      ``artifact_distance``, ``artifact_magnitude``: which artefact there is, where, and
      how bright.
    - ``sky_slope_x``, ``sky_slope_y``: brightness of the sky at the right and at the
      upper edge, in nanomaggies per square arcsecond. It is the opposite at the left
      and at the lower edge.
    - ``n_stars``, ``n_small_galaxies``: number of neighbours in and near the image.

    References
    ----------
    .. [1] A. W. Graham and S. P. Driver (2005), A Concise Reference to (Projected)
       Sersic R^(1/n) Quantities, Including Concentration, Profile Slopes, Petrosian
       Indices, and Kron Magnitudes, PASA 22.
    .. [2] M. Walmsley et al. (2020), Galaxy Zoo: Probabilistic Morphology through
       Bayesian CNNs and Active Learning, MNRAS 491.
    .. [3] K. L. Masters et al. (2011), Galaxy Zoo: Bars in Disc Galaxies, MNRAS 411.
    .. [4] S. Sarkar, G. Narayanan, A. Banerjee and P. Prakash (2022), Identification of
       Grand-Design and Flocculent Spirals from SDSS Using Deep Convolutional Neural
       Network, arXiv:2205.08733.
    .. [5] D. W. Darg et al. (2010), Galaxy Zoo: the Fraction of Merging Galaxies in the
       SDSS and Their Morphologies, MNRAS 401.
    .. [6] M. Walmsley et al. (2022), Galaxy Zoo DECaLS: Detailed Visual Morphology
       Measurements from Volunteers and Deep Learning for 314,000 Galaxies, MNRAS 509.

    Examples
    --------
    >>> from skbal.datasets import make_galaxies
    >>> galaxies = make_galaxies(5, image_size=16, random_state=0)
    >>> galaxies.images.shape, galaxies.votes.shape
    ((5, 1, 16, 16), (5, 2, 2))
    >>> galaxies.question_names
    ['smooth', 'bar']

    In a survey, each image has a kind and the counts of three answers.

    >>> survey = make_galaxies(5, image_size=16, random_state=0, survey=True)
    >>> survey.answer_names
    ['smooth', 'featured', 'artifact']
    >>> survey.answers.sum(axis=1)
    array([40, 40, 40, 40, 40])
    """
    n_samples = check_count(n_samples, "n_samples", _OWNER, most=MOST_IN_MEMORY)
    image_size = check_count(
        image_size, "image_size", _OWNER, smallest=8, most=_LARGEST_IMAGE
    )
    n_votes = _check_n_votes(n_votes)
    noise = check_real(noise, "noise", _OWNER, low=0)
    psf = check_real(psf, "psf", _OWNER, low=0)
    survey = _check_survey(survey)
    seed = check_seed(random_state, _OWNER)
    images, known = _galaxies(
        n_samples,
        Camera(image_size, psf),
        survey_chunk if survey else _plain_chunk,
        seed,
        n_votes,
        noise,
    )
    if return_X_y:
        return images, known["votes"]
    apart = {name: known.pop(name) for name in _APART if name in known}
    if survey:
        apart["answer_names"] = list(ANSWERS)
    description = _SURVEY_DESCR if survey else _DESCR
    return Bunch(
        images=images,
        data=images.reshape(n_samples, -1),
        **apart,
        question_names=list(QUESTIONS),
        parameters=known,
        DESCR=description.format(
            n=f"{n_samples:,}", size=image_size, psf=psf, noise=noise
        ),
    )


def _check_survey(survey):
    if not isinstance(survey, (bool, np.bool_)):
        raise TypeError(
            f"survey of {_OWNER} must be True or False, got {survey!r} "
            f"({type(survey).__name__})."
        )
    return bool(survey)


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


def _galaxies(n_samples, camera, chunk_of, seed, n_votes, noise):
    """Return the images of galaxies, and a dict of all that is known of them."""
    images = np.empty((n_samples, 1, *camera.shape), dtype=np.float32)
    known = []
    # Every chunk has the same size, also the last one, whose surplus is dropped. So no
    # result depends on n_samples, not even by rounding.
    step = rows_within(8 * _TEMPORARIES * camera.n_points**2, largest=_CHUNK)
    for start in range(0, n_samples, step):
        chunk, facts = chunk_of(
            range(start, start + step), camera, seed, n_votes, noise
        )
        images[start : start + step, 0] = chunk[: n_samples - start]
        known.append(facts)
    return images, {
        name: np.concatenate([facts[name] for facts in known])[:n_samples]
        for name in known[0]
    }


def _plain_chunk(rows, camera, seed, n_votes, noise):
    """Return the images of a chunk of the plain population, and its facts."""
    rngs = [stream(seed, _OWNER, i) for i in rows]
    # Images are drawn last: nothing else depends on their size.
    parameters = population(np.stack([rng.random(N_UNIFORM) for rng in rngs]))
    rho = vote_fractions(parameters, noise, camera.psf)
    votes = np.stack([_votes(rng, p, *n_votes) for rng, p in zip(rngs, rho)])
    images = _images(camera, parameters, noise, rngs)
    return images, {**parameters, "rho": rho, "votes": votes}


def _votes(rng, rho, low, high):
    n_votes = rng.integers(low, high, endpoint=True)
    yes = rng.binomial(n_votes, rho)
    return np.stack([yes, np.full_like(yes, n_votes)], axis=1)


def _images(camera, parameters, noise, rngs):
    flux = camera.expose(parameters)
    level = noise_level(flux, noise, camera.pixel)
    flux += level * np.stack([rng.standard_normal(flux.shape[1:]) for rng in rngs])
    return stretched(flux / camera.pixel**2)
