"""Active learning of a classifier, as an estimator."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import check_scoring
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skbal._utils.labels import for_all_classes
from skbal.query import BALD
from skbal.seeding import BalancedSeed
from skbal.simulation._simulation import Simulation, estimator_has


class ActiveLearningClassifier(ClassifierMixin, Simulation):
    """A run of active learning on labels that are known, as one classifier.

    ``fit`` hides y, asks for parts of it as a loop would, and keeps the history. The
    run's settings are parameters, so `sklearn.model_selection.GridSearchCV` can choose
    the strategy, its penalty or the threshold of a label filter.

    Parameters
    ----------
    estimator : estimator
        The classifier that learns; it is cloned.
    query_strategy : callable, optional
        What to ask next; None is `BALD`.
    seed : seed, optional
        Selects the first rows, and may look at y; None is
        ``BalancedSeed(n_per_class=2)``.
    label_filter : filter, optional
        Which answers to trust; None trusts all.
    oracle_noise : float or array-like of shape (n_classes, n_classes), optional
        The chance that an answer is wrong, any other class being as likely; or for
        each true class the chances of the answers. None and 0 are no noise.
    n_queries : int, default=20
        How many times to ask; None goes on until a rule or the pool ends the run.
    n_instances : int, default=10
        Rows a query.
    random_state : None, int or numpy.random.RandomState
        Gives an integer to every ``random_state`` of the parts that is None, at any
        depth, and decides the split and the noise. An integer gives the same history at
        every fit, whatever ``n_jobs`` around it: the run uses one thread. Numbers that
        the parts have stay.
    max_rejected : int, optional
        How many answers a step may be set aside and asked again of other rows; None is
        ``n_instances``.
    stopping : callable or list of callables, optional
        Rules of `skbal.stopping` that may end the run earlier.
    keep_stages : bool, default=False
        Whether to keep the model of each step, for `staged_predict` and for scores on
        other rows.
    validation_fraction : float, default=0.2
        How much of the rows to hold out of the pool, to score each step on with their
        true labels; None holds nothing out.
    scoring : str or callable, optional
        As in scikit-learn; None is accuracy.
    verbose : bool or str, default=False
        Show a progress bar; a text is its title.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        All classes in y, also those that the model has not met.
    learner_ : skbal.ActiveLearner
        After the last step, with all that it was taught, and what was not believed as
        ``learner_.rejected_``.
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
    skbal.loop.ActiveLearningLoop : The loop, for labels that nobody knows yet.
    skbal.experiments.compare : Whether a strategy is better than random.

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

    _noise_kind = "uniform"
    _stratify = True

    def _checked(self, X, y):
        y = column_or_1d(super()._checked(X, y), warn=True)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        return y

    def _default_strategy(self):
        return BALD()

    def _default_seed(self, n_candidates):
        return BalancedSeed(n_per_class=2)

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X):
        """Return the probabilities of the classes by the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows, as ``fit`` takes them.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``; 0 for a class that the model has not met.
        """
        check_is_fitted(self)
        model = self.estimator_
        return for_all_classes(model.predict_proba(X), model.classes_, self.classes_)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws of the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows, as ``fit`` takes them.
        n_draws : int, optional
            How many draws; None takes the model's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, None fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_classes)
            Class probabilities in the order of ``classes_``; 0 for a class that the
            model has not met.

        Raises
        ------
        TypeError
            If the model makes no draws.
        """
        draws = super().predict_samples(X, n_draws, random_state=random_state)
        return for_all_classes(draws, self.estimator_.classes_, self.classes_)

    def staged_predict_proba(self, X):
        """Yield the probabilities of the classes by the model of each step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows, as ``fit`` takes them.

        Yields
        ------
        probabilities : ndarray of shape (n_samples, n_classes)
            As `predict_proba` returns them.

        Raises
        ------
        ValueError
            If the stages were not kept: ``keep_stages`` must be true in ``fit``.
        """
        for stage in self._stages("staged_predict_proba"):
            found = stage.predict_proba(X)
            yield for_all_classes(found, stage.classes_, self.classes_)

    def score(self, X, y):
        """Return the score of the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,)
            Their true labels.

        Returns
        -------
        score : float
            By ``scoring``, higher is better; None is accuracy.
        """
        if self.scoring is None:
            return super().score(X, y)
        return check_scoring(self, scoring=self.scoring)(self, X, y)

    def __sklearn_tags__(self):
        tags = self._with_inner_tags(super().__sklearn_tags__())
        # Scores of what to ask are for one label a row.
        tags.target_tags.multi_output = False
        tags.classifier_tags.multi_label = False
        return tags
