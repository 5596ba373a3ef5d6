"""Labels that a learner does not trust.

A label filter checks each answer with the current model before it is taught. Labels
that it does not trust are set aside and kept: a later, better model may trust them, or
a person may look at them again.
"""

from contextlib import contextmanager

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.indices import check_indices
from skbal._utils.parameters import check_parameters, having
from skbal._utils.warn import warn
from skbal.exceptions import RejectedLabelsWarning
from skbal.filters import LabelLikelihoodFilter
from skbal.learner._rejected import Rejected
from skbal.learner._rollback import record_kept_on_error
from skbal.learner._training_data import take_rows


class FilteringMixin:
    """Sets aside labels that ``label_filter`` does not trust.

    It stands before LearnerMixin among the bases.
    """

    _parameter_rules = {
        "label_filter": having(
            "trust", example="skbal.filters.LabelLikelihoodFilter()", none=True
        )
    }

    def _forget(self):
        super()._forget()
        self.rejected_ = Rejected()

    def teach(
        self, X, y, bootstrap=False, only_new=False, *, trusted=False, **fit_kwargs
    ):
        """Add labelled rows to the training data and fit the estimator again.

        With a ``label_filter``, and once the estimator is fitted, only rows with
        trusted labels are taught. The others are added to ``rejected_``. If anything
        fails, the learner, its estimator and its filter are unchanged.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            The new rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their labels.
        bootstrap : bool, default=False
            Whether to fit to a bootstrap sample of the rows instead.
        only_new : bool, default=False
            Whether to fit to the new rows alone, for an estimator whose ``fit``
            continues from its previous state.
        trusted : bool, default=False
            Whether to teach all rows without asking the filter.
        **fit_kwargs
            Passed to the estimator's ``fit``.

        Raises
        ------
        ValueError, TypeError
            If X and y do not belong together, or do not match what was taught before.
            Errors of the filter and of the estimator's ``fit`` pass through unchanged.
        """
        how = {"bootstrap": bootstrap, "only_new": only_new, **fit_kwargs}
        if trusted or not self._can_filter():
            super().teach(X, y, **how)
            return
        with self._kept_on_error():
            mask = self.filter_labels(X, y)
            doubted, kept = np.flatnonzero(~mask), np.flatnonzero(mask)
            self.set_aside(take_rows(X, doubted), take_rows(y, doubted))
            if len(kept) == len(mask):
                super().teach(X, y, **how)
            elif len(kept):
                super().teach(take_rows(X, kept), take_rows(y, kept), **how)
            else:
                warn(
                    f"label_filter of {type(self).__name__} trusts none of the "
                    f"{len(mask)} labels: nothing was taught. They are kept in "
                    "rejected_; review() tells how likely each is, accept() teaches "
                    "them.",
                    RejectedLabelsWarning,
                )

    def filter_labels(self, X, y):
        """Return which labels the filter trusts, and let the filter remember them.

        `teach` calls this method. A loop calls it before, to ask about other rows in
        place of those that are set aside.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            Rows that were not taught yet.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        trusted : ndarray of shape (n_samples,), dtype=bool
            All true without a filter, or while the estimator is not fitted.

        Raises
        ------
        TypeError
            If ``label_filter`` is not a filter, or does not return true or false for
            each label.
        ValueError
            If X and y do not belong together, or do not match what was taught before.
        """
        self._check_more(X, y)
        if not self._can_filter():
            return np.ones(num_samples(X), dtype=bool)
        trust = getattr(self.label_filter, "observe", self.label_filter.trust)
        mask = np.asarray(trust(self, X, y))
        if mask.dtype != bool or mask.shape != (num_samples(X),):
            raise TypeError(
                f"label_filter of {type(self).__name__} must answer true or false for "
                f"each of {num_samples(X)} labels, got {mask.dtype} of shape "
                f"{mask.shape}."
            )
        return mask

    def set_aside(self, X, y, indices=None):
        """Keep labelled rows in ``rejected_`` without teaching them.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            The rows. There may be none.
        y : array-like of shape (n_samples,)
            Their labels.
        indices : array-like of int of shape (n_samples,), optional
            Their indices in a pool, to find them again.

        Raises
        ------
        ValueError, TypeError
            If X, y and the indices do not belong together, or do not match what was
            taught before.
        """
        n_rows = num_samples(X)
        if indices is not None:
            owner = f"{type(self).__name__}.set_aside"
            indices = check_indices(indices, np.inf, "indices", owner, unique=False)
            if len(indices) != n_rows:
                raise ValueError(
                    f"indices of {owner} must be one for each of the {n_rows} rows, "
                    f"got {len(indices)}."
                )
        if n_rows:
            self._check_more(X, y)
            self.rejected_ = self.rejected_.with_more(X, y, indices)

    def review(self):
        """Return how likely the rejected labels are under the current model.

        Returns
        -------
        likelihood : ndarray of shape (n_rejected,)
            Posterior predictive probability of each label in ``rejected_``. NaN for a
            class that the model does not know.
        """
        if not len(self.rejected_):
            return np.empty(0)
        by = self.label_filter
        if not hasattr(by, "likelihood"):
            by = LabelLikelihoodFilter()
        return by.likelihood(self, self.rejected_.X, self.rejected_.y)

    def accept(self, positions=None, y=None, **teach_kwargs):
        """Teach labels that were set aside, as they are or corrected.

        Parameters
        ----------
        positions : array-like of int of shape (n_accepted,), optional
            Positions in ``rejected_``. ``None`` accepts all.
        y : array-like of shape (n_accepted,), optional
            Their corrected labels. ``None`` keeps the labels that were given.
        **teach_kwargs
            Passed to `teach`.

        Raises
        ------
        TypeError, ValueError
            If a position does not exist, or ``y`` has another length.
        """
        owner = f"{type(self).__name__}.accept"
        positions = self.rejected_.positions(positions, owner)
        if y is not None and num_samples(y) != len(positions):
            raise ValueError(
                f"y of {owner} must hold a label for each of the {len(positions)} "
                f"positions, got {num_samples(y)}."
            )
        if not len(positions):
            return
        chosen = self.rejected_.only(positions)
        with self._kept_on_error():
            self.rejected_ = self.rejected_.without(positions)
            labels = chosen.y if y is None else y
            self.teach(chosen.X, labels, trusted=True, **teach_kwargs)

    def distrust(self, positions, **fit_kwargs):
        """Set aside rows that were taught before, and fit to the others.

        Parameters
        ----------
        positions : array-like of int of shape (n_distrusted,)
            Positions in ``X_training``, for instance those found by
            `skbal.filters.find_label_errors`.
        **fit_kwargs
            Passed to the estimator's ``fit``.

        Raises
        ------
        TypeError, ValueError
            If a position does not exist, or no row would be left.
        """
        owner = f"{type(self).__name__}.distrust"
        n_known = 0 if self.X_training is None else num_samples(self.X_training)
        positions = check_indices(positions, n_known, "positions", owner)
        if not len(positions):
            return
        if len(positions) == n_known:
            raise ValueError(
                f"positions of {owner} are all {n_known} rows that were taught: "
                "nothing would be left to fit to."
            )
        kept = np.setdiff1d(np.arange(n_known), positions)
        X, y = self.X_training, self.y_training
        with self._kept_on_error():
            self.set_aside(take_rows(X, positions), take_rows(y, positions))
            self.X_training, self.y_training = take_rows(X, kept), take_rows(y, kept)
            self._fit_to_known(**fit_kwargs)

    def _can_filter(self):
        check_parameters(self)
        return self.label_filter is not None and self.__sklearn_is_fitted__()

    @contextmanager
    def _kept_on_error(self):
        with record_kept_on_error(self):
            if hasattr(self.label_filter, "__dict__"):
                with record_kept_on_error(self.label_filter):
                    yield
            else:
                yield
