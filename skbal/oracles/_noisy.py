"""The oracle that is wrong now and then."""

from numbers import Number

import numpy as np
from sklearn.utils.multiclass import type_of_target

from skbal._utils.labels import class_codes
from skbal._utils.random import check_seed
from skbal._utils.validation import check_real
from skbal.oracles._labels import LabelOracle
from skbal.oracles._noise import (
    confusion_noise,
    normal_noise,
    pair_noise,
    uniform_noise,
)

_KINDS = ("uniform", "pair", "gaussian")


class NoisyOracle(LabelOracle):
    """Answers with known labels, some of them made wrong.

    It never changes its mind: what it says of a row does not depend on what else is
    asked, in which order, or how often. With one ``random_state``, "uniform" and "pair"
    answers that are wrong with little noise are as wrong with more of it.

    Parameters
    ----------
    y : array-like of shape (n_pool,) or (n_pool, n_outputs)
        The true label of every row of the pool; several outputs with
        ``kind="gaussian"`` only.
    noise : float or array-like of shape (n_classes, n_classes), default=0.1
        The chance that an answer is wrong, in [0, 1]; for ``kind="gaussian"`` the
        standard deviation of the answers, in units of y. Or a confusion matrix: row c
        holds the chance of each answer where class c is true, and sums to 1. It says
        itself how answers are wrong, so ``kind`` must be left as it is.
    kind : {"uniform", "pair", "gaussian"}, default="uniform"
        How an answer is wrong. "uniform": it is another class, each as likely. "pair":
        it is the next class, after the last one the first. "gaussian": a number from a
        normal distribution is added to the target of a regression.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Which rows are answered wrong, and how. None answers otherwise in each oracle,
        but always the same in one.
    classes : array-like of shape (n_classes,), optional
        All classes, in the order of the confusion matrix and of "pair"; None takes the
        sorted ones of y.
    cost_per_label : float, default=1.0
        The price of one answer, right or wrong.

    Attributes
    ----------
    wrong_ : ndarray of shape (n_pool,), dtype=bool
        For which rows of the pool the answer is not the true label.

    Notes
    -----
    The answers are settled when ``wrong_`` or a first answer is asked for; parameters
    set later change nothing. A clone settles its own, a pickle keeps them.

    Examples
    --------
    >>> from skbal.oracles import NoisyOracle
    >>> oracle = NoisyOracle(["cat", "dog", "eel"] * 2, noise=1, kind="pair")
    >>> oracle([0, 1, 2]).tolist()
    ['dog', 'eel', 'cat']
    >>> oracle.wrong_.tolist()
    [True, True, True, True, True, True]
    """

    def __init__(
        self,
        y,
        noise=0.1,
        kind="uniform",
        random_state=None,
        classes=None,
        cost_per_label=1.0,
    ):
        super().__init__(y, cost_per_label)
        self.noise = noise
        self.kind = kind
        self.random_state = random_state
        self.classes = classes

    @property
    def wrong_(self):
        """For which rows of the pool the answer is not the true label."""
        differs = self._labels() != super()._labels()
        return differs.reshape(len(differs), -1).any(axis=1)

    def _labels(self):
        if not hasattr(self, "_settled"):
            self._settled = self._noisy(super()._labels())
        return self._settled

    def _noisy(self, y):
        owner = type(self).__name__
        seed = check_seed(self.random_state, owner)
        self._check_kind(owner)
        if self.kind == "gaussian":
            std = check_real(self.noise, "noise", owner, low=0)
            return normal_noise(_check_numbers(y, owner), std, seed)
        classes, codes = _coded(y, self.classes, owner)
        return classes[self._changed(codes, len(classes), seed)]

    def _check_kind(self, owner):
        if self.kind not in _KINDS:
            raise ValueError(
                f"kind of {owner} must be one of {', '.join(_KINDS)}, got "
                f"{self.kind!r}."
            )
        is_matrix = isinstance(self.noise, (list, tuple, np.ndarray))
        if is_matrix and self.kind != "uniform":
            raise ValueError(
                f"kind of {owner} must be left at 'uniform' where noise is a confusion "
                f"matrix, which says itself how answers are wrong, got {self.kind!r}."
            )

    def _changed(self, codes, n_classes, seed):
        owner = type(self).__name__
        if isinstance(self.noise, Number) or self.kind != "uniform":
            noise = check_real(self.noise, "noise", owner, low=0, high=1)
            if noise and n_classes == 1:
                raise ValueError(
                    f"y of {owner} holds a single class: no answer can be wrong. Give "
                    "classes, or noise=0."
                )
            change = uniform_noise if self.kind == "uniform" else pair_noise
            return change(codes, n_classes, noise, seed) if noise else codes
        confusion = _check_confusion(self.noise, n_classes, owner)
        return confusion_noise(codes, confusion, seed)


def _coded(y, classes, owner):
    """Return the classes, and y as their numbers."""
    found, codes = class_codes(y, "y", owner)
    kind = type_of_target(y, input_name="y")
    if kind.startswith("continuous"):
        raise ValueError(
            f"y of {owner} holds {kind} values, which are no classes: say "
            "kind='gaussian', and in noise its standard deviation."
        )
    if kind not in ("binary", "multiclass") or y.ndim != 1:
        raise ValueError(
            f"y of {owner} must hold one class a row, got {kind} values of the shape "
            f"{y.shape}."
        )
    if classes is None:
        return found, codes
    classes = np.asarray(classes)
    places = {value: place for place, value in enumerate(classes.tolist())}
    if classes.ndim != 1 or len(places) < len(classes):
        raise ValueError(
            f"classes of {owner} must be different labels, got {classes.tolist()!r}."
        )
    if missing := [value for value in found.tolist() if value not in places]:
        raise ValueError(
            f"classes of {owner} must hold every class of y, but {missing[0]!r} is not "
            f"among {classes.tolist()}."
        )
    return classes, np.array([places[value] for value in found.tolist()])[codes]


def _check_numbers(y, owner):
    if y.dtype.kind not in "buif":
        first = str(y.flat[0]) if y.size else ""
        raise ValueError(
            f"kind='gaussian' of {owner} adds to numbers, but y holds {first!r}."
        )
    return y


def _check_confusion(noise, n_classes, owner):
    try:
        confusion = np.asarray(noise, dtype=np.float64)
    except (TypeError, ValueError):
        confusion = None
    if confusion is None or confusion.ndim == 0:
        raise TypeError(
            f"noise of {owner} must be a number or a confusion matrix, got {noise!r}."
        )
    what = f"noise of {owner}, a confusion matrix,"
    if confusion.shape != (n_classes, n_classes):
        raise ValueError(
            f"{what} must have the shape ({n_classes}, {n_classes}) for {n_classes} "
            f"classes, got {confusion.shape}."
        )
    sums = confusion.sum(axis=1)
    wrong = ~((confusion >= 0).all(axis=1) & np.isclose(sums, 1))
    if wrong.any():
        row = confusion[wrong.argmax()].tolist()
        raise ValueError(
            f"{what} must hold numbers >= 0, in rows that sum to 1, got {row}."
        )
    return confusion
