"""Active learning of a classifier, as an estimator."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import check_scoring
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import refuse_sparse_column
from skbal._utils.labelled import known_labels
from skbal._utils.labels import check_classes, for_all_classes
from skbal._utils.multilabel import (
    answers_of_labels,
    holds_labels,
    is_multilabel,
    known_or_none,
    probability_of_yes,
)
from skbal.query import BALD
from skbal.simulation._simulation import Simulation, estimator_has


class ActiveLearningClassifier(ClassifierMixin, Simulation):
    """A run of active learning on known labels, as one classifier.

    ``fit`` hides y, asks for parts of it as a loop would, and keeps the history. The
    settings of the run are parameters, so `sklearn.model_selection.GridSearchCV` can
    choose the strategy, its penalty or the threshold of a label filter.

    Parameters
    ----------
    estimator : estimator
        The classifier that learns. It is cloned.
    query_strategy : callable, optional
        The query strategy. ``None`` is `BALD`.
    initial : array-like of int of shape (n_initial,) or object with select, optional
        First labels. An array of indices, or an object that selects rows, such as
        `skbal.seeding.BalancedSeed`. It may use y. ``None`` is
        ``BalancedSeed(n_per_class=2)``, or for several labels per row
        ``RandomSeed(20)``.
    label_filter : filter, optional
        Decides which answers are trusted, for instance
        `skbal.filters.LabelLikelihoodFilter`. ``None`` trusts all.
    oracle_noise : float or array-like of shape (n_classes, n_classes), optional
        Probability that an answer is wrong (every other class is equally likely), or a
        confusion matrix: row c holds the probability of each answer if class c is true.
        ``None`` and 0 mean no noise.
    n_queries : int or None, default=20
        Number of queries. ``None`` continues until a rule or the pool ends the run.
    n_instances : int, default=10
        Number of rows per query.
    random_state : None, int or numpy.random.RandomState
        Decides the test rows, the noise, and every ``random_state`` of the parts that
        is None, at any depth. Integers that the parts have stay. An integer gives the
        same history at every fit. The run uses one thread, so that this also holds
        whatever the ``n_jobs`` around it.
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
        As in scikit-learn. ``None`` is accuracy. For several labels per row, that is
        the share of rows with all labels right; "f1_micro" counts labels.
    verbose : int or str, default=0
        Whether to show a progress bar. A string is its title.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,) or list of ndarray
        All classes in y, also those that the model does not know. For several yes/no
        labels per row, a list of the answers 0 and 1 to each.
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
    skbal.loop.ActiveLearningLoop : The loop, for labels that are not known yet.
    skbal.experiments.compare : Tells whether a strategy is better than random.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skbal import ActiveLearningClassifier
    >>> from skbal.query import BALD, DiversityPenalised
    >>> X, y = load_iris(return_X_y=True)
    >>> run = ActiveLearningClassifier(
    ...     RandomForestClassifier(n_estimators=10),
    ...     DiversityPenalised(BALD()),
    ...     n_queries=2,
    ...     n_instances=5,
    ...     random_state=0,
    ... )
    >>> run.fit(X, y).history_.n_labels
    array([ 6, 11, 16])
    >>> search = GridSearchCV(run, {"query_strategy__penalty": [0, 0.3]}, cv=3)
    >>> sorted(search.fit(X, y).best_params_)
    ['query_strategy__penalty']
    """

    def _checked(self, X, y):
        y, owner = super()._checked(X, y), type(self).__name__
        if holds_labels(y):
            y = known_or_none(y, owner)
            self.classes_ = [np.array([0, 1]) for _ in range(y.shape[1])]
            return y
        y = column_or_1d(y, warn=True)
        check_classes(known_labels(y), owner)
        self.classes_ = np.unique(known_labels(y))
        return y

    def _after_run(self):
        if not isinstance(self.classes_, list):
            # A network may have columns of classes that y lacks.
            self.classes_ = np.union1d(self.classes_, self.estimator_.classes_)

    def _default_strategy(self):
        return BALD()

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X):
        """Return the class probabilities of the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``. 0 for a class that the model does not know.
            For several yes/no labels per row, the probability of yes for each label.
        """
        check_is_fitted(self)
        return _of_all_classes(self.estimator_, X, self.classes_)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws of the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_classes)
            Class probabilities in the order of ``classes_``. 0 for a class that the
            model does not know. For several yes/no labels per row, the probability of
            yes for each label.

        Raises
        ------
        TypeError
            If the model makes no draws.
        """
        draws = super().predict_samples(X, n_draws, random_state=random_state)
        if is_multilabel(self):
            return draws
        return for_all_classes(draws, self.estimator_.classes_, self.classes_)

    def staged_predict_proba(self, X):
        """Yield the class probabilities of the model of each step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Yields
        ------
        probabilities : ndarray of shape (n_samples, n_classes)
            As `predict_proba` returns them.

        Raises
        ------
        ValueError
            If the models were not kept: ``fit`` needs ``keep_stages=True``.
        """
        for stage in self._stages("staged_predict_proba"):
            yield _of_all_classes(stage, X, self.classes_)

    def score(self, X, y, sample_weight=None):
        """Return the score of the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,)
            Their true labels.
        sample_weight : array-like of shape (n_samples,), optional
            A weight for each row.

        Returns
        -------
        score : float
            Value of ``scoring``, higher is better. Accuracy for ``scoring=None``.
        """
        refuse_sparse_column(y, f"y given to {type(self).__name__}")
        if self.scoring is None:
            return super().score(X, y, sample_weight)
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        return check_scoring(self, scoring=self.scoring)(self, X, y, **weights)

    def __sklearn_tags__(self):
        tags = self._with_inner_tags(super().__sklearn_tags__())
        # scikit-learn means columns of any classes by these, and not only no and yes.
        tags.target_tags.multi_output = False
        tags.classifier_tags.multi_label = False
        return tags


def _of_all_classes(model, X, classes):
    """Return probabilities in columns of all classes, or of yes for each label."""
    found = model.predict_proba(X)
    if isinstance(classes, list):
        return probability_of_yes(found, answers_of_labels(model))
    return for_all_classes(found, model.classes_, classes)
