"""The Monte-Carlo dropout regressor; `_base` holds what it shares."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.preprocessing import StandardScaler

from skbal._utils.validation import check_numbers
from skbal.models._dropout._base import MCDropout


class MCDropoutRegressor(RegressorMixin, MCDropout):
    """A neural network whose posterior over functions comes from dropout.

    As `MCDropoutClassifier`, with the squared error as loss. y is standardised for
    training, and draws come back in its units; they are draws of the noise-free
    function.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network; see `MCDropoutClassifier`. One output column a target.
    image_shape : tuple of int, optional
        (channels, height, width) or (height, width): rows of X are flattened images.
    n_draws : int, default=100
        How many draws ``predict`` averages.
    deterministic : bool, default=False
        True turns dropout off at prediction time: one prediction, no draws.
    prior_length_scale : float, optional
        The length scale of the prior on the weights; see `MCDropoutClassifier`. The
        noise precision of the standardised y is counted into it.
    max_epochs : int, default=50
        Passes over the training set.
    max_steps : int, optional
        Gradient steps to take, in place of ``max_epochs``.
    lr : float, default=0.001
        The learning rate.
    batch_size : int, default=64
        The most rows in a gradient step. The batches of an epoch are made even, so that
        no step rests on a handful of rows.
    optimizer : str or torch.optim.Optimizer class, default="Adam"
        A name in ``torch.optim`` or a class; ``optimizer__*`` sets its parameters.
    criterion : "auto" or torch loss class, default="auto"
        "auto" is the squared error.
    augment : callable, optional
        Called with each training batch, returns one of the same shape.
    train_split : callable, optional
        As in skorch.
    callbacks : list, optional
        skorch callbacks.
    device : str, default="cpu"
        Where the network runs.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the weights of the last ``fit``.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the weights, training, and the draws behind ``predict``.
    verbose : int, default=0
        1 shows a progress bar over epochs.
    **kwargs : dict
        Parameters for parts of the skorch net, as for `MCDropoutClassifier`.

    Attributes
    ----------
    net_ : skorch.NeuralNetRegressor
        The trained net.
    y_scaler_ : sklearn.preprocessing.StandardScaler
        How y was standardised.
    n_features_in_ : int
        Features of a row seen by ``fit`` (for images, channels).
    feature_names_in_ : ndarray of str
        Column names, when X was a data frame.
    row_shape_ : tuple of int
        The shape of a row of X.
    n_steps_ : int
        Gradient steps taken.
    draw_seed_ : int
        The seed of the draws behind ``predict``.

    References
    ----------
    Gal, Y. and Ghahramani, Z. (2016). Dropout as a Bayesian approximation:
    representing model uncertainty in deep learning. ICML.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import MCDropoutRegressor
    >>> X = np.linspace(-1, 1, 100)[:, None]
    >>> model = MCDropoutRegressor(max_epochs=100, random_state=0).fit(X, X.ravel())
    >>> model.predict_samples(X, n_draws=5, random_state=0).shape
    (100, 5, 1)
    >>> bool(model.score(X, X.ravel()) > 0.9)
    True
    """

    _multi_output = True

    def _net_class(self):
        from skbal.models._networks._training import RegressorNet

        return RegressorNet

    def _criterion_class(self):
        import torch

        return torch.nn.MSELoss if self.criterion == "auto" else self.criterion

    def _learn_targets(self, y):
        self._y_ndim = y.ndim
        y = check_numbers(y.reshape(len(y), -1), type(self).__name__)
        if not (self.warm_start and hasattr(self, "net_")):
            self.y_scaler_ = StandardScaler().fit(y)
        elif y.shape[1] != self._n_outputs():
            raise ValueError(
                f"y given to {type(self).__name__} with warm_start=True has "
                f"{y.shape[1]} targets, but the first fit saw {self._n_outputs()}."
            )
        return self.y_scaler_.transform(y).astype(np.float32)

    def _n_outputs(self):
        return len(self.y_scaler_.mean_)

    def _from_outputs(self, outputs):
        scale, mean = (
            outputs.new_tensor(values)
            for values in (self.y_scaler_.scale_, self.y_scaler_.mean_)
        )
        return outputs * scale + mean

    def predict(self, X):
        """Return the mean of ``n_draws`` draws of the function.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

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
