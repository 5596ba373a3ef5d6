"""Strategies and classifiers of several yes/no labels per row."""

from skbal._utils.multilabel import is_multilabel, knows_both_answers, no_and_yes


def refuse_multilabel(model, owner):
    """Raise a TypeError if a model has several yes/no labels per row.

    Parameters
    ----------
    model : estimator
        The estimator without pipelines and learners around it.
    owner : str
        The strategy's name, for messages.
    """
    if is_multilabel(model):
        raise TypeError(
            f"{owner} needs one label per row, but {type(model).__name__} was fitted "
            "on several columns of labels. Use BALD, JointLabelBALD, MaxEntropy or "
            "MeanSTD."
        )


def check_both_answers(model, owner):
    """Raise a ValueError unless a multilabel classifier knows yes and no for a label.

    Parameters
    ----------
    model : estimator
        A classifier of several yes/no labels per row.
    owner : str
        The strategy's name, for messages.
    """
    if not knows_both_answers(model):
        raise ValueError(
            f"{owner} needs an estimator that knows both answers to one of its labels "
            f"at least, but this {type(model).__name__} was fitted on rows of equal "
            "labels only. Teach it other rows first; Random can choose them until then."
        )


def sum_over_labels(score, draws, **inputs):
    """Return the sum over yes/no labels of the scores of each label.

    Parameters
    ----------
    score : callable
        Takes draws of no and yes, of shape (n_rows, n_draws, 2), and the inputs;
        returns scores of shape (n_rows,).
    draws : ndarray of shape (n_rows, n_draws, n_labels)
        Probabilities of yes.
    **inputs
        Passed to the function.

    Returns
    -------
    scores : ndarray of shape (n_rows,)
    """
    labels = range(draws.shape[2])
    return sum(score(no_and_yes(draws[:, :, label]), **inputs) for label in labels)
