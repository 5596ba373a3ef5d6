"""GraphClassifier: classes from very few labels, on the graph of a pool."""

import numpy as np
from scipy.special import softmax
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import as_array
from skbal._utils.labels import (
    check_answers,
    check_classes,
    classes_among,
    with_classes_of,
)
from skbal._utils.logistic_normal import mean_of_softmax
from skbal.models._accuracy import AccuracyMixin
from skbal.models._graph._base import GraphField, check_rows_of

_LOGISTIC = 2 / np.sqrt(np.pi)  # its slope at 0 is that of the normal distribution


class GraphClassifier(AccuracyMixin, GraphField):
    """Learns classes from very few labels by a Gaussian field on the graph of a pool.

    The unlabelled pool tells which rows belong together, so a few labels are enough to
    name the groups. The one-hot labels are regressed on the eigenfunctions of the
    graph, with smooth functions more likely than rough ones [1]_. The posterior is
    exact and joint, and another label takes milliseconds.

    Parameters
    ----------
    graph : PoolGraph, optional
        The graph of the pool, fitted. ``clone`` neither copies nor refits it. ``None``,
        or a graph that is not fitted, builds one of the rows passed to `fit`, which
        uses no unlabelled rows.
    tau : float or "evidence", optional
        One minus the eigenvalue at which the prior variance has fallen to
        ``2**-alpha``. A smaller value makes the field smoother. ``None`` takes the
        first eigenfunction behind the graph's ``n_clusters_``, so that the field varies
        between clusters and little within one. "evidence" finds it from the labels at
        each fit; see Notes.
    alpha : float, default=3.0
        How fast the prior variance of an eigenfunction falls with its eigenvalue:
        ``(tau / (tau + 1 - eigenvalue)) ** alpha`` [2]_.
    noise_variance : float, default=0.05
        Variance of a label around the field, over the mean prior variance of the field.
        Raise it if labels are wrong now and then.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` makes by default.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the graph that is built if none is given that is fitted.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    graph_ : PoolGraph
        The graph.
    tau_ : float
        As given, or as found from the graph or the labels.
    prior_variances_ : ndarray of shape (n_components,)
        Prior variance of the weight of each eigenfunction. The mean variance of the
        field over the nodes of the graph is 1.
    noise_variance_ : float
        As given; in units of ``output_covariance_``.
    output_covariance_ : ndarray of shape (n_classes, n_classes)
        Prior covariance between classes: the variance of a one-hot label of equally
        frequent classes, times the identity.
    n_features_in_ : int
        Number of features of a row, if rows have a second axis.
    feature_names_in_ : ndarray of str
        Column names, if the pool was a data frame.

    See Also
    --------
    skbal.query.ExpectedVarianceReduction : Asks for the labels that tell most.
    skbal.seeding.ClusterSeed : The first labels, one for each cluster.
    sklearn.semi_supervised.LabelSpreading : Its mean, without a posterior.

    Notes
    -----
    The label of a row is a statement about its neighbourhood. Between clusters the
    field changes from row to row, so there a label tells less. Its variance is
    ``noise_variance`` plus the prior variance of the difference between the field at a
    row and at a random neighbour. Without this, a single row that lies between two
    clusters turns the labels of one of them.

    For a draw f of the field at a row with label variance s, the probability of class c
    is that its noisy value is the largest, ``softmax(2 f / sqrt(pi s))``, as in
    `LastLayerClassifier`. ``predict_proba`` is the mean of this over the posterior, by
    quadrature. The mean of a hundred draws would move the boundaries between classes:
    after 12 labels of 30,000 digits, the accuracy then varied by half a point from seed
    to seed.

    The covariance does not depend on the labels, only on which rows have one. With
    ``tau="evidence"`` it depends on them through tau: the value of about thirty that is
    most probable, given the density of the one-hot labels under the prior, and a broad
    prior of log(tau) around the value of the graph, with standard deviation 2. A label
    then takes tens of milliseconds, since `partial_fit` finds tau again. With labels of
    a single class, tau is that of the graph.

    References
    ----------
    .. [1] X. Zhu, J. Lafferty and Z. Ghahramani (2003), Combining Active Learning and
       Semi-Supervised Learning Using Gaussian Fields and Harmonic Functions.
    .. [2] A. L. Bertozzi, X. Luo, A. M. Stuart and K. C. Zygalakis (2018), Uncertainty
       Quantification in Graph-Based Classification of High Dimensional Data, section 3.

    Examples
    --------
    One label for each of two moons:

    >>> import numpy as np
    >>> from sklearn.datasets import make_moons
    >>> from skbal.features import PoolGraph
    >>> from skbal.models import GraphClassifier
    >>> X, y = make_moons(400, noise=0.05, random_state=0)
    >>> graph = PoolGraph(random_state=0).fit(X)
    >>> model = GraphClassifier(graph).fit(X[:2], y[:2])
    >>> y[:2].tolist(), bool(model.score(X, y) > 0.98)
    ([0, 1], True)
    >>> model.predict_samples(X, n_draws=20, random_state=0).shape
    (400, 20, 2)
    """

    def __init__(
        self,
        graph=None,
        *,
        tau=None,
        alpha=3.0,
        noise_variance=0.05,
        n_draws=100,
        random_state=None,
    ):
        self.graph = graph
        self.tau = tau
        self.alpha = alpha
        self.noise_variance = noise_variance
        self.n_draws = n_draws
        self.random_state = random_state

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, sample_weight=None):
        """Find the posterior of the field.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The labelled rows, of the pool or others of the same form.
        y : array-like of shape (n_samples,)
            The labels.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows. A row of weight 2 counts as two equal labels.

        Returns
        -------
        self : GraphClassifier
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which.
        NotFittedError
            If a parameter of the graph was changed after it was fitted.
        """
        y = self._check_labels(X, y)
        prior = self._begin(X, sample_weight)
        classes = np.unique(y)
        known = self._told_by(prior, X, _one_hot(y, classes), sample_weight)
        return self._learned(prior, known, classes)

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Add labels to those learned so far.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The labelled rows.
        y : array-like of shape (n_samples,)
            The labels. Classes that were not known are added.
        classes : array-like of shape (n_classes,), optional
            All classes that will occur. They need not be known in advance.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        self : GraphClassifier
            The same as after `fit` on all labels so far.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which.
        """
        y = self._check_labels(X, y)
        first = not self.__sklearn_is_fitted__()
        prior = self._begin(X, sample_weight) if first else self._begun()
        known = self._all_classes(y, classes, first)
        new = self._told_by(prior, X, _one_hot(y, known), sample_weight)
        if not first:
            places = np.searchsorted(known, self.classes_)
            new = self._known.with_outputs(places, len(known)) + new
        return self._learned(prior, new, known)

    def _all_classes(self, y, classes, first):
        """Return the classes of y, those given, and those known so far."""
        what = f"given to partial_fit of {type(self).__name__}"
        known = np.unique(y)
        if not first:
            known = with_classes_of(self.classes_, y, f"y {what}")
        if classes is not None:
            classes = classes_among(classes, f"classes {what}")
            known = with_classes_of(known, classes, f"classes {what}")
        return known

    def _learned(self, prior, known, classes):
        prior, evidence = self._settled(prior, known)
        share = 1 / len(classes)
        posterior = evidence.posterior(share, type(self).__name__)
        self._finish(prior, known, posterior, share)
        self.classes_ = classes
        return self

    def _check_labels(self, X, y):
        owner = type(self).__name__
        check_rows_of(X, y, owner)
        y = column_or_1d(as_array(y, f"y given to {owner}"), warn=True)
        check_answers(y, owner)
        assert_all_finite(y, input_name="y")
        check_classes(y, owner)
        return y

    def _log_evidence(self, evidence):
        n_classes = evidence.cross.shape[1]
        if n_classes == 1:
            return None
        share = 1 / n_classes
        posterior = evidence.posterior(share, type(self).__name__)
        return evidence.log_likelihood(share, posterior, share * (1 - share)).sum()

    def _scales(self):
        share = 1 / len(self.classes_)
        # With one class there is nothing to vary, and any number will do.
        return np.full(len(self.classes_), share * (1 - share) or 1.0)

    # ---------------------------------------------------------------- predicting

    def predict(self, X):
        """Return the class with the largest probability of `predict_proba`.

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
        """Return the mean of the class probabilities over the posterior.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
            The probabilities, with columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        mean, variance, noise = self._moments(X)
        slope = _LOGISTIC / np.sqrt(noise * self._scales()[0])
        variance = variance * self._scales()[0] * slope**2
        return mean_of_softmax(mean * slope[:, np.newaxis], variance)

    def _draw_chunks(self, X, n_draws, seed):
        for rows, values, noise in self._value_chunks(X, n_draws, seed):
            yield rows, self._probabilities(values, noise[:, np.newaxis])

    def _probabilities(self, values, variance):
        spread = np.sqrt(variance * self._scales()[0])[..., np.newaxis]
        return softmax(_LOGISTIC * values / spread, axis=-1)


def _one_hot(y, classes):
    return (y[:, np.newaxis] == classes).astype(np.float64)
