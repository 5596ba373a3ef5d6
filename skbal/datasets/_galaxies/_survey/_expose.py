"""Images of a survey: galaxies, companions, sky and artefacts."""

import numpy as np

from skbal.datasets._galaxies._camera import FIELD, noise_level, stretched
from skbal.datasets._galaxies._survey._blobs import blobs_of
from skbal.datasets._galaxies._survey._light import survey_light

SATURATION = 200.0  # nanomaggies per square arcsecond; pixels hold no more


def expose(camera, galaxies, noise, scene_rngs, noise_rngs):
    """Return the images of a survey.

    Parameters
    ----------
    camera : Camera
        Collects and blurs the light.
    galaxies : dict of str to ndarray of shape (n,)
        Parameters of the images.
    noise : float
        Standard deviation of the sky in one square arcsecond, in nanomaggies.
    scene_rngs : list of numpy.random.Generator
        One per image, for clumps and companions.
    noise_rngs : list of numpy.random.Generator
        One per image, for the noise.

    Returns
    -------
    images : ndarray of shape (n, image_size, image_size)
        On the scale of `stretched`.
    """
    flux = camera.expose(galaxies, survey_light)
    for i, rng in enumerate(scene_rngs):
        galaxy = {name: values[i] for name, values in galaxies.items()}
        flux[i] += camera.expose_blobs(blobs_of(galaxy, rng))
    level = noise_level(flux, noise, camera.pixel)
    flux += level * np.stack(
        [rng.standard_normal(flux.shape[1:]) for rng in noise_rngs]
    )
    brightness = flux / camera.pixel**2 + _sky(camera, galaxies)
    images = stretched(np.minimum(brightness, SATURATION))
    images[beyond_the_edge(camera, galaxies)] = 0
    return images


def _sky(camera, galaxies):
    """Return what is left of the sky, in nanomaggies per square arcsecond."""
    place = camera.centres() / (FIELD / 2)  # -1 to 1
    slope_x = galaxies["sky_slope_x"][:, None, None]
    slope_y = galaxies["sky_slope_y"][:, None, None]
    return slope_x * place + slope_y * place[:, None]


def beyond_the_edge(camera, galaxies):
    """Return which pixels lie beyond the edge of the frame, where nothing was measured.

    Parameters
    ----------
    camera : Camera
        With its pixels.
    galaxies : dict of str to ndarray of shape (n,)
        Parameters of the images.

    Returns
    -------
    beyond : ndarray of bool of shape (n, image_size, image_size)
    """
    place = camera.centres()
    # Frames lie along rows and columns of the image, up to a few degrees.
    quarter, rest = np.divmod(galaxies["artifact_angle"], 90)
    angle = np.radians(90 * quarter + (rest - 45) / 10)[:, None, None]
    outwards = place * np.cos(angle) + place[:, None] * np.sin(angle)
    beyond = outwards > galaxies["artifact_distance"][:, None, None]
    return beyond & galaxies["has_frame_edge"][:, None, None]
