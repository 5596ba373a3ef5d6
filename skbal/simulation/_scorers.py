"""Scores of a simulation: the last score, the area under the curve, labels needed.

`LearningCurveScores` also returns the scores along the curve.

Each is a scorer as in scikit-learn, ``scorer(estimator, X, y)``, higher is better. It
takes a fitted simulation, also at the end of a pipeline. With ``keep_stages=True`` the
learning curve is scored on X and y, otherwise on the rows that the simulation held out.
"""

import numpy as np
from sklearn.base import BaseEstimator

from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, own, real
from skbal._utils.unwrap import transform
from skbal._utils.validation import check_count
from skbal.loop import History, Record
from skbal.simulation._simulation import Simulation


def final_score(estimator, X, y):
    """Return the score after the last step.

    Parameters
    ----------
    estimator : ActiveLearningClassifier, ActiveLearningRegressor or Pipeline
        The fitted simulation.
    X : array-like of shape (n_samples, ...)
        Rows to score on.
    y : array-like of shape (n_samples,)
        Their true labels.

    Returns
    -------
    score : float
        Value of the simulation's ``scoring``.

    Raises
    ------
    TypeError
        If the estimator is not a simulation.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.model_selection import cross_val_score
    >>> from skbal import ActiveLearningClassifier
    >>> from skbal.simulation import final_score
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = RandomForestClassifier(n_estimators=10)
    >>> run = ActiveLearningClassifier(forest, n_queries=2, random_state=0)
    >>> cross_val_score(run, X, y, cv=3, scoring=final_score).shape
    (3,)
    """
    simulation, X = _simulation_and_rows(estimator, X, "final_score")
    return simulation.score(X, y)


def learning_curve_area_score(estimator, X, y):
    """Return the area under the learning curve: the mean score over labels.

    Parameters
    ----------
    estimator : ActiveLearningClassifier, ActiveLearningRegressor or Pipeline
        The fitted simulation.
    X : array-like of shape (n_samples, ...)
        Rows to score on, if the models of the steps were kept.
    y : array-like of shape (n_samples,)
        Their true labels.

    Returns
    -------
    area : float
        Mean score, see `skbal.loop.History.area`. Labels that a filter rejected count
        as paid for.

    Raises
    ------
    TypeError
        If the estimator is not a simulation.
    ValueError
        If the simulation neither kept its models nor held out rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.model_selection import cross_val_score
    >>> from skbal import ActiveLearningClassifier
    >>> from skbal.simulation import learning_curve_area_score
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = RandomForestClassifier(n_estimators=10)
    >>> run = ActiveLearningClassifier(forest, n_queries=2, random_state=0)
    >>> cross_val_score(run, X, y, cv=3, scoring=learning_curve_area_score).shape
    (3,)
    """
    return _curve(estimator, X, y, "learning_curve_area_score").area()


class LabelsToTarget(KnowsItsParameters, BaseEstimator):
    """Scorer that counts the labels needed to reach a score.

    Parameters
    ----------
    target_score : float
        The score to reach, in the unit of the simulation's ``scoring``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal import ActiveLearningClassifier
    >>> from skbal.simulation import LabelsToTarget
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = RandomForestClassifier(n_estimators=10)
    >>> run = ActiveLearningClassifier(forest, n_queries=2, random_state=0).fit(X, y)
    >>> LabelsToTarget(0.5)(run, X, y)
    -6.0
    """

    _parameter_rules = {"target_score": real()}

    def __init__(self, target_score):
        self.target_score = target_score

    def __call__(self, estimator, X, y):
        """Return minus the labels paid for until the score was reached.

        Parameters
        ----------
        estimator : ActiveLearningClassifier, ActiveLearningRegressor or Pipeline
            The fitted simulation.
        X : array-like of shape (n_samples, ...)
            Rows to score on, if the models of the steps were kept.
        y : array-like of shape (n_samples,)
            Their true labels.

        Returns
        -------
        score : float
            Minus the number of labels. A run that did not reach the score counts as if
            it had paid for all rows that it was fitted to.

        Raises
        ------
        TypeError
            If the estimator is not a simulation, or the target is not a number.
        ValueError
            If the simulation neither kept its models nor held out rows.
        """
        check_parameters(self)
        owner = type(self).__name__
        history = _curve(estimator, X, y, owner)
        needed = history.labels_to(self.target_score)
        if needed is None:
            simulation, _ = _simulation_and_rows(estimator, None, owner)
            needed = simulation.n_samples_
        return -float(needed)


def _check_n_labels(n_labels, name, owner):
    is_list = np.iterable(n_labels) and hasattr(
        n_labels, "__len__"
    )  # can be read twice
    if isinstance(n_labels, str) or not is_list:
        raise TypeError(
            f"{name} of {owner} must be a list of numbers of labels, got {n_labels!r}."
        )
    numbers = [check_count(n, name, owner) for n in n_labels]
    if not numbers or len(set(numbers)) < len(numbers):
        raise ValueError(
            f"{name} of {owner} must be different numbers of labels, at least one, got "
            f"{numbers}."
        )


