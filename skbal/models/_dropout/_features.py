"""The features of a network with dropout: what enters its last dense layer."""

import numpy as np
from sklearn.utils import gen_batches
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted


def _ends_in_dense_layer(estimator):
    check_is_fitted(estimator)
    # Not before: whether an unfitted network can transform is asked without torch.
    from skbal.models._dropout._extractor import find_last_dense

    return find_last_dense(estimator.net_.module_) is not None


class FeaturesMixin:
    """Gives `MCDropout` the method ``transform`` where there is a last dense layer."""

    @available_if(_ends_in_dense_layer)
    def transform(self, X):
        """Return what enters the last dense layer, with dropout off.

        Only a fitted ``Sequential`` that ends in a dense layer and activations has this
        method, as both networks of ``module="auto"`` do. Of others,
        `LastLayerClassifier` and `LastLayerRegressor` give the output of any layer that
        is named to them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out), dtype=float32

        Raises
        ------
        ValueError
            If X has rows of another shape, NaN or infinity.
        """
        from skbal.models._dropout._extractor import FeatureExtractor

        X = self._check_rows(X)
        example, owner = self._to_torch(X[:1]), type(self).__name__
        extractor = FeatureExtractor(self.net_.module_, None, example, owner)
        features = np.empty((len(X), extractor.n_features), dtype=np.float32)
        for rows in gen_batches(len(X), extractor.batch_size):
            features[rows] = extractor(self._to_torch(X[rows])).cpu().numpy()
        return features
