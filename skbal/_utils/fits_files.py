"""Files in the format FITS, which astronomers use, and the image in one of them."""

import numpy as np

from skbal._utils.optional import require

ENDINGS = (".fits", ".fit", ".fts", ".fits.gz", ".fit.gz", ".fts.gz")


def first_image(path, owner):
    """Return the first image of a FITS file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    owner : str
        What needs astropy, for messages.

    Returns
    -------
    values : ndarray of two or more axes, dtype=float64, or None
        None if there is no image. What a damaged file raises passes through.

    Raises
    ------
    ImportError
        If astropy is missing.
    """
    fits = require("astropy.io.fits", "fits", owner)
    with fits.open(path, memmap=False) as units:
        arrays = (unit.data for unit in units if unit.is_image)
        images = (a for a in arrays if a is not None and a.ndim >= 2)
        first = next(images, None)
        return None if first is None else np.array(first, dtype=np.float64)
