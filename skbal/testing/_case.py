"""One estimator under test: its rows, its draws, and the comparison of draws."""

import copy
from functools import cached_property

import numpy as np
from sklearn.base import clone

from skbal._utils._sklearn import safe_indexing
from skbal._utils.multilabel import is_multilabel
from skbal._utils.pools import n_rows
from skbal._utils.seeds_of import fill_random_states
from skbal.sampling import predict_samples
from skbal.testing._run import Subject

_FEWEST_ROWS = 4


class Case(Subject):
    """An estimator fitted on rows, and what the checks ask of it.

    Parameters
    ----------
    estimator : estimator
        Cloned and fitted.
    X, y : array-like
        The rows and labels. They are copied, so that no estimator can change them.
    n_draws : int or None
        Number of draws of the reference.
    seed : int
        The seed of the reference.
    tolerance : float
        Largest difference by rounding, as a part of the largest draw.
    n_standard_errors : float
        Largest random difference, in standard errors.
    """

    def __init__(self, estimator, X, y, *, n_draws, seed, tolerance, n_standard_errors):
        self.n_samples = n_rows(X, "X of check_posterior_sampler")
        n_rows(y, "y of check_posterior_sampler")
        if self.n_samples < _FEWEST_ROWS:
            raise ValueError(
                f"X of check_posterior_sampler must have at least {_FEWEST_ROWS} rows, "
                f"got {self.n_samples}."
            )
        self.X, self.y = copy.deepcopy(X), copy.deepcopy(y)
        self.pristine = copy.deepcopy(X)
        self.n_draws, self.seed = n_draws, seed
        self.tolerance, self.n_standard_errors = tolerance, n_standard_errors
        super().__init__(type(estimator).__name__)
        self.template = fill_random_states(clone(estimator), 0)
        self.fitted = clone(self.template).fit(self.X, self.y)

    @cached_property
    def twin(self):
        """Another clone, fitted on the same rows."""
        return clone(self.template).fit(self.X, self.y)

    @property
    def classes(self):
        """The fitted labels, or None for a regressor and for several labels per row."""
        classes = getattr(self.fitted, "classes_", None)
        return None if classes is None or self.is_multilabel else np.asarray(classes)

    @property
    def is_multilabel(self):
        """Whether a row has several yes/no labels, with draws of yes."""
        return is_multilabel(self.fitted)

    @cached_property
    def reference(self):
        """The draws that others are compared with."""
        return self.draw()

    def draw(self, X=None, *, model=None, **changes):
        """Return the draws of the reference made again, with changes."""
        model = self.fitted if model is None else model
        X = self.X if X is None else X
        arguments = {"n_draws": self.n_draws, "random_state": self.seed, **changes}
        if arguments["random_state"] is None and hasattr(model, "predict_samples"):
            # predict_samples of skbal would choose a seed for it.
            return np.asarray(model.predict_samples(X, **arguments))
        return predict_samples(model, X, **arguments)

    def rows(self, indices):
        """Return rows of X, in the kind of container X is."""
        return safe_indexing(self.X, indices)

    @cached_property
    def rounding(self):
        """The largest difference between draws that counts as rounding."""
        return self.tolerance * float(np.abs(self.reference).max())

    def require_same(self, draws, expected, promise, allowed=None):
        """Raise an AssertionError with the largest difference unless draws agree."""
        allowed = self.rounding if allowed is None else allowed
        super().require_same(draws, expected, promise, allowed)

    def differ(self, draws, others):
        """Return whether draws differ by more than rounding."""
        return float(np.abs(draws - others).max()) > self.rounding
