"""Rows of an estimator on their way through its network, to first order in the weights.

This is where tensors become arrays. `curvature_of` makes the form of the Hessian.
"""

import numpy as np
from sklearn.base import is_classifier

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.lazy import lazy_module
from skbal.models._laplace._all_weights._diagonal import DiagonalWeights
from skbal.models._laplace._all_weights._full import full_weights
from skbal.models._laplace._all_weights._kronecker import (
    KroneckerWeights,
    LayerBlock,
    axes_of_matrix,
    axes_of_rows,
)

_linearised = lazy_module("skbal.models._networks._linearised")
_factors = lazy_module("skbal.models._networks._layer_factors")


class Passes:
    """The outputs and the Jacobian of the rows of X.

    Parameters
    ----------
    estimator : LaplaceNetwork
        The estimator with its ``network_``.
    X : array-like of shape (n_samples, ...)
        Checked rows.
    names, chosen : list of str, ndarray or None
        The weights, as in `Subnetwork`.

    Attributes
    ----------
    network : LinearisedNetwork
        The network.
    owner : str
        Name of the estimator, for messages.
    """

    def __init__(self, estimator, X, names, chosen):
        self._estimator, self._X = estimator, X
        self.owner = type(estimator).__name__
        self._module = estimator._single_module()
        self._example = estimator._to_torch(X[:1])
        self.network = self._linearised(names, chosen)

    def _linearised(self, names, chosen):
        return _linearised.LinearisedNetwork(
            self._module,
            names,
            chosen,
            self._example,
            self.owner,
            as_logits=is_classifier(self._estimator),
        )

    @property
    def dtype(self):
        """The precision of the network, float32 or float64."""
        is_double = str(self.network.dtype) == "torch.float64"
        return np.float64 if is_double else np.float32

    def outputs(self):
        """Return the outputs of all rows, (n_samples, n_outputs), float64."""
        parts = [values for _, values in self.output_chunks()]
        return np.concatenate(parts)

    def output_chunks(self):
        """Yield slices of rows and their outputs, (n_rows, n_outputs), float64."""
        for rows, x in self._chunks(rows_within(self.network.pass_bytes)):
            yield rows, self._values(x)

    def chunks(self, bytes_per_row=0):
        """Yield slices of rows, their outputs and their Jacobian.

        The Jacobian has the shape (n_rows, n_outputs, n_weights) and the precision of
        the network. The caller needs ``bytes_per_row`` for its own arrays of a chunk.
        """
        for rows, x in self._chunks(self.network.rows_beside(bytes_per_row)):
            yield rows, self._values(x), _array(self.network.jacobian(x))

    def loss_rows(self, roots, names=None):
        """Yield chunks of R such that the sum of R'R is the Hessian of the loss.

        Parameters
        ----------
        roots : ndarray of shape (n_samples, n_outputs, n_columns)
            Matrices Q such that Q Q' is the Hessian with respect to the outputs.
        names : list of str, optional
            Parameters instead of those of the network.

        Yields
        ------
        rows : ndarray of shape (n_rows * n_columns, n_weights)
        """
        network = self.network if names is None else self._linearised(names, None)
        for rows, x in self._chunks(network.rows_beside(0)):
            jacobian = _array(network.jacobian(x))
            turned = roots[rows].swapaxes(1, 2).astype(jacobian.dtype) @ jacobian
            yield turned.reshape(-1, jacobian.shape[2])

    def layer_factors(self, roots):
        """Return the `LayerFactors` of all rows."""
        n_rows = len(self._X)
        factors = _factors.LayerFactors(self.network, self._example, n_rows)
        for rows, x in self._chunks(factors.batch_size):
            factors.add(x, roots[rows])
        return factors

    def _values(self, x):
        values = _array(self.network.outputs(x)).astype(np.float64)
        if not np.isfinite(values).all():
            raise ValueError(
                f"The outputs of the network of {self.owner} must be finite, got NaN "
                "or infinity. Its training may have diverged: try a smaller lr, or "
                "scale X to unit variance."
            )
        return values

    def _chunks(self, step):
        for rows in chunks(len(self._X), step):
            yield rows, self._estimator._to_torch(self._X[rows])


def curvature_of(hessian, passes, roots, sizes):
    """Return the Hessian of the loss over the weights, in one of its forms.

    Parameters
    ----------
    hessian : {"full", "kronecker", "diagonal"}
        The form.
    passes : Passes
        The training rows.
    roots : ndarray of shape (n_samples, n_outputs, n_columns)
        Matrices Q such that Q Q' is the Hessian with respect to the outputs of a row.
    sizes : dict of str to int
        The number of weights of each parameter of the network.

    Returns
    -------
    curvature : WeightCurvature
    """
    n_weights = passes.network.n_chosen
    if hessian == "kronecker":
        return _kronecker(passes, roots, sizes)
    loss_rows = passes.loss_rows(roots)
    if hessian == "diagonal":
        return DiagonalWeights.of(loss_rows, n_weights)
    n_rows = roots.shape[0] * roots.shape[2]
    return full_weights(loss_rows, n_rows, n_weights, passes.owner)


def _kronecker(passes, roots, sizes):
    factors = passes.layer_factors(roots)
    places, start = {}, 0
    for name in passes.network.names:
        places[name] = slice(start, start + sizes[name])
        start += sizes[name]
    blocks = {}
    for name, sums in factors.sums.items():
        bias = places.pop(f"{name}.bias") if factors.has_bias(name) else None
        weight = places.pop(f"{name}.weight")
        outputs = axes_of_matrix(sums.outputs / sums.n_positions)
        if sums.rows:
            inputs = axes_of_rows(np.concatenate(sums.rows))
        else:
            inputs = axes_of_matrix(sums.inputs)
        blocks[name] = LayerBlock(weight, bias, outputs, inputs)
    rest = [np.arange(place.start, place.stop) for place in places.values()]
    values = np.zeros(0)
    if rest:
        loss_rows = passes.loss_rows(roots, list(places))
        values = DiagonalWeights.of(loss_rows, sum(map(len, rest))).values
    rest = np.concatenate(rest) if rest else np.zeros(0, dtype=int)
    return KroneckerWeights(start, blocks, rest, values)


def _array(tensor):
    return tensor.detach().cpu().numpy()
