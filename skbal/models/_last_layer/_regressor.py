"""Bayesian regression on the features of a trained network; `_base` does the work."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import num_samples
from skbal._utils.validation import check_count, check_not_both, check_numbers
from skbal.models._dropout._regressor import MCDropoutRegressor
from skbal.models._last_layer._base import LastLayer, head_has, joined


class LastLayerRegressor(RegressorMixin, LastLayer):
    """A network whose last dense layer is replaced by Bayesian linear regression.

    The network is trained, or taken as it is, and cut before its last dense layer. What
    enters that layer are basis functions, held fixed; on them a Bayesian linear model,
    the head, is fitted to y in its own units. Given the features everything is exact:
    mean, error bars, and draws of the function.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module, optional
        None is ``MCDropoutRegressor()``. One of skbal's networks or a skorch net is
        cloned and trained. A ``torch.nn.Module`` instance, and any of these in
        `sklearn.frozen.FrozenEstimator`, is used as it is, and never trained.
    head : estimator, optional
        The model on the features; it is cloned. None is
        ``BayesianLinearRegression(optimize="evidence")``. Then ``head__*`` sets its
        parameters, of which the variances are only where the evidence begins: to
        search over ``head__prior_variance``, give ``BayesianLinearRegression()``.
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
        Seeds the training of the network.

    Attributes
    ----------
    network_ : estimator, skorch.NeuralNet or torch.nn.Module
        The trained network.
    head_ : estimator
        The fitted head.
    noise_variance_ : float
        The head's noise variance.
    output_covariance_ : ndarray of shape (n_outputs, n_outputs)
        The head's covariance between outputs.
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
    BayesianLinearRegression : The default head.
    MCDropoutRegressor : The default network.

    Notes
    -----
    The head is fitted on the rows that the network was trained on, and takes the
    features as given. So it does not see how far the network overfitted, and
    ``noise_variance_`` is often too small for rows that are new.

    References
    ----------
    C. E. Rasmussen and C. K. I. Williams (2006), Gaussian Processes for Machine
    Learning, section 2.1.2, for the projection onto feature space.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import LastLayerRegressor, MCDropoutRegressor
    >>> X = np.linspace(-1, 1, 100)[:, None]
    >>> network = MCDropoutRegressor(max_epochs=100)
    >>> model = LastLayerRegressor(network, random_state=0).fit(X, X.ravel())
    >>> mean, std = model.predict([[0.5], [3.0]], return_std=True)
    >>> bool(abs(mean[0] - 0.5) < 0.1), bool(std[1] > std[0])
    (True, True)
    >>> model.transform(X).shape
    (100, 100)
    """

    _multi_output = True

    def __init__(
        self,
        network=None,
        head=None,
        *,
        feature_layer=None,
        refit_network=True,
        random_state=None,
    ):
        self.network = network
        self.head = head
        self.feature_layer = feature_layer
        self.refit_network = refit_network
        self.random_state = random_state

    def _default_network(self):
        return MCDropoutRegressor()

    def fit(self, X, y, *, refit_network=None):
        """Train the network where it is to be trained, and fit the head.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their targets.
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
        head = self._new_head()
        X, y = self._check_fit_rows(X, y)
        check_numbers(y, type(self).__name__)
        features = self._fit_features(X, y, refit_network)
        self._fit_head(head, features, y)
        self._n_columns = 1 if y.ndim == 1 else y.shape[1]
        return self

    @available_if(head_has("partial_fit"))
    def partial_fit(self, X, y):
        """Add rows to what the head knows; the network stays as it is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            New rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their targets.

        Returns
        -------
        self : estimator
            The fitted estimator; the first call is ``fit``.
        """
        if not hasattr(self, "head_"):
            return self.fit(X, y)
        self.head_.partial_fit(self._features(X), y)
        return self

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
        wanted = {"return_std": return_std, "return_cov": return_cov}
        # A head without error bars need not know the words.
        wanted = {name: True for name, is_wanted in wanted.items() if is_wanted}
        parts = [self.head_.predict(F, **wanted) for _, F in self._head_chunks(X)]
        if not wanted:
            return joined(parts)
        return tuple(joined(part) for part in zip(*parts))

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint draws of the noise-free function, one matrix of weights a draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.
        n_draws : int, optional
            How many draws; None takes the number of the head.
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
        if n_draws is not None:
            n_draws = check_count(n_draws, "n_draws", type(self).__name__)
        draws = None
        for rows, chunk in self._draw_chunks(X, n_draws, random_state):
            if draws is None:
                draws = np.empty((num_samples(X), *chunk.shape[1:]), dtype=chunk.dtype)
            draws[rows] = chunk
        return draws

    def _n_outputs(self):
        return self._n_columns

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
