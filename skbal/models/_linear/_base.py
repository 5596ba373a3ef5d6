"""Fitting Bayesian linear regressors; `_predictions` has their predictions."""

from abc import abstractmethod

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    count,
    count_in_memory,
    flag,
    option,
    positive,
    real,
)
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import FLOAT_DTYPES, check_numbers
from skbal._utils.weights import check_row_weights
from skbal.models._linear._evidence import (
    EvidenceProblem,
    Variances,
    log_evidence,
    maximise_evidence,
)
from skbal.models._linear._output_covariance import (
    OutputCovariance,
    given_output_covariance,
)
from skbal.models._linear._predictions import LinearPredictions
from skbal.models._linear._prior import Prior, prior_variance_rule
from skbal.models._linear._statistics import add_rows


class LinearModel(KnowsItsParameters, RegressorMixin, LinearPredictions, BaseEstimator):
    """A linear map with Gaussian noise and prior; a subclass gives the posterior.

    The features are centred on their means. A flat prior on the intercept is then
    exact: the value at the mean row is Gaussian around the mean of the targets, with
    row variance noise / n, and independent of the weights.
    """

    _parameter_rules = {
        "prior_variance": prior_variance_rule(),
        "noise_variance": positive(),
        "fit_intercept": flag(),
        "optimize": option("evidence", None),
        "max_iter": count(),
        "tol": real(0),
        "n_draws": count_in_memory(),
    }

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, sample_weight=None):
        """Find the posterior of the weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows. A row of weight 2 counts as two equal rows.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which.

        Warns
        -----
        NumericalWarning
            If columns depend on each other to working precision, or if the targets
            are fitted exactly, without residuals.
        """
        return self._learn(X, y, sample_weight, None)

    def partial_fit(self, X, y, sample_weight=None):
        """Update the posterior with more rows.

        The result is the posterior of all rows so far. The cost depends on the number
        of new rows and of features, but not on the number of earlier rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The new rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            See `fit`. Also if the number of features or outputs has changed.
        """
        return self._learn(X, y, sample_weight, getattr(self, "_statistics", None))

    def _learn(self, X, y, sample_weight, statistics):
        check_parameters(self)
        with all_or_nothing(self):
            X, y = validate_rows(
                self,
                X,
                y,
                reset=statistics is None,
                dtype=FLOAT_DTYPES,
                multi_output=True,
                y_numeric=True,
            )
            if sample_weight is not None:
                sample_weight = check_row_weights(sample_weight, X, type(self).__name__)
            targets = check_numbers(y.reshape(len(y), -1), type(self).__name__)
            self._check_n_outputs(targets.shape[1], statistics)
            prior = Prior(self.prior_variance, X.shape[1], type(self).__name__)
            centred = bool(self.fit_intercept)
            statistics = add_rows(statistics, X, targets, sample_weight, centred)
            self._refuse_overflow(statistics)
            self._solve(statistics, prior)
            self._statistics, self._y_ndim = statistics, y.ndim
        return self

    def _solve(self, statistics, prior):
        owner = type(self).__name__
        scaled = prior.scaled(statistics)
        variances, path = self._learn_variances(scaled, prior.largest, owner)
        posterior = prior.unscaled(self._posterior_for(scaled, variances, owner))
        self._posterior, self._variances = posterior, variances
        self.prior_variance_ = prior.with_largest(variances.prior)
        self.noise_variance_ = variances.noise
        self.output_covariance_ = variances.output.matrix
        self.coef_mean_ = posterior.mean
        self.intercept_mean_ = statistics.mean_y - statistics.mean_phi @ posterior.mean
        vars(self).pop("evidence_path_", None)
        self.n_iter_ = 1
        if path is not None:
            self.evidence_path_ = path
            self.n_iter_ = max(len(path) - 1, 1)

    def _learn_variances(self, statistics, prior_variance, owner):
        n_outputs = len(statistics.mean_y)
        output = given_output_covariance(self._output(), n_outputs, owner)
        start = Variances(prior_variance, float(self.noise_variance), output)
        learn_output = isinstance(self._output(), str)
        if self.optimize is None:
            if learn_output:
                start = start._replace(output=self._empirical(statistics, start, owner))
            return start, None
        problem = EvidenceProblem(
            statistics.spectrum,
            statistics.scatter_y,
            statistics.mean_y,
            self._n_contrasts(statistics),
        )
        return maximise_evidence(
            problem,
            start,
            learn_output=learn_output,
            max_iter=self.max_iter,
            tol=self.tol,
            owner=owner,
        )

    def _empirical(self, statistics, variances, owner):
        """Return the output covariance of largest evidence, given the row variances."""
        exact = statistics.posterior(variances.noise, variances.prior, owner)
        scatter = statistics.scatter_y - statistics.explained_by(exact.mean)
        return OutputCovariance.proportional_to(scatter)

    def _n_contrasts(self, statistics):
        return statistics.weight - bool(self.fit_intercept)

    @property
    def row_covariance_(self):
        """The posterior covariance between features."""
        return self._posterior.covariance

    # ------------------------------------------------------------------ evidence

    def log_marginal_likelihood(self):
        """Return the log density of the training targets, with weights integrated out.

        With an intercept, whose prior is flat, it is the density of the n - 1 contrasts
        of the targets. It compares models that all have an intercept or all have none.

        Returns
        -------
        log_evidence : float
            The log evidence, in nats.
        """
        check_is_fitted(self)
        statistics, variances = self._statistics, self._variances
        mean = self._posterior.mean
        scatter = statistics.scatter_y - statistics.explained_by(mean)
        return log_evidence(
            self._n_contrasts(statistics),
            variances.output.square(scatter) / variances.noise,
            self._posterior.log_det_ratio,
            variances.noise,
            variances.output,
        )

    # ------------------------------------------------------------------ checking

    def _refuse_overflow(self, statistics):
        for name, squares in (
            ("X", statistics.column_squares),
            ("y", statistics.scatter_y),
        ):
            if not np.isfinite(squares).all():
                raise ValueError(
                    f"{name} given to {type(self).__name__} has values so large that "
                    "their squares overflow. Scale it, for instance by StandardScaler."
                )

    def _check_n_outputs(self, n_outputs, statistics):
        if statistics is not None and len(statistics.mean_y) != n_outputs:
            raise ValueError(
                f"y given to partial_fit of {type(self).__name__} must have "
                f"{len(statistics.mean_y)} outputs as before, got {n_outputs}."
            )

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_posterior")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    # ------------------------------------------- hooks that a subclass gives

    @abstractmethod
    def _output(self):
        """Return the parameter ``output_covariance``, or None if there is none."""

    @abstractmethod
    def _posterior_for(self, statistics, variances, owner):
        """Return the posterior of weights that share one prior variance."""
