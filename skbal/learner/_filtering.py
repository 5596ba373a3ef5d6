"""Labels that a learner does not trust.

A label filter checks each answer with the current model before it is taught. Labels
that it does not trust are set aside and kept: a later, better model may trust them, or
a person may look at them again.
"""

import numpy as np
import scipy.sparse as sp

from skbal._utils._sklearn import num_samples
from skbal._utils.arrays import check_length_known
from skbal._utils.indices import check_indices
from skbal._utils.labels import check_answers
from skbal._utils.parameters import check_parameters, having
from skbal._utils.validation import check_same_number
from skbal._utils.warn import warn
from skbal.exceptions import RejectedLabelsWarning
from skbal.filters import LabelLikelihoodFilter
from skbal.learner._labelled_rows import Rejected
from skbal.learner._per_row import check_places, take_per_row
from skbal.learner._rollback import Change
from skbal.learner._training_data import take_rows

_HOW = ("bootstrap", "only_new")


class FilteringMixin:
    """Sets aside labels that ``label_filter`` does not trust.

    It stands before LearnerMixin among the bases.
    """

    _parameter_rules = {
        "label_filter": having(
            "trust", example="skbal.filters.LabelLikelihoodFilter()", none=True
        )
    }

    def _nothing_taught(self):
        return {**super()._nothing_taught(), "rejected_": Rejected()}

    def _kept(self):
        return {**super()._kept(), "rejected": self.rejected_}

    def _kept_beside(self, kept):
        rejected = Rejected()
        for piece in kept["rejected"]:
            rejected = rejected.with_more(**piece)
        return {"rejected_": rejected}

    def teach(
        self,
        X,
        y,
        bootstrap=False,
        only_new=False,
        *,
        indices=None,
        trusted=False,
        **fit_kwargs,
    ):
        """Add labelled rows to the training data and fit the estimator again.

        With a ``label_filter``, and once the estimator is fitted, only rows with
        trusted labels are taught. The others are added to ``rejected_``. If anything
        fails, the learner, its estimator and its filter are unchanged. The learner
        keeps copies of the rows and labels.

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
        indices : array-like of int of shape (n_samples,), optional
            The indices of the rows in a pool, from a loop that asks once for each.
        trusted : bool or array-like of bool of shape (n_samples,), default=False
            True teaches all rows without asking the filter. An array says which labels
            are trusted, as `filter_labels` returned it.
        **fit_kwargs
            Passed to the estimator's ``fit``. Arrays with one value per row, such as
            ``sample_weight``, are kept with their rows and passed again by each later
            `teach`. Rows without a weight have the weight 1.

        Raises
        ------
        ValueError, TypeError
            If X and y do not belong together, or do not match what was taught before.
            Errors of the filter and of the estimator's ``fit`` pass through unchanged.

        Warns
        -----
        TeachingWarning
            If a row was taught before, unless ``indices`` are given, or if the
            estimator was fitted to rows that the learner does not know: it forgets
            them.
        RejectedLabelsWarning
            If the filter trusts none of the labels.
        """
        how = {"bootstrap": bootstrap, "only_new": only_new}
        with Change(self) as change:
            new, others = self._new_rows(X, y, indices, fit_kwargs)
            mask = self._trusted(change, X, y, trusted)
            attributes, kept = {}, new
            if not mask.all():
                doubted = _rows_of(new, np.flatnonzero(~mask))
                attributes = {"rejected_": self.rejected_.with_more(**doubted)}
                kept = _rows_of(new, np.flatnonzero(mask))
            if mask.any():
                attributes |= self._learned(change, kept, others, **how)
            elif np.ndim(trusted) == 0:
                self._warn_of_no_trust(len(mask))
            change.commit(**attributes)

    def _trusted(self, change, X, y, trusted):
        if np.ndim(trusted):
            return _check_mask(trusted, num_samples(X), f"{type(self).__name__}.teach")
        if trusted or not self._can_filter():
            return np.ones(num_samples(X), dtype=bool)
        change.protect(self.label_filter, _attributes(self.label_filter))
        return self.filter_labels(X, y)

    def _warn_of_no_trust(self, n_labels):
        warn(
            f"label_filter of {type(self).__name__} trusts none of the {n_labels} "
            "labels: nothing was taught. They are kept in rejected_; review() tells "
            "how likely each is, accept() teaches them.",
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
        owner = f"{type(self).__name__}.set_aside"
        for values, name in ((X, "X"), (y, "y")):
            check_length_known(values, f"{name} of {owner}")
        n_rows = num_samples(X)
        check_same_number(n_rows, num_samples(y), owner)
        indices = check_places(indices, n_rows, owner)
        if n_rows:
            self._check_more(X, y)
            if not sp.issparse(y):
                check_answers(np.asarray(y), owner)
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
        labels = chosen.y if y is None else y
        how = {name: teach_kwargs.pop(name) for name in _HOW if name in teach_kwargs}
        with Change(self) as change:
            kwargs = {**chosen.per_row, **teach_kwargs}
            new, others = self._new_rows(chosen.X, labels, chosen.indices, kwargs)
            attributes = self._learned(change, new, others, **how)
            change.commit(**attributes, rejected_=self.rejected_.without(positions))

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
        kept, doubted = self._taught.without(positions), self._taught.only(positions)
        with Change(self) as change:
            rejected = self.rejected_.with_more(**vars(doubted))
            kwargs = {**kept.per_row, **fit_kwargs}
            self._fit_estimator(change, kept.X, kept.y, False, kwargs)
            change.commit(_taught=kept, rejected_=rejected)

    def _can_filter(self):
        check_parameters(self)
        return self.label_filter is not None and self.__sklearn_is_fitted__()


def _rows_of(new, positions):
    """Return some of the rows that `LearnerMixin._new_rows` returned."""
    indices = new["indices"]
    return {
        "X": take_rows(new["X"], positions),
        "y": take_rows(new["y"], positions),
        "indices": None if indices is None else np.asarray(indices)[positions],
        "per_row": take_per_row(new["per_row"], positions),
    }


def _check_mask(mask, n_rows, owner):
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.shape != (n_rows,):
        raise TypeError(
            f"trusted of {owner} must be True, False, or one of them for each of "
            f"{n_rows} rows, got {mask.dtype} of shape {mask.shape}."
        )
    return mask


def _attributes(holder):
    return dict(vars(holder)) if hasattr(holder, "__dict__") else {}
