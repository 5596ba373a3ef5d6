"""The estimator and the strategy of a campaign as plain data, and back."""

import json
import logging

import numpy as np

from skbal._utils.plain_parts import Packer, unpacked
from skbal._utils.provenance import described

_logger = logging.getLogger("skbal.campaign")


def plain_part(part, name):
    """Return an estimator or a strategy as JSON can hold it.

    Parameters
    ----------
    part : object
        What it has learned is left out.
    name : str
        Its name, for the log.

    Returns
    -------
    plain : dict
        With ``described`` alone if it has no plain form, such as an object of a class
        that is neither scikit-learn's nor ours.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> made_part(plain_part(GaussianNB(priors=[0.5, 0.5]), "estimator"))
    GaussianNB(priors=[0.5, 0.5])
    """
    packer = Packer()
    plain = packer.pack(part, "")
    words = described(part)
    if packer.others or packer.streams:
        _logger.info("%s is not stored. Give it again to Campaign.open.", name)
        return {"described": words, "others": packer.others}
    arrays = [[array.dtype.str, array.shape, array.ravel().tolist()]
              for array in packer.arrays]  # fmt: skip
    content = {"plain": plain, "arrays": arrays}
    try:
        json.dumps(content, allow_nan=False)
    except (TypeError, ValueError):  # an array of dates or of NaN
        return {"described": words}
    return {"described": words, **content}


def made_part(stored):
    """Return what `plain_part` stored, unfitted.

    Raises
    ------
    ValueError
        If it has no plain form, or is made otherwise by these versions of the
        libraries.
    """
    if "plain" not in stored:
        others = ", ".join(filter(None, stored.get("others", ())))
        raise ValueError(
            "only objects of scikit-learn and skbal, numbers, texts and arrays are"
            f"{f', and not its {others}' if others else ''}"
        )
    arrays = [
        np.array(values, dtype=dtype).reshape(shape)
        for dtype, shape, values in stored["arrays"]
    ]
    return unpacked(stored["plain"], arrays)
