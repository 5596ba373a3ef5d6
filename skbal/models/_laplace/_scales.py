"""Location and scale of the targets, and the weights of a network in their units.

A column of targets that does not vary gets the usual scale of the others, so that
nothing is divided by zero.
"""

import numpy as np


def location_and_scale(y):
    """Return the mean and a positive scale of each column.

    Parameters
    ----------
    y : ndarray of shape (n_samples, n_outputs), dtype=float64
        The targets.

    Returns
    -------
    location : ndarray of shape (n_outputs,)
        The means.
    scale : ndarray of shape (n_outputs,)
        The standard deviations. For a constant column it is the root mean square of the
        others, or 1 if all are constant.

    Examples
    --------
    >>> location_and_scale(np.array([[0.0, 7.0], [2.0, 7.0]]))
    (array([1., 7.]), array([1., 1.]))
    """
    location = y.mean(axis=0)
    scale = y.std(axis=0)
    varies = scale > 10 * np.finfo(np.float64).eps * np.abs(location)
    usual = np.sqrt(np.mean(scale[varies] ** 2)) if varies.any() else 1.0
    return location, np.where(varies, scale, usual)


def network_target_weights(layer, location, estimator):
    """Return the last layer of a regressing network, in units of y minus its location.

    Parameters
    ----------
    layer : ndarray of shape (n_features + 1, n_outputs)
        Weights, and biases in the last row.
    location : ndarray of shape (n_outputs,)
        The numbers subtracted from y.
    estimator : LaplaceRegressor
        The estimator that has the network.

    Returns
    -------
    weights : ndarray of shape (n_features + 1, n_outputs)

    Raises
    ------
    ValueError
        If an activation follows the layer, or it has another number of outputs.
    """
    owner = type(estimator).__name__
    after = estimator._found_last_dense().after
    if after:
        raise ValueError(
            f"The network of {owner} ends in {type(after[0]).__name__}, so that its "
            "last dense layer does not give y. Set mode='map' with optimize='evidence' "
            "or None."
        )
    if layer.shape[1] != len(location):
        raise ValueError(
            f"The network of {owner} has {layer.shape[1]} outputs, but y has "
            f"{len(location)}."
        )
    # Networks of skbal are trained on y standardised by a scaler of their own.
    scaler = getattr(estimator.network_, "y_scaler_", None)
    weights = layer * (1.0 if scaler is None else scaler.scale_)
    weights[-1] += -location if scaler is None else scaler.mean_ - location
    return weights
