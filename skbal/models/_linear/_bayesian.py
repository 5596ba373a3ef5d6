"""Exact Bayesian linear regression with several outputs; `_base` does the work."""

from skbal._utils.parameters import own
from skbal.models._linear._base import LinearModel
from skbal.models._linear._output_covariance import check_output_covariance


class BayesianLinearRegression(LinearModel):
    """Linear regression with the exact, matrix-normal posterior of the weights.

    With likelihood ``MN(Phi W, noise_variance I, Sigma)`` and prior ``MN(0,
    prior_variance I, Sigma)``, or ``MN(0, diag(prior_variance), Sigma)`` for one
    variance per feature, the posterior of the weights is ``MN(coef_mean_,
    row_covariance_, Sigma)``, and a new row phi has the predictive distribution
    ``N(coef_mean_' phi, (noise_variance + phi' row_covariance_ phi) Sigma)`` [1]_.

    Parameters
    ----------
    prior_variance : float or array-like of shape (n_features,), default=1.0
        Prior variance of a weight, in squared units of y over X. An array has one
        variance per feature; a smaller one pulls the weight of its feature more
        strongly to zero.
    noise_variance : float, default=1.0
        Variance of y around the function, in squared units of y.
    output_covariance : None, "empirical" or array-like of shape (n_outputs, \
n_outputs), default=None
        Sigma, the covariance between outputs, by which both variances are multiplied.
        ``None`` is the identity. "empirical" is the matrix of largest evidence given
        the variances, scaled to a mean variance of one. Sigma may be singular, as for
        one-hot labels.
    fit_intercept : bool, default=True
        Whether to fit an intercept. Its prior is flat. The weights act on ``x`` minus
        the mean row, where the intercept has the variance ``noise_variance / n``. The
        means are those of `sklearn.linear_model.Ridge` with
        ``alpha = noise_variance / prior_variance`` (for an array, on the columns times
        ``sqrt(prior_variance)`` with ``alpha = noise_variance``).
    optimize : {"evidence"} or None, default=None
        How the variances are found. "evidence" maximises the evidence by MacKay's
        fixed-point iteration [2]_. It starts from the given variances and from half of
        the variance of y as noise, and keeps the end with more evidence. Of an array
        ``prior_variance`` it keeps the ratios and finds one common factor. ``None``
        uses the given variances.
    max_iter : int, default=2000
        Largest number of iterations for the evidence.
    tol : float, default=1e-8
        Iterations stop when both variances change by less than this share.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` makes by default.

    Attributes
    ----------
    coef_mean_ : ndarray of shape (n_features, n_outputs)
        Posterior mean of the weights.
    intercept_mean_ : ndarray of shape (n_outputs,)
        Posterior mean of the value at x = 0.
    row_covariance_ : ndarray of shape (n_features, n_features)
        Posterior covariance between features, the same for all outputs. Multiplied by
        ``output_covariance_[d, e]`` it is the covariance between the weights of outputs
        d and e. It is computed at first use.
    output_covariance_ : ndarray of shape (n_outputs, n_outputs)
        Sigma.
    prior_variance_ : float or ndarray of shape (n_features,)
        The prior variance used, an array if one was given.
    noise_variance_ : float
        The noise variance used.
    evidence_path_ : ndarray of shape (n_iterations + 1,)
        Structured array with the ``prior_variance``, ``noise_variance``,
        ``n_effective_parameters`` (per output) and ``log_marginal_likelihood`` of each
        iteration. Of an array ``prior_variance`` it has the largest value. Only with
        ``optimize="evidence"``.
    n_iter_ : int
        Number of iterations for the evidence, or 1 without it.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.

    See Also
    --------
    MeanFieldLinearRegression : The factorised posterior: same means, smaller variances.
    LastLayerRegressor : This model on the features of a trained network.
    sklearn.linear_model.BayesianRidge : One output; no uncertainty of the intercept.

    Notes
    -----
    Everything is computed in float64. Cholesky factors are found from Phi'Phi and
    Phi'Y or, with fewer rows than columns, from singular values of the rows.
    ``partial_fit`` updates these, so that rows added in chunks give the posterior of
    all rows at once.

    An array ``prior_variance`` is the same as one variance ``c`` for all columns times
    ``sqrt(prior_variance / c)``. That is how it is computed.

    With ``optimize="evidence"``, one output and no intercept, the variances are those
    of `BayesianRidge` with flat hyperpriors (all four 0). With an intercept,
    `BayesianRidge` treats the mean of y as known. Here it is a parameter, and ``n - 1``
    takes the place of ``n``.

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

    Of features that become less important, such as cosines of growing frequency, the
    prior variance falls. The curve through two points is then smooth:

    >>> order = np.arange(1, 6)
    >>> X = np.cos(np.pi * order * [[0.0], [1.0]])
    >>> equal = BayesianLinearRegression(1.0, 1e-3).fit(X, [1.0, 0.0])
    >>> equal.coef_mean_.ravel().round(2)
    array([0.17, 0.  , 0.17, 0.  , 0.17])
    >>> falling = BayesianLinearRegression(1.0 / order**4, 1e-3).fit(X, [1.0, 0.0])
    >>> falling.coef_mean_.ravel().round(2)
    array([0.49, 0.  , 0.01, 0.  , 0.  ])
    """

    _parameter_rules = {
        "output_covariance": own(
            check_output_covariance,
            "None, 'empirical' or a matrix",
            "full",
            none=True,
        )
    }

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
