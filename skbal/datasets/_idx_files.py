"""Arrays from files of the format IDX, in which MNIST and EMNIST are published.

A file holds two zero bytes, the type of the numbers (8 is uint8), the number of axes,
the length of each axis as a big-endian integer of 4 bytes, and the numbers.
"""

import gzip
import math

import numpy as np

from skbal._utils.archives import DAMAGE

_UINT8 = 8
_RATIO = 1100  # gzip makes no file smaller than by a factor of 1032


def read_idx(path, n_axes, what):
    """Return the array of bytes in an IDX file.

    Parameters
    ----------
    path : pathlib.Path
        The file. One whose name ends in ``.gz`` is unpacked, no further than its header
        announces.
    n_axes : int
        Number of axes that it must have.
    what : str
        The argument and its owner, for messages.

    Returns
    -------
    array : ndarray of uint8 with ``n_axes`` axes

    Raises
    ------
    ValueError
        If the file is damaged or holds something else.
    """
    opened = gzip.open if path.name.endswith(".gz") else open
    try:
        with opened(path, "rb") as file:
            return _array(file, n_axes, _RATIO * path.stat().st_size)
    except DAMAGE as error:
        raise ValueError(f"{what}: {path} is damaged: {error}") from error


def _array(file, n_axes, most):
    head = file.read(4 + 4 * n_axes)
    if len(head) < 4 + 4 * n_axes or head[:4] != bytes([0, 0, _UINT8, n_axes]):
        raise ValueError(
            f"it does not begin like an IDX file of bytes on {n_axes} axes"
        )
    shape = np.frombuffer(head, dtype=">u4", offset=4).tolist()
    announced = math.prod(shape)
    # A damaged header may announce more than fits into memory.
    content = file.read(min(announced, most) + 1)
    if len(content) != announced:
        held = len(content) if len(content) < announced else f"more than {announced}"
        raise ValueError(f"it should hold {announced} bytes, it holds {held}")
    return np.frombuffer(content, dtype=np.uint8).reshape(shape)
