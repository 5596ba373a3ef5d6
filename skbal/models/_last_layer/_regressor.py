"""Bayesian regression on the features of a trained network; `_base` does the work."""

from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if

from skbal._utils.parameters import check_parameters
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import (
    check_n_draws,
    check_not_both,
    check_numbers,
)
from skbal.models._dropout._regressor import MCDropoutRegressor
from skbal.models._last_layer._base import LastLayer, head_has, joined


class LastLayerRegressor(RegressorMixin, LastLayer):
    """A network whose last dense layer is replaced by Bayesian linear regression.

    The network is trained, or used as it is, and cut before its last dense layer. The
    inputs of that layer are fixed basis functions. A Bayesian linear model on them, the
    head, is fitted to y in its own units. Given the features, mean, error bars and
    draws of the function are exact.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module, optional
        The network. ``None`` means ``MCDropoutRegressor()``. Networks of skbal and of
        skorch are cloned and trained. An instance of ``torch.nn.Module``, and any of
        these in a `sklearn.frozen.FrozenEstimator`, is used as it is and never trained.
    head : estimator, optional
        The model on the features, which is cloned. ``None`` means
        ``BayesianLinearRegression(optimize="evidence")``, and ``head__*`` sets its
        parameters. Its variances are only the start of the search for the largest
        evidence. To search over ``head__prior_variance``, give
        ``BayesianLinearRegression()``.
    feature_layer : str, optional
        The layer whose output is used as features, a name in
        ``module.named_modules()``. ``None`` uses the input of the last dense layer of a
        ``Sequential``, as in the networks of skbal.
    refit_network : bool, default=True
        Whether ``fit`` trains the network. If False, it is trained only if neither an
        earlier ``fit`` nor the given ``network`` has a trained one. ``clone`` forgets
        both, so give a search over the head a network in a ``FrozenEstimator``.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the training of the network.

    Attributes
    ----------
    network_ : estimator, skorch.NeuralNet or torch.nn.Module
        The trained network.
    head_ : estimator
        The fitted head.
    noise_variance_ : float
        Noise variance of the head.
    output_covariance_ : ndarray of shape (n_outputs, n_outputs)
        Covariance between the outputs, as estimated by the head.
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
    BayesianLinearRegression : The default head.
    MCDropoutRegressor : The default network.

    Notes
    -----
    The head is fitted on the rows that the network was trained on, and takes the
    features as known. It does not see how much the network overfitted, so that
    ``noise_variance_`` is often too small for new rows.

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
        """Train the network if it is to be trained, and fit the head.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.
        refit_network : bool, optional
            Replaces the parameter in this call. For instance, a learner's
            ``teach(X, y, refit_network=False)`` fits only the head.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which.
        """
        check_parameters(self)
        head = self._new_head()
        with all_or_nothing(self):
            X, y = self._check_fit_rows(X, y)
            check_numbers(y, type(self).__name__)
            features = self._fit_features(X, y, refit_network)
            self._fit_head(head, features, y)
            self._n_columns = 1 if y.ndim == 1 else y.shape[1]
        return self

    @available_if(head_has("partial_fit"))
    def partial_fit(self, X, y):
        """Update the head with more rows, without training the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The new rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.

        Returns
        -------
        self : estimator
            The fitted estimator. The first call is the same as ``fit``.
        """
        if not hasattr(self, "head_"):
            return self.fit(X, y)
        self.head_.partial_fit(self._features(X), y)
        return self

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
        wanted = {"return_std": return_std, "return_cov": return_cov}
        # A head without error bars need not have these arguments.
        wanted = {name: True for name, is_wanted in wanted.items() if is_wanted}
        chunks = [self.head_.predict(F, **wanted) for _, F in self._head_chunks(X)]
        if not wanted:
            return joined(chunks)
        return tuple(joined(column) for column in zip(*chunks))

    def _check_n_draws(self, n_draws):
        if n_draws is None:
            return None  # the number of the head
        return check_n_draws(n_draws, type(self).__name__)

    def _n_outputs(self):
        return self._n_columns

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
