"""ImitationPolicy: learn to rank rows as one who knows the labels would."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.neural_network import MLPRegressor
from sklearn.utils.validation import check_is_fitted

from skbal._utils.parameters import check_parameters, count, positive, seed
from skbal._utils.progress import progress_bar, verbose_rule
from skbal._utils.random import check_seed, next_seed, stream
from skbal._utils.transactions import all_or_nothing
from skbal.policy._features import CANDIDATE_FEATURES, STATE_FEATURES
from skbal.policy._inputs import inputs_of
from skbal.policy._linear import LinearPolicy
from skbal.policy._lookahead import look_ahead
from skbal.policy._saving import SavedPolicy, limits_from
from skbal.policy._training import TrainingRuns, other_tables

_EARLY = 5  # number of labels after which states are tried half as often
_LEARNED = ("weights_", "means_", "scales_", "limits_", "n_pairs_", "correlation_")
# Behaviour in training, for states that neither chance nor the margin leads to.
_COVERING = LinearPolicy(
    {
        "margin": 1.25,
        "weighted_reduction": 0.65,
        "reduction": 0.35,
        "smoother_margin": 0.35,
        "disagreement": 0.3,
        "rarity": -0.25,
        "neighbourhood": 0.1,
    }
)
_LEAST_SPREAD = 1e-9  # of gains; candidates that make no difference teach nothing


class ImitationPolicy(SavedPolicy):
    """Learn to rank rows from what labels were worth on other tables.

    Training plays labelling runs on tables with known labels. In some states of a run
    it looks one step ahead: it fits the model with the label of each of some random
    candidates, and measures how far the loss on other rows decreases. A small network
    learns to predict this from what a policy sees [1]_ [2]_. In later rounds the runs
    also visit the states that the policy itself leads to [3]_.

    Parameters
    ----------
    n_episodes : int, default=2
        Number of runs in a round, for each table and classifier.
    n_rounds : int, default=2
        Number of rounds. In the first one, each row is labelled at random, by its
        margin, or by a product of the margin and its ``weighted_reduction``; in later
        ones also as the policy of the round before wants.
    n_queries : int, default=50
        Number of labels that a run asks for.
    n_states : int, default=8
        Number of states of a run in which candidates are tried.
    n_candidates : int, default=20
        Number of random rows that are tried in a state, at least 2.
    n_hidden : int, default=16
        Number of hidden units of the network.
    n_epochs : int, default=15
        Number of passes over what was tried, in the training of the network. Gains are
        mostly noise, which more passes would learn.
    penalty : float, default=10
        Weight of the squared weights of the network in its loss, larger than 0.
    max_rows : int, optional
        Number of random rows of a table that a run uses, pool and test set together.
        ``None`` uses all.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the runs and the network. An integer makes the training repeatable.
    verbose : int, default=0
        Whether to show a progress bar.

    Attributes
    ----------
    n_pairs_ : int
        Number of candidates that were tried.
    trials_ : dict of str to ndarray
        What was tried: ``table`` of shape (n_pairs,) has the positions of the tables,
        ``inputs`` of shape (n_pairs, n_inputs) what the policy sees, and ``gains`` of
        shape (n_pairs,) what it learns to predict. Not saved.
    correlation_ : float
        Correlation of predicted and true gains within states, on the data of training.
    limits_ : dict of str to tuple
        Lowest and highest ``n_classes``, ``n_labels`` and ``n_pool`` that the policy is
        meant for.
    means_, scales_ : ndarray of shape (n_inputs,)
        Mean and standard deviation, in training, of the features of a candidate and
        then of the state.
    weights_ : list of ndarray
        The network: weights and biases of shapes (n_inputs, n_hidden), (n_hidden,),
        (n_hidden, 1) and (1,).

    See Also
    --------
    PolicySearch : Plays whole runs, instead of looking one step ahead.

    Notes
    -----
    The loss is that of Brier, the mean squared error of the probabilities. Gains are
    divided by their standard deviation within a state, so that early states, where all
    labels are worth much, do not count more. A single label changes a forest little
    more than another random seed does: expect a small ``correlation_``.

    References
    ----------
    .. [1] K. Konyushkova, R. Sznitman and P. Fua (2017), Learning Active Learning from
       Data, section 4.
    .. [2] J. Gonsior, M. Thiele and W. Lehner (2022), ImitAL: Learned Active Learning
       Strategy on Synthetic Data, section 3.
    .. [3] S. Ross, G. Gordon and D. Bagnell (2011), A Reduction of Imitation Learning
       and Structured Prediction to No-Regret Online Learning, section 3.

    Examples
    --------
    >>> from sklearn.datasets import load_iris, load_wine
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skbal.policy import ImitationPolicy
    >>> tables = [load_iris(return_X_y=True), load_wine(return_X_y=True)]
    >>> policy = ImitationPolicy(n_episodes=1, n_rounds=1, n_queries=6, random_state=0)
    >>> policy.fit(tables, GaussianNB()).n_pairs_
    240
    """

    _parameter_rules = {
        "n_episodes": count(1),
        "n_rounds": count(1),
        "n_queries": count(1),
        "n_states": count(1),
        "n_candidates": count(2),
        "n_hidden": count(1),
        "n_epochs": count(1),
        "penalty": positive(),
        "max_rows": count(4, none=True),
        "random_state": seed(),
        "verbose": verbose_rule,
    }

    def __init__(
        self,
        *,
        n_episodes=2,
        n_rounds=2,
        n_queries=50,
        n_states=8,
        n_candidates=20,
        n_hidden=16,
        n_epochs=15,
        penalty=10,
        max_rows=None,
        random_state=None,
        verbose=0,
    ):
        self.n_episodes = n_episodes
        self.n_rounds = n_rounds
        self.n_queries = n_queries
        self.n_states = n_states
        self.n_candidates = n_candidates
        self.n_hidden = n_hidden
        self.n_epochs = n_epochs
        self.penalty = penalty
        self.max_rows = max_rows
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, tables, estimators):
        """Train on labelled tables.

        Parameters
        ----------
        tables : list of tuple
            Pairs (X, y): rows of shape (n_rows, ...) and their labels of shape
            (n_rows,).
        estimators : classifier or list of classifier
            They have ``predict_proba``, and are cloned.

        Returns
        -------
        self : ImitationPolicy

        Raises
        ------
        TypeError
            If the tables are not a list of pairs, or an estimator is not a classifier.
        ValueError
            If labels are not those of two classes or more, a parameter has a wrong
            value, or no candidate made a difference.
        """
        check_parameters(self)
        owner = type(self).__name__
        own_seed = check_seed(self.random_state, owner)
        runs = TrainingRuns(tables, estimators, owner, self.max_rows)
        with all_or_nothing(self):
            vars(self).pop("weights_", None)
            self._seed, self.limits_ = own_seed, runs.limits(self.n_queries)
            self._n_tables = len(runs.tables)
            return self._play_rounds(runs)

    def policy_without(self, tables):
        """Return the policy that is learned without the trials on some tables.

        Parameters
        ----------
        tables : array-like of int
            Positions of the tables that are left out, for instance to test on them.

        Returns
        -------
        policy : ImitationPolicy
            With several rounds, the states of later rounds are those that the policy
            of all tables led to.

        Raises
        ------
        NotFittedError
            If the policy was not fitted, or comes from a file: trials are not saved.
        TypeError, ValueError
            If these are not positions of tables, or no trials are left.
        """
        check_is_fitted(self, "weights_")
        owner = type(self).__name__
        if not hasattr(self, "trials_"):
            raise NotFittedError(
                f"policy_without of {owner} needs what was tried in training, which a "
                "file does not keep: call it on the policy that was fitted."
            )
        kept = other_tables(self.trials_["table"], tables, self._n_tables, owner)
        policy = type(self)(**self.get_params(deep=False))
        policy.limits_, policy._seed = self.limits_, self._seed
        policy._n_tables = self._n_tables
        policy.trials_ = {name: values[kept] for name, values in self.trials_.items()}
        return policy._learn(policy.trials_["inputs"], policy.trials_["gains"])

    def _play_rounds(self, runs):
        """Play all runs, and learn from what they tried after each round."""
        tried, keys = [], runs.keys(self.n_rounds * self.n_episodes)
        for key in progress_bar(keys, show=self.verbose, unit="runs"):
            if key[0] and key[0] % self.n_episodes == 0 and key[1:] == (0, 0):
                self._learn(*_arrays_of(tried)[1:])  # a new round begins
            tried += self._play(runs, key, self._seed)
        names = "table", "inputs", "gains"
        self.trials_ = dict(zip(names, _arrays_of(tried)))
        return self._learn(self.trials_["inputs"], self.trials_["gains"])

    def _play(self, runs, key, own_seed):
        """Play one run; return table, inputs and gains of the states it tried."""
        run, rng = runs.start(key, own_seed), stream(own_seed, "imit", *key)
        n_steps = min(self.n_queries, len(run.left) - 1)
        # A label matters more while there are few.
        weights = 1 / (_EARLY + np.arange(n_steps))
        tried, size = [], min(self.n_states, n_steps)
        stops = rng.choice(n_steps, size, replace=False, p=weights / weights.sum())
        for step in range(max(stops) + 1):
            features, state = inputs_of(runs.view(run))[:2]
            if step in stops:
                size = min(self.n_candidates, len(run.left))
                some = rng.choice(len(run.left), size, replace=False)
                found = look_ahead(run, run.left[some])
                if np.std(found) > _LEAST_SPREAD:
                    found = (found - found.mean()) / found.std()
                    tried.append((key[1], _joined(features[some], state), found))
            run.label(run.left[[self._behave(features, state, rng)]])
        return tried

    def _behave(self, features, state, rng):
        """Return the position of the row that a run labels next."""
        kind = rng.integers(4 if hasattr(self, "weights_") else 3)
        if kind == 0:
            scores = rng.random(len(features))
        elif kind == 1:
            scores = features[:, CANDIDATE_FEATURES.index("margin")]
        else:
            policy = _COVERING if kind == 2 else self
            scores = policy.score_candidates(features, state)
        return np.lexsort((rng.random(len(features)), scores))[-1]

    def _learn(self, X, y):
        """Fit the network to inputs and gains."""
        if not len(y):
            raise ValueError(
                f"{type(self).__name__} tried no candidates that made a difference to "
                "the loss: give more tables, or more n_episodes."
            )
        self.means_, self.scales_ = X.mean(axis=0), X.std(axis=0)
        self.scales_[self.scales_ < 1e-9] = 1.0
        network = MLPRegressor(
            hidden_layer_sizes=(self.n_hidden,),
            activation="tanh",
            alpha=self.penalty,
            max_iter=self.n_epochs,
            random_state=next_seed(stream(self._seed, "network")),
        )
        with warnings.catch_warnings():
            # It stops early on purpose: gains are mostly noise.
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit((X - self.means_) / self.scales_, y)
        self.weights_ = [
            array for pair in zip(network.coefs_, network.intercepts_) for array in pair
        ]
        self.n_pairs_ = len(y)
        self.correlation_ = float(np.corrcoef(self._predict(X), y)[0, 1])
        return self

    def score_candidates(self, features, state):
        """Return the gain that the network predicts for each row.

        Parameters
        ----------
        features : ndarray of shape (n_candidates, n_candidate_features)
            One column for each name in `CANDIDATE_FEATURES`.
        state : ndarray of shape (n_state_features,)
            One number for each name in `STATE_FEATURES`.

        Returns
        -------
        scores : ndarray of shape (n_candidates,), dtype=float64
            In standard deviations of the gains in a state.

        Raises
        ------
        NotFittedError
            If the policy is not fitted.
        """
        check_is_fitted(self, "weights_")
        return self._predict(_joined(features, state))

    def _predict(self, X):
        first, bias, second, last_bias = self.weights_
        hidden = np.tanh((X - self.means_) / self.scales_ @ first + bias)
        return (hidden @ second + last_bias)[:, 0]

    @property
    def _limits(self):
        check_is_fitted(self, "weights_")
        return self.limits_

    def _content(self):
        check_is_fitted(self, "weights_")
        learned = {name: getattr(self, name) for name in _LEARNED}
        parameters = self.get_params(deep=False)
        if not isinstance(self.random_state, (int, type(None))):
            parameters["random_state"] = None  # a generator is no plain number
        return {"parameters": parameters, **learned}

    @classmethod
    def _from_content(cls, content):
        policy = cls(**content["parameters"])
        check_parameters(policy)
        for name in _LEARNED:
            if name not in content:
                raise ValueError(f"{name} is missing")
            setattr(policy, name, content[name])
        if not isinstance(policy.weights_, list):
            raise ValueError("weights_ must be a list")
        policy.weights_ = [np.array(part, np.float64) for part in policy.weights_]
        policy.means_ = np.array(policy.means_, dtype=np.float64)
        policy.scales_ = np.array(policy.scales_, dtype=np.float64)
        if policy.limits_ is None:
            raise ValueError("limits_ must be a dict")
        policy.limits_ = limits_from(policy.limits_, cls.__name__)
        _check_arrays(policy)
        return policy


def _check_arrays(policy):
    """Raise a ValueError unless the arrays of a file fit each other, and are finite."""
    n_inputs, n_hidden = len(CANDIDATE_FEATURES) + len(STATE_FEATURES), policy.n_hidden
    want = [(n_inputs, n_hidden), (n_hidden,), (n_hidden, 1), (1,)]
    got = [array.shape for array in policy.weights_]
    of_inputs = [policy.means_.shape, policy.scales_.shape]
    if got != want or of_inputs != [(n_inputs,)] * 2:
        raise ValueError(
            f"weights_ must have shapes {want}, got {got}; was it written by a skbal "
            "with other features?"
        )
    arrays = [*policy.weights_, policy.means_, policy.scales_]
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("weights_, means_ and scales_ must be finite")
    if not (policy.scales_ > 0).all():
        raise ValueError("scales_ must be larger than 0")


def _arrays_of(tried):
    """Return the tables, the inputs and the gains of all candidates as arrays."""
    n_inputs = len(CANDIDATE_FEATURES) + len(STATE_FEATURES)
    tables = [np.full(len(gains), table) for table, _, gains in tried]
    inputs, gains = [state[1] for state in tried], [state[2] for state in tried]
    return (
        np.concatenate([np.zeros(0, dtype=int), *tables]),
        np.concatenate([np.zeros((0, n_inputs)), *inputs]),
        np.concatenate([np.zeros(0), *gains]),
    )


def _joined(features, state):
    """Return the features of each candidate, followed by those of the state."""
    repeated = np.broadcast_to(state, (len(features), len(state)))
    return np.concatenate([features, repeated], axis=1)
