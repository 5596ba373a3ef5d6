"""TemperatureScaling: a classifier whose probabilities are made right by one number."""

from functools import partial
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import (
    check_is_fitted,
    column_or_1d,
    has_fit_parameter,
)

from skbal import sampling
from skbal._utils._sklearn import check_sample_weight
from skbal._utils.arrays import as_array
from skbal._utils.labelled import check_labelled
from skbal._utils.labels import check_classes
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, option, own
from skbal._utils.pools import n_rows
from skbal._utils.tags import classifies, tags_of
from skbal._utils.transactions import all_or_nothing
from skbal._utils.unwrap import last_step
from skbal._utils.validation import check_count
from skbal._utils.walk import gathered, walk
from skbal._utils.warn import warn
from skbal.base import PosteriorSamplerMixin
from skbal.exceptions import NumericalWarning
from skbal.models._accuracy import AccuracyMixin
from skbal.models._logistic._estimator import BayesianLogisticRegression
from skbal.models._temperature._held_out import (
    held_out_draws,
    mean_draw,
    own_draws,
    splits_of,
    weights_of,
)
from skbal.models._temperature._scaling import (
    at_a_bound,
    at_temperature,
    best_temperature,
    moved_to_mean,
)

_SEED = 0  # of the draws whose mean is the prediction


def _check_estimator(estimator, name, owner):
    inner = getattr(estimator, "estimator", estimator)
    inner = inner if isinstance(estimator, FrozenEstimator) else estimator
    is_class = isinstance(estimator, type)
    if is_class or not (classifies(inner) and hasattr(inner, "predict_proba")):
        got = f"the class {estimator.__name__}" if is_class else repr(estimator)
        raise TypeError(
            f"{name} of {owner} must be a classifier with predict_proba, such as "
            f"RandomForestClassifier(), got {got}."
        )


def _check_cv(cv, name, owner):
    if isinstance(cv, Integral):
        check_count(cv, name, owner, smallest=2)
    elif isinstance(cv, str) or not (hasattr(cv, "split") or np.iterable(cv)):
        raise TypeError(
            f"{name} of {owner} must be a number of folds >= 2, a cross-validation "
            f"generator or an iterable of splits, got {cv!r}."
        )


