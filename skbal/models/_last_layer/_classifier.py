"""Bayesian regression of one-hot labels on the features of a trained network.

Draws of the noise-free regression become class probabilities by
`_labels.label_probabilities`.
"""

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import as_array, check_length_known
from skbal._utils.labels import (
    check_answers,
    check_classes,
    classes_among,
    labels_of_no_class,
)
from skbal._utils.parameters import check_parameters, count_in_memory
from skbal._utils.transactions import all_or_nothing
from skbal.models._accuracy import AccuracyMixin
from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._last_layer._base import LastLayer, head_has, joined
from skbal.models._last_layer._labels import label_probabilities, label_scale


class LastLayerClassifier(AccuracyMixin, LastLayer):
    """A network whose last dense layer is replaced by regression of one-hot labels.

    The network is trained as a classifier, or used as it is, and cut before its last
    dense layer. A Bayesian linear model on the fixed features, the head, regresses the
    one-hot labels. `decision_function` is the mean of the regression. `predict_samples`
    turns draws of it into probabilities.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module, optional
        The network. ``None`` means ``MCDropoutClassifier()``. Networks of skbal and of
        skorch are cloned and trained. An instance of ``torch.nn.Module``, and any of
        these in a `sklearn.frozen.FrozenEstimator`, is used as it is and never trained.
    head : estimator, optional
        The model on the features, as in `LastLayerRegressor`, with one output per
        class. It must have ``noise_variance_`` once it is fitted.
    n_draws : int, default=100
        Number of posterior draws that ``predict_proba`` averages over, and that
        ``predict_samples`` makes by default.
    feature_layer : str, optional
        The layer whose output is used as features, a name in
        ``module.named_modules()``. ``None`` uses the input of the last dense layer of a
        ``Sequential``, as in the networks of skbal.
    refit_network : bool, default=True
        Whether ``fit`` trains the network. If False, it is trained only if neither an
        earlier ``fit`` nor the given ``network`` has a trained one. ``clone`` forgets
        both, so give a search over the head a network in a ``FrozenEstimator``.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the training of the network, and the draws used by ``predict_proba``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    network_ : estimator, skorch.NeuralNet or torch.nn.Module
        The trained network.
    head_ : estimator
        The fitted head.
    noise_variance_ : float
        Noise variance of the head.
    output_covariance_ : ndarray of shape (n_classes, n_classes)
        Covariance of the head between classes.
    n_features_in_ : int
        Number of features of a row (for images, of channels).
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    row_shape_ : tuple of int
        The shape of a row of X.
    draw_seed_ : int
        The seed of the draws used by ``predict_proba``.

    See Also
    --------
    LastLayerRegressor : The same for numbers.

    Notes
    -----
    For a draw f of the regression, the probability of class c is the probability that
    ``f_c`` plus noise is the largest value, with the logistic function in place of the
    normal one: ``p = softmax(2 f / (sqrt(pi) sigma))``. Here ``sigma**2`` is the noise
    variance of the head, times the mean of the diagonal of its output covariance. For
    two classes the two functions have the same slope at 1/2 and differ by at most
    0.018. ``predict_proba`` is the mean of ``n_draws`` draws.

    ``predict`` returns the class of the largest `decision_function`, which is exact.
    ``predict_proba`` ranks the classes in the same order, except in rows where two are
    so close that the randomness of the draws decides.

    Squared error is not a likelihood of labels. The estimator is closed-form and good
    at choosing rows. If calibrated probabilities matter, also try `LaplaceClassifier`
    and `MCDropoutClassifier`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skbal.models import LastLayerClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LastLayerClassifier(random_state=0).fit(X, y)
    >>> model.predict_samples(X, n_draws=20, random_state=0).shape
    (150, 20, 3)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    _parameter_rules = {"n_draws": count_in_memory()}

    def __init__(
        self,
        network=None,
        head=None,
        *,
        n_draws=100,
        feature_layer=None,
        refit_network=True,
        random_state=None,
    ):
        self.network = network
        self.head = head
        self.n_draws = n_draws
        self.feature_layer = feature_layer
        self.refit_network = refit_network
        self.random_state = random_state

    def _default_network(self):
        return MCDropoutClassifier()

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, *, refit_network=None):
        """Train the network if it is to be trained, and fit the head.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,)
            The labels.
        refit_network : bool, optional
            Replaces the parameter in this call. For instance, a learner's
            ``teach(X, y, refit_network=False)`` fits only the head.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which.
        """
        return self._learn(X, y, None, refit_network)

    @available_if(head_has("partial_fit"))
    def partial_fit(self, X, y, classes=None):
        """Update the head with more rows, without training the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The new rows.
        y : array-like of shape (n_samples,)
            The labels, of known classes.
        classes : array-like of shape (n_classes,), optional
            All classes that will ever occur. It is used in the first call, which is
            otherwise the same as ``fit``. ``None`` means the classes of y.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError
            If the class of a label is unknown.
        """
        if not hasattr(self, "head_"):
            return self._learn(X, y, classes, None)
        y = self._check_labels(X, y)
        if classes is not None:
            classes = classes_among(classes, self._what("classes"))
            self._check_known(classes, self.classes_, "classes")
        self._check_known(y, self.classes_, "y")
        self.head_.partial_fit(self._features(X), self._one_hot(y))
        return self

    def _learn(self, X, y, classes, refit_network):
        check_parameters(self)
        head = self._new_head()
        with all_or_nothing(self):
            X, y = self._check_fit_rows(X, y)
            check_classes(y, type(self).__name__)
            found = np.unique(y)
            if classes is not None:
                classes = classes_among(classes, self._what("classes"))
                self._check_known(found, classes, "y")
            self._refuse_one_class(found if classes is None else classes)
            features = self._fit_features(X, y, refit_network)
            self.classes_ = found if classes is None else classes
            self._fit_head(head, features, self._one_hot(y))
        return self

    def _fit_head(self, head, features, targets):
        super()._fit_head(head, features, targets)
        if not hasattr(head, "noise_variance_"):
            raise TypeError(
                f"head of {type(self).__name__} must have noise_variance_ once fitted, "
                f"from which class probabilities are computed, got {head!r}."
            )

    def _one_hot(self, y):
        return (np.asarray(y)[:, np.newaxis] == self.classes_).astype(np.float64)

    def _refuse_one_class(self, classes):
        if len(classes) == 1:
            raise ValueError(
                f"y given to {type(self).__name__} must have at least two classes, got "
                f"1 class, {classes.tolist()[0]!r}. Label a row of another class first."
            )

    def _check_labels(self, X, y):
        check_length_known(X, f"X given to {type(self).__name__}")
        check_consistent_length(X, y)
        y = column_or_1d(as_array(y, f"y given to {type(self).__name__}"), warn=True)
        check_answers(y, type(self).__name__)
        check_classes(y, type(self).__name__)
        return y

    def _check_known(self, labels, known, name):
        unknown = labels_of_no_class(labels, known)
        if unknown:
            raise ValueError(
                f"{self._what(name)} has the classes {unknown}, but known are "
                f"{known.tolist()}. Fit again, or give all classes in the first call."
            )

    def _what(self, name):
        return f"{name} given to partial_fit of {type(self).__name__}"

    # ---------------------------------------------------------------- predicting

    def decision_function(self, X):
        """Return how clearly each class is preferred.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        decision : ndarray of shape (n_samples, n_classes) or (n_samples,)
            The mean of the regression of the one-hot labels: near 1 for the class and 0
            for others, with columns in the order of ``classes_``. For two classes it is
            the probability of the second minus that of the first, so that rows are
            ranked as by ``predict_proba``.
        """
        check_is_fitted(self)
        if len(self.classes_) != 2:
            return self._mean(X)
        probabilities = self.predict_proba(X)
        return probabilities[:, 1] - probabilities[:, 0]

    def predict(self, X):
        """Return the class of the largest decision.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        decision = self.decision_function(X)
        best = decision > 0 if decision.ndim == 1 else decision.argmax(axis=1)
        return self.classes_[best.astype(np.intp)]

    def predict_proba(self, X):
        """Return the mean of ``n_draws`` draws of the class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
            The probabilities, with columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        n_draws = self._check_n_draws(None)
        chunks = self._probability_chunks(X, n_draws, self.draw_seed_)
        mean = joined(chunk.mean(axis=1) for _, chunk, _ in chunks)
        return mean / mean.sum(axis=1, keepdims=True)

    def _mean(self, X):
        # One column per class, also if the head ravels a single one.
        chunks = (self.head_.predict(F) for _, F in self._head_chunks(X))
        return joined(chunk.reshape(len(chunk), -1) for chunk in chunks)

    def _draw_chunks(self, X, n_draws, seed):
        for rows, draws, dtype in self._probability_chunks(X, n_draws, seed):
            yield rows, draws.astype(dtype, copy=False)

    def _probability_chunks(self, X, n_draws, seed):
        """Yield rows, their probabilities in float64, and the dtype of the head."""
        noise_variance = self._label_noise()
        for rows, values in super()._draw_chunks(X, n_draws, seed):
            yield rows, label_probabilities(values, noise_variance), values.dtype

    def _from_values(self, values):
        return (values * label_scale(self._label_noise())).softmax(dim=-1)

    def _label_noise(self):
        check_is_fitted(self)
        covariance = getattr(self.head_, "output_covariance_", np.eye(1))
        return self.noise_variance_ * np.diagonal(covariance).mean()

    def _n_outputs(self):
        return len(self.classes_)
