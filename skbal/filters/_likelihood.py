"""The filter that believes what the model holds possible."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import column_or_1d

from skbal._utils.random import check_seed
from skbal._utils.validation import check_count, check_real
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


class LabelLikelihoodFilter(BaseEstimator):
    """Trusts a label if the model gives it at least some probability.

    The trust set is that of all (x, y) with ``p(y | x, D_train) >= threshold``, where p
    is the posterior predictive, the mean of the posterior draws, of the model before it
    is taught the label. A label of a class that the model does not know yet is trusted.

    Parameters
    ----------
    threshold : float in [0, 1] or "dynamic", default=0.1
        The smallest likelihood that is trusted; 0 trusts all labels. "dynamic" follows
        the answers: from how likely the model found each one beforehand, the rate of
        wrong answers is estimated together with how far the model's probabilities can
        be believed, and the threshold is such that as many of the last 200 answers lie
        below it as should be wrong. While nothing speaks for wrong answers, none does.
    n_draws : int, optional
        How many posterior draws are averaged; None takes the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the draws.
    batch_size : int, optional
        How many rows go through the estimator at once; None takes as many as keep the
        draws to some 64 MB.

    Attributes
    ----------
    threshold_ : float
        The threshold in force after the last `observe`.
    noise_rate_ : float
        With "dynamic": the estimated share of wrong answers, of all that were asked
        for so far.
    temperature_ : float
        With "dynamic": above 1 where the model is more certain than its predictions of
        the answers were right, below 1 where it is less so.
    n_observed_ : int
        How many answers of known classes were observed.

    Notes
    -----
    "dynamic" needs the answers in the order in which they came and each one only once,
    by `observe`: a learner with this ``label_filter`` sees to it. Before that, `trust`
    trusts everything. What is modelled: an answer is wrong with probability e, and then
    names any other class; otherwise it follows the model's predictive, of which a
    temperature takes out over- and underconfidence, and a blunder rate that falls with
    the answers stands for what a model of few labels is sure of and wrong about. These
    unknowns have a prior on a grid (half of it on e = 0) and exact sums, so there is
    nothing to tune. A few numbers are remembered for each answer, not its row.

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
            one. One that makes no posterior draws is asked for ``predict_proba``.
        X : array-like of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,)
            The label that was given for each.

        Returns
        -------
        likelihood : ndarray of shape (n_samples,), dtype=float64
            In [0, 1]; NaN for a class that the model does not know.

        Raises
        ------
        TypeError
            If the estimator is a regressor, or gives no probabilities of classes.
        NotFittedError
            If it is not fitted.
        ValueError
            If X and y have different lengths, a label is missing or is text where the
            model's classes are numbers, or the other way round; if the model's
            probabilities are NaN, or a parameter of the filter is wrong.
        """
        return likelihood_of(*self._predicted(estimator, X, y))

    def trust(self, estimator, X, y):
        """Return which labels are trusted; nothing is remembered.

        Parameters
        ----------
        estimator : estimator or learner
            As in `likelihood`.
        X : array-like of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,)
            The label that was given for each.

        Returns
        -------
        trusted : ndarray of shape (n_samples,), dtype=bool

        Raises
        ------
        TypeError, NotFittedError, ValueError
            As `likelihood` does.
        """
        threshold = self._check_threshold()
        likelihood = self.likelihood(estimator, X, y)
        if threshold == "dynamic":
            threshold = getattr(self, "threshold_", 0.0)
        return _trusted(likelihood, threshold)

    def observe(self, estimator, X, y):
        """Return which labels are trusted, and remember them for "dynamic".

        Parameters
        ----------
        estimator : estimator or learner
            As in `likelihood`; it must not have been taught these labels.
        X : array-like of shape (n_samples, ...)
            The rows of new answers.
        y : array-like of shape (n_samples,)
            The answers.

        Returns
        -------
        trusted : ndarray of shape (n_samples,), dtype=bool
            By a threshold that these answers have a say in.

        Raises
        ------
        TypeError, NotFittedError, ValueError
            As `likelihood` does; then nothing is remembered.
        """
        threshold = self._check_threshold()
        probabilities, columns = self._predicted(estimator, X, y)
        known = columns >= 0
        if threshold == "dynamic":
            labels = column_or_1d(y)[known].tolist()
            threshold = self._learn(probabilities[known], columns[known], labels)
        self.n_observed_ = getattr(self, "n_observed_", 0) + int(known.sum())
        self.threshold_ = threshold
        return _trusted(likelihood_of(probabilities, columns), threshold)

    def _learn(self, probabilities, columns, labels):
        """Return the threshold after more answers."""
        estimate = getattr(self, "_estimate", None) or NoiseEstimate()
        if probabilities.shape[1] > 1:  # of a single class, no label is unlikely
            estimate = estimate.after(probabilities, columns, labels)
        self._estimate = estimate
        self.noise_rate_ = estimate.noise_rate
        self.temperature_ = estimate.temperature
        return estimate.threshold

    def _predicted(self, estimator, X, y):
        """Return the probabilities of all classes, and the column of each label."""
        check_labels(X, y, _OWNER)
        for name in ("n_draws", "batch_size"):
            if getattr(self, name) is not None:
                check_count(getattr(self, name), name, _OWNER)
        classes = model_classes(estimator, _OWNER)
        check_same_kind(y, classes, _OWNER)
        probabilities = predictive_probabilities(
            estimator,
            X,
            _OWNER,
            n_draws=self.n_draws,
            seed=check_seed(self.random_state, _OWNER),
            batch_size=self.batch_size,
        )
        return probabilities, columns_of(y, classes)

    def _check_threshold(self):
        if isinstance(self.threshold, str):
            if self.threshold == "dynamic":
                return self.threshold
            raise ValueError(
                f"threshold of {_OWNER} must be a number in [0, 1] or 'dynamic', got "
                f"{self.threshold!r}."
            )
        return check_real(self.threshold, "threshold", _OWNER, low=0, high=1)


def _trusted(likelihood, threshold):
    return np.isnan(likelihood) | (likelihood >= threshold)
