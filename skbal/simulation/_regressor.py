"""Active learning of a regressor, as an estimator."""

from sklearn.base import RegressorMixin
from sklearn.metrics import check_scoring

from skbal._utils.votes import learns_votes
from skbal.query import PredictiveVariance, VoteBALD
from skbal.simulation._simulation import Simulation


class ActiveLearningRegressor(RegressorMixin, Simulation):
    """A run of active learning on known targets, as one regressor.

    ``fit`` hides y, asks for parts of it as a loop would, and keeps the history. The
    settings of the run are parameters, so a search can choose them.

    Parameters
    ----------
    estimator : estimator
        The regressor that learns. It is cloned.
    query_strategy : callable, optional
        The query strategy. ``None`` is `PredictiveVariance`, or `VoteBALD` for a model
        of votes.
    initial : array-like of int of shape (n_initial,) or object with select, optional
        First labels. An array of indices, or an object that selects rows, such as
        `skbal.seeding.BalancedSeed`. ``None`` is
        ``RandomSeed(n_instances=20)``, or half of the pool if that is less.
    label_filter : filter, optional
        Decides which answers are trusted. ``None`` trusts all. (`LabelLikelihoodFilter`
        is for classes.)
    oracle_noise : float, optional
        Standard deviation of Gaussian noise on each answer, in the units of y. ``None``
        and 0 mean no noise.
    n_queries : int or None, default=20
        Number of queries. ``None`` continues until a rule or the pool ends the run.
    n_instances : int, default=10
        Number of rows per query.
    random_state : None, int or numpy.random.RandomState
        As for `ActiveLearningClassifier`.
    max_rejected : int, optional
        Largest number of answers per step that a label filter may reject and the run
        replaces by asking about other rows. ``None`` means ``n_instances``.
    stopping : callable or list of callables, optional
        Rules of `skbal.stopping` that may end the run earlier.
    keep_stages : bool, default=False
        Whether to keep the model of each step, for `staged_predict` and for scores on
        other rows.
    test_size : float or None, default=0.2
        Share of the rows that are held out of the pool. Each step is scored on them
        with their true labels. ``None`` holds out no rows.
    scoring : str or callable, optional
        As in scikit-learn. ``None`` is the estimator's own score, usually R^2.
    verbose : int or str, default=0
        Whether to show a progress bar. A string is its title.

    Attributes
    ----------
    learner_ : skbal.ActiveLearner
        The learner after the last step. It holds all that it was taught, and the
        rejected labels as ``learner_.rejected_``.
    estimator_ : estimator
        The model of the learner.
    history_ : skbal.loop.History
        One record per step. Indices are rows of X.
    stages_ : list of estimator or None
        The model of each step, if they were kept.
    stop_reason_ : str
        Why the run ended.
    oracle_ : oracle
        The simulated oracle, with the cost of its answers.
    held_out_ : ndarray of shape (n_held_out,), dtype=intp
        The rows that each step was scored on.
    n_features_in_ : int
        Number of features seen by the model.
    feature_names_in_ : ndarray of str
        Names of the features, if X had them.

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
    array([20, 30, 40, 50])
    """

    _regression = True

    def _default_strategy(self):
        return VoteBALD() if learns_votes(self.estimator) else PredictiveVariance()

    def score(self, X, y, sample_weight=None):
        """Return the score of the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their true targets, or votes for a model of votes.
        sample_weight : array-like of shape (n_samples,), optional
            A weight for each row.

        Returns
        -------
        score : float
            Value of ``scoring``, higher is better. The model's own score, usually R^2,
            for ``scoring=None``.
        """
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        if self.scoring is None:
            # A model of votes has another score than R^2.
            return self.estimator_.score(X, y, **weights)
        return check_scoring(self, scoring=self.scoring)(self, X, y, **weights)

    def __sklearn_tags__(self):
        return self._with_inner_tags(super().__sklearn_tags__())
