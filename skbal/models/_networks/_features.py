"""The features of a trained network: the input of its last dense layer."""

import numpy as np
from sklearn.utils import gen_batches
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal._utils.lazy import lazy_module

_extractor = lazy_module("skbal.models._networks._extractor")


def _ends_in_dense_layer(estimator):
    check_is_fitted(estimator)
    return all(_extractor.find_last_dense(module) for module in estimator._modules())


class FeaturesMixin:
    """Gives ``transform`` to networks that have a last dense layer."""

    @available_if(_ends_in_dense_layer)
    def transform(self, X):
        """Return the input of the last dense layer, with dropout off.

        Only a fitted ``Sequential`` that ends in a dense layer and activations has this
        method. The networks of ``module="auto"`` are of this form. For other networks,
        `LastLayerClassifier` and `LastLayerRegressor` return the output of any layer
        by its name.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out), dtype=float32
            The features of the members of an ensemble are side by side.

        Raises
        ------
        ValueError
            If X has rows of another shape, NaN or infinity.
        """
        X = self._check_rows(X)
        example, owner = self._to_torch(X[:1]), type(self).__name__
        extractor = _extractor.extractor_of(self._modules(), None, example, owner)
        return self._features_by(extractor, X)

    def _layer_outputs(self, X, layer):
        """Return what a layer of the first network gives, with dropout off.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        layer : str
            The name of the layer.

        Returns
        -------
        outputs : ndarray of shape (n_samples, ...)
        """
        X = self._check_rows(X)
        example, owner = self._to_torch(X[:1]), type(self).__name__
        extractor = _extractor.extractor_of(self._modules()[:1], layer, example, owner)
        return self._features_by(extractor, X).reshape(len(X), *extractor.shape)

    def _features_by(self, extractor, X):
        threads = self._threads(self._nets()[0], self._to_torch(X[:1]))
        features = np.empty((len(X), extractor.n_features), dtype=np.float32)
        for rows in gen_batches(len(X), extractor.batch_size):
            with threads():
                features[rows] = extractor(self._to_torch(X[rows])).cpu().numpy()
        return features
