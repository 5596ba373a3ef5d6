"""Mean-field linear regression in closed form; `_base` does the work."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal.models._linear._base import LinearModel
from skbal.models._linear._posterior import DiagonalPosterior


class MeanFieldLinearRegression(LinearModel):
    """Linear regression with the best posterior in which all weights are independent.

    Among all factorised Gaussians, the one with the largest evidence lower bound has
    the means of the exact posterior and the variances ``1 / (sum_n phi_nk**2 /
    noise_variance + 1 / prior_variance)``, with the ``prior_variance`` of
    feature k if there is one per feature. They are never larger than the exact ones,
    and smaller wherever features are correlated. Predictions are those of
    `BayesianLinearRegression`, with other, mostly smaller, error bars.

    Parameters
    ----------
    prior_variance : float or array-like of shape (n_features,), default=1.0
        Prior variance of a weight, in squared units of y over X. An array has one
        variance per feature; a smaller one pulls the weight of its feature more
        strongly to zero.
    noise_variance : float, default=1.0
        Variance of y around the function, in squared units of y.
    fit_intercept : bool, default=True
        Whether to fit an intercept with a flat prior. The weights act on ``x`` minus
        the mean row, as in `BayesianLinearRegression`.
    optimize : {"evidence"} or None, default=None
        How the variances are found. "evidence" maximises the evidence of the exact
        model, so that only the posterior variances differ from
        `BayesianLinearRegression`. Of an array ``prior_variance`` it keeps the ratios
        and finds one common factor. ``None`` uses the given variances.
    max_iter : int, default=2000
        Largest number of iterations for the evidence.
    tol : float, default=1e-8
        Iterations stop when both variances change by less than this share.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` makes by default.

    Attributes
    ----------
    coef_mean_ : ndarray of shape (n_features, n_outputs)
        Posterior mean of the weights, equal to the exact one.
    coef_variance_ : ndarray of shape (n_features, n_outputs)
        Posterior variance of the weights. All columns are equal, as all outputs have
        the same noise and prior variances.
    row_covariance_ : ndarray of shape (n_features, n_features)
        Diagonal matrix of these variances.
    intercept_mean_ : ndarray of shape (n_outputs,)
        Posterior mean of the value at x = 0.
    output_covariance_ : ndarray of shape (n_outputs, n_outputs)
        The identity, since independent weights leave no covariance between outputs.
    prior_variance_ : float or ndarray of shape (n_features,)
        The prior variance used, an array if one was given.
    noise_variance_ : float
        The noise variance used.
    evidence_path_ : ndarray of shape (n_iterations + 1,)
        See `BayesianLinearRegression`. Only with ``optimize="evidence"``.
    n_iter_ : int
        Number of iterations for the evidence, or 1 without it.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.

    See Also
    --------
    BayesianLinearRegression : The exact posterior.

    References
    ----------
    C. M. Bishop (2006), Pattern Recognition and Machine Learning, section 10.1.2.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import BayesianLinearRegression, MeanFieldLinearRegression
    >>> X = np.array([[1.0, 1.1], [2.0, 1.9], [3.0, 3.0]])  # nearly the same column
    >>> exact = BayesianLinearRegression().fit(X, [1.0, 2.0, 3.0])
    >>> factorised = MeanFieldLinearRegression().fit(X, [1.0, 2.0, 3.0])
    >>> bool(np.allclose(factorised.coef_mean_, exact.coef_mean_))
    True
    >>> exact.row_covariance_.diagonal().round(2), factorised.coef_variance_.ravel(
    ...     ).round(2)
    (array([0.58, 0.62]), array([0.33, 0.35]))
    """

    def __init__(
        self,
        prior_variance=1.0,
        noise_variance=1.0,
        fit_intercept=True,
        optimize=None,
        *,
        max_iter=2000,
        tol=1e-8,
        n_draws=100,
    ):
        self.prior_variance = prior_variance
        self.noise_variance = noise_variance
        self.fit_intercept = fit_intercept
        self.optimize = optimize
        self.max_iter = max_iter
        self.tol = tol
        self.n_draws = n_draws

    @property
    def coef_variance_(self):
        """Posterior variance of the weights, (n_features, n_outputs)."""
        n_outputs = self.coef_mean_.shape[1]
        return np.repeat(self._posterior.variance[:, np.newaxis], n_outputs, axis=1)

    def elbo(self):
        """Return the evidence lower bound, in nats.

        It is the expected log likelihood minus the divergence from the prior. It never
        exceeds ``log_marginal_likelihood()``. The gap is the divergence KL(q || p) from
        the exact posterior.

        Returns
        -------
        elbo : float
            The bound, in nats.
        """
        check_is_fitted(self)
        return self._expected_log_likelihood() - self._divergence_from_prior()

    def _expected_log_likelihood(self):
        # E_q[log p(Y | W)], Bishop (2006), equation (10.107), for the n - 1 contrasts
        # of the rows that remain when the flat intercept is integrated out.
        statistics, noise = self._statistics, self.noise_variance_
        n_outputs = self.coef_mean_.shape[1]
        residual = np.trace(statistics.residual_scatter(self.coef_mean_))
        spread = n_outputs * (statistics.column_squares @ self._posterior.variance)
        n_values = n_outputs * self._n_contrasts(statistics)
        return -0.5 * (
            (residual + spread) / noise + n_values * np.log(2 * np.pi * noise)
        )

    def _divergence_from_prior(self):
        # KL(q || prior) of independent Gaussians, summed over weights.
        prior = np.reshape(self.prior_variance_, (-1, 1))  # one, or one per feature
        ratio = self.coef_variance_ / prior
        means = self.coef_mean_**2 / prior
        return 0.5 * (ratio + means - 1.0 - np.log(ratio)).sum()

    def _output(self):
        return None

    def _posterior_for(self, statistics, variances, owner):
        exact = statistics.posterior(variances.noise, variances.prior, owner)
        return DiagonalPosterior(
            exact, statistics.column_squares, variances.noise, variances.prior
        )
