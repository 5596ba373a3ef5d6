"""A Bayesian regression of votes on the features of a network or a transformer."""

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.validation import check_is_fitted

from skbal._utils.observers import show_pool, wants_pool
from skbal._utils.parameters import check_parameters, having, own, positive
from skbal._utils.pools import n_rows
from skbal._utils.random import LARGEST_SEED
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import check_same_number
from skbal.features import PoolGraph
from skbal.models._dropout._vote_regressor import MCDropoutVoteRegressor
from skbal.models._last_layer._columns import fitted_columns, is_transformer
from skbal.models._last_layer._frozen import FrozenNetwork, result_dtype
from skbal.models._last_layer._kinds import check_network
from skbal.models._last_layer._votes_by_head import VotesByHead
from skbal.models._vote_regression._estimator import BayesianVoteRegression

_WORDS = (
    "a network of votes such as MCDropoutVoteRegressor(), a network in a "
    "FrozenEstimator, or a transformer such as PoolGraph()"
)
_HEAD = having(
    "fit",
    "predict",
    "predict_samples",
    "predict_votes",
    example="BayesianVoteRegression()",
    none=True,
)


def _check_features(value, name, owner):
    if is_transformer(value):
        return
    try:
        check_network(value, name, owner)
    except TypeError:
        raise TypeError(f"{name} of {owner} must be {_WORDS}, got {value!r}.") from None


