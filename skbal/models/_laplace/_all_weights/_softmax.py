"""The Hessian of a softmax loss with respect to the outputs of a network."""

import numpy as np
from scipy import special


def softmax_roots(logits, columns):
    """Return matrices Q such that Q Q' is the Hessian over the outputs of each row.

    With the probabilities p of a row, diag(p) - p p' = R R' for
    R = diag(sqrt p) - p sqrt(p)'.

    Parameters
    ----------
    logits : ndarray of shape (n_samples, n_classes)
        The logits.
    columns : ndarray of shape (n_outputs, n_classes)
        The logits are the outputs of the network times this matrix.

    Returns
    -------
    roots : ndarray of shape (n_samples, n_outputs, n_columns)
        For one output there is one column, otherwise one for each class.

    Examples
    --------
    >>> roots = softmax_roots(np.zeros((1, 2)), np.eye(2))
    >>> roots[0] @ roots[0].T
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    probabilities = special.softmax(logits, axis=1)[:, :, np.newaxis]
    root = np.sqrt(probabilities)
    within = root * np.eye(logits.shape[1]) - probabilities * root.swapaxes(1, 2)
    roots = columns @ within
    if len(columns) > 1:
        return roots
    return np.sqrt(np.sum(roots**2, axis=2, keepdims=True))


def check_logits(outputs, owner):
    """Raise an error if outputs are probabilities.

    Parameters
    ----------
    outputs : ndarray of shape (n_samples, n_outputs)
        The outputs of a network that is no ``Sequential``.
    owner : str
        Name of the estimator, for messages.

    Raises
    ------
    ValueError
        If no output is negative and they sum to one in each row.
    """
    sums = outputs.sum(axis=1)
    if outputs.shape[1] > 1 and outputs.min() >= 0 and np.allclose(sums, 1.0):
        raise ValueError(
            f"The network of {owner} must return logits with weights='all', got "
            "probabilities. Leave out the softmax at its end."
        )
