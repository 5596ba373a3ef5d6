"""Bayesian logistic regression of classes; other files do the computations."""

import numpy as np
from scipy import special
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.chunks import chunks, rows_within
from skbal._utils.labels import check_classes
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    count,
    count_in_memory,
    flag,
    option,
    positive,
    real,
    seed,
)
from skbal._utils.random import check_seed, stream
from skbal._utils.threads import one_thread
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import FLOAT_DTYPES
from skbal._utils.weights import check_row_weights
from skbal.models._accuracy import AccuracyMixin
from skbal.models._chunked_draws import ChunkedDrawsMixin
from skbal.models._logistic._hamiltonian import HamiltonianChains
from skbal.models._logistic._posterior import ClassWeights, Labelled, check_size
from skbal.models._logistic._search import EvidenceSearch
from skbal.models._vote_regression._search import variance_limits
from skbal.models._vote_regression._span import RowSpan

# Prior variance of the logit of a class, averaged over rows, without the intercept. The
# smallest leaves only the intercepts. If the classes can be separated perfectly, the
# evidence puts no bound on the weights, and draws would disagree about every row.
_LOGIT_VARIANCES = (1e-4, 9.0)


class BayesianLogisticRegression(
    KnowsItsParameters, AccuracyMixin, ChunkedDrawsMixin, BaseEstimator
):
    """Logistic regression of two or more classes with draws of its posterior.

    The class probabilities are ``softmax(x W + b)``. The prior of the weights is
    normal. Their posterior is approximated by a normal distribution around its mode,
    with the Hessian there as precision [1]_, or sampled as it is [3]_. A draw is one
    matrix of weights for all rows. The model needs no torch. It suits hundreds of rows,
    and features computed elsewhere.

    Parameters
    ----------
    prior_variance : float, default=1.0
        Prior variance of a weight, in units of the logit over X, squared. Not used with
        ``optimize="evidence"``.
    optimize : {"evidence"} or None, default="evidence"
        How the prior variance is found. "evidence" chooses the value of largest
        evidence [2]_, up to a standard deviation of 3 for the logits of rows. ``None``
        uses ``prior_variance``.
    fit_intercept : bool, default=True
        Whether to fit an intercept b for each class.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` makes by default, and that
        ``predict_proba`` averages over.
    max_iter : int, default=100
        Largest number of prior variances tried in the search for the largest evidence.
    tol : float, default=0.01
        The search stops when the prior variance is known up to this share.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the draws used by ``predict_proba``.
    intercept_variance : float, default=10.0
        Prior variance of the logit of a class at the mean row.
    posterior : {"laplace", "hmc"}, default="laplace"
        "laplace" draws from the normal distribution around the mode. "hmc" moves each
        such draw by Hamiltonian Monte Carlo, until it is a draw of the posterior
        itself.
    n_trajectories : int, default=10
        Number of trajectories by which "hmc" moves a draw. After very few of them,
        draws are closer to those of Laplace's approximation.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    coef_mean_ : ndarray of shape (n_features, n_classes)
        The weights at the mode, which are the mean of Laplace's approximation.
    intercept_mean_ : ndarray of shape (n_classes,)
        The same of the logits at x = 0.
    prior_variance_ : float
        The prior variance used.
    n_iter_ : int
        Number of prior variances tried.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    draw_seed_ : int
        The seed of the draws used by ``predict_proba``.

    See Also
    --------
    BayesianVoteRegression : The same for k of N votes.
    LaplaceClassifier : The same on the features of a network.
    sklearn.linear_model.LogisticRegression : The mode alone.

    Notes
    -----
    Each class has a column of weights, also if there are two classes. The mode is then
    that of scikit-learn's ``LogisticRegression`` with ``C=prior_variance`` for three or
    more classes, and ``C=2 * prior_variance`` for two, except that the intercept has a
    prior here. No probability depends on a shift of all logits by the same amount,
    whose variance stays that of the prior.

    With an intercept, the weights act on a row minus the mean row. The columns should
    be of similar scale, since all weights have the same prior.

    If the classes can be separated perfectly, as is usual with few labels, the evidence
    puts no upper bound on the weights. Then ``prior_variance_`` is the largest value
    allowed.

    Only as many directions are computed as the rows span. The Hessian has the side
    ``(rank + 1) * n_classes``. Its decomposition takes most of the time.

    References
    ----------
    .. [1] C. M. Bishop (2006), Pattern Recognition and Machine Learning, sections 4.4
       and 4.5, here for several classes.
    .. [2] D. J. C. MacKay (1992), The evidence framework applied to classification
       networks, Neural Computation 4.
    .. [3] R. M. Neal (2011), MCMC using Hamiltonian dynamics, Handbook of Markov Chain
       Monte Carlo, chapter 5.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import BayesianLogisticRegression
    >>> X, y = [[-2.0], [-1.0], [1.0], [2.0]], ["cat", "cat", "dog", "dog"]
    >>> model = BayesianLogisticRegression(optimize=None, random_state=0).fit(X, y)
    >>> model.predict([[-3.0], [3.0]])
    array(['cat', 'dog'], dtype='<U3')
    >>> model.predict_samples(X, n_draws=20, random_state=0).shape
    (4, 20, 2)
    """

    _parameter_rules = {
        "prior_variance": positive(),
        "optimize": option("evidence", None),
        "fit_intercept": flag(),
        "n_draws": count_in_memory(),
        "max_iter": count(),
        "tol": real(0),
        "random_state": seed(),
        "intercept_variance": positive(),
        "posterior": option("laplace", "hmc"),
        "n_trajectories": count(),
    }

    def __init__(
        self,
        prior_variance=1.0,
        optimize="evidence",
        fit_intercept=True,
        *,
        n_draws=100,
        max_iter=100,
        tol=0.01,
        random_state=None,
        intercept_variance=10.0,
        posterior="laplace",
        n_trajectories=10,
    ):
        self.prior_variance = prior_variance
        self.optimize = optimize
        self.fit_intercept = fit_intercept
        self.n_draws = n_draws
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.intercept_variance = intercept_variance
        self.posterior = posterior
        self.n_trajectories = n_trajectories

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, sample_weight=None):
        """Find the posterior of the weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The training rows.
        y : array-like of shape (n_samples,)
            The labels.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows. A row of weight 2 counts as two equal rows.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which. Also if the
            Hessian would need more than 512 MB.

        Warns
        -----
        ConvergenceWarning
            If the mode or the maximum of the evidence was not found.
        """
        owner = type(self).__name__
        check_parameters(self)
        draw_seed = check_seed(self.random_state, owner)
        with all_or_nothing(self):
            X, y = validate_rows(self, X, y, dtype=FLOAT_DTYPES)
            check_classes(y, owner)
            row_weights = check_row_weights(sample_weight, X, owner)
            classes, codes = np.unique(y, return_inverse=True)
            counted = row_weights > 0
            rows = X[counted], codes[counted], row_weights[counted]
            with one_thread():  # matrices are small, and the result is always equal
                self._solve(*rows, len(classes))
            self.classes_, self.draw_seed_ = classes, draw_seed
        return self

    def _solve(self, X, codes, row_weights, n_classes):
        owner, has_intercept = type(self).__name__, bool(self.fit_intercept)
        span = RowSpan(X, has_intercept, owner)
        centre, design = np.zeros(span.places.shape[1]), span.places
        if has_intercept:
            centre = np.average(design, axis=0, weights=row_weights)
            design = np.column_stack([np.ones(len(design)), design - centre])
        check_size(design.shape[1], n_classes, owner)
        labelled = Labelled(design, codes, row_weights, n_classes, owner)
        solution = self._find(labelled)
        posterior, self.prior_variance_, self.n_iter_ = solution
        self._posterior = ClassWeights(
            span, centre, posterior, self.prior_variance_, has_intercept
        )
        self._chains = None
        if self.posterior == "hmc":
            root = self._posterior.root
            self._chains = HamiltonianChains(labelled, posterior, root)
        self._log_evidence = posterior.log_evidence
        self.coef_mean_ = self._posterior.coef_mean
        self.intercept_mean_ = self._posterior.intercept_mean

    def _find(self, labelled):
        intercept = float(self.intercept_variance) if self.fit_intercept else None
        search = EvidenceSearch(labelled, intercept)
        features = labelled.design[:, bool(self.fit_intercept) :]
        limits = variance_limits(features, _LOGIT_VARIANCES, labelled.row_weights)
        if self.optimize is None or limits is None or labelled.n_classes == 1:
            return search.solve(float(self.prior_variance))
        return search.best(limits, max_iter=self.max_iter, tol=self.tol)

    def log_marginal_likelihood(self):
        """Return the log probability of the labels, with weights integrated out.

        It is computed by Laplace's method with the prior variance used, and compares
        models of the same labels.

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
        X : array-like of shape (n_samples, n_features)
            Rows of the form passed to ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        """Return class probabilities, averaged over ``n_draws`` posterior draws.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
            The probabilities, with columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        X = self._check_rows(X)
        mean = np.empty((len(X), len(self.classes_)))
        n_draws = self._check_n_draws(None)
        for rows, draws in self._probability_chunks(X, n_draws, self.draw_seed_):
            mean[rows] = draws.mean(axis=1)
        return mean / mean.sum(axis=1, keepdims=True)

    def _draw_chunks(self, X, n_draws, seed):
        X = self._check_rows(X)
        for rows, draws in self._probability_chunks(X, n_draws, seed):
            yield rows, draws.astype(X.dtype, copy=False)

    def _probability_chunks(self, X, n_draws, seed):
        """Yield rows and their probabilities, (n_rows, n_draws, n_classes), float64."""
        n_classes = len(self.classes_)
        # The draws are the first axis, so draw k does not depend on n_draws.
        shape = (n_draws, n_classes, X.shape[1] + 1)
        normal = stream(seed, "weights").standard_normal(shape)
        with one_thread():
            levels, weights = self._posterior.draws(
                normal, self._chains, *self._random_numbers(seed, shape)
            )
        bytes_per_row = 40 * n_draws * n_classes + 16 * X.shape[1]
        for rows in chunks(len(X), rows_within(bytes_per_row)):
            chunk = X[rows].astype(np.float64)
            logits = self._posterior.logits(chunk, levels, weights)
            yield rows, special.softmax(logits, axis=2)

    def _random_numbers(self, seed, shape):
        """Return momenta and uniform numbers for the trajectories of chains."""
        steps = range(self.n_trajectories)
        return (
            (stream(seed, "momenta", step).standard_normal(shape) for step in steps),
            (stream(seed, "numbers", step).random((shape[0], 2)) for step in steps),
        )

    def _check_rows(self, X):
        return validate_rows(self, X, reset=False, dtype=FLOAT_DTYPES)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "classes_")