class LastLayerVoteRegressor(VotesByHead, FrozenNetwork):
    """Bayesian regression of votes on the features of a network or a transformer.

    A network of votes is trained, or used as it is, and cut before its last dense
    layer. A transformer, such as the graph of a pool, is fitted or used as it is. The
    head, a Bayesian model of votes, is fitted on these features. The posterior of its
    weights makes the draws, which are joint. All predictions are those of the head.

    Parameters
    ----------
    features : estimator, transformer or torch.nn.Module, optional
        What gives the features. ``None`` means ``MCDropoutVoteRegressor()``. Networks
        of votes are cloned and trained. The features of the members of a
        `DeepEnsembleVoteRegressor` are joined column by column. Any network in a
        `sklearn.frozen.FrozenEstimator`, and an instance of ``torch.nn.Module``, is
        used as it is. A `skbal.features.PoolGraph` gives its eigenfunctions; a fitted
        one is used as it is. Any other transformer is cloned and fitted.
    head : estimator, optional
        The model of votes on the features, which is cloned. ``None`` means
        ``BayesianVoteRegression()``, and ``head__*`` sets its parameters. It is given
        the y of ``fit`` as it is.
    feature_layer : str, optional
        The layer whose output is used as features, a name in
        ``module.named_modules()``. ``None`` uses the input of the last dense layer of a
        ``Sequential``, as in the networks of skbal. Not used with a transformer.
    refit_network : bool, default=True
        Whether ``fit`` trains the network. If False, it is trained only if neither an
        earlier ``fit`` nor the given network has been trained. ``clone`` forgets both,
        so give a search over the head a network in a ``FrozenEstimator``. Not used with
        a transformer, which is cheap to fit.
    tau : float, optional
        For a graph: one minus the eigenvalue at which the prior variance has fallen to
        ``2**-alpha``. ``None`` reads it from the graph, as in `GraphClassifier`.
    alpha : float, default=3.0
        For a graph: how fast the prior variance of an eigenfunction falls with its
        eigenvalue, as in `GraphClassifier`.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the training of the network, the transformer and the head. ``None`` leaves
        those that have seeds of their own as they are.

    Attributes
    ----------
    features_ : estimator, transformer or torch.nn.Module
        The trained network, or the fitted transformer.
    head_ : estimator
        The fitted head.
    n_questions_ : int
        Number of questions in y.
    questions_ : list of tuple or None
        The questions, if y has counts of several answers.
    n_features_in_ : int
        Number of features of a row (for images, of channels), if it is known.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    row_shape_ : tuple of int
        The shape of a row of X, if the features are those of a network.
    draw_seed_ : int
        A seed drawn by ``fit``.

    See Also
    --------
    BayesianVoteRegression : The default head.
    GraphClassifier : The same prior on a graph, for classes.
    skbal.query.VoteBALD : Asks for the votes that tell most about the weights.

    Notes
    -----
    The columns of a graph are its eigenfunctions times their prior standard deviations
    ``sqrt(v_j)``, with ``v_j`` proportional to ``(tau / (tau + 1 - eigenvalue_j)) **
    alpha`` and scaled such that the mean of ``sum_j v_j phi_j**2`` over the nodes is 1.
    So one prior variance suits all columns, and the logit has the prior of the field of
    `GraphClassifier`, whose mean variance is the ``prior_variance`` of the head. The
    default head finds it by the evidence. `transform` returns these columns. Columns of
    other transformers are used as they are and should be of similar scale.

    y is passed to the head unchanged, and must have as many rows as X. So a head may
    take labels of any shape.

    The head takes the features as known. For a network it does not see how much the
    network overfitted its training rows.

    The features of all rows of a call are held in memory.

    References
    ----------
    C. M. Bishop (2006), Pattern Recognition and Machine Learning, section 4.5, for the
    head.

    Examples
    --------
    Two groups of rows on a line, and the votes on four of them:

    >>> import numpy as np
    >>> from skbal.features import PoolGraph
    >>> from skbal.models import LastLayerVoteRegressor
    >>> X = np.append(np.linspace(0, 1, 50), np.linspace(4, 5, 50))[:, np.newaxis]
    >>> graph = PoolGraph(n_components=10, random_state=0).fit(X)
    >>> votes = [[3, 40], [5, 40], [36, 40], [38, 40]]
    >>> model = LastLayerVoteRegressor(graph, random_state=0)
    >>> model = model.fit(X[[0, 25, 60, 99]], votes)
    >>> model.predict([[0.1], [4.9]]).round(1)
    array([0.1, 0.9])
    >>> model.predict_samples(X, n_draws=20, random_state=0).shape
    (100, 20, 1)
    """

    _parameter_rules = {
        "features": own(_check_features, _WORDS, 3, none=True),
        "head": _HEAD,
        "tau": positive(none=True),
        "alpha": positive(),
    }

    def __init__(
        self,
        features=None,
        head=None,
        *,
        feature_layer=None,
        refit_network=True,
        tau=None,
        alpha=3.0,
        random_state=None,
    ):
        self.features = features
        self.head = head
        self.feature_layer = feature_layer
        self.refit_network = refit_network
        self.tau = tau
        self.alpha = alpha
        self.random_state = random_state

    def _default_parts(self):
        return {"features": MCDropoutVoteRegressor(), "head": BayesianVoteRegression()}

    def _given_head(self):
        return self._default_parts()["head"] if self.head is None else self.head

    def _given_network(self):
        given = self.features
        return self._default_parts()["features"] if given is None else given

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, *, refit_network=None):
        """Train the network if it is to be trained, and fit the head.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The training rows, of any kind from which the features can be computed.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
            The votes: yes votes k and all votes N, or any other labels that the head
            takes.
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
        NotFittedError
            If a parameter of a graph was changed after it was fitted.
        """
        check_parameters(self)
        owner, head = type(self).__name__, clone(self._given_head())
        if y is None:
            raise ValueError(
                f"{owner} requires y to be passed, but the target y is None."
            )
        with all_or_nothing(self):
            if is_transformer(self.features):
                features = self._fit_columns(X, y)
            else:
                # The values of y are checked by those who know them.
                X, _ = self._check_fit_rows(X, np.zeros(n_rows(y)))
                features = self._fit_features(X, y, refit_network)
                features = features.astype(result_dtype(X), copy=False)
                self._columns = None
            if self.random_state is not None:
                fill_random_states(head, self.draw_seed_, every=True, in_order=True)
            self.head_ = head.fit(features, y)
        return self

    def _fit_columns(self, X, y):
        owner = type(self).__name__
        check_same_number(n_rows(X, f"X given to {owner}"), n_rows(y), owner)
        rng = check_random_state(self.random_state)
        seeds = rng.randint(LARGEST_SEED, size=2, dtype=np.uint32)
        self._columns = fitted_columns(
            self.features,
            X,
            y,
            seed=None if self.random_state is None else int(seeds[0]),
            tau=self.tau,
            alpha=self.alpha,
            owner=owner,
        )
        self.draw_seed_ = int(seeds[1])
        self._learn_names(self._columns.transformer)
        features = self._columns(X)
        self._n_features_out = np.shape(features)[1]
        return features

    def _learn_names(self, transformer):
        for name in ("n_features_in_", "feature_names_in_", "row_shape_", "network_"):
            vars(self).pop(name, None)  # of an earlier fit
            if hasattr(transformer, name):
                setattr(self, name, getattr(transformer, name))

    def _obtain_network(self, given, X, y, refit_network, seed):
        network = given.network
        if given.is_trainable and not hasattr(network, "predict_votes"):
            raise TypeError(
                f"features of {type(self).__name__} must be a network of votes to be "
                f"trained, got {type(network).__name__}. A trained network is used as "
                "it is in a FrozenEstimator."
            )
        return super()._obtain_network(given, X, y, refit_network, seed)

    @property
    def observes_pool(self):
        """Whether `observe_pool` fits the features: a graph that is not fitted."""
        if isinstance(self.features, PoolGraph):
            return not self.features.__sklearn_is_fitted__()
        is_kept = isinstance(self.features, FrozenEstimator)
        return not is_kept and wants_pool(self.features)

    def observe_pool(self, X_pool):
        """Build the graph of a pool, and set the parameter ``features`` to it.

        A loop, a run and a comparison call this before they ask their first question.
        A graph that is fitted already stays, and so do features without a graph.

        Parameters
        ----------
        X_pool : array-like of shape (n_pool, ...)
            The pool. Labels are not needed.

        Returns
        -------
        self : estimator
            The estimator. `fit` uses the graph.

        Raises
        ------
        ValueError, TypeError
            If X_pool or a parameter is invalid. The message says which.
        """
        check_parameters(self)
        if self.observes_pool:
            self.features = clone(self.features)
            show_pool(self.features, X_pool)
        return self

    # ------------------------------------------------------------------ features

    @property
    def features_(self):
        """The trained network, or the fitted transformer."""
        check_is_fitted(self)
        return self.network_ if self._columns is None else self._columns.transformer

    def transform(self, X):
        """Return the features that the head is given.

        Of a network they are the input of its last dense layer or, with
        ``feature_layer``, the output of the named layer. Of a graph they are the
        eigenfunctions, times their prior standard deviations.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out)
            The features.
        """
        return self._features(X)

    def _features(self, X):
        check_is_fitted(self)
        if self._columns is not None:
            return self._columns(X)
        return super()._features(X).astype(result_dtype(X), copy=False)

    # ---------------------------------------------------------------------- rows

    def __sklearn_is_fitted__(self):
        return hasattr(self, "head_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if is_transformer(self.features):
            tags.input_tags = get_tags(self.features).input_tags
            tags.transformer_tags.preserves_dtype = []
        return tags
