"""The changes of images that a report is about, read from what the caller gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import NamedTuple

import numpy as np

from skbal._utils import image_warps
from skbal._utils.lazy import lazy_module
from skbal._utils.random import next_seed, stream

torch = lazy_module("torch")
_models = lazy_module("skbal.models")

_SMOOTHNESS = 4.0  # of elastic deformations, in pixels (Simard et al. 2003)
_OF_MODELS = (
    "Compose",
    "ElasticDeformation",
    "RandomBlur",
    "RandomFlip",
    "RandomRotation",
    "RandomScale",
    "RandomShift",
    "RandomTurn",
)


class Kind(NamedTuple):
    """A change that is known by name.

    Attributes
    ----------
    change : callable
        Called with a tensor of images, the strength and a torch.Generator.
    strengths : tuple of float
        Taken if the caller names none.
    unit : str
        Words after the number.
    low, high : float
        Range of strengths.
    """

    change: object
    strengths: tuple
    unit: str
    low: float
    high: float


def _sides(X, generator, n_sides=2):
    """Return for each image the number of a side, from 0."""
    return torch.randint(n_sides, (len(X),), generator=generator)


def _shift(X, pixels, generator):
    down = torch.tensor([1, -1, 0, 0])[(side := _sides(X, generator, 4))]
    right = torch.tensor([0, 0, 1, -1])[side]
    return image_warps.shifted(X, int(pixels) * down, int(pixels) * right)


def _rotation(X, degrees, generator):
    return image_warps.rotated(X, degrees * (2.0 * _sides(X, generator) - 1))


def _scale(X, factor, generator):
    return image_warps.scaled(X, torch.full((len(X),), factor))


def _blur(X, sigma, generator):
    return image_warps.blurred(X, torch.full((len(X),), sigma))


def _elastic(X, pixels, generator):
    field = image_warps.smooth_field(X, _SMOOTHNESS, generator)
    return image_warps.displaced(X, pixels * field)


KINDS = {
    "shift": Kind(_shift, (0.0, 2.0, 4.0), " pixels", 0, np.inf),
    "rotation": Kind(_rotation, (0.0, 10.0, 20.0), " degrees", 0, 180),
    "scale": Kind(_scale, (0.8, 1.0, 1.25), "", 0.01, 100),
    "blur": Kind(_blur, (0.0, 1.0, 2.0), " pixels", 0, 100),
    "elastic": Kind(_elastic, (0.0, 1.0, 2.0), " pixels", 0, np.inf),
}


@dataclass(frozen=True)
class Line:
    """A change at one strength.

    Attributes
    ----------
    transform : str
        Name of the change.
    strength : float, str or None
        Its strength. None if there is only one.
    function : callable
        The caller's function, a transform of `skbal.models`, or a `Kind`.
    """

    transform: str
    strength: object
    function: object

    @property
    def words(self):
        """The change as it stands in a verdict."""
        if isinstance(self.function, Kind):
            unit = self.function.unit
            unit = unit.removesuffix("s") if self.strength == 1 else unit
            return f"{self.transform} {self.strength:g}{unit}"
        if self.strength is None:
            return self.transform
        return f"{self.transform} {self.strength}"

    def changed(self, pixels, seed, owner):
        """Return changed images.

        Parameters
        ----------
        pixels : ndarray of shape (n_samples, channels, height, width), dtype=float32
            Images, which stay as they are.
        seed : int
            Seeds what is random. The same seed gives all strengths of a change the same
            directions, and the same deformations but for their size.
        owner : str
            Name of the caller, for messages.

        Returns
        -------
        images : ndarray of that shape, dtype=float32

        Raises
        ------
        TypeError, ValueError
            If a function of the caller returns anything else.
        """
        if isinstance(self.function, Kind) or _is_of_models(self.function):
            generator = torch.Generator().manual_seed(seed)
            images = torch.tensor(pixels)
            if isinstance(self.function, Kind):
                found = self.function.change(images, self.strength, generator)
            else:
                found = self.function(images, generator)
            return found.numpy()
        return _checked(self.function(pixels.copy()), pixels.shape, self.words, owner)


def _is_of_models(function):
    return isinstance(function, tuple(getattr(_models, name) for name in _OF_MODELS))


def _checked(found, shape, words, owner):
    """Return images that a function of the caller made."""
    must = (
        f"The transform {words!r} given to {owner} must return finite numbers of shape"
    )
    try:
        found = np.asarray(found)
        numbers = found.astype(np.float32)
    except (TypeError, ValueError):
        raise TypeError(f"{must} {shape}, got {type(found).__name__}.") from None
    if found.shape != shape:
        raise ValueError(f"{must} {shape}, got shape {found.shape}.")
    if not np.isfinite(numbers).all():
        raise ValueError(f"{must} {shape}, got NaN or infinity.")
    return numbers


def seed_of(line, seed, start):
    """Return the seed of a change for the rows from ``start`` on."""
    return next_seed(stream(seed, line.transform, start))


def lines_of(transforms, owner):
    """Return the changes that a caller asked for, one line for each strength.

    Parameters
    ----------
    transforms : dict or sequence
        As `invariance_report` takes it.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    lines : list of Line

    Raises
    ------
    TypeError, ValueError
        If there are none, a name is not known, or a strength is out of range.
    """
    if isinstance(transforms, str) or callable(transforms):
        transforms = [transforms]
    if isinstance(transforms, Mapping):
        pairs = list(transforms.items())
    elif isinstance(transforms, Sequence):
        pairs = [(each, None) if isinstance(each, str) else (_name(each), each)
                 for each in transforms]  # fmt: skip
    else:
        raise TypeError(
            f"transforms of {owner} must be a dict of names, or a list of names and "
            f"callables, got {type(transforms).__name__}."
        )
    lines = [line for name, given in pairs for line in _lines(str(name), given, owner)]
    if not lines:
        raise ValueError(f"transforms of {owner} must hold at least one, got none.")
    seen = [(line.transform, line.strength) for line in lines]
    if twice := [each for each in seen if seen.count(each) > 1]:
        raise ValueError(
            f"transforms of {owner} must have names that differ, got {twice[0][0]!r} "
            "twice. Give a dict from names to callables."
        )
    return lines


def _name(function):
    return getattr(function, "__name__", None) or " ".join(repr(function).split())


def _lines(name, given, owner):
    """Return the lines of one entry: a callable, or several strengths."""
    if callable(given) and not isinstance(given, type):
        return [Line(name, None, given)]
    if isinstance(given, Mapping):
        for strength, function in given.items():
            if not callable(function) or isinstance(function, type):
                raise TypeError(
                    f"transforms[{name!r}] of {owner} must map strengths to callables, "
                    f"got {function!r} for {strength!r}."
                )
        return [Line(name, strength, function) for strength, function in given.items()]
    if name not in KINDS:
        raise ValueError(
            f"transforms of {owner} must name {', '.join(map(repr, KINDS))}, or give a "
            f"callable or a dict of callables for {name!r}, got {given!r}."
        )
    kind = KINDS[name]
    strengths = kind.strengths if given is None else given
    return [Line(name, _strength(s, name, owner), kind) for s in _several(strengths)]


def _several(strengths):
    is_several = isinstance(strengths, (Sequence, np.ndarray))
    return list(strengths) if is_several and np.ndim(strengths) else [strengths]


def _strength(value, name, owner):
    """Return the strength of a known change as a float."""
    kind = KINDS[name]
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not kind.low <= value <= kind.high or not np.isfinite(value):
        ends = f">= {kind.low:g}" if np.isinf(kind.high) else f"in [{kind.low:g}, "
        ends += "" if np.isinf(kind.high) else f"{kind.high:g}]"
        raise (ValueError if is_number else TypeError)(
            f"transforms[{name!r}] of {owner} must be numbers {ends}, got {value!r}."
        )
    if name == "shift" and value != int(value):
        raise ValueError(
            f"transforms['shift'] of {owner} must be whole pixels, got {value!r}."
        )
    return float(value)
