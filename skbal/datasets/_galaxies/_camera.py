"""Images of galaxies: light is blurred, collected by pixels, and noise is added."""

import numpy as np
from scipy.special import ndtr

from skbal.datasets._galaxies._light import galaxy_light

FIELD = 32.0  # side of every image, arcseconds
SKY = 4.4  # nanomaggies per square arcsecond: a dark sky of 20.9 magnitudes
SOFTENING = 0.5  # nanomaggies per square arcsecond; above it the scale is logarithmic
_FINEST = 0.45  # largest distance of points where light is computed, arcseconds
_MIDDLE = 3.0  # within this distance of the centre the grid is finer, arcseconds
_FINER = 5  # how many times finer
_SIGMAS = 4  # margin of the grid around the image, in standard deviations of the blur
_FWHM = np.sqrt(8 * np.log(2))  # in standard deviations of a Gaussian


class Camera:
    """Makes noise-free images of galaxies.

    Parameters
    ----------
    image_size : int
        Number of pixels along each side.
    psf : float
        Full width at half maximum of the Gaussian blur, in arcseconds.

    Attributes
    ----------
    shape : tuple of int
        Shape of an image.
    pixel : float
        Side of a pixel in arcseconds.
    n_points : int
        Number of grid points along each side at which the light is computed.
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
        self._sigma = sigma
        self._collect = _collected(self._points, image_size, sigma)

    def expose(self, galaxies, light_of=galaxy_light):
        """Return the light in each pixel.

        Parameters
        ----------
        galaxies : dict of str to ndarray of shape (n,)
            Parameters of the galaxies.
        light_of : callable, default=galaxy_light
            Called as ``light_of(x, y, galaxies, core)``, returns the surface
            brightness.

        Returns
        -------
        flux : ndarray of shape (n, image_size, image_size)
            Light in nanomaggies. The first row is the bottom of the image.
        """
        light = self._light(galaxies, light_of) * self._step**2
        return self._collect @ light @ self._collect.T

    def expose_blobs(self, blobs):
        """Return the light of round Gaussians in each pixel, without any grid.

        Parameters
        ----------
        blobs : ndarray of shape (n_blobs, 4)
            x and y in arcseconds from the middle of the image, the standard deviation
            before the blur, and the light in nanomaggies.

        Returns
        -------
        flux : ndarray of shape (image_size, image_size)
            Light in nanomaggies.
        """
        x, y, width, flux = blobs.T
        # A point that is not blurred lies in one pixel.
        sigma = np.maximum(np.hypot(width, self._sigma), 1e-9)
        columns, rows = (_collected(place, self.shape[0], sigma) for place in (x, y))
        return (rows * flux) @ columns.T

    def centres(self):
        """Return the coordinates of the middle of pixels, in arcseconds.

        Returns
        -------
        centres : ndarray of shape (image_size,)
            Of rows and of columns, from the middle of the image.
        """
        size = self.shape[0]
        return (np.arange(size) - (size - 1) / 2) * self.pixel

    def _light(self, galaxies, light_of):
        points = self._points
        light = light_of(points, points[:, None], galaxies, self._step)
        # The centre of a bulge is far narrower than the step, so the light there is the
        # mean over a finer grid.
        middle = np.flatnonzero(np.abs(points) < _MIDDLE)
        fine_step = self._step / _FINER
        shifts = (np.arange(_FINER) - (_FINER - 1) / 2) * fine_step
        fine = (points[middle][:, None] + shifts).ravel()
        inner = light_of(fine, fine[:, None], galaxies, fine_step)
        # (n, n_fine, n_fine) -> (n, n_middle, _FINER, n_middle, _FINER), then the mean
        # over both axes of fine points.
        shape = (len(inner), len(middle), _FINER, len(middle), _FINER)
        light[:, middle[:, None], middle] = inner.reshape(shape).mean(axis=(2, 4))
        return light


def _collected(points, image_size, sigma):
    """Return the share of the light at each point that each row of pixels collects.

    A Gaussian blur can be applied to rows and columns one after the other. The share
    between two edges of a pixel is a difference of the normal distribution function.
    """
    edges = np.linspace(-FIELD / 2, FIELD / 2, image_size + 1)
    distances = edges[:, None] - points
    below = ndtr(distances / sigma) if np.all(sigma) else (distances > 0).astype(float)
    return np.diff(below, axis=0)


def noise_level(flux, noise, pixel):
    """Return the standard deviation of the noise in pixels, in nanomaggies.

    The noise is that of counted photons, so its variance is proportional to the light.
    It is the variance of the sky times (sky + galaxy) / sky.

    Parameters
    ----------
    flux : ndarray
        Light in each pixel, in nanomaggies.
    noise : float
        Standard deviation of the sky in one square arcsecond.
    pixel : float
        Side of a pixel in arcseconds.

    Returns
    -------
    level : ndarray of the shape of ``flux``
    """
    return noise * pixel * np.sqrt(1 + flux / (SKY * pixel**2))


def stretched(brightness):
    """Return brightness on the scale of the images.

    The scale is linear for faint light and logarithmic for bright light.

    Parameters
    ----------
    brightness : ndarray
        Nanomaggies per square arcsecond.

    Returns
    -------
    image : ndarray
        0 for the sky, about 6 for the brightest centres.
    """
    return np.arcsinh(brightness / SOFTENING)
