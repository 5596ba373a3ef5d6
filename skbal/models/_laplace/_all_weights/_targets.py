"""The outputs of a regressing network in the units of y, and their squared error."""

import numpy as np


def target_columns(network, n_targets):
    """Return the matrix and the vector that map outputs to targets.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module
        The network. Those of skbal are trained on y standardised by a scaler of their
        own; the outputs of others are in the units of y.
    n_targets : int
        The number of columns of y.

    Returns
    -------
    columns : ndarray of shape (n_targets, n_targets)
        A diagonal matrix.
    location : ndarray of shape (n_targets,)
        The targets are the outputs times ``columns`` plus this vector.
    """
    scaler = getattr(network, "y_scaler_", None)
    if scaler is None:
        return np.eye(n_targets), np.zeros(n_targets)
    columns = np.diag(np.asarray(scaler.scale_, dtype=np.float64))
    return columns, np.asarray(scaler.mean_, dtype=np.float64)


def check_columns(columns, outputs, owner):
    """Return the matrix that maps outputs to targets, if it has their number.

    Parameters
    ----------
    columns : ndarray of shape (n_outputs, n_targets)
        The matrix.
    outputs : ndarray of shape (n_samples, n_outputs)
        The outputs of the network.
    owner : str
        Name of the estimator, for messages.

    Raises
    ------
    ValueError
        If the network has another number of outputs.
    """
    if outputs.shape[1] != len(columns):
        raise ValueError(
            f"The network of {owner} has {outputs.shape[1]} outputs, but y has "
            f"{len(columns)}."
        )
    return columns


def squared_error_roots(n_samples, columns, output):
    """Return matrices Q such that Q Q' is the Hessian of half the squared error.

    The error of each target is divided by its variance in ``output``, and noise has the
    variance one.

    Parameters
    ----------
    n_samples : int
        The number of rows, which all have the same matrix.
    columns : ndarray of shape (n_outputs, n_targets)
        The matrix that maps outputs to targets.
    output : OutputCovariance
        The covariance between targets.

    Returns
    -------
    roots : ndarray of shape (n_samples, n_outputs, n_targets)
        A read-only view.
    """
    root = columns @ np.diag(np.sqrt(output.inverse.diagonal()))
    return np.broadcast_to(root, (n_samples, *root.shape))
