"""The Laplace approximation of a classifier's last layer."""

import numpy as np
from scipy import special
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import num_samples
from skbal._utils.random import check_seed, stream
from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._laplace._base import LaplaceNetwork, with_ones
from skbal.models._laplace._class_columns import network_class_weights
from skbal.models._laplace._diagonal import DiagonalCurvature
from skbal.models._laplace._evidence import (
    AtMode,
    AtWeights,
    maximise_evidence,
    prior_range,
)
from skbal.models._laplace._full import FullCurvature, check_full_size
from skbal.models._laplace._kronecker import KroneckerCurvature
from skbal.models._last_layer._frozen import result_dtype

_CURVATURES = {
    "full": FullCurvature,
    "diagonal": DiagonalCurvature,
    "kronecker": KroneckerCurvature,
}


class LaplaceClassifier(ClassifierMixin, LaplaceNetwork):
    """A network whose last layer's weights have a Gaussian posterior, by Laplace.

    The network is trained, or taken as it is, and cut before its last dense layer. What
    enters that layer are features phi, held fixed, with a one appended for the bias.
    The posterior of the weights W of ``softmax(phi @ W)`` is approximated by a Gaussian
    whose precision is the Hessian of the negative log posterior [1]_. In the weights
    the logits are linear, so the linearised predictive is exact for the Gaussian. A
    draw is one matrix of weights for all rows.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module, optional
        None is ``MCDropoutClassifier()``. One of skbal's networks or a skorch net is
        cloned and trained. A ``torch.nn.Module`` instance, and any of these in
        `sklearn.frozen.FrozenEstimator`, is used as it is, and never trained.
    hessian : {"full", "kronecker", "diagonal"}, default="full"
        "full" is exact, a matrix over all weights; it is refused beyond 2 GiB.
        "kronecker" is one Kronecker product of classes and features [2]_, "diagonal"
        the diagonal alone.
    mode : {"network", "map"}, default="network"
        Where the Gaussian stands. "network": at the network's own weights, whose
        predictions it so keeps, but for their confidence. "map": at the most probable
        weights given the features and the prior, which new labels move even without
        training. See the notes.
    prior_variance : float, default=1.0
        The variance of each weight, and bias, before any row was seen. With
        ``optimize="evidence"`` it is where the search begins.
    optimize : {"weights", "evidence"} or None, default="weights"
        How the prior variance is found. "weights": the mean square of the network's own
        last-layer weights, for which they are most probable. "evidence": MacKay's
        fixed point [3]_. None takes ``prior_variance``.
    predictive : {"monte_carlo", "probit"}, default="monte_carlo"
        How ``predict_proba`` averages over weights: by ``n_draws`` draws, or by
        MacKay's formula ``softmax(m / sqrt(1 + pi v / 8))`` from mean m and variance v
        of each logit [3]_, which is deterministic.
    n_draws : int, default=100
        How many draws ``predict_proba`` averages, and how many ``predict_samples``
        gives when not told.
    feature_layer : str, optional
        The layer whose output is the features, a name in ``module.named_modules()``;
        only with ``mode="map"``. None takes the input of the last dense layer of a
        ``Sequential``, as in skbal's own networks.
    refit_network : bool, default=True
        Whether ``fit`` trains a network that it can train. False trains one only where
        there is none yet: neither of an earlier ``fit``, nor a fitted ``network``.
    max_iter : int, default=100
        The most priors that the search for the evidence tries.
    tol : float, default=1e-4
        The relative change of the prior variance at which the search stops.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the training of the network, and the draws behind ``predict_proba``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    network_ : estimator, skorch.NeuralNet or torch.nn.Module
        The trained network.
    coef_mean_ : ndarray of shape (n_features_out, n_classes)
        The mean of the weights.
    intercept_mean_ : ndarray of shape (n_classes,)
        The mean of the biases.
    prior_variance_ : float
        The prior variance in use.
    evidence_path_ : ndarray of shape (n_iterations,)
        With ``optimize="evidence"``: a structured array of the ``prior_variance``,
        ``n_effective_parameters`` and ``log_marginal_likelihood`` of each iteration.
    n_iter_ : int
        How many priors were tried.
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
    LaplaceRegressor : The same for numbers.
    LastLayerClassifier : Exact regression of one-hot labels on the same features.

    Notes
    -----
    A Laplace approximation belongs at a maximum of the posterior. The network's weights
    are near one only roughly, and those of ``mode="map"`` are one to rounding. Yet the
    features were learned from the same labels, which the evidence does not know: it
    takes rows that are told apart perfectly as proof of wide weights, and draws from
    the posterior are then far less confident than they ought to be. The weights that
    training arrived at hold a better measure of their size. Taking their mean square
    for the prior variance is MacKay's fixed point with all weights counted as
    determined by the data.

    ``mode="network"`` with ``optimize="weights"`` softens the confidence of an
    overconfident network and leaves a modest one nearly as it is. The evidence is the
    right tool for features that were not learned from the rows at hand, such as those
    of a pretrained network, together with ``mode="map"``.

    All classes have a column of weights, two classes as well. A shift of all logits by
    the same amount, on which no probability depends, keeps its prior variance.

    References
    ----------
    .. [1] D. J. C. MacKay (1992), A practical Bayesian framework for backpropagation
       networks, Neural Computation 4.
    .. [2] H. Ritter, A. Botev and D. Barber (2018), A scalable Laplace approximation
       for neural networks, ICLR.
    .. [3] D. J. C. MacKay (1992), The evidence framework applied to classification
       networks, Neural Computation 4.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skbal.models import LaplaceClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LaplaceClassifier(random_state=0).fit(X, y)
    >>> model.predict_samples(X, n_draws=20, random_state=0).shape
    (150, 20, 3)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    _hessians = ("full", "kronecker", "diagonal")
    _optimizers = ("weights", "evidence", None)

    def __init__(
        self,
        network=None,
        *,
        hessian="full",
        mode="network",
        prior_variance=1.0,
        optimize="weights",
        predictive="monte_carlo",
        n_draws=100,
        feature_layer=None,
        refit_network=True,
        max_iter=100,
        tol=1e-4,
        random_state=None,
    ):
        self.network = network
        self.hessian = hessian
        self.mode = mode
        self.prior_variance = prior_variance
        self.optimize = optimize
        self.predictive = predictive
        self.n_draws = n_draws
        self.feature_layer = feature_layer
        self.refit_network = refit_network
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def _default_parts(self):
        return {"network": MCDropoutClassifier()}

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, *, refit_network=None):
        """Train the network where it is to be trained, and find the posterior.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,)
            Their labels.
        refit_network : bool, optional
            In place of the parameter, for this call: a learner's
            ``teach(X, y, refit_network=False)`` finds the posterior alone.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is not as it must be; the message says which. Also if
            the full Hessian would be too large, or the network's last layer is needed
            and not known, or has no column for a class.

        Warns
        -----
        ConvergenceWarning
            If the evidence has no maximum within reach.
        """
        self._check_parameters()
        self._check_option("predictive", ("monte_carlo", "probit"))
        X, y = self._check_fit_rows(X, y)
        check_classification_targets(y)
        classes, codes = np.unique(y, return_inverse=True)
        features = with_ones(self._fit_features(X, y, refit_network))
        self._approximate(features, codes, classes)
        self.classes_ = classes
        return self

    def _approximate(self, features, codes, classes):
        owner = type(self).__name__
        if self.hessian == "full":
            check_full_size((features.shape[1], len(classes)), owner)
        problem = self._problem(features, codes, classes, owner)
        variance = self._learn_prior_variance(problem, features, classes, owner)
        weights, posterior = problem.solve(1.0 / variance)
        self._posterior, self.prior_variance_ = posterior, variance
        self._log_evidence = problem.log_evidence(1.0 / variance, weights, posterior)
        self._weights = weights
        self.coef_mean_, self.intercept_mean_ = weights[:-1], weights[-1]

    def _problem(self, features, codes, classes, owner):
        curvature = _CURVATURES[self.hessian]
        if self.mode == "map":
            return AtMode(features, codes, len(classes), curvature, owner)
        weights = self._class_weights(classes, "mode='network'")
        return AtWeights(features, codes, weights, curvature, owner)

    def _class_weights(self, classes, reason):
        layer = self._network_layer(reason)
        return network_class_weights(
            layer, self._found_last_dense().after, self.network_, classes, self
        )

    def _learn_prior_variance(self, problem, features, classes, owner):
        vars(self).pop("evidence_path_", None)
        self.n_iter_ = 1
        if self.optimize is None:
            return float(self.prior_variance)
        if self.optimize == "weights":
            weights = self._class_weights(classes, "optimize='weights'")
            return float(np.clip(np.mean(weights**2), *prior_range(features)))
        variance, self.evidence_path_ = maximise_evidence(
            problem,
            float(self.prior_variance),
            prior_range(features),
            max_iter=self.max_iter,
            tol=self.tol,
            owner=owner,
        )
        self.n_iter_ = len(self.evidence_path_)
        return variance

    def log_marginal_likelihood(self):
        """Return the log evidence of the training labels by Laplace's method, in nats.

        The features are taken as given: it tells priors on one network apart, but not
        networks, which were trained on the same labels. It is an approximation, a good
        one at most with ``mode="map"``.

        Returns
        -------
        log_evidence : float
        """
        check_is_fitted(self)
        return self._log_evidence

    # ---------------------------------------------------------------- predicting

    def predict(self, X):
        """Return the class of the largest mean probability.

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
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        """Return class probabilities, averaged over the weights.

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
        if self.predictive == "probit":
            chunks = self._probit_chunks(X)
        else:
            draws = self._draw_chunks(X, self._n_draws(None), self.draw_seed_)
            chunks = (chunk.mean(axis=1) for _, chunk in draws)
        mean = np.concatenate(list(chunks))
        return mean / mean.sum(axis=1, keepdims=True)

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
        check_is_fitted(self)
        n_draws = self._n_draws(n_draws)
        seed = check_seed(random_state, f"predict_samples of {type(self).__name__}")
        shape = (num_samples(X), n_draws, len(self.classes_))
        draws = np.empty(shape, dtype=result_dtype(X))
        for rows, chunk in self._draw_chunks(X, n_draws, seed):
            draws[rows] = chunk
        return draws

    def _draw_chunks(self, X, n_draws, seed):
        """Yield (rows, probabilities), the same draws of weights for every chunk."""
        n_features, n_classes = self._weights.shape
        weights = self._posterior.draw(stream(seed, "weights"), n_draws)
        weights += self._weights
        flat = weights.swapaxes(0, 1).reshape(n_features, -1)
        # Logits, probabilities and what the softmax holds in between.
        bytes_per_row = 40 * n_draws * n_classes + 8 * n_features
        for rows, features in self._feature_chunks(X, bytes_per_row):
            logits = (with_ones(features) @ flat).reshape(-1, n_draws, n_classes)
            yield rows, special.softmax(logits, axis=2)

    def _probit_chunks(self, X):
        n_features, n_classes = self._weights.shape
        for _, features in self._feature_chunks(X, 32 * (n_features + n_classes)):
            extended = with_ones(features)
            variance = self._posterior.logit_variance(extended)
            logits = (extended @ self._weights) / np.sqrt(1 + np.pi / 8 * variance)
            yield special.softmax(logits, axis=1)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_weights")