class TemperatureScaling(
    KnowsItsParameters,
    AccuracyMixin,
    PosteriorSamplerMixin,
    MetaEstimatorMixin,
    BaseEstimator,
):
    """A classifier whose probabilities are calibrated by a temperature.

    A network that says 99% may be right in 90% of such rows. Its logits are divided by
    one number T, the temperature, which is chosen so that the log loss of held-out
    labels is smallest [1]_. T above 1 makes the classifier less confident, T below 1
    more confident. The most probable class of a row stays the same. Posterior draws are
    kept, so that query strategies can use the result.

    Parameters
    ----------
    estimator : estimator, optional
        A classifier with ``predict_proba``. It is cloned. One in a
        `sklearn.frozen.FrozenEstimator` is used as it is, and the rows passed to `fit`
        should be rows that it was not fitted on. ``None`` is
        `BayesianLogisticRegression`.
    cv : int, cross-validation generator or iterable, default=5
        How rows are held out to choose T. An integer is the number of folds, stratified
        by class. There are fewer folds if no class has so many rows. A generator such
        as ``ShuffleSplit(1, test_size=0.2)`` holds out some rows once. In any case the
        estimator is fitted to all rows in the end. Not used for a frozen estimator.
    scale : {"mean", "draws"}, default="mean"
        What is divided by T. "mean" scales the mean prediction, and moves the draws so
        that their mean is the scaled one. "draws" scales the logits of each draw, and
        the prediction is the mean of these. See Notes.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    estimator_ : estimator
        The classifier fitted to all rows.
    temperature_ : float
        T, from 0.05 to 20.
    n_held_out_ : int
        Number of rows that T was chosen on.
    n_features_in_ : int
        Number of features, if rows have a second axis.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.

    See Also
    --------
    skbal.audit.calibration_error : Are the probabilities right?
    sklearn.calibration.CalibratedClassifierCV : Other ways, without joint draws.

    Notes
    -----
    **Which scale?** "draws" divides the logits of each set of weights by T, which is
    one more parameter of the likelihood, ``softmax(f(x) / T)``. Draws that were all
    overconfident may then differ more, so the mutual information may increase. It suits
    networks, Laplace approximations and Gaussian processes. It needs draws that are
    probabilities: the votes of a tree, 0 or 1, have no logits. And if the draws differ
    much, no T makes their mean as confident as it should be. "mean" suits any
    classifier and gives the probabilities of
    ``CalibratedClassifierCV(method="temperature", ensemble=False)`` in scikit-learn 1.8
    and later. What T changes is then treated as noise of the labels, the same for all
    draws of a row, so the mutual information cannot increase.

    Rahaman and Thiery [2]_ compare both for ensembles, and find them equally good.
    Scaling each member by its own T before averaging is worse, since a mean of
    calibrated members is too cautious.

    If all held-out rows are right, the log loss decreases without end as T decreases,
    and the best T would make the model certain of everything. T is then left at 1, and
    a `NumericalWarning` says so. It takes a few wrong rows to choose T.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger (2017), On calibration of
       modern neural networks, ICML.
    .. [2] R. Rahaman and A. H. Thiery (2021), Uncertainty quantification and deep
       ensembles, NeurIPS.

    Examples
    --------
    A forest is too cautious:

    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.audit import calibration_error
    >>> from skbal.models import TemperatureScaling
    >>> X, y = load_digits(return_X_y=True)
    >>> forest = RandomForestClassifier(50, random_state=0)
    >>> model = TemperatureScaling(forest, cv=3).fit(X[:900], y[:900])
    >>> bool(model.temperature_ < 0.6)
    True
    >>> for each in (model.estimator_, model):
    ...     found = calibration_error(y[900:], each.predict_proba(X[900:]))
    ...     print(round(found.error, 2))
    0.25
    0.01
    """

    _parameter_rules = {
        "estimator": own(_check_estimator, "a classifier", object(), none=True),
        "cv": own(_check_cv, "a number of folds or splits", 1),
        "scale": option("mean", "draws"),
    }

    def __init__(self, estimator=None, *, cv=5, scale="mean"):
        self.estimator = estimator
        self.cv = cv
        self.scale = scale

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, sample_weight=None):
        """Choose T on held-out rows, and fit the estimator to all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows. For a frozen estimator, rows to choose T on.
        y : array-like of shape (n_samples,)
            Their labels.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows, for the estimator and for the log loss.

        Returns
        -------
        self : TemperatureScaling
            The fitted estimator. If an error is raised, what was fitted before stays.

        Raises
        ------
        TypeError, ValueError
            If a parameter, the rows or the labels are invalid. The message says which.
            Errors of the estimator pass through.

        Warns
        -----
        NumericalWarning
            If T is as small or as large as it may be. If no row is held out, or no
            held-out row is wrong, in which case T is 1.
        """
        check_parameters(self)
        owner = type(self).__name__
        check_labelled(X, y, self._given(), owner)
        y = as_array(y, f"y given to {owner}")
        check_classes(y, owner)
        y = column_or_1d(y, warn=True)
        if sample_weight is not None:
            sample_weight = check_sample_weight(
                sample_weight, X, dtype=np.float64, ensure_non_negative=True
            )
        self._check_weights(sample_weight)
        with all_or_nothing(self):
            if isinstance(self.estimator, FrozenEstimator):
                self._fit_frozen(X, y, sample_weight)
            else:
                self._fit_all(X, y, sample_weight)
        return self

    def _given(self):
        given = self.estimator
        return BayesianLogisticRegression() if given is None else given

    def _check_weights(self, sample_weight):
        takes = isinstance(self.estimator, FrozenEstimator) or has_fit_parameter(
            last_step(self._given())[0], "sample_weight"
        )
        if sample_weight is not None and not takes:
            raise TypeError(
                f"sample_weight of {type(self).__name__}.fit must be None, because "
                f"{type(self._given()).__name__} takes no weights."
            )

    def _fit_frozen(self, X, y, sample_weight):
        check_is_fitted(self.estimator)
        self.estimator_ = self.estimator
        self.classes_ = np.asarray(self.estimator.classes_)
        unknown = y[~np.isin(y, self.classes_)].tolist()
        if unknown:
            raise ValueError(
                f"y given to {type(self).__name__} must hold labels that the frozen "
                f"estimator knows, got {unknown[0]!r}."
            )
        codes = np.flatnonzero(y[:, np.newaxis] == self.classes_) % len(self.classes_)
        self._choose(self._draws_of(self.estimator, X), codes, sample_weight)

    def _fit_all(self, X, y, sample_weight):
        estimator = self._given()
        in_y, codes = np.unique(y, return_inverse=True)
        name = type(self).__name__
        splits = splits_of(self.cv, codes, name) if len(in_y) > 1 else []
        rows, draws, classes = held_out_draws(
            estimator, X, y, splits, sample_weight, self._draws_of
        )
        weights = weights_of(estimator, sample_weight, slice(None))
        self.estimator_ = clone(estimator).fit(X, y, **weights)
        self.classes_ = np.asarray(self.estimator_.classes_)
        of_rows = None if sample_weight is None else sample_weight[rows]
        self._choose(draws, np.searchsorted(classes, y[rows]), of_rows)

    def _draws_of(self, estimator, X):
        if self.scale == "mean":
            return mean_draw(estimator, X)
        return own_draws(estimator, X, random_state=_SEED)

    def _choose(self, draws, codes, weights):
        """Set T, given draws for held-out rows."""
        self.n_held_out_, self.temperature_ = len(codes), 1.0
        name = type(self).__name__
        weights = np.ones(len(codes)) if weights is None else weights
        if not weights.any():
            _warn_of_one(name, "there are no held-out rows: a class needs two labels")
        elif not _some_are_wrong(draws, codes, weights):
            _warn_of_one(name, "all held-out rows are right, so nothing bounds it")
        else:
            self.temperature_ = best_temperature(draws, codes, weights)
            if at_a_bound(self.temperature_):
                warn(
                    f"The temperature of {name} is {self.temperature_:.3g}, as far as "
                    "it may go. Look at what it predicts for held-out rows.",
                    NumericalWarning,
                )

    def __sklearn_is_fitted__(self):
        return hasattr(self, "temperature_")

    # ---------------------------------------------------------------- predicting

    def predict(self, X):
        """Return the class of the largest probability.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        """Return class probabilities at the temperature.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        if self.scale == "mean":
            found = np.asarray(self.estimator_.predict_proba(X))
            return at_temperature(found, self.temperature_)
        # All draws at once might not fit into memory.
        means = walk(partial(_scaled_mean, self.estimator_, self.temperature_), X)
        return gathered(means, n_rows(X))

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws of the estimator at the temperature.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_classes)
            Class probabilities in the order of ``classes_``.

        Raises
        ------
        NoDrawsError
            If the estimator makes no posterior draws.
        """
        check_is_fitted(self)
        draws = sampling.predict_samples(
            self.estimator_, X, n_draws, random_state=random_state
        )
        scaled = moved_to_mean if self.scale == "mean" else at_temperature
        return scaled(draws, self.temperature_)

    @property
    def n_features_in_(self):
        """Number of features seen by the estimator."""
        return self.estimator_.n_features_in_

    @property
    def feature_names_in_(self):
        """Column names seen by the estimator."""
        return self.estimator_.feature_names_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = tags_of(self._given())
        if inner is not None:
            tags.input_tags.sparse = inner.input_tags.sparse
            tags.input_tags.allow_nan = inner.input_tags.allow_nan
        return tags


def _some_are_wrong(draws, codes, weights):
    wrong = draws.mean(axis=1).argmax(axis=1) != codes
    return bool((wrong & (weights > 0)).any())


def _warn_of_one(name, why):
    warn(f"The temperature of {name} is left at 1, because {why}.", NumericalWarning)


def _scaled_mean(estimator, temperature, X):
    draws = own_draws(estimator, X, random_state=_SEED)
    return at_temperature(draws, temperature).mean(axis=1)
