"""Fitted models of votes, also inside pipelines, searches and learners.

A model of counts of answers is here seen answer by answer: the count of each answer is
a question of its own, with k of N votes that are binomial or beta-binomial.
"""

from skbal._utils.answers import check_asked_questions, columns_of
from skbal._utils.counts import check_counts, counts_as_votes, per_column
from skbal._utils.unwrap import transform, unwrap
from skbal._utils.votes import check_votes

_SMOOTH = 300  # draws whose multinomials are a smooth distribution together


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


def asked_by(model):
    """Return the questions of a model of counts of answers.

    Parameters
    ----------
    model : estimator
        A fitted model of votes.

    Returns
    -------
    asked : tuple of Asked or None
        None for a model of votes k of N.
    """
    questions = getattr(model, "questions_", None)
    if questions is None:
        return None
    return check_asked_questions(questions, type(model).__name__)


def column_concentration_of(estimator, X):
    """Return the concentrations that a model of votes predicts, answer by answer.

    Parameters
    ----------
    estimator, X
        As in `concentration_of`.

    Returns
    -------
    concentration : ndarray of shape (n_samples, n_columns) or None
        As in `concentration_of`, with the same number for all answers to a question.
    """
    concentration, asked = (
        concentration_of(estimator, X),
        asked_by(unwrap(estimator)[1]),
    )
    if asked is None or concentration is None:
        return concentration
    return per_column(concentration, asked)


def is_mixture(estimator):
    """Return whether votes are a mixture that draws and a concentration do not give.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model of votes, or an object that holds one.

    Returns
    -------
    is_mixture : bool
        If so, the votes on a row are multinomial given its ``sample_shares``.
    """
    model = unwrap(estimator)[1]
    return hasattr(getattr(model, "head_", model), "component_shares_")


def own_shares_of(estimator, X, n_draws, random_state):
    """Return draws of the shares of single rows, from a model inside an estimator.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model of votes, or an object that holds one.
    X : array-like of shape (n_samples, ...)
        As `predict_samples` takes it.
    n_draws, random_state
        As in the method ``sample_shares``, but ``None`` is 300 draws, so that the
        distribution of the votes is smooth.

    Returns
    -------
    shares : ndarray of shape (n_samples, n_draws, n_columns)
    """
    transformers, model = unwrap(estimator)
    n_draws = _SMOOTH if n_draws is None else n_draws
    return model.sample_shares(
        transform(transformers, X), n_draws, random_state=random_state
    )


def column_names_of(model):
    """Return the names of the answers that a model of counts knows.

    Parameters
    ----------
    model : estimator
        A fitted model of votes.

    Returns
    -------
    names : tuple of str or None
        None for a model of votes k of N.
    """
    asked = asked_by(model)
    return None if asked is None else columns_of(asked)


def check_column_votes(model, y, owner, *, name="y"):
    """Return votes on each question, or on each answer to a model of counts.

    Parameters
    ----------
    model : estimator
        A fitted model of votes.
    y : array-like
        The votes, in the form passed to ``fit``.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_columns, 2), dtype=int64

    Raises
    ------
    ValueError
        If y has another form.
    """
    asked = asked_by(model)
    if asked is None:
        return check_votes(y, owner, name=name)
    return counts_as_votes(check_counts(y, owner, asked=asked, name=name), asked)


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


def refuse_counts(estimator, owner):
    """Raise a TypeError for a model of counts of several answers.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model of votes, or an object that holds one.
    owner : str
        Name of the caller, which needs votes k of N, for messages.

    Raises
    ------
    TypeError
        If the model has ``questions_``, as models of counts have.
    """
    model = unwrap(estimator)[1]
    if getattr(model, "questions_", None) is not None:
        raise TypeError(
            f"{owner} needs a model of votes k of N, but {type(model).__name__} was "
            "fitted to counts of several answers. Use VoteBALD."
        )
