"""Class probabilities of any classifier: its draws, or its mean as the one draw."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.multilabel import (
    answers_of_labels,
    check_yes_or_no,
    is_multilabel,
    probability_of_yes,
)
from skbal._utils.probabilities import one_draw
from skbal._utils.unwrap import transform, unwrap
from skbal.exceptions import NoDrawsError
from skbal.sampling._predict import predict_samples


def draws_or_mean(estimator, X, n_draws=None, *, random_state=None, n_jobs=None):
    """Return posterior draws, or ``predict_proba`` as a single draw.

    It is for what depends only on the mean of the draws. A classifier that makes no
    draws has that mean, too.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier, or an object that holds one.
    X : array-like of shape (n_samples, ...)
        Rows of the form passed to ``fit``.
    n_draws : int, optional
        Number of posterior draws. Not used by an estimator that makes none.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the draws.
    n_jobs : int, optional
        Number of parallel joblib workers.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_classes)
        ``n_draws`` is 1 if the estimator makes no draws. For several yes/no labels per
        row, the last axis is labels, with their probabilities of yes.

    Raises
    ------
    NoDrawsError
        If it makes no draws, and has no ``predict_proba``.
    NotFittedError
        If it is not fitted.
    ValueError
        If it was fitted on several columns of labels that are not 0 and 1.
    """
    try:
        return predict_samples(
            estimator, X, n_draws, random_state=random_state, n_jobs=n_jobs
        )
    except NoDrawsError as error:
        transformers, model = unwrap(estimator)
        if not hasattr(model, "predict_proba"):
            raise NoDrawsError(_no_probabilities_message(model)) from error
        mean = model.predict_proba(transform(transformers, X))
        if is_multilabel(model):
            check_yes_or_no(model)
            return probability_of_yes(mean, answers_of_labels(model))[:, np.newaxis]
        return one_draw(mean, num_samples(X), type(model).__name__)


def _no_probabilities_message(model):
    name = model if isinstance(model, str) else type(model).__name__
    return (
        f"{name} gives no class probabilities: it makes no posterior draws and has no "
        "predict_proba. Wrap it in a CalibratedClassifierCV or a BaggingClassifier."
    )
