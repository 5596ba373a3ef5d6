"""From light to images: the air blurs it, pixels collect it, the sky adds noise."""

import numpy as np
from scipy.special import ndtr

from skbal.datasets._galaxies._light import galaxy_light

FIELD = 32.0  # arcseconds, the side of every image
SKY = 4.4  # nanomaggies a square arcsecond: a dark sky of 20.9 magnitudes
SOFTENING = 0.5  # nanomaggies a square arcsecond, where the stretch becomes a logarithm
_FINEST = 0.45  # arcseconds between the points where light is computed
_MIDDLE = 3.0  # arcseconds round the centre where it is computed more finely
_FINER = 5
_SIGMAS = 4  # how far beyond the image light is computed, in widths of the blur
_FWHM = np.sqrt(8 * np.log(2))  # in standard deviations of a Gaussian


class Camera:
    """Takes noise-free pictures of galaxies.

    Parameters
    ----------
    image_size : int
        Pixels a side.
    psf : float
        The full width at half maximum of the blur, a Gaussian, in arcseconds.

    Attributes
    ----------
    shape : tuple of int
        Of an image.
    pixel : float
        The side of a pixel in arcseconds.
    n_points : int
        Light is computed at ``n_points ** 2`` points.
    """

    def __init__(self, image_size, psf):
        self.psf = psf
        self.shape = (image_size, image_size)
        self.pixel = FIELD / image_size
        self._step = self.pixel / np.ceil(self.pixel / _FINEST)
        sigma = psf / _FWHM
        margin = np.ceil(_SIGMAS * sigma / self._step)
        n_inside = round(FIELD / self._step)
        self.n_points = n_inside + 2 * int(margin)
        self._points = (np.arange(self.n_points) - (self.n_points - 1) / 2) * self._step
        self._collect = _collected(self._points, image_size, sigma)

    def expose(self, galaxies):
        """Return the light in each pixel.

        Parameters
        ----------
        galaxies : dict of str to ndarray of shape (n,)
            Parameters of the galaxies.

        Returns
        -------
        flux : ndarray of shape (n, image_size, image_size)
            In nanomaggies. Rows go up the sky.
        """
        light = self._light(galaxies) * self._step**2
        return self._collect @ light @ self._collect.T

    def _light(self, galaxies):
        points = self._points
        light = galaxy_light(points, points[:, None], galaxies, self._step)
        # The cusp of a bulge is far narrower than the step.
        middle = np.flatnonzero(np.abs(points) < _MIDDLE)
        fine_step = self._step / _FINER
        shifts = (np.arange(_FINER) - (_FINER - 1) / 2) * fine_step
        fine = (points[middle][:, None] + shifts).ravel()
        inner = galaxy_light(fine, fine[:, None], galaxies, fine_step)
        shape = (len(inner), len(middle), _FINER, len(middle), _FINER)
        light[:, middle[:, None], middle] = inner.reshape(shape).mean(axis=(2, 4))
        return light


def _collected(points, image_size, sigma):
    """Return the share of the light at each point that a row of pixels collects.

    The blur is a Gaussian, so it works on rows and columns one after the other, and the
    share between two edges is a difference of its distribution function.
    """
    edges = np.linspace(-FIELD / 2, FIELD / 2, image_size + 1)
    distances = edges[:, None] - points
    below = ndtr(distances / sigma) if sigma else (distances > 0).astype(float)
    return np.diff(below, axis=0)


def noise_level(flux, noise, pixel):
    """Return the standard deviation of the noise in pixels, in nanomaggies.

    The photons of the sky and of the galaxy are counted alike, so the variance grows
    with the light: it is that of the sky times (sky + galaxy) / sky.

    Parameters
    ----------
    flux : ndarray
        The light in each pixel, nanomaggies.
    noise : float
        The sky's standard deviation in a square arcsecond.
    pixel : float
        The side of a pixel in arcseconds.

    Returns
    -------
    level : ndarray
    """
    return noise * pixel * np.sqrt(1 + flux / (SKY * pixel**2))


def stretched(brightness):
    """Return brightness as images show it: in proportion, then like a logarithm.

    Parameters
    ----------
    brightness : ndarray
        Nanomaggies a square arcsecond.

    Returns
    -------
    image : ndarray
        0 for the sky, about 6 for the brightest centres.
    """
    return np.arcsinh(brightness / SOFTENING)