def _check_scorer(scorer, name, owner):
    if scorer is not None and (isinstance(scorer, type) or not callable(scorer)):
        raise TypeError(
            f"{name} of {owner} must be a scorer such as final_score or None, got "
            f"{scorer!r}."
        )


class LearningCurveScores(KnowsItsParameters, BaseEstimator):
    """Scorer that also returns the learning curve, for a search to keep.

    A search of scikit-learn keeps the scores of its candidates and forgets their
    models, and so their learning curves. This scorer returns the score of a run at
    some numbers of labels beside the score that the search chooses by. So
    ``cv_results_`` holds the curve of each candidate in each split, and
    `skbal.plotting.SearchDisplay` plots them.

    Parameters
    ----------
    n_labels : array-like of int of shape (n_points,)
        Numbers of labels at which the score is returned. All candidates need the same,
        also if they have different ``n_instances``.
    scorer : callable, optional
        What the search chooses by, such as `final_score` or a `LabelsToTarget`.
        ``None`` is `learning_curve_area_score`.

    Notes
    -----
    The result of a call has the keys ``score``, and ``at_20``, ``at_30`` and so on. A
    search that takes several scores needs the name of the one to choose by:
    ``refit="score"``.

    Between two steps of a run, the curve is linear. If a number of labels is outside
    the curve of a run, the score there is NaN, and the search warns of scores that are
    not finite.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skbal import ActiveLearningClassifier
    >>> from skbal.simulation import LearningCurveScores
    >>> run = ActiveLearningClassifier(
    ...     RandomForestClassifier(n_estimators=10), n_queries=2, random_state=0)
    >>> search = GridSearchCV(
    ...     run, {"n_instances": [5, 10]}, cv=2, refit="score",
    ...     scoring=LearningCurveScores([6, 11, 16]))
    >>> results = search.fit(*load_iris(return_X_y=True)).cv_results_
    >>> [name for name in results if name.startswith("mean_test_")]
    ['mean_test_score', 'mean_test_at_6', 'mean_test_at_11', 'mean_test_at_16']
    """

    _parameter_rules = {
        "n_labels": own(_check_n_labels, "a list of numbers of labels", 5),
        "scorer": own(_check_scorer, "a scorer", 3, none=True),
    }

    def __init__(self, n_labels, scorer=None):
        self.n_labels = n_labels
        self.scorer = scorer

    def __call__(self, estimator, X, y):
        """Return the score to choose by, and the scores along the curve.

        Parameters
        ----------
        estimator : ActiveLearningClassifier, ActiveLearningRegressor or Pipeline
            The fitted simulation.
        X : array-like of shape (n_samples, ...)
            Rows to score on, if the models of the steps were kept.
        y : array-like of shape (n_samples,)
            Their true labels.

        Returns
        -------
        scores : dict of str to float
            ``score``, and ``at_n`` for each n of ``n_labels``.

        Raises
        ------
        TypeError
            If the estimator is not a simulation, or a parameter has a wrong type.
        ValueError
            If the simulation neither kept its models nor held out rows.
        """
        check_parameters(self)
        history = _curve(estimator, X, y, type(self).__name__)
        first, last = history.n_labels[[0, -1]]
        score = history.area() if self.scorer is None else self.scorer(estimator, X, y)
        curve = {
            f"at_{n}": history.area(n, n) if first <= n <= last else np.nan
            for n in self.n_labels
        }
        return {"score": score, **curve}


def _curve(estimator, X, y, owner):
    simulation, X = _simulation_and_rows(estimator, X, owner)
    if simulation.stages_ is None:
        scores = simulation.staged_score()
    else:
        scores = simulation.staged_score(X, y)
    labels = simulation.history_.n_labels.tolist()
    return History(map(Record, range(len(labels)), labels, scores.tolist()))


def _simulation_and_rows(estimator, X, owner):
    transformers = []
    while hasattr(estimator, "steps") or hasattr(estimator, "best_estimator_"):
        if hasattr(estimator, "steps"):
            steps = [step for _, step in estimator.steps]
            transformers += [s for s in steps[:-1] if hasattr(s, "transform")]
            estimator = steps[-1]
        else:
            estimator = estimator.best_estimator_
    if not isinstance(estimator, Simulation):
        raise TypeError(
            f"estimator of {owner} must be an ActiveLearningClassifier or an "
            "ActiveLearningRegressor, alone or at the end of a pipeline, got "
            f"{type(estimator).__name__}."
        )
    return estimator._fitted(), X if X is None else transform(transformers, X)
