"""Parts of an input that are exchanged between rows: the donor's goes to the recipient.

A part has ``exchange(recipients, donors)``, which returns one new row for each pair,
and ``carriers(rows)``, which tells what rows hold the content that is asked about.
"""

import numpy as np
from scipy import ndimage

WIDTHS = (0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)  # of blurs, in pixels
_OUTLINE = 2  # pixels around an object
_TINY = 1e-7
_SQUARE = np.ones((3, 3), dtype=bool)
_IN_PLANE = np.array(
    [np.zeros((3, 3)), [[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.zeros((3, 3))]
)


class Part:
    """A part that every row holds."""

    kind = None
    natural_share = 0.0  # of rows of a class that may be hits, whatever the tolerance

    def carriers(self, rows):
        """Return which rows hold the content: here all of them."""
        return np.ones(len(rows), dtype=bool)


class Region(Part):
    """Some pixels whose content is the same in many rows of a class.

    Parameters
    ----------
    rows : ImageRows
        The images.
    mask : ndarray of shape (height, width), dtype=bool
        The pixels that are exchanged.
    template : ndarray of shape (channels, height, width)
        Their content.
    pixels : ndarray of shape (channels, height, width), dtype=bool
        Where images are compared with the template.
    radius : float
        A row carries the content if the root mean square of its difference to the
        template, in units of the range of all pixels, is at most this.
    """

    kind = "region"

    def __init__(self, rows, mask, template, pixels, radius):
        self._rows, self.mask = rows, mask
        self._template, self._pixels, self._radius = template, pixels, radius

    def carriers(self, rows):
        """Return which rows hold nearly the content of the template."""
        distance = distances(
            self._rows.pixels[rows], self._template, self._pixels, self._rows
        )
        return distance <= self._radius

    def exchange(self, recipients, donors):
        """Return the recipients with the pixels of the donors."""
        pixels = self._rows.pixels
        return np.where(self.mask, pixels[donors], pixels[recipients])


def distances(images, template, pixels, rows):
    """Return the root mean square difference to a template at some pixels.

    In units of the range of all pixels; an ndarray of shape (n_images,).
    """
    difference = images[:, pixels] - template[pixels]
    return np.sqrt(np.mean(difference**2, axis=1)) / max(rows.high - rows.low, _TINY)


class Background(Part):
    """What is around the object: dark pixels that are joined to the border.

    Dark is below the median of the border plus a quarter of the way to the brightest.

    The pixels of the background of the recipient become those of the donor. Where the
    donor has its object, and up to two pixels around it, where its outline would tell
    what it is, they become the nearest pixel of the donor's background.
    """

    kind = "background"

    def __init__(self, rows):
        self._rows = rows
        self.masks = background_masks(rows.grey)

    @property
    def mask(self):
        """Pixels that are background in most rows."""
        return self.masks.mean(axis=0) > 0.5

    def exchange(self, recipients, donors):
        """Return the recipients in front of the backgrounds of the donors."""
        unique, where = np.unique(donors, return_inverse=True)
        filled = np.stack([self._filled(donor) for donor in unique])
        here = self.masks[recipients][:, None]
        return np.where(here, filled[where], self._rows.pixels[recipients])

    def _filled(self, donor):
        """Return the donor's background, also behind its object."""
        image, mask = self._rows.pixels[donor], self.masks[donor]
        around = ndimage.binary_dilation(~mask, structure=_SQUARE, iterations=_OUTLINE)
        if around.all():
            around = ~mask
        nearest = ndimage.distance_transform_edt(
            around, return_distances=False, return_indices=True
        )
        return image[:, *nearest]


def background_masks(grey):
    """Return which pixels are background, (n_samples, height, width)."""
    edge = np.concatenate(
        [grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], axis=1
    )
    low = np.median(edge, axis=1)
    high = np.quantile(grey.reshape(len(grey), -1), 0.98, axis=1)
    dark = grey <= (low + 0.25 * (high - low))[:, None, None]
    labels, _ = ndimage.label(dark, structure=_IN_PLANE)
    sides = [labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]]
    at_border = np.zeros(labels.max() + 1, dtype=bool)
    at_border[np.unique(np.concatenate(sides, axis=1))] = True
    at_border[0] = False
    return at_border[labels]


class Brightness(Part):
    """How bright the brightest hundredth of the pixels is.

    The darkest pixel of all rows is zero.

    The recipient is scaled to the brightness of the donor.
    """

    kind = "brightness"

    def __init__(self, rows):
        self._rows = rows
        flat = rows.grey.reshape(len(rows.grey), -1)
        self._level = np.quantile(flat, 0.99, axis=1) - rows.low
        self.mask = np.ones(rows.shape, dtype=bool)

    def exchange(self, recipients, donors):
        """Return the recipients as bright as the donors."""
        rows = self._rows
        ratio = self._level[donors] / np.maximum(self._level[recipients], _TINY)
        scaled = (rows.pixels[recipients] - rows.low) * ratio[:, None, None, None]
        return np.clip(scaled + rows.low, rows.low, rows.high).astype(np.float32)


class Blur(Part):
    """How sharp an image is: power of its finest details over that of coarser ones.

    A recipient that is sharper than the donor is blurred to be as sharp as the donor.
    """

    kind = "blur"

    def __init__(self, rows):
        self._rows = rows
        self.sharpness = sharpness(rows.grey)
        self.mask = np.ones(rows.shape, dtype=bool)
        self._blurred = {}

    def exchange(self, recipients, donors):
        """Return the recipients at most as sharp as the donors."""
        out = np.empty((len(recipients), *self._rows.pixels.shape[1:]), np.float32)
        for recipient in np.unique(recipients):
            images, levels = self._versions(recipient)
            here = np.flatnonzero(recipients == recipient)
            wanted = self.sharpness[donors[here]]
            out[here] = images[np.abs(levels[:, None] - wanted).argmin(axis=0)]
        return out

    def _versions(self, recipient):
        """Return an image and blurred versions of it, and how sharp each is."""
        if recipient not in self._blurred:
            image = self._rows.pixels[recipient]
            images = np.stack([image, *(blurred(image, width) for width in WIDTHS)])
            self._blurred[recipient] = images, sharpness(images.mean(axis=1))
        return self._blurred[recipient]


def blurred(images, width):
    """Return images under a Gaussian blur of that width in pixels."""
    return ndimage.gaussian_filter(images, width, axes=(-2, -1))


def sharpness(grey):
    """Return the log of fine over coarse power of images (n_images, height, width)."""
    fine = blurred(grey, 0.7)
    details = grey - fine, fine - blurred(grey, 2)
    fine, coarse = (np.mean(part**2, axis=(1, 2)) for part in details)
    return np.log(fine + _TINY) - np.log(coarse + _TINY)


class Columns(Part):
    """One column of a table, or a few that go together.

    A strong column is a hit of many rows without being odd, so it counts only if it
    decides for nearly all rows of the class.

    Parameters
    ----------
    rows : TableRows
        The table.
    columns : tuple of int
        Their positions.
    """

    kind = "columns"
    natural_share = 0.8

    def __init__(self, rows, columns):
        self._rows, self.columns = rows, columns
        self.mask = np.isin(np.arange(rows.n_columns), columns)

    def exchange(self, recipients, donors):
        """Return the recipients with these columns of the donors."""
        return self._rows.pasted(recipients, donors, self.columns)


class RepeatedValue(Columns):
    """Columns whose very value is the same in many rows of a class, such as a code.

    Parameters
    ----------
    rows : TableRows
        The table.
    columns : tuple of int
        Their positions.
    values : ndarray of shape (n_columns,)
        The value of each, as ``codes`` of the table returns it.
    """

    natural_share = 0.0

    def __init__(self, rows, columns, values):
        super().__init__(rows, columns)
        self._values = values

    def carriers(self, rows):
        """Return which rows hold the value."""
        return (self._rows.codes[rows][:, self.columns] == self._values).all(axis=1)


def repeated_value(rows, columns, members, others):
    """Return columns with the value that most tells a class from all others.

    Parameters
    ----------
    rows : TableRows
        The table.
    columns : tuple of int
        Positions of the columns.
    members, others : ndarray of int
        Rows of the class, and of all other classes.

    Returns
    -------
    part : RepeatedValue
    """
    inside, outside = (rows.codes[here][:, columns] for here in (members, others))
    values, where = np.unique(
        np.concatenate([inside, outside]), axis=0, return_inverse=True
    )
    shares = [
        np.bincount(part, minlength=len(values)) / max(len(part), 1)
        for part in np.split(where.ravel(), [len(inside)])
    ]
    return RepeatedValue(rows, columns, values[np.argmax(shares[0] - shares[1])])
