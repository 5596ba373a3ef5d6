"""Networks whose targets are numbers, standardised for training."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.preprocessing import StandardScaler

from skbal._utils.lazy import lazy_module
from skbal._utils.validation import check_numbers
from skbal.models._networks import _plain_data

torch = lazy_module("torch")
_training = lazy_module("skbal.models._networks._training")


def _array_scaler():
    # Arrays, whatever set_config(transform_output=...) says.
    return StandardScaler().set_output(transform="default")


class NumberTargets(RegressorMixin):
    """Learns numbers by the squared error; draws are in the units of y."""

    _multi_output = True
    _to_scale = "X and y"

    def _net_class(self):
        return _training.RegressorNet

    def _criterion_class(self, output_kind):
        return torch.nn.MSELoss if self.criterion == "auto" else self.criterion

    def _learn_targets(self, y):
        ndim = y.ndim
        y = check_numbers(y.reshape(len(y), -1), type(self).__name__)
        if not self._continues():
            self.y_scaler_ = _array_scaler().fit(y)
        elif y.shape[1] != self._n_outputs():
            raise ValueError(
                f"y given to {type(self).__name__} with warm_start=True has "
                f"{y.shape[1]} targets, but the first fit saw {self._n_outputs()}."
            )
        self._y_ndim = ndim
        return self.y_scaler_.transform(y).astype(np.float32)

    def _n_outputs(self):
        return len(self.y_scaler_.mean_)

    def _columns(self):
        return "one column per target"

    def _from_outputs(self, outputs):
        scale, mean = (
            outputs.new_tensor(values)
            for values in (self.y_scaler_.scale_, self.y_scaler_.mean_)
        )
        return outputs * scale + mean

    def _target_state(self):
        scaler = self.y_scaler_
        return {
            "y_mean": scaler.mean_.tolist(),
            "y_variance": scaler.var_.tolist(),
            "y_scale": scaler.scale_.tolist(),
            "y_n_samples": int(scaler.n_samples_seen_),
            "y_ndim": self._y_ndim,
        }

    def _set_target_state(self, state):
        mean = _plain_data.floats(state, "y_mean")
        scaler = _array_scaler()
        scaler.mean_ = mean
        scaler.var_ = _plain_data.floats(state, "y_variance", size=len(mean))
        scaler.scale_ = _plain_data.floats(state, "y_scale", size=len(mean))
        scaler.n_samples_seen_ = _plain_data.integer(state, "y_n_samples")
        scaler.n_features_in_ = len(mean)
        self.y_scaler_ = scaler
        self._y_ndim = _plain_data.integer(state, "y_ndim", largest=2)

    def predict(self, X):
        """Return the mean of the draws of the function.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_targets)
            In the units of y, of the shape that ``fit`` saw.
        """
        mean = self._mean_draw(X)
        return mean.ravel() if self._y_ndim == 1 else mean

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
