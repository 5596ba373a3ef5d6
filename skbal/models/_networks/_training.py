"""The skorch nets that train our networks, and what their parameters follow from."""

import copy
import math

import numpy as np
import torch
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import Callback, EpochScoring
from skorch.utils import to_numpy
from tqdm.auto import tqdm

from skbal.models._networks._interrupts import is_raised_by_code
from skbal.models._networks._modes import bfloat16
from skbal.models._networks._pickling import PicklingMixin
from skbal.models._networks._twin import network_output


class _EndOfTraining(KeyboardInterrupt):
    """A callback ends the training."""


class _TrainingMixin(PicklingMixin):
    """Adds to skorch's training what our parameters and a user's Ctrl-C need.

    These are augmentation, weights of rows, and products in bfloat16. A batch of
    weighted rows is a dict with the keys "X" and "sample_weight".
    """

    sample_weight = None
    precision = "float32"  # also of a net that an earlier version has pickled

    def __init__(self, *args, augment=None, precision="float32", **kwargs):
        super().__init__(*args, **kwargs)
        self.augment = augment
        self.precision = precision

    def train_step_single(self, batch, **fit_params):
        if self.augment is not None:
            X, y = batch
            if isinstance(X, dict):
                batch = {**X, "X": self._augmented(X["X"])}, y
            else:
                batch = self._augmented(X), y
        return super().train_step_single(batch, **fit_params)

    def _augmented(self, X):
        wanted = X.shape, X.dtype  # the function may write into X
        X = self.augment(X.to(self.device))
        if not torch.is_tensor(X):
            is_class = isinstance(self.augment, type)
            hint = f" It is a class: write {type(X).__name__}()." if is_class else ""
            raise TypeError(
                "augment must return the batch as a tensor of torch, got "
                f"{type(X).__name__}.{hint}"
            )
        if (X.shape, X.dtype) != wanted:
            raise ValueError(
                f"augment must return a batch of shape {tuple(wanted[0])} and "
                f"{wanted[1]}, as it was given, got shape {tuple(X.shape)} and "
                f"{X.dtype}."
            )
        return X

    def infer(self, x, **fit_params):
        x = x["X"] if isinstance(x, dict) else x
        if self.precision == "float32" or not self.module_.training:
            return network_output(super().infer(x, **fit_params))
        with bfloat16(self.device):
            output = network_output(super().infer(x, **fit_params))
        return output.float()  # the loss is computed in float32

    def get_loss(self, y_pred, y_true, X=None, training=False):
        if not isinstance(X, dict):
            return super().get_loss(y_pred, y_true, X, training)
        reduction, self.criterion_.reduction = self.criterion_.reduction, "none"
        try:
            losses = super().get_loss(y_pred, y_true, X, training)
        finally:
            self.criterion_.reduction = reduction
        # To one loss per row, shape (n_rows,).
        losses = losses.reshape(len(losses), -1).mean(dim=1)
        return (losses * X["sample_weight"].to(losses)).mean()

    def get_dataset(self, X, y=None):
        dataset = super().get_dataset(X, y)
        dataset.sample_weight = self.sample_weight
        return dataset

    def notify(self, method_name, **kwargs):
        try:
            return super().notify(method_name, **kwargs)
        except KeyboardInterrupt as error:
            if is_raised_by_code(error):
                raise _EndOfTraining from error
            raise

    def __deepcopy__(self, memo):
        # skorch copies by way of a temporary file. That is slower, and Python drops a
        # Ctrl-C while it closes that file.
        copied = type(self).__new__(type(self))
        memo[id(self)] = copied
        try:
            vars(copied).update(copy.deepcopy(vars(self), memo))
        except RuntimeError:  # a module holds a tensor that it computed
            copied.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return copied

    def train(self, X, y, sample_weight=None):
        """Train until the last epoch, or until a callback ends the training.

        skorch's ``partial_fit`` does the same, but it also ends quietly at the Ctrl-C
        of a person, who would get a half-trained network without an error.
        """
        self.notify("on_train_begin", X=X, y=y)
        self.sample_weight = sample_weight
        try:
            self.fit_loop(X, y)
        except _EndOfTraining:
            pass
        finally:
            self.sample_weight = None
        self.notify("on_train_end", X=X, y=y)


def valid_accuracy(net, X, y):
    """Return the share of validation rows whose most probable class is right.

    Parameters
    ----------
    net : skorch.NeuralNet
        The net.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like of shape (n_samples,) or (n_samples, n_classes)
        Their classes as numbers, or soft labels, of which the most probable counts.

    Returns
    -------
    accuracy : float
    """
    y = to_numpy(y)
    truth = y.argmax(axis=1) if y.ndim == 2 else y
    return float(np.mean(net.predict(X) == truth))


class ClassifierNet(_TrainingMixin, NeuralNetClassifier):
    """The skorch net of networks that learn classes, from labels or soft labels."""

    @property
    def _default_callbacks(self):
        accuracy = EpochScoring(valid_accuracy, name="valid_acc", lower_is_better=False)
        given = super()._default_callbacks
        return [(k, accuracy if k == "valid_acc" else c) for k, c in given]

    def check_data(self, X, y):
        # skorch would take each probability for a class of its own.
        super().check_data(X, np.arange(y.shape[1]) if np.ndim(y) == 2 else y)


