"""Ensembles: one draw per member, in columns of the ensemble's classes."""

from functools import partial

import numpy as np
from scipy.sparse import issparse
from sklearn.base import is_classifier
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from skbal._utils.labels import for_all_classes
from skbal._utils.members import choose_members, number_of_draws
from skbal._utils.multilabel import (
    answers_of_labels,
    check_yes_or_no,
    is_multilabel,
    probability_of_yes,
)
from skbal.exceptions import NoDrawsError


def forest_sampler(forest, n_draws, seed):
    """Return the function that draws for rows of a forest, one draw per tree.

    Parameters
    ----------
    forest : RandomForestClassifier, ExtraTreesRegressor, ...
        Fitted.
    n_draws : int or None
        Number of trees. None means all.
    seed : int
        Determines which trees are chosen.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs). If the forest
        was fitted on several columns of labels, the outputs are their probabilities of
        yes.

    Raises
    ------
    ValueError
        If the forest has fewer trees, or was fitted on several columns of labels that
        are not 0 and 1.
    """
    if is_multilabel(forest):
        check_yes_or_no(forest)
    trees = _choose(forest.estimators_, n_draws, seed, forest)
    return partial(_forest_draws, forest, trees)


def _forest_draws(forest, trees, X):
    tags = get_tags(trees[0]).input_tags
    finite = "allow-nan" if tags.allow_nan and not issparse(X) else True
    X = validate_data(
        forest,
        X,
        dtype=np.float32,
        accept_sparse="csr",
        ensure_all_finite=finite,
        reset=False,
    )
    X = _for_trees(X) if issparse(X) else X
    method = "predict_proba" if is_classifier(forest) else "predict"
    outputs = (getattr(tree, method)(X, check_input=False) for tree in trees)
    if is_multilabel(forest):
        # A tree knows the positions of the answers in those of the forest.
        answers = answers_of_labels(forest)
        outputs = (probability_of_yes(output, answers) for output in outputs)
    return _stack(outputs, len(trees))


def _for_trees(X):
    """Return a CSR matrix with 32-bit indices, which trees need, if they suffice.

    `sklearn.feature_extraction.DictVectorizer`, for one, makes 64-bit indices.
    """
    if max(X.nnz, *X.shape) > np.iinfo(np.intc).max:
        return X  # which the trees refuse
    indices, starts = (p.astype(np.intc, copy=False) for p in (X.indices, X.indptr))
    return type(X)((X.data, indices, starts), shape=X.shape)


def bagging_sampler(bagging, n_draws, seed):
    """Return the function that draws for rows of a bagging ensemble.

    Parameters
    ----------
    bagging : BaggingClassifier or BaggingRegressor
        Fitted. A member without ``predict_proba`` votes, as it does in the ensemble.
    n_draws : int or None
        Number of members. None means all.
    seed : int
        Determines which members are chosen.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs).

    Raises
    ------
    ValueError
        If the ensemble has fewer members.
    """
    members = list(zip(bagging.estimators_, bagging.estimators_features_))
    members = _choose(members, n_draws, seed, bagging)
    return partial(_bagging_draws, bagging, members)


def _bagging_draws(bagging, members, X):
    X = validate_data(
        bagging,
        X,
        accept_sparse=["csr", "csc"],
        dtype=None,
        ensure_all_finite=False,  # the members check X themselves
        reset=False,
    )
    answer = _values
    if is_classifier(bagging):
        votes = not hasattr(members[0][0], "predict_proba")
        # Members are fitted on the positions of the labels in classes_.
        codes = np.arange(len(bagging.classes_))
        answer = partial(_votes if votes else _probabilities, classes=codes)
    outputs = (answer(member, X[:, features]) for member, features in members)
    return _stack(outputs, len(members))


