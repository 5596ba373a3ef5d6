"""Bayesian regression of one-hot labels on the features of a trained network.

The head regresses the labels, coded one-hot, on the features. Draws of its noise-free
function f become class probabilities by `_labels.label_probabilities`.
"""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import num_samples
from skbal._utils.validation import check_count
from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._last_layer._base import LastLayer, head_has, joined
from skbal.models._last_layer._labels import label_probabilities


class LastLayerClassifier(ClassifierMixin, LastLayer):
    """A network whose last dense layer is replaced by regression of one-hot labels.

    The network is trained as a classifier, or taken as it is, and cut before its last
    dense layer. On the features, held fixed, a Bayesian linear model, the head,
    regresses the labels, coded one-hot. `decision_function` is the regression;
    `predict_samples` are draws of it, turned into probabilities.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module, optional
        None is ``MCDropoutClassifier()``. One of skbal's networks or a skorch net is
        cloned and trained. A ``torch.nn.Module`` instance, and any of these in
        `sklearn.frozen.FrozenEstimator`, is used as it is, and never trained.
    head : estimator, optional
        The model on the features, as for `LastLayerRegressor`, with one output a class.
        It must learn or have a ``noise_variance_``.
    n_draws : int, default=100
        How many draws ``predict_proba`` averages, and how many ``predict_samples``
        gives when not told.
    feature_layer : str, optional
        The layer whose output is the features, a name in ``module.named_modules()``.
        None takes the input of the last dense layer of a ``Sequential``, as in skbal's
        own networks.
    refit_network : bool, default=True
        Whether ``fit`` trains a network that it can train. False trains one only where
        there is none yet: neither of an earlier ``fit``, nor a fitted ``network``.
        ``clone`` forgets both, so a search over the head takes a network in a
        ``FrozenEstimator``.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the training of the network, and the draws behind ``predict_proba``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    network_ : estimator, skorch.NeuralNet or torch.nn.Module
        The trained network.
    head_ : estimator
        The fitted head.
    noise_variance_ : float
        The head's noise variance.
    output_covariance_ : ndarray of shape (n_classes, n_classes)
        The head's covariance between classes.
    n_features_in_ : int
        Features of a row seen by ``fit`` (for images, channels).
    feature_names_in_ : ndarray of str
        Column names, when X was a data frame.
    row_shape_ : tuple of int
        The shape of a row of X.
    draw_seed_ : int
        The seed of the draws behind ``predict_proba``.

    See Also
    --------
    LastLayerRegressor : The same for numbers.

    Notes
    -----
    The rule for probabilities: a draw f of the regression gives class c the probability
    that ``f_c`` plus noise is the largest, with the logistic function in place of the
    probit, ``p = softmax(2 f / (sqrt(pi) sigma))``. Here ``sigma**2`` is the head's
    noise variance, times the mean of the diagonal of its output covariance. For two
    classes the logistic function has the probit's slope at 1/2 and is at most 0.018
    away from it. ``predict_proba`` is the mean of ``n_draws`` draws.

    ``predict`` takes the class of the largest `decision_function`, which is exact.
    ``predict_proba`` ranks the classes in the same way, but for rows where two are so
    close that the chance of the draws decides.

    A regression is no likelihood for labels. It is closed-form and good for choosing
    rows; where calibrated probabilities count, look at `MCDropoutClassifier` too.

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
        """Train the network where it is to be trained, and fit the head.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,)
            Their labels.
        refit_network : bool, optional
            In place of the parameter, for this call: a learner's
            ``teach(X, y, refit_network=False)`` fits the head alone.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is not as it must be; the message says which.
        """
        return self._learn(X, y, None, refit_network)

    @available_if(head_has("partial_fit"))
    def partial_fit(self, X, y, classes=None):
        """Add rows to what the head knows; the network stays as it is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            New rows.
        y : array-like of shape (n_samples,)
            Their labels, of classes that are known.
        classes : array-like of shape (n_classes,), optional
            All classes that will ever come, for the first call, which is ``fit``.
            None takes those of y.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError
            If a label is of no known class.
        """
        if not hasattr(self, "head_"):
            return self._learn(X, y, classes, None)
        y = self._check_labels(X, y)
        if classes is not None:
            self._check_known(classes, self.classes_, "classes")
        self._check_known(y, self.classes_, "y")
        self.head_.partial_fit(self._features(X), self._one_hot(y))
        return self

    def _learn(self, X, y, classes, refit_network):
        check_count(self.n_draws, "n_draws", type(self).__name__)
        head = self._new_head()
        X, y = self._check_fit_rows(X, y)
        check_classification_targets(y)
        found = np.unique(y)
        if classes is not None:
            classes = np.unique(classes)
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
                f"which class probabilities follow from, got {head!r}."
            )

    def _one_hot(self, y):
        return (np.asarray(y)[:, np.newaxis] == self.classes_).astype(np.float64)

    def _refuse_one_class(self, classes):
        if len(classes) == 1:
            raise ValueError(
                f"y given to {type(self).__name__} holds 1 class, "
                f"{classes.tolist()[0]!r}, which leaves nothing to learn: label a row "
                "of another class first."
            )

    def _check_labels(self, X, y):
        check_consistent_length(X, y)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        return y

    def _check_known(self, labels, known, name):
        unknown = np.setdiff1d(labels, known)
        if unknown.size:
            raise ValueError(
                f"{name} given to partial_fit of {type(self).__name__} holds the "
                f"classes {unknown.tolist()}, but known are {known.tolist()}: fit "
                "again, or name all classes in the first call."
            )

    # ---------------------------------------------------------------- predicting

    def decision_function(self, X):
        """Return the mean of the regression of the one-hot labels.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        decision : ndarray of shape (n_samples, n_classes) or (n_samples,)
            Near 1 for the class and 0 for others; columns in the order of ``classes_``.
            With two classes the second column less the first, as scikit-learn has it.
        """
        mean = self._mean(X)
        return mean[:, 1] - mean[:, 0] if mean.shape[1] == 2 else mean

    def predict(self, X):
        """Return the class of the largest value of the regression.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self._mean(X).argmax(axis=1)
        return self.classes_[best]

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint draws of class probabilities, one matrix of weights a draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.
        n_draws : int, optional
            How many draws; None takes the parameter ``n_draws``.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, None fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_classes)
            Class probabilities, columns in the order of ``classes_``.

        Raises
        ------
        ValueError, TypeError
            If X, ``n_draws`` or ``random_state`` is not as it must be.
        """
        draws = None
        for rows, values, chunk in self._probability_chunks(X, n_draws, random_state):
            if draws is None:
                draws = np.empty((num_samples(X), *chunk.shape[1:]), dtype=values.dtype)
            draws[rows] = chunk
        return draws

    def predict_proba(self, X):
        """Return the mean of ``n_draws`` draws of the class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        chunks = self._probability_chunks(X, None, self.draw_seed_)
        mean = joined(chunk.mean(axis=1) for _, _, chunk in chunks)
        return mean / mean.sum(axis=1, keepdims=True)

    def _mean(self, X):
        # One column a class, also where the head ravels a single one.
        parts = (self.head_.predict(F) for _, F in self._head_chunks(X))
        return joined(part.reshape(len(part), -1) for part in parts)

    def _probability_chunks(self, X, n_draws, random_state):
        owner = type(self).__name__
        n_draws = check_count(
            self.n_draws if n_draws is None else n_draws, "n_draws", owner
        )
        noise_variance = self._label_noise()
        for rows, values in self._draw_chunks(X, n_draws, random_state):
            yield rows, values, label_probabilities(values, noise_variance)

    def _label_noise(self):
        check_is_fitted(self)
        covariance = getattr(self.head_, "output_covariance_", np.eye(1))
        return self.noise_variance_ * np.diagonal(covariance).mean()

    def _n_outputs(self):
        return len(self.classes_)
