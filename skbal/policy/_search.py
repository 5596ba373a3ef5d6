"""PolicySearch: find the weights of a linear policy by playing whole runs."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, own, positive, seed
from skbal._utils.pickled_version import KnowsItsVersion
from skbal._utils.progress import progress_bar, verbose_rule
from skbal._utils.random import check_seed, stream
from skbal._utils.transactions import all_or_nothing
from skbal.base import best_first
from skbal.policy._features import CANDIDATE_FEATURES
from skbal.policy._inputs import inputs_of
from skbal.policy._linear import LinearPolicy, n_late_rule
from skbal.policy._surface import highest_point
from skbal.policy._training import TrainingRuns, other_tables

RANGES = {
    "margin": (0.5, 2.0),
    "weighted_reduction": (-0.2, 1.5),
    "reduction": (-0.3, 1.0),
    "smoother_margin": (-0.3, 1.0),
    "disagreement": (-0.4, 1.0),
    "rarity": (-2.0, 1.5),
    "density": (-0.5, 0.5),
    "neighbourhood": (-1.0, 1.2),
}


def _ranges_rule():
    def check(value, name, owner):
        if not isinstance(value, dict) or not value:
            raise TypeError(
                f"{name} of {owner} must be a dict of a lowest and a highest weight "
                f"for names of features, got {value!r}."
            )
        for feature, pair in value.items():
            is_pair = isinstance(pair, (tuple, list)) and len(pair) == 2
            if feature not in CANDIDATE_FEATURES or not is_pair or pair[0] >= pair[1]:
                raise ValueError(
                    f"{name} of {owner} must have pairs (lowest, highest) for names of "
                    f"CANDIDATE_FEATURES, got {pair!r} for {feature!r}."
                )

    return own(check, "a dict of pairs (lowest, highest)", ["margin"], none=True)


class PolicySearch(KnowsItsParameters, BaseEstimator):
    """Find the weights of a `LinearPolicy` by playing labelling runs.

    Each run has weights of its own, drawn at random from ranges, and its worth is the
    area under its learning curve, the mean accuracy over all numbers of labels. A
    response surface [1]_, the area as a quadratic function of each weight, is fitted to
    all runs. The best weights are where it is highest.

    Parameters
    ----------
    n_episodes : int, default=10
        Number of splits of each table.
    n_trials : int, default=4
        Number of runs with different weights on each split with each classifier, at
        least 2. Only the differences between these runs count.
    n_queries : int, default=50
        Number of labels that a run asks for.
    ranges : dict of str to tuple, optional
        Lowest and highest weight of the features that are used, for the early and for
        the late weights alike. ``None`` uses eight of the features.
    n_late : float, default=16
        Number of labels per class, larger than 1, from which on the late weights are
        used.
    penalty : float, default=1.0
        How far the area must increase, in hundredths, for a weight to move from the
        middle of its range to an end: the increase per half of the range must be above
        twice this value. Larger than 0.
    max_rows : int, optional
        Number of random rows of a table that a run uses, pool and test set together.
        ``None`` uses all.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the splits and the weights. An integer makes the search repeatable.
    verbose : int, default=0
        Whether to show a progress bar.

    Attributes
    ----------
    policy_ : LinearPolicy
        The best weights, and limits from the tables.
    trials_ : dict of str to ndarray
        The runs: ``key`` of shape (n_runs, 3) has the numbers of episode, table and
        classifier, ``weights`` of shape (n_runs, 2 * n_weights) the early and then the
        late weights, scaled so that their ranges are [-1, 1], and ``area`` of shape
        (n_runs,).

    See Also
    --------
    ImitationPolicy : Looks one step ahead, which is cheaper, and judges by the loss.

    Notes
    -----
    Most of the variance of an area is that of the split. It is removed, since runs are
    compared on the same split only. What remains is chance, and a hundred runs tell
    about all weights at once, where a comparison of two settings would tell about one.

    `policy_without` tells what would have been found without some of the tables. So the
    policy can be tested on tables that it was not trained on.

    References
    ----------
    .. [1] G. E. P. Box and K. B. Wilson (1951), On the Experimental Attainment of
       Optimum Conditions.

    Examples
    --------
    >>> from sklearn.datasets import load_iris, load_wine
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skbal.policy import PolicySearch
    >>> tables = [load_iris(return_X_y=True), load_wine(return_X_y=True)]
    >>> search = PolicySearch(n_episodes=1, n_trials=2, n_queries=5, random_state=0)
    >>> search.fit(tables, GaussianNB()).policy_.limits["n_labels"]
    (2, 32)
    """

    _parameter_rules = {
        "n_episodes": count(1),
        "n_trials": count(2),
        "n_queries": count(1),
        "ranges": _ranges_rule(),
        "n_late": n_late_rule(),
        "penalty": positive(),
        "max_rows": count(4, none=True),
        "random_state": seed(),
        "verbose": verbose_rule,
    }

    def __init__(
        self,
        *,
        n_episodes=10,
        n_trials=4,
        n_queries=50,
        ranges=None,
        n_late=16,
        penalty=1.0,
        max_rows=None,
        random_state=None,
        verbose=0,
    ):
        self.n_episodes = n_episodes
        self.n_trials = n_trials
        self.n_queries = n_queries
        self.ranges = ranges
        self.n_late = n_late
        self.penalty = penalty
        self.max_rows = max_rows
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, tables, estimators):
        """Search for weights on labelled tables.

        Parameters
        ----------
        tables : list of tuple
            Pairs (X, y): rows of shape (n_rows, ...) and their labels of shape
            (n_rows,).
        estimators : classifier or list of classifier
            They have ``predict_proba``, and are cloned.

        Returns
        -------
        self : PolicySearch

        Raises
        ------
        TypeError
            If the tables are no list of pairs, or an estimator is no classifier.
        ValueError
            If labels are not those of two classes or more, or a parameter has a wrong
            value.
        """
        check_parameters(self)
        owner = type(self).__name__
        own_seed = check_seed(self.random_state, owner)
        runs = TrainingRuns(tables, estimators, owner, self.max_rows)
        trials = {"key": [], "weights": [], "area": []}
        keys = runs.keys(self.n_episodes)
        space = _Space(dict(self.ranges or RANGES), self.n_late)
        for key in progress_bar(keys, show=self.verbose, unit="splits"):
            for number in range(self.n_trials):
                rng = stream(own_seed, "weights", *key, number)
                weights = rng.uniform(-1, 1, 2 * len(space.ranges))
                policy = space.policy_of(weights)
                area = _area(runs, key, own_seed, policy, self.n_queries)
                for name, value in zip(trials, (key, weights, area)):
                    trials[name].append(value)
        with all_or_nothing(self):
            self.trials_ = {name: np.array(values) for name, values in trials.items()}
            self._space, self._n_tables = space, len(runs.tables)
            self._limits = runs.limits(self.n_queries)
            self.policy_ = self.policy_without([])
        return self

    def policy_without(self, tables):
        """Return the policy that is found without the runs on some tables.

        Parameters
        ----------
        tables : array-like of int
            Positions of the tables that are left out, for instance to test on them.

        Returns
        -------
        policy : LinearPolicy

        Raises
        ------
        NotFittedError
            If the search was not fitted.
        TypeError, ValueError
            If these are not positions of tables, or no runs are left.
        """
        check_is_fitted(self, "trials_")
        owner = type(self).__name__
        kept = other_tables(self.trials_["key"][:, 1], tables, self._n_tables, owner)
        given = {name: values[kept] for name, values in self.trials_.items()}
        best = highest_point(**given, penalty=self.penalty)
        return self._space.policy_of(best, self._limits)


class _Space(KnowsItsVersion):
    """The weights that a search tried, as they were when it began."""

    def __init__(self, ranges, n_late):
        self.ranges, self.n_late = ranges, n_late

    def policy_of(self, weights, limits=None):
        """Return the policy of weights that are -1 and 1 at the ends of ranges."""
        ends = np.array(list(self.ranges.values()))
        middle, half = ends.mean(axis=1), np.ptp(ends, axis=1) / 2
        both = middle + half * np.reshape(weights, (2, -1))
        early, late = (dict(zip(self.ranges, row.tolist())) for row in both)
        return LinearPolicy(early, late, n_late=self.n_late, limits=limits)


def _area(runs, key, own_seed, policy, n_queries):
    """Return the mean accuracy of a run over all numbers of labels."""
    run = runs.start(key, own_seed)
    rng, scores = stream(own_seed, "ties", *key), [run.score]
    for _ in range(min(n_queries, len(run.left) - 1)):
        found = policy.score_candidates(*inputs_of(runs.view(run))[:2])
        run.label(run.left[best_first(found, 1, rng)])
        scores.append(run.score)
    return float(np.mean(scores))
