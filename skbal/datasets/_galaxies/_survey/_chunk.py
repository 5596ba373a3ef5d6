"""A part of a survey: its parameters, its answers and its images."""

import numpy as np

from skbal._utils.random import stream
from skbal.datasets._galaxies._fractions import vote_fractions
from skbal.datasets._galaxies._population import N_UNIFORM
from skbal.datasets._galaxies._survey._answers import answer_shares
from skbal.datasets._galaxies._survey._expose import expose
from skbal.datasets._galaxies._survey._kinds import N_ADDED, survey_population
from skbal.datasets._galaxies._survey._light import main_galaxy

_OWNER = "make_galaxies"


def survey_chunk(rows, camera, seed, n_votes, noise):
    """Return the images of a part of a survey, and all that is known of them.

    Parameters
    ----------
    rows : range
        Numbers of the images.
    camera : Camera
        Collects and blurs the light.
    seed : int
        As `check_seed` returns it.
    n_votes : tuple of int
        Smallest and largest number of volunteers per image.
    noise : float
        Standard deviation of the sky in one square arcsecond, in nanomaggies.

    Returns
    -------
    images : ndarray of shape (n, image_size, image_size)
        On the scale of `stretched`.
    known : dict of str to ndarray of shape (n, ...)
        The parameters, ``kinds``, ``answers``, ``answer_shares``, ``rho`` and
        ``votes``.
    """
    # The numbers that the plain population has, too, come from the same streams.
    rngs, added, answering, scenes = (
        [stream(seed, _OWNER, i, *purpose) for i in rows]
        for purpose in ((), ("survey",), ("answers",), ("scene",))
    )
    kinds, parameters = survey_population(
        np.stack([rng.random(N_UNIFORM) for rng in rngs]),
        np.stack([rng.random(N_ADDED) for rng in added]),
    )
    shares = answer_shares(parameters, noise, camera.psf)
    barred = vote_fractions(main_galaxy(parameters), noise, camera.psf)[:, 1]
    rho = np.stack([shares[:, 0], barred], axis=1)
    drawn = [_drawn(*each, *n_votes) for each in zip(answering, shares, barred)]
    answers, votes = map(np.stack, zip(*drawn))
    images = expose(camera, parameters, noise, scenes, rngs)
    known = {"kinds": kinds, "answers": answers, "answer_shares": shares}
    return images, {**parameters, **known, "rho": rho, "votes": votes}


def _drawn(rng, shares, barred, low, high):
    """Return the counts of the answers, and (k, N) of each question.

    "bar?" is asked only of those who said featured.
    """
    n_votes = rng.integers(low, high, endpoint=True)
    counts = rng.multinomial(n_votes, shares)
    smooth, featured, _ = counts
    bars = rng.binomial(featured, barred)
    return counts, np.array([[smooth, n_votes], [bars, featured]])