def voting_sampler(voting, n_draws, seed):
    """Return the function that draws for rows of a voting ensemble.

    Parameters
    ----------
    voting : VotingClassifier or VotingRegressor
        Fitted, with members of equal weight.
    n_draws : int or None
        Number of members. None means all.
    seed : int
        Determines which members are chosen.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs).

    Raises
    ------
    NoDrawsError
        If a member has no ``predict_proba`` and ``voting`` is "soft", or if the weights
        of the members differ.
    ValueError
        If the ensemble has fewer members.
    """
    if voting.weights is not None and np.unique(voting.weights).size > 1:
        raise NoDrawsError(
            f"weights of this {type(voting).__name__} differ, but draws count equally. "
            f"Leave weights at None, or repeat a member as often as it should count."
        )
    members = _choose(voting.estimators_, n_draws, seed, voting)
    return partial(_member_draws, members, _answer_of_voting(voting))


def _answer_of_voting(voting):
    if not is_classifier(voting):
        return _values
    codes = np.arange(len(voting.classes_))
    if voting.voting == "hard":
        return partial(_votes, classes=codes)
    _check_probabilities(voting.estimators_, voting)
    return partial(_probabilities, classes=codes)


def calibrated_sampler(calibrated, n_draws, seed):
    """Return the function that draws for rows of a calibrated classifier.

    Parameters
    ----------
    calibrated : CalibratedClassifierCV
        Fitted with ``ensemble=True``: a classifier and its calibrator per fold.
    n_draws : int or None
        Number of members. None means all.
    seed : int
        Determines which members are chosen.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_classes).

    Raises
    ------
    NoDrawsError
        If it has only one member.
    ValueError
        If it has fewer members.
    """
    members = calibrated.calibrated_classifiers_
    if len(members) == 1:
        raise NoDrawsError(
            "This CalibratedClassifierCV has a single member, so it makes no posterior "
            "draws. Set ensemble=True for a member per fold, each of which is a draw."
        )
    members = _choose(members, n_draws, seed, calibrated)
    return partial(_member_draws, members, _own_probabilities)


def modal_sampler(committee, n_draws, seed):
    """Return the function that draws for rows of a committee of learners.

    Parameters
    ----------
    committee : modAL.models.Committee or CommitteeRegressor
        Its learners must be fitted.
    n_draws : int or None
        Number of learners. None means all.
    seed : int
        Determines which learners are chosen.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs). The columns are
        the union of the classes of all learners, sorted.

    Raises
    ------
    NoDrawsError
        If a learner has no ``predict_proba``.
    NotFittedError
        If a learner is not fitted.
    ValueError
        If the committee has fewer learners.
    """
    estimators = [learner.estimator for learner in committee.learner_list]
    for estimator in estimators:
        check_is_fitted(estimator)
    members = _choose(estimators, n_draws, seed, committee)
    if not hasattr(committee, "vote_proba"):
        return partial(_member_draws, members, _values)
    _check_probabilities(estimators, committee)
    classes = np.unique(np.concatenate([member.classes_ for member in estimators]))
    return partial(_member_draws, members, partial(_probabilities, classes=classes))


def _member_draws(members, answer, X):
    return _stack((answer(member, X) for member in members), len(members))


def _choose(members, n_draws, seed, ensemble):
    return choose_members(members, number_of_draws(n_draws, members, ensemble), seed)


def _check_probabilities(members, ensemble):
    for member in members:
        if not hasattr(member, "predict_proba"):
            raise NoDrawsError(
                f"{type(member).__name__}, a member of this "
                f"{type(ensemble).__name__}, has no predict_proba, so it gives no "
                f"draw of class probabilities."
            )


def _values(member, X):
    return member.predict(X)


def _own_probabilities(member, X):
    return member.predict_proba(X)


def _votes(member, X, classes):
    return np.asarray(member.predict(X))[:, np.newaxis] == classes


def _probabilities(member, X, classes):
    return for_all_classes(member.predict_proba(X), member.classes_, classes)


def _stack(outputs, n_draws):
    for draw, output in enumerate(outputs):
        output = np.asarray(output)
        output = output.reshape(len(output), -1)
        if draw == 0:
            draws = np.empty((len(output), n_draws, output.shape[1]))
        draws[:, draw] = output
    return draws
