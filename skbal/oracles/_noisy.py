"""The oracle with wrong answers."""

from numbers import Number

import numpy as np
from sklearn.utils.multiclass import type_of_target

from skbal._utils.labels import class_codes, different_labels
from skbal._utils.multilabel import holds_labels
from skbal._utils.named_axes import check_order
from skbal._utils.parameters import check_parameters, option, seed
from skbal._utils.random import check_seed
from skbal._utils.unanswered import unanswered
from skbal._utils.validation import check_real
from skbal.oracles._labels import LabelOracle
from skbal.oracles._noise import (
    confusion_noise,
    normal_noise,
    pair_noise,
    uniform_noise,
)


class NoisyOracle(LabelOracle):
    """Answers with known labels, some of which are made wrong.

    The answer about a row is always the same. It does not depend on which other rows
    are asked about, in which order, or how often. With one ``random_state``, an answer
    of kind "uniform" or "pair" that is wrong with little noise is wrong in the same way
    with more noise.

    Parameters
    ----------
    y : array-like of shape (n_pool,) or (n_pool, n_outputs)
        The true label of every row of the pool. None or NaN leaves a row unanswered.
        Several outputs are yes/no labels (0 and 1), which are wrong independently of
        each other, or with ``kind="gaussian"`` several numbers.
    noise : float or array-like of shape (n_classes, n_classes), default=0.1
        Probability that an answer is wrong, in [0, 1]. For ``kind="gaussian"`` the
        standard deviation of the noise, in the units of y. A confusion matrix says how
        answers are wrong, so ``kind`` must be left at its default: row c holds the
        probability of each answer if class c is true, and sums to 1.
    kind : {"uniform", "pair", "gaussian"}, default="uniform"
        How an answer is wrong. "uniform": it is another class, each equally likely.
        "pair": it is the next class, and for the last class the first. "gaussian":
        Gaussian noise is added to the target of a regression.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Decides which answers are wrong, and how. An integer makes the answers
        repeatable. With ``None``, each oracle has answers of its own and keeps them.
    classes : array-like of shape (n_classes,), optional
        All classes, in the order of the confusion matrix and of "pair". ``None`` takes
        the sorted classes of y.
    cost_per_label : float, default=1.0
        Cost of one answer, right or wrong.

    Attributes
    ----------
    wrong_ : ndarray of shape (n_pool,), dtype=bool
        Whether the answer about each row of the pool differs from the true label.

    Notes
    -----
    The answers are fixed when ``wrong_`` or the first answer is needed. Parameters that
    are set later change nothing. A pickle keeps the answers, a clone does not.

    Examples
    --------
    >>> from skbal.oracles import NoisyOracle
    >>> oracle = NoisyOracle(["cat", "dog", "eel"] * 2, noise=1, kind="pair")
    >>> oracle([0, 1, 2]).tolist()
    ['dog', 'eel', 'cat']
    >>> oracle.wrong_.tolist()
    [True, True, True, True, True, True]
    """

    _parameter_rules = {
        "kind": option("uniform", "pair", "gaussian"),
        "random_state": seed(),
    }

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
        """Whether the answer about each row of the pool is wrong."""
        true = super()._labels()
        differs = (self._labels() != true) & ~_like(unanswered(true), true)
        return differs.reshape(len(differs), -1).any(axis=1)

    def _labels(self):
        if not hasattr(self, "_settled"):
            self._settled = self._noisy_where_known(super()._labels())
        return self._settled

    def _noisy_where_known(self, y):
        missing = unanswered(y)
        if not missing.any():
            return self._noisy(y)
        settled = y.copy()
        settled[~missing] = self._noisy(np.array(y[~missing].tolist()))
        return settled

    def _noisy(self, y):
        owner = type(self).__name__
        check_parameters(self)
        self._check_kind(owner)
        seed = check_seed(self.random_state, owner)
        if self.kind == "gaussian":
            std = check_real(self.noise, "noise", owner, low=0)
            return normal_noise(_check_numbers(y, owner), std, seed)
        if self.classes is None and _are_labels(y):
            _check_order(self.noise, [0, 1], owner)
            codes = self._changed(y.ravel().astype(np.intp), 2, seed)
            return codes.reshape(y.shape).astype(y.dtype)
        classes, codes = _coded(y, self.classes, owner)
        _check_order(self.noise, classes, owner)
        return classes[self._changed(codes, len(classes), seed)]

    def _check_kind(self, owner):
        is_matrix = isinstance(self.noise, (list, tuple, np.ndarray))
        if is_matrix and self.kind != "uniform":
            raise ValueError(
                f"kind of {owner} must be left at 'uniform' if noise is a confusion "
                f"matrix, which says how answers are wrong, got {self.kind!r}."
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


def _are_labels(y):
    """Return whether rows have several yes/no labels, all of them known."""
    return holds_labels(y) and y.dtype.kind in "biuf" and np.isin(y, [0, 1]).all()


def _like(mask, y):
    return mask.reshape(-1, *[1] * (y.ndim - 1))


def _coded(y, classes, owner):
    """Return the classes, and y as positions in them."""
    found, codes = class_codes(y, "y", owner)
    kind = type_of_target(y, input_name="y")
    if kind.startswith("continuous"):
        raise ValueError(
            f"y of {owner} holds {kind} values, which are not classes: say "
            "kind='gaussian', with a standard deviation as noise."
        )
    if kind not in ("binary", "multiclass") or y.ndim != 1:
        raise ValueError(
            f"y of {owner} must hold one class per row, got {kind} values of the shape "
            f"{y.shape}."
        )
    if classes is None:
        return found, codes
    classes = different_labels(classes, f"classes of {owner}")
    places = {value: place for place, value in enumerate(classes.tolist())}
    if missing := [value for value in found.tolist() if value not in places]:
        raise ValueError(
            f"classes of {owner} must hold every class of y, but {missing[0]!r} is not "
            f"among {classes.tolist()}."
        )
    return classes, np.array([places[value] for value in found.tolist()])[codes]


def _check_numbers(y, owner):
    if y.dtype.kind not in "buif":
        raise ValueError(
            f"kind='gaussian' of {owner} adds to numbers, but y holds "
            f"{str(y.flat[0])!r}."
        )
    if not np.isfinite(y).all():
        raise ValueError(f"y of {owner} must be finite, got NaN or infinity.")
    return y


def _check_order(noise, classes, owner):
    for axis in ("rows", "columns"):
        check_order(noise, classes, f"noise of {owner}", axis)


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
