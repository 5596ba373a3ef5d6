"""The Laplace approximation of a classifier's last layer."""

import numpy as np
from scipy import special
from sklearn.utils.validation import check_is_fitted

from skbal._utils.labels import check_classes
from skbal._utils.parameters import check_parameters, option
from skbal._utils.random import stream
from skbal._utils.transactions import all_or_nothing
from skbal.models._accuracy import AccuracyMixin
from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._laplace._all_weights._evidence import ClassEvidence, maximise
from skbal.models._laplace._all_weights._fitting import (
    check_combination,
    fit_curvature,
)
from skbal.models._laplace._all_weights._gaussian_weights import GaussianWeights
from skbal.models._laplace._all_weights._softmax import check_logits, softmax_roots
from skbal.models._laplace._base import LaplaceNetwork, with_ones
from skbal.models._laplace._class_columns import network_class_weights
from skbal.models._laplace._diagonal import DiagonalCurvature
from skbal.models._laplace._evidence import (
    PATH_DTYPE,
    AtMode,
    AtWeights,
    maximise_evidence,
    prior_range,
)
from skbal.models._laplace._full import FullCurvature, check_full_size
from skbal.models._laplace._kronecker import KroneckerCurvature
from skbal.models._laplace._softmax import log_likelihood
from skbal.models._last_layer._frozen import result_dtype

_CURVATURES = {
    "full": FullCurvature,
    "diagonal": DiagonalCurvature,
    "kronecker": KroneckerCurvature,
}


