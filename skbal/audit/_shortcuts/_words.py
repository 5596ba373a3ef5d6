"""Parts in words."""

import numpy as np


def box_of(mask):
    """Return first and last row, first and last column of a mask (height, width).

    Examples
    --------
    >>> import numpy as np
    >>> mask = np.zeros((5, 6), dtype=bool)
    >>> mask[1:3, 2:6] = True
    >>> box_of(mask)
    (1, 2, 2, 5)
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def in_words(part, rows):
    """Return what a part is, as the subject of a sentence.

    Parameters
    ----------
    part : Part
        The part.
    rows : ImageRows or TableRows
        What it is a part of.

    Returns
    -------
    words : str
    """
    if part.kind == "columns":
        names = [rows.names[column] for column in part.columns]
        if len(names) == 1:
            return names[0]
        return "the columns " + " and ".join(n.removeprefix("column ") for n in names)
    if part.kind == "background":
        return "the background"
    if part.kind == "brightness":
        return "the brightness of the image"
    if part.kind == "blur":
        return "the blur of the image"
    return region_in_words(part.mask)


def region_in_words(mask):
    """Return where a mask lies: a frame, or its rows and columns.

    Examples
    --------
    >>> import numpy as np
    >>> mask = np.zeros((28, 28), dtype=bool)
    >>> mask[:5, 23:] = True
    >>> region_in_words(mask)
    'rows 0-4, columns 23-27'
    >>> mask = np.ones((28, 28), dtype=bool)
    >>> mask[2:-2, 2:-2] = False
    >>> region_in_words(mask)
    'the frame (rows 0-27, columns 0-27, without their middle)'
    """
    first, last, left, right = box_of(mask)
    box = mask[first : last + 1, left : right + 1]
    words = f"rows {first}-{last}, columns {left}-{right}"
    sides = np.concatenate([box[0], box[-1], box[:, 0], box[:, -1]])
    middle = box[len(box) // 3 : -(len(box) // 3) or None]
    middle = middle[:, box.shape[1] // 3 : -(box.shape[1] // 3) or None]
    if min(box.shape) > 4 and sides.mean() > 0.8 and middle.mean() < 0.2:
        return f"the frame ({words}, without their middle)"
    return words
