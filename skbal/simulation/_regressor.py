"""Active learning of a regressor, as an estimator."""

from sklearn.base import RegressorMixin
from sklearn.metrics import check_scoring

from skbal._utils.votes import learns_votes
from skbal.query import PredictiveVariance, VoteBALD
from skbal.seeding import RandomSeed
from skbal.simulation._simulation import Simulation


class ActiveLearningRegressor(RegressorMixin, Simulation):
    """A run of active learning on values that are known, as one regressor.

    ``fit`` hides y, asks for parts of it as a loop would, and keeps the history. The
    run's settings are parameters, so a search can choose them.

    Parameters
    ----------
    estimator : estimator
        The regressor that learns; it is cloned.
    query_strategy : callable, optional
        What to ask next; None is `PredictiveVariance`, or `VoteBALD` for a model of
        votes.
    seed : seed, optional
        Selects the first rows; None is ``RandomSeed(n_instances=10)``, or half of the
        pool if that is less.
    label_filter : filter, optional
        Which answers to trust; None trusts all. `LabelLikelihoodFilter` is for
        classes.
    oracle_noise : float, optional
        Standard deviation of Gaussian noise on each answer, in the units of y. None
        and 0 are no noise.
    n_queries : int, default=20
        How many times to ask; None goes on until a rule or the pool ends the run.
    n_instances : int, default=10
        Rows a query.
    random_state : None, int or numpy.random.RandomState
        As for `ActiveLearningClassifier`.
    max_rejected, stopping : optional
        As for `skbal.loop.ActiveLearningLoop`.
    keep_stages : bool, default=False
        Whether to keep the model of each step.
    validation_fraction : float, default=0.2
        How much of the rows to hold out of the pool, to score each step on; None holds
        nothing out.
    scoring : str or callable, optional
        As in scikit-learn; None is the estimator's own score, mostly R^2.
    verbose : bool or str, default=False
        Show a progress bar; a text is its title.

    Attributes
    ----------
    learner_ : skbal.ActiveLearner
        After the last step, with all that it was taught.
    estimator_ : estimator
        Its model.
    history_ : skbal.loop.History
        One record a step; indices are rows of X.
    stages_ : list of estimator or None
        The model of each step, if they were kept.
    stop_reason_ : str
        Why the run ended.
    oracle_ : oracle
        Who answered, with what it cost.
    held_out_ : ndarray of shape (n_held_out,), dtype=intp
        The rows that each step was scored on.
    n_features_in_ : int
        The number of features of the model.
    feature_names_in_ : ndarray of str
        Their names, if X had some.

    See Also
    --------
    ActiveLearningClassifier : The same for classes.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import BayesianRidge
    >>> from skbal import ActiveLearningRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> run = ActiveLearningRegressor(BayesianRidge(), n_queries=3, random_state=0)
    >>> run.fit(X, y).history_.n_labels
    array([10, 20, 30, 40])
    """

    _noise_kind = "gaussian"

    def _default_strategy(self):
        return VoteBALD() if learns_votes(self.estimator) else PredictiveVariance()

    def _default_seed(self, n_candidates):
        return RandomSeed(n_instances=min(10, (n_candidates + 1) // 2))

    def score(self, X, y):
        """Return the score of the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their true labels; for a model of votes, votes.

        Returns
        -------
        score : float
            By ``scoring``, higher is better; None is the model's own, mostly R^2.
        """
        if self.scoring is None:
            # R^2 is the score of most, not of a model of votes.
            return self.estimator_.score(X, y)
        return check_scoring(self, scoring=self.scoring)(self, X, y)

    def __sklearn_tags__(self):
        return self._with_inner_tags(super().__sklearn_tags__())
