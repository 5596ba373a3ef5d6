"""The Laplace approximation of the last layer of a regressor, exact at the maximum.

The likelihood is Gaussian, and therefore the posterior of the last-layer weights is,
too. Given the features, this is the Bayesian linear model of `skbal.models._linear` on
features with a column of ones, without another intercept.
"""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal._utils.parameters import check_parameters, option, positive
from skbal._utils.random import stream
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import check_not_both, check_numbers
from skbal.models._dropout._regressor import MCDropoutRegressor
from skbal.models._laplace._all_weights._evidence import RegressionEvidence, maximise
from skbal.models._laplace._all_weights._fitting import (
    check_combination,
    fit_curvature,
)
from skbal.models._laplace._all_weights._gaussian_weights import GaussianWeights
from skbal.models._laplace._all_weights._targets import (
    check_columns,
    squared_error_roots,
    target_columns,
)
from skbal.models._laplace._base import LaplaceNetwork, with_ones
from skbal.models._laplace._gaussian_layer import GaussianLayer
from skbal.models._laplace._given_weights import GivenWeightsProblem
from skbal.models._laplace._scales import location_and_scale, network_target_weights
from skbal.models._last_layer._frozen import result_dtype
from skbal.models._linear._evidence import (
    PATH_DTYPE,
    EvidenceProblem,
    Variances,
    maximise_evidence,
    warn_of_no_residual,
)
from skbal.models._linear._output_covariance import OutputCovariance
from skbal.models._linear._posterior import DiagonalPosterior
from skbal.models._linear._statistics import add_rows


def _has_one_factor(estimator):
    """Return whether one factor gives the covariances of all outputs."""
    if getattr(estimator, "_gaussian", None) is None:
        return True
    return len(estimator.output_covariance_) == 1


