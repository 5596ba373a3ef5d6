"""What a learner does with labels that it does not believe.

A label filter judges each answer by the model before it is taught. What it does not
trust is set aside and kept: the better model of later may believe it, or somebody may
look at it again.
"""

from contextlib import contextmanager

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.indices import check_indices
from skbal._utils.warn import warn
from skbal.exceptions import RejectedLabelsWarning
from skbal.filters import LabelLikelihoodFilter
from skbal.learner._rejected import Rejected
from skbal.learner._rollback import record_kept_on_error
from skbal.learner._training_data import take_rows


class FilteringMixin:
    """Sets labels aside that ``label_filter`` does not trust; above LearnerMixin."""

    def _forget(self):
        super()._forget()
        self.rejected_ = Rejected()

    def teach(
        self, X, y, bootstrap=False, only_new=False, *, trusted=False, **fit_kwargs
    ):
        """Add labelled rows to the training data and fit the estimator again.

        With a ``label_filter``, and once the estimator is fitted, only the rows whose
        labels are trusted are taught; the others are added to ``rejected_``. If
        anything fails, the learner, its estimator and its filter are left as they were.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            The new rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their labels.
        bootstrap : bool, default=False
            Whether to fit to a bootstrap sample of the rows instead.
        only_new : bool, default=False
            Whether to fit to the new rows alone, for an estimator that goes on from
            where it was.
        trusted : bool, default=False
            Whether to teach all of them without asking the filter.
        **fit_kwargs
            Go on to the estimator's ``fit``.

        Raises
        ------
        ValueError, TypeError
            If X and y do not belong together, or not to what was taught before. What
            the filter and the estimator's ``fit`` raise passes through unchanged.
        """
        how = {"bootstrap": bootstrap, "only_new": only_new, **fit_kwargs}
        if trusted or not self._can_filter():
            super().teach(X, y, **how)
            return
        with self._kept_on_error():
            mask = self.filter_labels(X, y)
            doubted, believed = np.flatnonzero(~mask), np.flatnonzero(mask)
            self.set_aside(take_rows(X, doubted), take_rows(y, doubted))
            if len(believed) == len(mask):
                super().teach(X, y, **how)
            elif len(believed):
                super().teach(take_rows(X, believed), take_rows(y, believed), **how)
            else:
                warn(
                    f"label_filter of {type(self).__name__} trusts none of the "
                    f"{len(mask)} labels: nothing was taught. They are kept in "
                    "rejected_; review() tells how likely each is, accept() teaches "
                    "them.",
                    RejectedLabelsWarning,
                )

    def filter_labels(self, X, y):
        """Return which labels the filter trusts, and let it remember them.

        `teach` does this itself; a loop that wants to ask for other rows in the place
        of those set aside calls it before.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            Rows that were not taught.
        y : array-like of shape (n_samples,)
            The labels that were given for them.

        Returns
        -------
        trusted : ndarray of shape (n_samples,), dtype=bool
            All true without a filter, and as long as the estimator is not fitted.

        Raises
        ------
        TypeError
            If ``label_filter`` is no filter, or judges otherwise than by yes and no.
        ValueError
            If X and y do not belong together, or not to what was taught before.
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
            The rows; there may be none.
        y : array-like of shape (n_samples,)
            Their labels.
        indices : array-like of int of shape (n_samples,), optional
            Which rows of a pool they are, for whoever looks at them later.

        Raises
        ------
        ValueError, TypeError
            If X, y and the indices do not belong together, or not to what was taught
            before.
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
        """Return how likely the labels that were set aside are by today's model.

        Returns
        -------
        likelihood : ndarray of shape (n_rejected,)
            The posterior predictive probability of each label in ``rejected_``, in its
            order; NaN for a label of a class that the model does not know.
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
            Which ones, as positions in ``rejected_``; None is all of them.
        y : array-like of shape (n_accepted,), optional
            Their labels, after somebody has looked again; None keeps those given.
        **teach_kwargs
            Go on to `teach`.

        Raises
        ------
        TypeError, ValueError
            If the positions do not exist, or ``y`` has another length.
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
        """Set rows aside that were taught before, and fit to what is left.

        Parameters
        ----------
        positions : array-like of int of shape (n_distrusted,)
            Positions in ``X_training``, for instance those that
            `skbal.filters.find_label_errors` finds.
        **fit_kwargs
            Go on to the estimator's ``fit``.

        Raises
        ------
        TypeError, ValueError
            If the positions do not exist, or nothing would be left.
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
        if self.label_filter is None:
            return False
        if isinstance(self.label_filter, type) or not hasattr(
            self.label_filter, "trust"
        ):
            raise TypeError(
                f"label_filter of {type(self).__name__} must have the method trust, "
                "as skbal.filters.LabelLikelihoodFilter() has, got "
                f"{self.label_filter!r}."
            )
        return self.__sklearn_is_fitted__()

    @contextmanager
    def _kept_on_error(self):
        with record_kept_on_error(self):
            if hasattr(self.label_filter, "__dict__"):
                with record_kept_on_error(self.label_filter):
                    yield
            else:
                yield
