"""Scores of a simulation: the last score, the area under the curve, labels needed.

Each is a scorer as in scikit-learn, ``scorer(estimator, X, y)``, higher is better. It
takes a fitted simulation, also at the end of a pipeline. With ``keep_stages=True`` the
learning curve is scored on X and y, otherwise on the rows that the simulation held out.
"""

from sklearn.base import BaseEstimator

from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, real
from skbal._utils.unwrap import transform
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
