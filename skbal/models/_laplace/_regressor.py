"""The Laplace approximation of a regressor's last layer, exact at the maximum.

The likelihood is Gaussian, so the posterior of the last layer's weights is too: given
the features this is the Bayesian linear model of `skbal.models._linear`, without
an intercept of its own, on features with a column of ones.
"""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import num_samples
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_not_both, check_numbers
from skbal.models._dropout._regressor import MCDropoutRegressor
from skbal.models._laplace._base import LaplaceNetwork, with_ones
from skbal.models._laplace._gaussian_layer import GaussianLayer
from skbal.models._laplace._given_weights import GivenWeightsProblem
from skbal.models._laplace._scales import location_and_scale, network_target_weights
from skbal.models._last_layer._frozen import result_dtype
from skbal.models._linear._evidence import (
    EvidenceProblem,
    Variances,
    maximise_evidence,
)
from skbal.models._linear._output_covariance import OutputCovariance
from skbal.models._linear._posterior import DiagonalPosterior
from skbal.models._linear._statistics import add_rows


class LaplaceRegressor(RegressorMixin, LaplaceNetwork):
    """A network whose last layer's weights have a Gaussian posterior, by Laplace.

    The network is trained, or taken as it is, and cut before its last dense layer. What
    enters that layer are features phi, held fixed, with a one appended for the bias.
    With the Hessian A of the negative log posterior the predictive variance of y is
    ``noise_variance + phi' A^-1 phi`` [1]_, which is exact: in the last layer's weights
    the network is linear, and its squared error quadratic.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module, optional
        None is ``MCDropoutRegressor()``. One of skbal's networks or a skorch net is
        cloned and trained. A ``torch.nn.Module`` instance, and any of these in
        `sklearn.frozen.FrozenEstimator`, is used as it is, and never trained.
    hessian : {"full", "diagonal"}, default="full"
        "full" is exact, a matrix over the weights of one output, the same for all.
        "diagonal" takes the diagonal of the Hessian only.
    mode : {"map", "network"}, default="map"
        Where the Gaussian stands. "map": at the most probable weights given the
        features, the prior and the noise, so that the posterior is exact, and new rows
        move it even without training. "network": at the network's own weights, whose
        predictions it so keeps.
    prior_variance : float, default=1.0
        The variance of a weight, and bias, before any row was seen, in squared units
        of y. With ``optimize="evidence"`` it is where the search begins.
    noise_variance : float, default=1.0
        The variance of y about the function, in squared units of y; likewise.
    optimize : {"evidence"} or None, default="evidence"
        "evidence" finds both variances by MacKay's fixed point [2]_, with the full
        Hessian also where ``hessian="diagonal"``. None takes them as they are.
    n_draws : int, default=100
        How many draws ``predict_samples`` gives when not told.
    feature_layer : str, optional
        The layer whose output is the features, a name in ``module.named_modules()``;
        only with ``mode="map"``. None takes the input of the last dense layer of a
        ``Sequential``, as in skbal's own networks.
    refit_network : bool, default=True
        Whether ``fit`` trains a network that it can train. False trains one only where
        there is none yet: neither of an earlier ``fit``, nor a fitted ``network``.
    max_iter : int, default=2000
        The most iterations of the fixed point.
    tol : float, default=1e-9
        The relative change of the variances at which it stops.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the training of the network.

    Attributes
    ----------
    network_ : estimator, skorch.NeuralNet or torch.nn.Module
        The trained network.
    coef_mean_ : ndarray of shape (n_features_out, n_outputs)
        The mean of the weights, in the units of y.
    intercept_mean_ : ndarray of shape (n_outputs,)
        The mean of the biases, in the units of y.
    output_covariance_ : ndarray of shape (n_outputs, n_outputs)
        The diagonal matrix of the variances of the columns of y, over their mean; for
        one column 1.
    prior_variance_, noise_variance_ : float
        The variances in use, in squared units of y. For output d both are multiplied by
        ``output_covariance_[d, d]``.
    evidence_path_ : ndarray of shape (n_iterations + 1,)
        With ``optimize="evidence"``: a structured array of the ``prior_variance``,
        ``noise_variance``, ``n_effective_parameters`` (an output) and
        ``log_marginal_likelihood`` of each iteration.
    n_iter_ : int
        Iterations of the fixed point; 1 without it.
    n_features_in_ : int
        Features of a row seen by ``fit`` (for images, channels).
    feature_names_in_ : ndarray of str
        Column names, when X was a data frame.
    row_shape_ : tuple of int
        The shape of a row of X.
    draw_seed_ : int
        A seed fixed by ``fit``.

    See Also
    --------
    LastLayerRegressor : The same features under any Bayesian linear model.
    LaplaceClassifier : The same for classes.

    Notes
    -----
    The mean of y is taken off first. So the prior of each weight and bias is centred on
    a network that predicts this mean. Columns of y of different scale are treated as
    if each were standardised.

    The features were learned from the rows on which noise and prior are then
    estimated. They do not know how far the network overfitted, so ``noise_variance_``
    is often too small for rows that are new.

    References
    ----------
    .. [1] C. M. Bishop (2006), Pattern Recognition and Machine Learning, equations
       (5.172) and (5.173).
    .. [2] D. J. C. MacKay (1992), Bayesian interpolation, Neural Computation 4.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import LaplaceRegressor, MCDropoutRegressor
    >>> X = np.linspace(-1, 1, 100)[:, None]
    >>> network = MCDropoutRegressor(max_epochs=100)
    >>> model = LaplaceRegressor(network, random_state=0).fit(X, X.ravel())
    >>> mean, std = model.predict([[0.5], [3.0]], return_std=True)
    >>> bool(abs(mean[0] - 0.5) < 0.1), bool(std[1] > std[0])
    (True, True)
    """

    _multi_output = True
    _hessians = ("full", "diagonal")
    _optimizers = ("evidence", None)

    def __init__(
        self,
        network=None,
        *,
        hessian="full",
        mode="map",
        prior_variance=1.0,
        noise_variance=1.0,
        optimize="evidence",
        n_draws=100,
        feature_layer=None,
        refit_network=True,
        max_iter=2000,
        tol=1e-9,
        random_state=None,
    ):
        self.network = network
        self.hessian = hessian
        self.mode = mode
        self.prior_variance = prior_variance
        self.noise_variance = noise_variance
        self.optimize = optimize
        self.n_draws = n_draws
        self.feature_layer = feature_layer
        self.refit_network = refit_network
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def _default_parts(self):
        return {"network": MCDropoutRegressor()}

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, *, refit_network=None):
        """Train the network where it is to be trained, and find the posterior.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their targets.
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
            ``mode="network"`` and the network's last layer is not known.

        Warns
        -----
        NumericalWarning
            If the targets leave no residual, or features depend on each other to
            working precision.
        """
        self._check_parameters()
        self._check_positive("noise_variance")
        X, y = self._check_fit_rows(X, y)
        targets = check_numbers(y.reshape(len(y), -1), type(self).__name__)
        features = with_ones(self._fit_features(X, y, refit_network))
        self._approximate(features, targets)
        self._y_ndim = y.ndim
        return self

    def _approximate(self, features, y):
        owner = type(self).__name__
        location, scale = location_and_scale(y)
        output = OutputCovariance(np.diag(scale**2 / np.mean(scale**2)))
        statistics = add_rows(None, features, y - location, None, centred=False)
        weights = None
        if self.mode == "network":
            layer = self._network_layer("mode='network'")
            weights = network_target_weights(layer, location, self)
        problem = self._problem(statistics, weights, location)
        variances = self._learn_variances(problem, output, owner)
        posterior = self._posterior_for(statistics, variances, owner)
        weights = posterior.mean if weights is None else weights
        self._layer = GaussianLayer(weights, location, posterior, output)
        self._log_evidence = problem.row(variances, np.nan)[-1]
        self.prior_variance_, self.noise_variance_ = variances.prior, variances.noise
        self.output_covariance_ = output.matrix
        self.coef_mean_, self.intercept_mean_ = weights[:-1], weights[-1] + location

    def _problem(self, statistics, weights, location):
        if weights is not None:
            return GivenWeightsProblem(statistics, weights)
        return EvidenceProblem(
            statistics.spectrum, statistics.scatter_y, location, statistics.weight
        )

    def _learn_variances(self, problem, output, owner):
        vars(self).pop("evidence_path_", None)
        start = Variances(
            float(self.prior_variance), float(self.noise_variance), output
        )
        if self.optimize is None:
            self.n_iter_ = 1
            return start
        variances, self.evidence_path_ = maximise_evidence(
            problem,
            start,
            learn_output=False,
            max_iter=self.max_iter,
            tol=self.tol,
            owner=owner,
        )
        self.n_iter_ = max(len(self.evidence_path_) - 1, 1)
        return variances

    def _posterior_for(self, statistics, variances, owner):
        noise, prior = variances.noise, variances.prior
        exact = statistics.posterior(noise, prior, owner)
        if self.hessian == "full":
            return exact
        return DiagonalPosterior(exact, statistics.column_squares, noise, prior)

    def log_marginal_likelihood(self):
        """Return the log evidence of the training targets, in nats.

        The features are taken as given: it tells variances on one network apart, but
        not networks, which were trained on the same targets. With ``mode="map"`` it is
        exact, the density of y less its mean.

        Returns
        -------
        log_evidence : float
        """
        check_is_fitted(self)
        return float(self._log_evidence)

    # ---------------------------------------------------------------- predicting

    def predict(self, X, return_std=False, return_cov=False):
        """Return the mean of the predictive distribution, and how far y may be from it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.
        return_std : bool, default=False
            Whether to return standard deviations too.
        return_cov : bool, default=False
            Whether to return covariances between outputs too.

        Returns
        -------
        mean : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            In the units of y, of the shape that ``fit`` saw.
        std : ndarray of the shape of ``mean``
            Only with ``return_std``. Noise included.
        covariance : ndarray of shape (n_samples, n_outputs, n_outputs)
            Only with ``return_cov``. For each row the covariance between outputs, noise
            included.

        Raises
        ------
        ValueError
            If both ``return_std`` and ``return_cov`` are asked for, or X is not as it
            must be.
        """
        check_not_both(return_std, return_cov, type(self).__name__)
        check_is_fitted(self)
        chunks = [self._moments(F, return_std or return_cov) for F in self._extended(X)]
        mean, variance = (np.concatenate(parts) for parts in zip(*chunks))
        dtype = result_dtype(X)
        mean = self._shaped(mean, dtype)
        if return_cov:
            covariance = variance[:, np.newaxis, np.newaxis] * self.output_covariance_
            return mean, covariance.astype(dtype)
        if return_std:
            squares = variance[:, np.newaxis] * self.output_covariance_.diagonal()
            return mean, self._shaped(np.sqrt(squares), dtype)
        return mean

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint draws of the noise-free function, one matrix of weights a draw.

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
        draws : ndarray of shape (n_samples, n_draws, n_outputs)
            In the units of y.

        Raises
        ------
        ValueError, TypeError
            If X, ``n_draws`` or ``random_state`` is not as it must be.
        """
        check_is_fitted(self)
        n_draws = self._n_draws(n_draws)
        seed = check_seed(random_state, f"predict_samples of {type(self).__name__}")
        weights = self._layer.weight_draws(n_draws, stream(seed, "weights"))
        n_outputs = len(self.output_covariance_)
        shape = (num_samples(X), n_draws, n_outputs)
        draws = np.empty(shape, dtype=result_dtype(X))
        start = 0
        for features in self._extended(X, 16 * n_draws * n_outputs):
            end = start + len(features)
            draws[start:end] = self._layer.values(features, weights)
            start = end
        return draws

    def covariance_factor(self, X):
        """Return factors whose products are the covariance of the function at rows.

        With F the result, the noise-free function's covariance between output d of row
        i and output e of row j is ``F[i] @ F[j] * output_covariance_[d, e]``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        factor : ndarray of shape (n_samples, n_features_out + 1)
        """
        check_is_fitted(self)
        dtype = result_dtype(X)
        parts = (self._layer.factor(F).astype(dtype) for F in self._extended(X))
        return np.concatenate(list(parts))

    def _extended(self, X, bytes_per_row=0):
        """Yield features with their column of ones, chunk by chunk."""
        bytes_per_row += 24 * len(self._layer.weights)
        for _, features in self._feature_chunks(X, bytes_per_row):
            yield with_ones(features)

    def _moments(self, features, with_variance):
        mean = self._layer.mean(features)
        if not with_variance:
            return mean, np.empty(0)
        return mean, self.noise_variance_ + self._layer.row_variance(features)

    def _shaped(self, values, dtype):
        values = values.astype(dtype)
        return values.ravel() if self._y_ndim == 1 else values

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_layer")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