class LaplaceClassifier(AccuracyMixin, LaplaceNetwork):
    """A network with a Gaussian posterior of its weights, by Laplace.

    The network is trained, or used as it is, and cut before its last dense layer. The
    inputs of that layer are fixed features phi, with a one appended for the bias. The
    posterior of the weights W of ``softmax(phi @ W)`` is approximated by a Gaussian
    whose precision is the Hessian of the negative log posterior [1]_. The logits are
    linear in the weights, so that their distribution is exact for this Gaussian. A draw
    is one matrix of weights for all rows. With ``weights="all"`` all layers have a
    Gaussian.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module, optional
        The network. ``None`` means ``MCDropoutClassifier()``. Networks of skbal and of
        skorch are cloned and trained. An instance of ``torch.nn.Module``, and any of
        these in a `sklearn.frozen.FrozenEstimator`, is used as it is and never trained.
    weights : {"last", "all"}, default="last"
        The weights that have a distribution. "last": those of the last dense layer.
        "all": those of all layers. The network is then taken to first order in them;
        see the notes.
    subnetwork : int, list of str or array-like of bool, optional
        With ``weights="all"``, which of them have a distribution [4]_. A number takes
        those of largest variance under the diagonal form. Names are those of parameters
        or layers. A mask has an entry for each weight, in the order of
        ``module.parameters()``. The others are constants. ``None`` takes all.
    hessian : {"full", "kronecker", "diagonal"}, default="full"
        The form of the Hessian. "full" is exact, a matrix over all weights of at most
        2 GiB. "kronecker" is one Kronecker product of classes and features, or of
        outputs and inputs of each layer [2]_. "diagonal" is the diagonal alone.
    mode : {"network", "map"}, default="network"
        The mean of the Gaussian. "network": the weights that training gave, so that
        only the confidence of predictions changes. "map": the most probable weights
        given features and prior, which new labels change even without training, with
        ``weights="last"`` only. The default keeps the accuracy of the network; see the
        notes.
    prior_variance : float, default=1.0
        Prior variance of each weight and bias. With ``optimize="evidence"`` the search
        starts here.
    optimize : {"network", "evidence"} or None, default="network"
        How the prior variance is found. "network": the mean square of the weights
        that training gave, for which they are most probable. "evidence":
        MacKay's fixed point [3]_. ``None`` uses ``prior_variance``. The default is
        calibrated better, since the features were learned from the same labels; see the
        notes.
    predictive : {"monte_carlo", "probit"}, default="monte_carlo"
        How ``predict_proba`` averages over weights. "monte_carlo": by ``n_draws``
        draws. "probit": by MacKay's formula ``softmax(m / sqrt(1 + pi v / 8))`` from
        mean m and variance v of each logit [3]_, which is deterministic.
    n_draws : int, default=100
        Number of posterior draws that ``predict_proba`` averages over, and that
        ``predict_samples`` makes by default.
    feature_layer : str, optional
        The layer whose output is used as features, a name in
        ``module.named_modules()``. Only with ``mode="map"``. ``None`` uses the input of
        the last dense layer of a ``Sequential``, as in the networks of skbal.
    refit_network : bool, default=True
        Whether ``fit`` trains the network. If False, it is trained only if neither an
        earlier ``fit`` nor the given ``network`` has a trained one.
    max_iter : int, default=100
        Largest number of priors tried in the search for the largest evidence.
    tol : float, default=1e-4
        The search stops when the prior variance changes by less than this share.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the training of the network, and the draws used by ``predict_proba``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    network_ : estimator, skorch.NeuralNet or torch.nn.Module
        The trained network.
    coef_mean_ : ndarray of shape (n_features_out, n_classes)
        Mean of the weights. Only with ``weights="last"``.
    intercept_mean_ : ndarray of shape (n_classes,)
        Mean of the biases. Only with ``weights="last"``.
    subnetwork_ : ndarray of shape (n_weights,), dtype=bool
        Which weights of the network have a distribution, in the order of
        ``module.parameters()``. Only with ``weights="all"``.
    prior_variance_ : float
        The prior variance used.
    evidence_path_ : ndarray of shape (n_iterations,)
        Structured array with the ``prior_variance``, ``n_effective_parameters`` and
        ``log_marginal_likelihood`` of each prior tried. The last is the one used. Only
        with ``optimize="evidence"``.
    n_iter_ : int
        Number of priors tried.
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
    LaplaceRegressor : The same for numbers.
    LastLayerClassifier : Exact regression of one-hot labels on the same features.

    Notes
    -----
    A Laplace approximation should be made at a maximum of the posterior. The weights of
    ``mode="map"`` are one up to rounding, those of the network only roughly. However,
    the features were learned from the same labels, which the evidence does not know. It
    takes rows that are separated perfectly as proof of large weights, and draws from
    the posterior are then far less confident than they should be. The weights that
    training gave are a better measure of their size. Using their mean square as prior
    variance is MacKay's fixed point with all weights determined by the data.

    ``mode="network"`` with ``optimize="network"`` reduces the confidence of an
    overconfident network and changes that of a cautious one only little. The evidence
    is the right choice for features that were not learned from the training rows, such
    as those of a pretrained network, together with ``mode="map"``.

    ``weights="all"``: the trained weights are w*, and the outputs are taken to first
    order, f(x; w) = f(x; w*) + J(x) (w - w*), with the Jacobian J of the outputs by
    ``torch.func``. The precision of the weights is the generalised Gauss-Newton
    matrix plus the prior precision. A draw is one set of weights for all rows. Dropout
    is off and batch normalisation is in evaluation mode. Parameters with
    ``requires_grad=False`` are constants. The network may be any module, but no
    ensemble, and ``feature_layer`` only concerns ``transform``.

    Memory: Jacobians are made for as many rows as fit into 256 MB, or for one. "full"
    holds a matrix of n_weights times the smaller of n_weights and n_samples *
    n_outputs, at most 2 GiB. "kronecker" holds one square matrix for the inputs of each
    layer and one for its outputs. Draws hold n_draws * n_weights numbers. The factors
    of "kronecker" are those of dense layers and convolutions [5]_; weights of other
    layers have the diagonal form.

    Each class has a column of weights, also if there are two classes. No probability
    depends on a shift of all logits by the same amount, whose variance stays that of
    the prior.

    References
    ----------
    .. [1] D. J. C. MacKay (1992), A practical Bayesian framework for backpropagation
       networks, Neural Computation 4.
    .. [2] H. Ritter, A. Botev and D. Barber (2018), A scalable Laplace approximation
       for neural networks, ICLR.
    .. [3] D. J. C. MacKay (1992), The evidence framework applied to classification
       networks, Neural Computation 4.
    .. [4] E. Daxberger, E. Nalisnick, J. Allingham, J. Antorán and J. M.
       Hernández-Lobato (2021), Bayesian deep learning via subnetwork inference, ICML.
    .. [5] R. Grosse and J. Martens (2016), A Kronecker-factored approximate Fisher
       matrix for convolution layers, ICML.

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

    _parameter_rules = {"predictive": option("monte_carlo", "probit")}

    def __init__(
        self,
        network=None,
        *,
        weights="last",
        subnetwork=None,
        hessian="full",
        mode="network",
        prior_variance=1.0,
        optimize="network",
        predictive="monte_carlo",
        n_draws=100,
        feature_layer=None,
        refit_network=True,
        max_iter=100,
        tol=1e-4,
        random_state=None,
    ):
        self.network = network
        self.weights = weights
        self.subnetwork = subnetwork
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
        """Train the network if it is to be trained, and compute the posterior.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,)
            The labels.
        refit_network : bool, optional
            Replaces the parameter in this call. For instance, a learner's
            ``teach(X, y, refit_network=False)`` computes only the posterior.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which. Also if the full
            Hessian would be too large, or if the last layer of the network is needed
            and is not known or has no output for a class.

        Warns
        -----
        ConvergenceWarning
            If the evidence has no maximum within the range searched.
        """
        check_parameters(self)
        check_combination(self)
        with all_or_nothing(self):
            X, y = self._check_fit_rows(X, y)
            check_classes(y, type(self).__name__)
            classes, codes = np.unique(y, return_inverse=True)
            if self.weights == "all":
                self._fit_whole_network(X, y, refit_network)
                self._approximate_all(X, codes, classes)
            else:
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
        self._weights, self._gaussian = weights, None
        self.coef_mean_, self.intercept_mean_ = weights[:-1], weights[-1]

    def _problem(self, features, codes, classes, owner):
        curvature = _CURVATURES[self.hessian]
        if self.mode == "map":
            return AtMode(features, codes, len(classes), curvature, owner)
        weights = self._class_weights(classes)
        return AtWeights(features, codes, weights, curvature, owner)

    def _class_weights(self, classes):
        """Return the weights of the network, (n_features + 1, n_classes)."""
        layer = self._network_layer()
        return network_class_weights(
            layer, self._found_last_dense().after, self.network_, classes, self
        )

    def _approximate_all(self, X, codes, classes):
        fitted = fit_curvature(
            self,
            X,
            lambda outputs: self._class_columns(outputs, classes),
            lambda outputs, columns: softmax_roots(outputs @ columns, columns),
        )
        logits = fitted.outputs @ fitted.columns
        evidence = ClassEvidence(fitted, log_likelihood(logits, codes))
        variance = self._learn_prior_of_all(evidence)
        deviations = fitted.curvature.at(1.0 / variance)
        subnetwork, location = fitted.subnetwork, np.zeros(len(classes))
        self._gaussian = GaussianWeights(
            subnetwork.names,
            subnetwork.chosen,
            fitted.columns,
            location,
            deviations,
            1.0,
        )
        self._log_evidence = evidence.log_evidence(1.0 / variance)
        self.prior_variance_, self.subnetwork_ = variance, subnetwork.mask

    def _learn_prior_of_all(self, evidence):
        self._forget_fit()
        self.n_iter_ = 1
        if self.optimize == "network" and evidence.length > 0:
            return evidence.length / evidence.n_weights
        if self.optimize != "evidence" or not evidence.values.any():
            return float(self.prior_variance)
        self.evidence_path_ = maximise(
            evidence,
            PATH_DTYPE,
            max_iter=self.max_iter,
            tol=self.tol,
            owner=type(self).__name__,
        )
        self.n_iter_ = len(self.evidence_path_)
        return float(self.evidence_path_["prior_variance"][-1])

    def _class_columns(self, outputs, classes):
        """Return the matrix that gives the logits of the classes from outputs."""
        check_logits(outputs, type(self).__name__)
        one_each, after = np.eye(outputs.shape[1]), self._after_last_dense()
        return network_class_weights(one_each, after, self.network_, classes, self)

    def _learn_prior_variance(self, problem, features, classes, owner):
        self._forget_fit()
        self.n_iter_ = 1
        if self.optimize is None:
            return float(self.prior_variance)
        if self.optimize == "network":
            weights = self._class_weights(classes)
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

        The features are taken as known. It therefore compares priors on one network,
        but not networks, which were trained on the same labels. It is an approximation,
        which can only be good with ``mode="map"``.

        Returns
        -------
        log_evidence : float
            The log evidence, in nats.
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
            Rows of the form passed to ``fit``.

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
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
            The probabilities, with columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        if self.predictive == "probit":
            chunks = self._probit_chunks(X)
        else:
            n_draws = self._check_n_draws(None)
            draws = self._probability_chunks(X, n_draws, self.draw_seed_)
            chunks = (chunk.mean(axis=1) for _, chunk in draws)
        mean = np.concatenate(list(chunks))
        return mean / mean.sum(axis=1, keepdims=True)

    def _draw_chunks(self, X, n_draws, seed):
        dtype = result_dtype(X)
        for rows, draws in self._probability_chunks(X, n_draws, seed):
            yield rows, draws.astype(dtype, copy=False)

    def _probability_chunks(self, X, n_draws, seed):
        """Yield rows and their probabilities, (n_rows, n_draws, n_classes), float64."""
        if self._gaussian is None:
            logits = self._last_layer_logits(X, n_draws, seed)
        else:
            logits = self._gaussian.draw_chunks(self, X, n_draws, seed)
        for rows, chunk in logits:
            yield rows, special.softmax(chunk, axis=2)

    def _last_layer_logits(self, X, n_draws, seed):
        n_features, n_classes = self._weights.shape
        weights = self._weight_draws(n_draws, seed)
        # (n_draws, n_features, n_classes) -> (n_features, n_draws * n_classes)
        flat = weights.swapaxes(0, 1).reshape(n_features, -1)
        # Logits, probabilities and the temporaries of the softmax.
        bytes_per_row = 40 * n_draws * n_classes + 8 * n_features
        for rows, features in self._feature_chunks(X, bytes_per_row):
            yield rows, (with_ones(features) @ flat).reshape(-1, n_draws, n_classes)

    def _weight_draws(self, n_draws, seed):
        """Return draws of the weights, (n_draws, n_features + 1, n_classes)."""
        weights = self._posterior.draw(stream(seed, "weights"), n_draws)
        weights += self._weights
        return weights

    def _linear_draws(self, n_draws, seed):
        weights = self._weight_draws(n_draws, seed)
        return weights[:, :-1].swapaxes(0, 1), weights[:, -1]

    def _from_values(self, values):
        return values.softmax(dim=-1)

    def _probit_chunks(self, X):
        for mean, variance in self._logit_moments(X):
            yield special.softmax(mean / np.sqrt(1 + np.pi / 8 * variance), axis=1)

    def _logit_moments(self, X):
        """Yield mean and variance of the logits, both (n_rows, n_classes)."""
        if self._gaussian is not None:
            for mean, root in self._gaussian.whitened(self, X):
                yield mean, np.einsum("ncw,ncw->nc", root, root)
            return
        n_features, n_classes = self._weights.shape
        for _, features in self._feature_chunks(X, 32 * (n_features + n_classes)):
            extended = with_ones(features)
            yield extended @ self._weights, self._posterior.logit_variance(extended)
