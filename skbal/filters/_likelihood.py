"""The filter that trusts labels with enough probability."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import column_or_1d

from skbal._utils.multilabel import is_multilabel
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, count_in_memory, own, seed
from skbal._utils.random import check_seed
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import check_real
from skbal.filters._labels import labels_likelihood
from skbal.filters._predictive import (
    check_labels,
    check_same_kind,
    columns_of,
    likelihood_of,
    model_classes,
    predictive_probabilities,
)
from skbal.filters._threshold import NoiseEstimate

_OWNER = "LabelLikelihoodFilter"


def _check_threshold(threshold, name, owner):
    if not isinstance(threshold, str):
        check_real(threshold, name, owner, low=0, high=1)
    elif threshold != "dynamic":
        raise ValueError(
            f"{name} of {owner} must be a number in [0, 1] or 'dynamic', got "
            f"{threshold!r}."
        )


class LabelLikelihoodFilter(KnowsItsParameters, BaseEstimator):
    """Trusts a label if the model gives it at least some probability.

    A label y of a row x is trusted if ``p(y | x, D_train) >= threshold``. Here p is the
    posterior predictive, the mean of the posterior draws, of the model before it is
    taught the label. A label of a class that the model does not know yet is trusted.
    Several yes/no labels of a row are trusted together, if each of them is.

    Parameters
    ----------
    threshold : float in [0, 1] or "dynamic", default=0.1
        Smallest likelihood that is trusted. 0 trusts all labels. "dynamic" adapts to
        the answers: the likelihoods of all answers so far give an estimate of the rate
        of wrong answers and of the over- or underconfidence of the model. The threshold
        is then set so that the number of rejected labels among the last 200 answers is
        the estimated number of wrong ones. Without evidence for wrong answers, none is
        rejected. It needs one label per row.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws. An integer gives the same draws at every call.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.

    Attributes
    ----------
    threshold_ : float
        The threshold after the last `observe`.
    noise_rate_ : float
        Estimated share of wrong answers among all answers so far. Only with
        ``threshold="dynamic"``.
    temperature_ : float
        Above 1 if the model is overconfident, below 1 if it is underconfident. Only
        with ``threshold="dynamic"``.
    n_observed_ : int
        Number of answers of known classes that were observed.

    Notes
    -----
    "dynamic" needs each answer once and in order, by `observe`. A learner with this
    ``label_filter`` does this. Before the first answer, `trust` trusts everything.

    In the model of the answers, an answer is wrong with probability e. A wrong answer
    is any other class. A right answer follows the posterior predictive, with two
    corrections. A temperature corrects over- and underconfidence. A blunder rate, which
    falls with the number of answers, stands for confident errors of a model with few
    labels. These unknowns have a prior on a grid, with half of its probability on
    e = 0. All sums are exact, so there is nothing to tune. The filter remembers a few
    numbers per answer, and not the row.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.filters import LabelLikelihoodFilter
    >>> X = np.linspace(0, 1, 20)[:, np.newaxis]
    >>> y = np.where(X[:, 0] < 0.5, "no", "yes")
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> LabelLikelihoodFilter(0.1).trust(forest, [[0.0], [0.0]], ["no", "yes"])
    array([ True, False])
    """

    _parameter_rules = {
        "threshold": own(_check_threshold, "a number in [0, 1] or 'dynamic'", 2.0),
        "n_draws": count_in_memory(none=True),
        "random_state": seed(),
        "batch_size": count(1, none=True),
    }

    def __init__(self, threshold=0.1, n_draws=None, random_state=None, batch_size=None):
        self.threshold = threshold
        self.n_draws = n_draws
        self.random_state = random_state
        self.batch_size = batch_size

    def likelihood(self, estimator, X, y):
        """Return the posterior predictive probability of each label.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted classifier, also at the end of a pipeline, or a learner that holds
            one. Without posterior draws, its ``predict_proba`` is used.
        X : array-like of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Their labels.

        Returns
        -------
        likelihood : ndarray of shape (n_samples,), dtype=float64
            In [0, 1]. NaN for a class that the model does not know. For several yes/no
            labels of a row it is the smallest of their probabilities. Missing labels,
            and labels for which the model has seen only one answer, do not count.

        Raises
        ------
        TypeError
            If the estimator is a regressor, or gives no probabilities of classes.
        NotFittedError
            If it is not fitted.
        ValueError
            If X and y have different lengths; if a label is missing; if labels are
            strings and the model's classes numbers, or the reverse; if the model's
            probabilities are NaN; or if a parameter of the filter is wrong.
        """
        check_parameters(self)
        if self._has_labels(estimator):
            return labels_likelihood(estimator, X, y, _OWNER, **self._how())
        return likelihood_of(*self._predicted(estimator, X, y))

    def trust(self, estimator, X, y):
        """Return which labels are trusted, without remembering them.

        Parameters
        ----------
        estimator : estimator or learner
            As for `likelihood`.
        X : array-like of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        trusted : ndarray of shape (n_samples,), dtype=bool

        Raises
        ------
        TypeError, NotFittedError, ValueError
            As for `likelihood`.
        """
        check_parameters(self)
        likelihood = self.likelihood(estimator, X, y)
        threshold = self.threshold
        if threshold == "dynamic":
            threshold = getattr(self, "threshold_", 0.0)
        return _trusted(likelihood, threshold)

    def observe(self, estimator, X, y):
        """Return which labels are trusted, and remember them for "dynamic".

        Parameters
        ----------
        estimator : estimator or learner
            As for `likelihood`. It must not have been taught these labels.
        X : array-like of shape (n_samples, ...)
            The rows of new answers.
        y : array-like of shape (n_samples,)
            The answers.

        Returns
        -------
        trusted : ndarray of shape (n_samples,), dtype=bool
            According to a threshold that takes these answers into account.

        Raises
        ------
        TypeError, NotFittedError, ValueError
            As for `likelihood`. Then nothing is remembered.
        """
        check_parameters(self)
        if self._has_labels(estimator):
            trusted = self.trust(estimator, X, y)
            self.n_observed_ = getattr(self, "n_observed_", 0) + len(trusted)
            self.threshold_ = self.threshold
            return trusted
        probabilities, columns = self._predicted(estimator, X, y)
        known, threshold = columns >= 0, self.threshold
        if threshold == "dynamic":
            labels = column_or_1d(y)[known].tolist()
            threshold = self._learn(probabilities[known], columns[known], labels)
        self.n_observed_ = getattr(self, "n_observed_", 0) + int(known.sum())
        self.threshold_ = threshold
        return _trusted(likelihood_of(probabilities, columns), threshold)

    def _learn(self, probabilities, columns, labels):
        """Return the threshold after more answers."""
        estimate = getattr(self, "_estimate", None) or NoiseEstimate()
        if probabilities.shape[1] > 1:  # with a single class, no label is unlikely
            estimate = estimate.after(probabilities, columns, labels)
        self._estimate = estimate
        self.noise_rate_ = estimate.noise_rate
        self.temperature_ = estimate.temperature
        return estimate.threshold

    def _predicted(self, estimator, X, y):
        """Return the probabilities of all classes, and the column of each label."""
        check_labels(X, y, _OWNER)
        classes = model_classes(estimator, _OWNER)
        check_same_kind(y, classes, _OWNER)
        probabilities = predictive_probabilities(estimator, X, _OWNER, **self._how())
        columns = columns_of(y, classes)
        # A network may have columns of classes that it was never taught.
        taught = getattr(unwrap(estimator)[1], "taught_classes_", classes)
        return probabilities, np.where(
            np.isin(columns, columns_of(taught, classes)), columns, -1
        )

    def _has_labels(self, estimator):
        """Return whether a row has several yes/no labels."""
        model = unwrap(estimator)[1]
        if not is_multilabel(model):
            return False
        if self.threshold == "dynamic":
            raise ValueError(
                f"threshold of {_OWNER} must be a number for several labels per row, "
                f"as of this {type(model).__name__}, got 'dynamic', which counts the "
                "wrong ones among single labels."
            )
        return True

    def _how(self):
        """Return how the probabilities are computed."""
        return {
            "n_draws": self.n_draws,
            "seed": check_seed(self.random_state, _OWNER),
            "batch_size": self.batch_size,
        }


def _trusted(likelihood, threshold):
    return np.isnan(likelihood) | (likelihood >= threshold)
