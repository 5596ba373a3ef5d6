"""Exact Bayesian linear regression with several outputs; `_base` does the work."""

from skbal.models._linear._base import LinearModel


class BayesianLinearRegression(LinearModel):
    """Linear regression whose posterior over the weights is exact: matrix-normal.

    With likelihood ``MN(Phi W, noise_variance I, Sigma)`` and prior ``MN(0,
    prior_variance I, Sigma)`` the posterior of the weights is ``MN(coef_mean_,
    row_covariance_, Sigma)``, and a new row phi has the predictive distribution
    ``N(coef_mean_' phi, (noise_variance + phi' row_covariance_ phi) Sigma)`` [1]_.

    Parameters
    ----------
    prior_variance : float, default=1.0
        The variance of a weight before any row was seen, in squared units of y over X.
    noise_variance : float, default=1.0
        The variance of y about the function, in squared units of y.
    output_covariance : None, "empirical" or array-like of shape (n_outputs, \
n_outputs), default=None
        Sigma, the covariance between outputs, by which both variances are multiplied.
        None is the identity. "empirical" is the one of largest evidence given the
        variances, scaled to a mean variance of one. It may be singular, as for one-hot
        labels.
    fit_intercept : bool, default=True
        Whether there is an intercept. Its prior is flat, which centring the rows makes
        exact: the weights act on ``x`` less the mean row, where the intercept is known
        up to a variance of ``noise_variance / n``. So means are those of
        `sklearn.linear_model.Ridge` with ``alpha = noise_variance / prior_variance``.
    optimize : {"evidence"} or None, default=None
        None takes both variances as they are. "evidence" goes to a maximum of the
        evidence by MacKay's fixed point [2]_; it begins with the variances given, and
        again with half of the variance of y as noise, and keeps the better end.
    max_iter : int, default=2000
        The most iterations of the fixed point.
    tol : float, default=1e-8
        The relative change of the variances at which it stops.
    n_draws : int, default=100
        How many draws ``predict_samples`` gives when not told.

    Attributes
    ----------
    coef_mean_ : ndarray of shape (n_features, n_outputs)
        The posterior mean of the weights.
    intercept_mean_ : ndarray of shape (n_outputs,)
        The posterior mean of the value at x = 0.
    row_covariance_ : ndarray of shape (n_features, n_features)
        The posterior covariance between features, the same for all outputs; times
        ``output_covariance_[d, e]`` it is the covariance between the weights of outputs
        d and e. Made when asked for.
    output_covariance_ : ndarray of shape (n_outputs, n_outputs)
        Sigma.
    prior_variance_, noise_variance_ : float
        The variances in use.
    evidence_path_ : ndarray of shape (n_iterations + 1,)
        With ``optimize="evidence"``: a structured array of the ``prior_variance``,
        ``noise_variance``, ``n_effective_parameters`` (a output) and
        ``log_marginal_likelihood`` of each iteration.
    n_iter_ : int
        Iterations of the evidence's fixed point; 1 without it.
    n_features_in_ : int
        The number of features.
    feature_names_in_ : ndarray of str
        Column names, when X was a data frame.

    See Also
    --------
    MeanFieldLinearRegression : The factorised posterior; same means, smaller variances.
    LastLayerRegressor : This model on the features of a trained network.
    sklearn.linear_model.BayesianRidge : One output; no uncertainty of the intercept.

    Notes
    -----
    Everything is found in float64 by Cholesky factors from Phi'Phi and Phi'Y, or from
    singular values of the rows while these are fewer than the columns. ``partial_fit``
    updates these, so pieces give what the whole would.

    With ``optimize="evidence"`` and no intercept, one output has the fixed point of
    `BayesianRidge` with flat hyperpriors (all four 0). With an intercept,
    `BayesianRidge` takes the mean of y as known; here it counts as the parameter it is,
    so ``n - 1`` stands where `BayesianRidge` has ``n``.

    References
    ----------
    .. [1] C. M. Bishop (2006), Pattern Recognition and Machine Learning, equations
       (3.53), (3.54), (3.58) and (3.59), here for several outputs.
    .. [2] D. J. C. MacKay (1992), Bayesian interpolation, Neural Computation 4.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import BayesianLinearRegression
    >>> X = np.array([[-1.0], [0.0], [1.0]])
    >>> model = BayesianLinearRegression().fit(X, [1.0, 2.0, 3.0])
    >>> model.coef_mean_.round(3)
    array([[0.667]])
    >>> mean, std = model.predict([[3.0]], return_std=True)
    >>> mean.round(3), (std**2).round(3)
    (array([4.]), array([4.333]))
    """

    def __init__(
        self,
        prior_variance=1.0,
        noise_variance=1.0,
        output_covariance=None,
        fit_intercept=True,
        optimize=None,
        *,
        max_iter=2000,
        tol=1e-8,
        n_draws=100,
    ):
        self.prior_variance = prior_variance
        self.noise_variance = noise_variance
        self.output_covariance = output_covariance
        self.fit_intercept = fit_intercept
        self.optimize = optimize
        self.max_iter = max_iter
        self.tol = tol
        self.n_draws = n_draws

    def _output(self):
        return self.output_covariance

    def _posterior_for(self, statistics, variances, owner):
        return statistics.posterior(variances.noise, variances.prior, owner)
