"""The Hessian over all weights of an estimator's network, from its training rows."""

from numbers import Integral
from typing import NamedTuple

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal.models._laplace._all_weights._diagonal import DiagonalWeights
from skbal.models._laplace._all_weights._forms import WeightCurvature
from skbal.models._laplace._all_weights._passes import Passes, curvature_of
from skbal.models._laplace._all_weights._subnetwork import (
    Subnetwork,
    largest_variances,
    subnetwork_of,
)

_linearised = lazy_module("skbal.models._networks._linearised")


class FittedCurvature(NamedTuple):
    """What the training rows say about the weights, before variances are chosen.

    Attributes
    ----------
    subnetwork : Subnetwork
        The weights that have a distribution.
    weights : ndarray of shape (n_weights,)
        Their trained values.
    outputs : ndarray of shape (n_samples, n_outputs)
        The outputs of the network.
    columns : ndarray of shape (n_outputs, n_values)
        What maps them to logits or targets.
    curvature : WeightCurvature
        The Hessian.
    """

    subnetwork: Subnetwork
    weights: np.ndarray
    outputs: np.ndarray
    columns: np.ndarray
    curvature: WeightCurvature


def fit_curvature(estimator, X, columns_of, roots_of):
    """Return the Hessian over the chosen weights.

    Parameters
    ----------
    estimator : LaplaceNetwork
        The estimator with its ``network_``.
    X : ndarray of shape (n_samples, ...)
        The training rows.
    columns_of : callable
        Called with the outputs of the network, (n_samples, n_outputs). Returns the
        matrix, (n_outputs, n_values), that maps them to logits or targets.
    roots_of : callable
        Called with outputs and columns. Returns matrices Q of shape (n_samples,
        n_outputs, n_columns) such that Q Q' is the Hessian of the loss with respect to
        the outputs.

    Returns
    -------
    fitted : FittedCurvature
    """
    module, owner = estimator._single_module(), type(estimator).__name__
    sizes = _linearised.trained_sizes(module)
    given = estimator.subnetwork
    subnetwork = subnetwork_of(sizes, given, owner)
    passes = Passes(estimator, X, subnetwork.names, subnetwork.chosen)
    outputs = passes.outputs()
    columns = columns_of(outputs)
    roots = roots_of(outputs, columns)
    if isinstance(given, Integral):
        n_weights = len(subnetwork.mask)
        diagonal = DiagonalWeights.of(passes.loss_rows(roots), n_weights)
        subnetwork = largest_variances(sizes, diagonal.values, int(given), owner)
        passes = Passes(estimator, X, subnetwork.names, subnetwork.chosen)
    curvature = curvature_of(estimator.hessian, passes, roots, sizes)
    weights = _linearised.trained_weights(module)[subnetwork.mask]
    return FittedCurvature(subnetwork, weights, outputs, columns, curvature)


def check_combination(estimator):
    """Raise an error if parameters do not go together.

    Parameters
    ----------
    estimator : LaplaceNetwork
        The estimator, each of whose parameters is allowed.

    Raises
    ------
    ValueError
        If ``subnetwork`` or ``mode`` does not go with ``weights`` or ``hessian``.
    """
    owner, given = type(estimator).__name__, estimator.subnetwork
    if estimator.weights == "last":
        if given is not None:
            raise ValueError(
                f"subnetwork of {owner} chooses among all weights, so that it must be "
                f"None with weights='last', got {given!r}. Set weights='all'."
            )
        return
    if estimator.mode == "map":
        raise ValueError(
            f"mode of {owner} must be 'network' with weights='all', got 'map': "
            "the most probable weights of all layers are those that training seeks."
        )
    if given is not None and estimator.hessian == "kronecker":
        raise ValueError(
            f"hessian of {owner} must be 'full' or 'diagonal' with a subnetwork, got "
            "'kronecker', whose factors are those of whole layers."
        )