class RegressorNet(_TrainingMixin, NeuralNetRegressor):
    """The skorch net of networks that learn numbers or votes."""


class StopAfter(Callback):
    """Ends training after a number of gradient steps, also within an epoch.

    With None, the number of epochs decides.
    """

    def __init__(self, n_steps=None):
        self.n_steps = n_steps

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        self.done_ = 0

    def on_batch_end(self, net, batch=None, training=False, **kwargs):
        self.done_ += training
        if training and self.n_steps is not None and self.done_ >= self.n_steps:
            raise KeyboardInterrupt


class EpochBar(Callback):
    """A progress bar over epochs that shows the training loss."""

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        self.bar_ = tqdm(total=net.max_epochs, desc="epochs", leave=False)

    def on_epoch_end(self, net, **kwargs):
        self.bar_.set_postfix(loss=f"{net.history[-1, 'train_loss']:.4f}")
        self.bar_.update()

    def on_train_end(self, net, **kwargs):
        self.bar_.close()
        del self.bar_  # it cannot be pickled


def resolve_optimizer(optimizer):
    """Return the class of a name in ``torch.optim``, or the class itself."""
    return getattr(torch.optim, optimizer) if isinstance(optimizer, str) else optimizer


def quick_steps(optimizer, given):
    """Return skorch's parameters for steps of Adam in one operation.

    They are the steps of torch's loop over the weights, up to rounding.

    Parameters
    ----------
    optimizer : type
        The optimizer's class.
    given : iterable of str
        The names of the user's parameters.

    Returns
    -------
    parameters : dict
    """
    others = {f"optimizer__{x}" for x in ("fused", "foreach", "differentiable")}
    is_adam = optimizer in (torch.optim.Adam, torch.optim.AdamW)
    return {"optimizer__fused": True} if is_adam and others.isdisjoint(given) else {}


def output_kind(outputs):
    """Tell from a few rows what kind of outputs a network has.

    Parameters
    ----------
    outputs : torch.Tensor of shape (n_samples, n_classes)
        The outputs of the network.

    Returns
    -------
    kind : {"probabilities", "log_probabilities", "logits"}
    """
    outputs = outputs.double()
    ones = torch.ones(len(outputs), dtype=torch.float64, device=outputs.device)
    several = outputs.shape[1] > 1
    if several and (outputs >= 0).all() and _close(outputs.sum(1), ones):
        return "probabilities"
    if several and (outputs <= 0).all() and _close(outputs.exp().sum(1), ones):
        return "log_probabilities"
    return "logits"


def _close(a, b):
    return bool(torch.allclose(a, b, atol=1e-4))


def weight_decay_parameters(prior_length_scale, n_samples):
    """Return the optimizer's parameters for a Gaussian prior on the weights.

    The loss is a mean over rows, so the decay that corresponds to a prior falls with
    the number of rows (Gal and Ghahramani 2016, eq. 7; torch's ``weight_decay`` is
    twice the factor of the squared norm). Biases have no prior.

    Parameters
    ----------
    prior_length_scale : float
        The length scale. It includes the probability of keeping a unit and the noise
        precision.
    n_samples : int
        The number of training rows.

    Returns
    -------
    parameters : dict
        Parameters of a skorch net.
    """
    return {
        "optimizer__weight_decay": prior_length_scale**2 / n_samples,
        "optimizer__param_groups": [("*bias", {"weight_decay": 0.0})],
    }


def first_rows(X, device):
    """Return the first few rows as a float32 tensor."""
    return torch.tensor(np.asarray(X[:8], dtype=np.float32), device=device)


def even_batch_size(n_samples, batch_size):
    """Return the batch size for which the batches of an epoch are nearly equal.

    With 130 rows, batches of 64 would leave two rows for every third step. A step on
    two rows undoes much of what the others learned. Three batches of 44 avoid this.

    Parameters
    ----------
    n_samples : int
        Number of training rows.
    batch_size : int
        Largest number of rows in a batch.

    Returns
    -------
    batch_size : int

    Examples
    --------
    >>> even_batch_size(130, 64)
    44
    """
    return math.ceil(n_samples / math.ceil(n_samples / batch_size))


def epochs_for(n_steps, n_samples, batch_size):
    """Return the number of epochs that ``n_steps`` gradient steps take.

    Parameters
    ----------
    n_steps : int
        Number of gradient steps.
    n_samples, batch_size : int
        Number of training rows, and of rows in a batch.

    Returns
    -------
    n_epochs : int

    Examples
    --------
    >>> epochs_for(7, n_samples=150, batch_size=50)
    3
    """
    return math.ceil(n_steps / math.ceil(n_samples / batch_size))


def steps_of(net):
    """Return the number of gradient steps in the history of a net."""
    return sum(len(epoch["batches"]) for epoch in net.history)