class LaplaceRegressor(RegressorMixin, LaplaceNetwork):
    """A network with a Gaussian posterior of its weights, by Laplace.

    The network is trained, or used as it is, and cut before its last dense layer. The
    inputs of that layer are fixed features phi, with a one appended for the bias. With
    the Hessian A of the negative log posterior, the predictive variance of y is
    ``noise_variance + phi' A^-1 phi`` [1]_. This is exact, since the network is linear
    in the last-layer weights and its squared error is quadratic. With ``weights="all"``
    all layers have a Gaussian, and the gradient of the output with respect to all
    weights takes the place of phi.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module, optional
        The network. ``None`` means ``MCDropoutRegressor()``. Networks of skbal and of
        skorch are cloned and trained. An instance of ``torch.nn.Module``, and any of
        these in a `sklearn.frozen.FrozenEstimator`, is used as it is and never trained.
    weights : {"last", "all"}, default="last"
        The weights that have a distribution. "last": those of the last dense layer.
        "all": those of all layers. The network is then taken to first order in them;
        see the notes.
    subnetwork : int, list of str or array-like of bool, optional
        With ``weights="all"``, which of them have a distribution [3]_. A number takes
        those of largest variance under the diagonal form. Names are those of parameters
        or layers. A mask has an entry for each weight, in the order of
        ``module.parameters()``. The others are constants. ``None`` takes all.
    hessian : {"full", "kronecker", "diagonal"}, default="full"
        The form of the Hessian. "full" is exact. For the last layer it is a matrix over
        the weights of one output, the same for all outputs. This is a Kronecker product
        of outputs and features, so "kronecker" is the same. For all weights,
        "kronecker" is one such product for each layer [4]_. "diagonal" is the diagonal
        alone.
    mode : {"network", "map"}, optional
        The mean of the Gaussian. "network": the weights that training gave, so that the
        predictions of the network are kept. "map": the most probable weights given
        features, prior and noise, which new rows change even without training, with
        ``weights="last"`` only. ``None`` means "map" for the last layer, which is
        exact: given the features, the posterior is Gaussian around them. It means
        "network" for all weights.
    prior_variance : float, default=1.0
        Prior variance of each weight and bias: of the last layer in squared units of y,
        of all weights as they are in the network. With ``optimize="evidence"`` the
        search starts here.
    noise_variance : float, default=1.0
        Variance of y around the function, in squared units of y. With
        ``optimize="evidence"`` the search starts here.
    optimize : {"network", "evidence"} or None, default="evidence"
        How both variances are found. "network": the mean squares of the weights
        that training gave and of their residuals on the training rows, both in units of
        the standardised y. These make weights and residuals most probable.
        "evidence": MacKay's fixed point [2]_, with the full Hessian also if
        ``hessian="diagonal"``. ``None`` uses the given variances. The default accounts
        for the number of weights that the rows determine.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` makes by default.
    feature_layer : str, optional
        The layer whose output is used as features, a name in
        ``module.named_modules()``. Only with ``mode="map"``. ``None`` uses the input of
        the last dense layer of a ``Sequential``, as in the networks of skbal.
    refit_network : bool, default=True
        Whether ``fit`` trains the network. If False, it is trained only if neither an
        earlier ``fit`` nor the given ``network`` has a trained one.
    max_iter : int, default=2000
        Largest number of iterations for the evidence.
    tol : float, default=1e-9
        Iterations stop when both variances change by less than this share.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the training of the network.

    Attributes
    ----------
    network_ : estimator, skorch.NeuralNet or torch.nn.Module
        The trained network.
    coef_mean_ : ndarray of shape (n_features_out, n_outputs)
        Mean of the weights, in the units of y. Only with ``weights="last"``.
    intercept_mean_ : ndarray of shape (n_outputs,)
        Mean of the biases, in the units of y. Only with ``weights="last"``.
    subnetwork_ : ndarray of shape (n_weights,), dtype=bool
        Which weights of the network have a distribution, in the order of
        ``module.parameters()``. Only with ``weights="all"``.
    output_covariance_ : ndarray of shape (n_outputs, n_outputs)
        Diagonal matrix of the variances of the columns of y, divided by their mean. For
        one column it is 1.
    prior_variance_, noise_variance_ : float
        The variances used, in squared units of y. For output d both are multiplied by
        ``output_covariance_[d, d]``. With ``weights="all"`` the prior variance is that
        of each weight as it is in the network, and is not multiplied.
    evidence_path_ : ndarray of shape (n_iterations + 1,)
        Structured array with the ``prior_variance``, ``noise_variance``,
        ``n_effective_parameters`` (per output, but with ``weights="all"`` of all
        outputs) and ``log_marginal_likelihood`` of each iteration. Only with
        ``optimize="evidence"``.
    n_iter_ : int
        Number of iterations for the evidence, or 1 without it.
    n_features_in_ : int
        Number of features of a row (for images, of channels).
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    row_shape_ : tuple of int
        The shape of a row of X.
    draw_seed_ : int
        A seed drawn by ``fit``.

    See Also
    --------
    LastLayerRegressor : The same features under any Bayesian linear model.
    LaplaceClassifier : The same for classes.

    Notes
    -----
    The mean of y is subtracted first. The prior of weights and biases is therefore
    centred on a network that predicts this mean. Columns of y of different scale are
    treated as if each were standardised.

    ``weights="all"``: the trained weights are w*, and the outputs are taken to first
    order, f(x; w) = f(x; w*) + J(x) (w - w*), with the Jacobian J of the outputs by
    ``torch.func``. The covariance of the weights is noise_variance times the inverse
    of the generalised Gauss-Newton matrix plus noise_variance / prior_variance. A draw
    is one set of weights for all rows. Dropout is off and batch normalisation is in
    evaluation mode. Parameters with ``requires_grad=False`` are constants. The network
    may be any module, but no ensemble, and ``feature_layer`` only concerns
    ``transform``.

    Memory: Jacobians are made for as many rows as fit into 256 MB, or for one. "full"
    holds a matrix of n_weights times the smaller of n_weights and n_samples *
    n_outputs, at most 2 GiB. "kronecker" holds one square matrix for the inputs of each
    layer and one for its outputs. Draws hold n_draws * n_weights numbers. The factors
    of "kronecker" are those of dense layers and convolutions [5]_; weights of other
    layers have the diagonal form.

    Noise and prior are estimated from the rows from which the features were learned.
    They do not show how much the network overfitted, so that ``noise_variance_`` is
    often too small for new rows.

    References
    ----------
    .. [1] C. M. Bishop (2006), Pattern Recognition and Machine Learning, equations
       (5.172) and (5.173).
    .. [2] D. J. C. MacKay (1992), Bayesian interpolation, Neural Computation 4.
    .. [3] E. Daxberger, E. Nalisnick, J. Allingham, J. Antorán and J. M.
       Hernández-Lobato (2021), Bayesian deep learning via subnetwork inference, ICML.
    .. [4] H. Ritter, A. Botev and D. Barber (2018), A scalable Laplace approximation
       for neural networks, ICLR.
    .. [5] R. Grosse and J. Martens (2016), A Kronecker-factored approximate Fisher
       matrix for convolution layers, ICML.

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
    _parameter_rules = {
        "noise_variance": positive(),
        "mode": option("network", "map", None),
    }

    def __init__(
        self,
        network=None,
        *,
        weights="last",
        subnetwork=None,
        hessian="full",
        mode=None,
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
        self.weights = weights
        self.subnetwork = subnetwork
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
        """Train the network if it is to be trained, and compute the posterior.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.
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
            If X, y or a parameter is invalid. The message says which. Also if the last
            layer of the network is needed and is not known.

        Warns
        -----
        NumericalWarning
            If the targets are fitted exactly, or if features depend on each other to
            working precision.
        """
        check_parameters(self)
        check_combination(self)
        with all_or_nothing(self):
            X, y = self._check_fit_rows(X, y)
            targets = check_numbers(y.reshape(len(y), -1), type(self).__name__)
            if self.weights == "all":
                self._fit_whole_network(X, y, refit_network)
                self._approximate_all(X, targets)
            else:
                features = with_ones(self._fit_features(X, y, refit_network))
                self._approximate(features, targets)
            self._y_ndim = y.ndim
        return self

    def _approximate(self, features, y):
        owner = type(self).__name__
        location, scale = location_and_scale(y)
        output = OutputCovariance(np.diag(scale**2 / np.mean(scale**2)))
        statistics = add_rows(None, features, y - location, None, centred=False)
        given = self._given_problem(statistics, location)
        problem = self._problem(statistics, given, location)
        variances = self._learn_variances(problem, given, output, owner)
        posterior = self._posterior_for(statistics, variances, owner)
        weights = given.weights if self.mode == "network" else posterior.mean
        self._layer = GaussianLayer(weights, location, posterior, output)
        self._gaussian = None
        self._log_evidence = problem.row(variances, np.nan)[-1]
        self.prior_variance_, self.noise_variance_ = variances.prior, variances.noise
        self.output_covariance_ = output.matrix
        self.coef_mean_, self.intercept_mean_ = weights[:-1], weights[-1] + location

    def _given_problem(self, statistics, location):
        """Return the evidence around the weights of the network, if it is needed."""
        if "network" not in (self.mode, self.optimize):
            return None
        weights = network_target_weights(self._network_layer(), location, self)
        return GivenWeightsProblem(statistics, weights)

    def _problem(self, statistics, given, location):
        if self.mode == "network":
            return given
        return EvidenceProblem(
            statistics.spectrum, statistics.scatter_y, location, statistics.weight
        )

    def _learn_variances(self, problem, given, output, owner):
        self._forget_fit()
        start = Variances(
            float(self.prior_variance), float(self.noise_variance), output
        )
        self.n_iter_ = 1
        if self.optimize is None:
            return start
        if self.optimize == "network":
            variances = given.most_probable(start)
            warn_of_no_residual(given, variances, owner)
            return variances
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
        if self.hessian == "diagonal":
            return DiagonalPosterior(exact, statistics.column_squares, noise, prior)
        return exact

    def _approximate_all(self, X, y):
        mean, scale = location_and_scale(y)
        output = OutputCovariance(np.diag(scale**2 / np.mean(scale**2)))
        columns, location = target_columns(self.network_, y.shape[1])
        fitted = fit_curvature(
            self,
            X,
            lambda outputs: check_columns(columns, outputs, type(self).__name__),
            lambda outputs, columns: squared_error_roots(len(outputs), columns, output),
        )
        residual = y - location - fitted.outputs @ fitted.columns
        evidence = RegressionEvidence(
            fitted, output.square(residual.T @ residual), (y - mean, mean), output
        )
        prior, noise = self._learn_all_variances(evidence)
        deviations = fitted.curvature.at(noise / prior)
        subnetwork = fitted.subnetwork
        self._gaussian = GaussianWeights(
            subnetwork.names, subnetwork.chosen, columns, location, deviations, noise
        )
        self._log_evidence = evidence.log_evidence(noise / prior, noise)
        self.prior_variance_, self.noise_variance_ = prior, noise
        self.output_covariance_, self.subnetwork_ = output.matrix, subnetwork.mask

    def _learn_all_variances(self, evidence):
        self._forget_fit()
        self.n_iter_, owner = 1, type(self).__name__
        prior, noise = float(self.prior_variance), float(self.noise_variance)
        if self.optimize is None:
            return prior, noise
        if self.optimize == "network" or not evidence.values.any():
            prior, noise = evidence.most_probable(prior)
        else:
            path = maximise(
                evidence, PATH_DTYPE, max_iter=self.max_iter, tol=self.tol, owner=owner
            )
            self.evidence_path_, self.n_iter_ = path, len(path)
            prior, noise = (
                float(path[name][-1]) for name in ("prior_variance", "noise_variance")
            )
        warn_of_no_residual(evidence, Variances(prior, noise, evidence.output), owner)
        return prior, noise

    def log_marginal_likelihood(self):
        """Return the log evidence of the training targets, in nats.

        The features are taken as known. It therefore compares variances on one network,
        but not networks, which were trained on the same targets. With ``mode="map"`` it
        is exact, the density of y minus its mean.

        Returns
        -------
        log_evidence : float
            The log evidence, in nats.
        """
        check_is_fitted(self)
        return float(self._log_evidence)

    # ---------------------------------------------------------------- predicting

    def predict(self, X, return_std=False, return_cov=False):
        """Return the mean of the predictive distribution, and its spread if wanted.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.
        return_std : bool, default=False
            Whether to return standard deviations as well.
        return_cov : bool, default=False
            Whether to return covariances between outputs as well.

        Returns
        -------
        mean : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The mean, in the units of y. It has one axis if the y of ``fit`` had one.
        std : ndarray of the shape of ``mean``
            Standard deviations of y, noise included. Only with ``return_std``.
        covariance : ndarray of shape (n_samples, n_outputs, n_outputs)
            Covariance between the outputs of each row, noise included. Only with
            ``return_cov``.

        Raises
        ------
        ValueError
            If both ``return_std`` and ``return_cov`` are set, or X is invalid.
        """
        check_not_both(return_std, return_cov, type(self).__name__)
        check_is_fitted(self)
        dtype = result_dtype(X)
        if not (return_std or return_cov):
            return self._shaped(np.concatenate(list(self._mean_chunks(X))), dtype)
        parts = zip(*self._moment_chunks(X, return_cov))
        mean, spread = (np.concatenate(part) for part in parts)
        mean = self._shaped(mean, dtype)
        if return_cov:
            return mean, spread.astype(dtype)
        return mean, self._shaped(np.sqrt(spread), dtype)

    def _mean_chunks(self, X):
        """Yield the mean, (n_rows, n_outputs), chunk by chunk."""
        if self._gaussian is not None:
            yield from self._gaussian.means(self, X)
            return
        for features in self._extended(X):
            yield self._layer.mean(features)

    def _moment_chunks(self, X, with_covariance):
        """Yield the mean, and variances or covariances of y, chunk by chunk."""
        if self._gaussian is not None:
            for mean, root in self._gaussian.whitened(self, X):
                noise = self.noise_variance_ * self.output_covariance_
                if with_covariance:
                    yield mean, noise + root @ root.swapaxes(1, 2)
                else:
                    yield mean, noise.diagonal() + np.einsum("ndw,ndw->nd", root, root)
            return
        output = self.output_covariance_
        output = output if with_covariance else output.diagonal()
        for features in self._extended(X):
            variance = self.noise_variance_ + self._layer.row_variance(features)
            shape = (-1, *(1,) * output.ndim)
            yield self._layer.mean(features), variance.reshape(shape) * output

    @available_if(_has_one_factor)
    def covariance_factor(self, X):
        """Return factors whose products are the covariance of the function at rows.

        With F the result, the covariance of the noise-free function between output d of
        row i and output e of row j is ``F[i] @ F[j] * output_covariance_[d, e]``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        factor : ndarray of shape (n_samples, n_features_out + 1)
            With ``weights="all"`` it has a column for each weight. Of several outputs
            of all weights there is no such factor, and then no such method.
        """
        check_is_fitted(self)
        dtype = result_dtype(X)
        if self._gaussian is None:
            chunks = (self._layer.factor(F).astype(dtype) for F in self._extended(X))
        else:
            whitened = self._gaussian.whitened(self, X)
            chunks = (root[:, 0].astype(dtype) for _, root in whitened)
        return np.concatenate(list(chunks))

    def _draw_chunks(self, X, n_draws, seed):
        dtype = result_dtype(X)
        if self._gaussian is None:
            chunks = self._last_layer_draws(X, n_draws, seed)
        else:
            chunks = self._gaussian.draw_chunks(self, X, n_draws, seed)
        for rows, draws in chunks:
            yield rows, draws.astype(dtype, copy=False)

    def _last_layer_draws(self, X, n_draws, seed):
        weights = self._layer.weight_draws(n_draws, stream(seed, "weights"))
        n_outputs = len(self.output_covariance_)
        start = 0
        for features in self._extended(X, 16 * n_draws * n_outputs):
            rows = slice(start, start + len(features))
            yield rows, self._layer.values(features, weights)
            start = rows.stop

    def _linear_draws(self, n_draws, seed):
        weights = self._layer.weight_draws(n_draws, stream(seed, "weights"))
        # The values of unit vectors, the last of which stands for the ones.
        values = self._layer.values(np.eye(len(weights)), weights)
        no_features = self._layer.values(np.zeros((1, len(weights))), weights)[0]
        return values[:-1] - no_features, values[-1]

    def _extended(self, X, bytes_per_row=0):
        """Yield features with their column of ones, chunk by chunk."""
        bytes_per_row += 24 * len(self._layer.weights)
        for _, features in self._feature_chunks(X, bytes_per_row):
            yield with_ones(features)

    def _shaped(self, values, dtype):
        values = values.astype(dtype)
        return values.ravel() if self._y_ndim == 1 else values

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
