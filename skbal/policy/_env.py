"""Active learning as an environment of gymnasium: an episode is a run of labelling."""

from contextlib import contextmanager

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete
from sklearn.base import clone

from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    count,
    having,
    option,
    option_or_function,
    real,
)
from skbal._utils.random import next_seed
from skbal._utils.scoring import check_scorer
from skbal._utils.seeds_of import fill_random_states
from skbal.policy._choosing import check_position
from skbal.policy._features import CANDIDATE_FEATURES, STATE_FEATURES
from skbal.policy._inputs import policy_inputs
from skbal.policy._run import start_run
from skbal.policy._tables import (
    classifier_rule,
    labels_of,
    strategies_rule,
    tables_rule,
)

# No feature is larger: most are shares, and the others logarithms of numbers of rows.
_LARGEST_FEATURE = 64.0


class ActiveLearningEnv(KnowsItsParameters, gymnasium.Env):
    """An environment of gymnasium in which an episode is a run of active learning.

    Each episode draws a table, splits it into a pool and a test set, labels a few rows
    and fits a classifier. Then each action leads to new labels and a new fit, and the
    reward says what they were worth. So anything that learns from rewards can learn how
    to choose rows, and what it learned on some tables can be used on others: what it
    observes are shares and logarithms that mean the same in every table.

    With ``actions="strategies"``, the action is the position in ``strategies`` of the
    query strategy that asks next. With ``actions="candidates"``, some random rows of
    the pool are offered, and the action is the number of the row to label, as in
    [1]_.

    Parameters
    ----------
    tables : list of tuple
        Pairs (X, y): rows of shape (n_rows, ...) and their labels of shape (n_rows,).
        An episode takes one of them at random.
    estimator : estimator
        A classifier with ``predict_proba``. It is cloned. A random state that is None
        is set anew in each episode.
    strategies : list of callable, optional
        The query strategies to choose from, for ``actions="strategies"``. They are
        cloned and seeded like the estimator.
    actions : {"strategies", "candidates"}, default="strategies"
        What an action is.
    n_queries : int, default=20
        Number of steps after which an episode is truncated.
    n_instances : int, default=1
        Number of rows that a strategy labels in a step. It must be 1 for candidates.
    n_candidates : int, default=20
        Number of rows that are offered in a step, for ``actions="candidates"``.
    initial : object with select, optional
        Selects the first labels of an episode, such as `skbal.seeding.RandomSeed`.
        ``None`` means two rows of each class. An array of indices is refused, since the
        pool is drawn anew.
    test_size : float, default=0.5
        Share of the rows in the test set, on which the score is measured, in [0, 1].
    max_rows : int, optional
        Number of random rows of a table that an episode uses, pool and test set
        together. ``None`` uses all.
    reward : {"gain", "score", "steps"}, default="gain"
        "gain" is how much the score on the test set grew in the step. The rewards of an
        episode sum to the growth from the first labels to the last. "score" is the
        score itself, so that the sum is the area under the learning curve. "steps" is
        -1 for each step until the score reaches ``target``, which ends the episode.
    target : float, default=0.98
        For ``reward="steps"``: the share of the score that the estimator would have if
        all labels of the pool were known.
    scoring : str or callable, optional
        As in scikit-learn. ``None`` is the accuracy.
    features : {"input", "model"} or callable, default="input"
        What distances are computed from, as in `policy_inputs`.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.

    Attributes
    ----------
    observation_space : gymnasium.spaces.Box
        For strategies the shape is (n_state_features,): the features of the state,
        named in `STATE_FEATURES`. For candidates it is (n_candidates, n_state_features
        + n_candidate_features): row k describes the k-th row offered, by the features
        of the state and then its own, named in `CANDIDATE_FEATURES`.
    action_space : gymnasium.spaces.Discrete
        One action for each strategy or candidate.
    learner : ActiveLearner
        The learner of the present episode.
    labelled_rows : ndarray of int of shape (n_labels,)
        Rows of the pool that were labelled in the present episode, in their order.

    Raises
    ------
    ImportError
        If gymnasium is not installed: ``pip install 'skbal[policy]'``.
    TypeError, ValueError
        If an argument is of the wrong kind or has a wrong value.

    See Also
    --------
    QLearner : Learns a table for environments with few states.
    DQNPolicy : Learns to act in this environment by a network.
    LearnedQuery : Uses what was learned as a query strategy.

    Notes
    -----
    The scores are known here because the labels are. They are part of the reward only,
    never of an observation, since there is no test set where a policy is used. LAL-RL
    [1]_ observes the sorted predictions on held-out rows. The features here summarise
    predictions and distances instead, and do not depend on the number of rows.

    ``n_queries`` truncates an episode and does not terminate it, since an observation
    does not say how many steps are left, and more labels could still improve the score.

    ``info`` holds ``score``, ``n_labels``, ``n_classes`` and the number of the
    ``table``. ``reset(options={"table": 2})`` takes that table. A strategy whose random
    state is an integer keeps it.

    References
    ----------
    .. [1] K. Konyushkova, R. Sznitman and P. Fua (2018), Discovering general-purpose
       active learning strategies. arXiv:1810.04114.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.policy import ActiveLearningEnv
    >>> from skbal.query import Margin, Random
    >>> env = ActiveLearningEnv(
    ...     [load_iris(return_X_y=True)],
    ...     LogisticRegression(max_iter=500),
    ...     [Margin(), Random()],
    ...     n_queries=5,
    ... )
    >>> observation, info = env.reset(seed=0)
    >>> observation.shape, info["n_labels"], env.action_space
    ((8,), 6, Discrete(2))
    >>> observation, reward, terminated, truncated, info = env.step(0)  # Margin asks
    >>> info["n_labels"], terminated, truncated
    (7, False, False)
    """

    metadata = {"render_modes": []}

    _parameter_rules = {
        "tables": tables_rule,
        "estimator": classifier_rule,
        "strategies": strategies_rule,
        "actions": option("strategies", "candidates"),
        "n_queries": count(1),
        "n_instances": count(1),
        "n_candidates": count(2),
        "initial": having("select", example="skbal.seeding.BalancedSeed()", none=True),
        "test_size": real(0, 1),
        "max_rows": count(2, none=True),
        "reward": option("gain", "score", "steps"),
        "target": real(0),
        "features": option_or_function("input", "model", of="rows"),
        "n_draws": count(1, none=True),
    }

    def __init__(
        self,
        tables,
        estimator,
        strategies=None,
        *,
        actions="strategies",
        n_queries=20,
        n_instances=1,
        n_candidates=20,
        initial=None,
        test_size=0.5,
        max_rows=None,
        reward="gain",
        target=0.98,
        scoring=None,
        features="input",
        n_draws=None,
    ):
        self.tables, self.estimator, self.strategies = tables, estimator, strategies
        self.actions, self.reward, self.target = actions, reward, target
        self.n_queries, self.n_instances = n_queries, n_instances
        self.n_candidates, self.initial = n_candidates, initial
        self.test_size, self.max_rows, self.scoring = test_size, max_rows, scoring
        self.features, self.n_draws = features, n_draws
        check_parameters(self)
        self._check_together()
        self._set_spaces()

    def _check_together(self):
        owner = type(self).__name__
        if self.scoring is not None:
            check_scorer(self.estimator, self.scoring, owner)
        if self.actions == "strategies" and self.strategies is None:
            raise ValueError(
                f'strategies of {owner} must be given for actions="strategies", got '
                "None."
            )
        if self.actions == "candidates" and self.strategies is not None:
            raise ValueError(
                f'strategies of {owner} must be None for actions="candidates", got '
                f"{len(self.strategies)} strategies."
            )
        if self.actions == "candidates" and self.n_instances != 1:
            raise ValueError(
                f'n_instances of {owner} must be 1 for actions="candidates", got '
                f"{self.n_instances}."
            )

    def _set_spaces(self):
        what, owner = "tables", type(self).__name__
        self._labels = [
            labels_of(table, number, f"{what} of {owner}")
            for number, table in enumerate(self.tables)
        ]
        n_actions, shape = self.n_candidates, (len(STATE_FEATURES),)
        if self.actions == "strategies":
            n_actions = len(self.strategies)
        else:
            n_features = len(STATE_FEATURES) + len(CANDIDATE_FEATURES)
            shape = (n_actions, n_features)
        self.action_space = Discrete(n_actions)
        most = _LARGEST_FEATURE
        self.observation_space = Box(-most, most, shape, dtype=np.float32)
        self._run, self._is_over = None, False

    @property
    def learner(self):
        """The learner of the present episode."""
        return self._present().learner

    @property
    def labelled_rows(self):
        """Rows of the pool that were labelled in the present episode."""
        return self._present().labelled.copy()

    def reset(self, *, seed=None, options=None):
        """Start an episode.

        Parameters
        ----------
        seed : int, optional
            Seeds this and all later episodes. ``None`` continues the random stream.
        options : dict, optional
            ``{"table": 2}`` takes the table of this number.

        Returns
        -------
        observation : ndarray
            It has the shape of ``observation_space``, dtype float32.
        info : dict
            With ``score``, ``n_labels``, ``n_classes`` and ``table``.

        Raises
        ------
        TypeError, ValueError
            If there is no such table, its pool is too small for an episode, or the
            score has no positive value that ``target`` could be a share of.
        """
        super().reset(seed=seed)
        number = self._table_number(options)
        with self._whole_or_over():
            self._start(number)
            return self._observe(), self._info()

    def step(self, action):
        """Label rows, and fit the classifier again.

        Parameters
        ----------
        action : int
            The number of a strategy or of a candidate.

        Returns
        -------
        observation : ndarray
            As `reset` returns it.
        reward : float
            What the new labels were worth.
        terminated : bool
            Whether the target was reached, for ``reward="steps"``.
        truncated : bool
            Whether ``n_queries`` steps were made.
        info : dict
            As `reset` returns it.

        Raises
        ------
        RuntimeError
            If `reset` was not called, or the episode is over or was interrupted.
        TypeError, ValueError
            If there is no such action, or a function among the strategies returns
            something else than rows.
        """
        run = self._present()
        if self._is_over:
            raise RuntimeError(
                f"The episode of {type(self).__name__} is over. Call reset first."
            )
        owner = type(self).__name__
        n_actions = int(self.action_space.n)
        action = check_position(action, f"An action of {owner}", n_actions)
        before = run.score
        if self.actions == "strategies":
            rows = run.ask(self._strategies[action], self.n_instances)
        else:
            rows = self._offered[[action]]
        with self._whole_or_over():
            run.label(rows)
            self._n_steps += 1
            observation = self._observe()
        terminated = self.reward == "steps" and bool(run.score >= self._needed)
        truncated = self._n_steps == self.n_queries and not terminated
        self._is_over = terminated or truncated
        reward = {"gain": run.score - before, "score": run.score, "steps": -1}
        reward = float(reward[self.reward])
        return observation, reward, terminated, truncated, self._info()

    @contextmanager
    def _whole_or_over(self):
        """Leave no episode if a part of it was interrupted."""
        try:
            yield
        except BaseException:
            self._run = None
            raise

    def _start(self, number):
        """Start an episode on a table."""
        rng = self.np_random
        self._run = start_run((self.tables[number][0], self._labels[number]), self, rng)
        self._table, self._n_steps, self._is_over = number, 0, False
        self._check_enough()
        self._strategies = [
            fill_random_states(clone(strategy, safe=False), next_seed(rng))
            for strategy in self.strategies or ()
        ]
        self._draws_seed = next_seed(rng)
        if self.reward == "steps":
            self._needed = self.target * self._best_score()

    def _present(self):
        if self._run is None:
            raise RuntimeError(
                f"{type(self).__name__} has no episode yet. Call reset first."
            )
        return self._run

    def _table_number(self, options):
        if not options or "table" not in options:
            return int(self.np_random.integers(len(self.tables)))
        what = f"table of options given to {type(self).__name__}"
        return check_position(options["table"], what, len(self.tables))

    def _best_score(self):
        """Return the score with all labels, of which the target is a share."""
        best = self._run.score_of_all()
        if not best > 0:
            raise ValueError(
                f"scoring of {type(self).__name__} must give positive scores for "
                f'reward="steps", got {best} with all labels.'
            )
        return best

    def _check_enough(self):
        """Raise an error unless the pool lasts to the end of the episode."""
        to_offer = self.n_candidates if self.actions == "candidates" else 1
        needed = self.n_queries * self.n_instances + to_offer
        if len(self._run.left) < needed:
            raise ValueError(
                f"n_queries of {type(self).__name__} must leave a pool to choose from: "
                f"{self.n_queries} queries need {needed} unlabelled rows, and table "
                f"{self._table} has {len(self._run.left)}."
            )

    def _observe(self):
        run, rng = self._run, self.np_random
        inputs = policy_inputs(
            run.learner,
            run.rows_left(),
            features=self.features,
            n_draws=self.n_draws,
            random_state=self._draws_seed,
        )
        if self.actions == "strategies":
            return inputs.state.astype(np.float32)
        places = rng.choice(len(run.left), self.n_candidates, replace=False)
        self._offered = run.left[places]
        state = np.tile(inputs.state, (self.n_candidates, 1))
        return np.hstack([state, inputs.candidates[places]]).astype(np.float32)

    def _info(self):
        run = self._run
        return {
            "score": float(run.score),
            "n_labels": len(run.labelled),
            "n_classes": len(run.learner.estimator.classes_),
            "table": self._table,
        }
