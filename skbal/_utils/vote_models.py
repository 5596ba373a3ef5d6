"""Fitted models of votes, also inside pipelines, searches and learners."""

from skbal._utils.unwrap import transform, unwrap


def concentration_of(estimator, X):
    """Return the concentrations that a model of votes predicts.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model, or an object that holds one.
    X : array-like of shape (n_samples, ...)
        As `predict_samples` takes it.

    Returns
    -------
    concentration : ndarray of shape (n_samples, n_questions) or None
        None for a model without ``predict_concentration``, whose votes are binomial.
    """
    transformers, model = unwrap(estimator)
    if not hasattr(model, "predict_concentration"):
        return None
    return model.predict_concentration(transform(transformers, X))


def check_vote_model(estimator, owner):
    """Return the model of votes inside an estimator.

    Parameters
    ----------
    estimator : estimator or learner
        A model, or an object that holds one.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    model : estimator
        The innermost one.

    Raises
    ------
    TypeError
        If it has no ``predict_votes``.
    """
    model = unwrap(estimator)[1]
    if not hasattr(model, "predict_votes"):
        raise TypeError(
            f"{owner} needs a model of votes, one with predict_votes such as "
            f"MCDropoutVoteRegressor, but {type(model).__name__} has none."
        )
    return model
