"""The draws of an estimator as a function that gradients pass through."""

from contextlib import nullcontext

from sklearn.utils.validation import check_is_fitted

from skbal._utils.copying import deep_copy
from skbal._utils.lazy import lazy_module
from skbal._utils.unwrap import unwrap

torch = lazy_module("torch")


def differentiable_draws(estimator, X, n_draws, seed, owner):
    """Return draws as a function of a tensor of rows.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted network of skbal or skorch, or what holds one.
    X : array-like of shape (n_samples, ...)
        The rows, of which a few are tried.
    n_draws : int or None
        Number of posterior draws. ``None`` uses the estimator's own number.
    seed : int
        Seed of the draws.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    draws : TorchDraws
        Or an object with the same attributes.

    Raises
    ------
    TypeError
        If gradients do not pass through the estimator.
    """
    model = network_inside(estimator, owner)
    check_is_fitted(model)
    if hasattr(model, "_torch_draws"):
        # torch takes no gradients through what was made in inference mode.
        with torch.inference_mode(False):
            return model._torch_draws(X, n_draws, seed)
    if n_draws not in (None, 1):
        raise ValueError(
            f"n_draws of {owner} must be None or 1 for {type(model).__name__}, which "
            f"has one prediction and no draws, got {n_draws!r}."
        )
    return SkorchPrediction(model)


def network_inside(estimator, owner):
    """Return the network inside a learner, a search or the like, or raise an error.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    model : estimator

    Raises
    ------
    TypeError
        If it is no network, or something stands between rows and network.
    """
    transformers, model = unwrap(estimator)
    name = type(model).__name__
    if not has_network(model):
        raise TypeError(
            f"estimator of {owner} must be a network of skbal or skorch, through which "
            f"gradients pass, got {name}. Use method='occlusion', which takes any "
            "estimator."
        )
    if transformers:
        steps = ", ".join(type(step).__name__ for step in transformers)
        raise TypeError(
            f"estimator of {owner} is a {type(estimator).__name__} with {steps} before "
            f"the {name}, and gradients do not pass through these steps. Use "
            "method='occlusion', or give the last step and the transformed rows."
        )
    return model


def has_network(model):
    """Return whether gradients may pass through a model, without loading torch."""
    return hasattr(model, "_torch_draws") or is_skorch(model)


def is_skorch(model):
    """Return whether a model is a net of skorch."""
    return any(base.__module__.startswith("skorch.") for base in type(model).__mro__)


class SkorchPrediction:
    """The prediction of a skorch net, as one draw; see `TorchDraws`.

    Parameters
    ----------
    net : skorch.NeuralNet
        Fitted. It is not changed: a copy runs in evaluation mode.
    """

    n_draws = 1
    threads = nullcontext

    def __init__(self, net):
        self.device = torch.device(net.device or "cpu")
        self._module = deep_copy(net.module_).eval()
        # What predict_proba of skorch does to the outputs of the module.
        self._finish = net._get_predict_nonlinearity()
        first = next(self._module.parameters(), torch.empty(0))
        self._dtype = first.dtype

    def __call__(self, x, draws):
        """Return the prediction, shape (1, n_rows, n_outputs), in float64."""
        outputs = self._module(x.to(self._dtype))
        outputs = outputs[0] if isinstance(outputs, tuple) else outputs
        outputs = self._finish(outputs.double())
        return outputs.reshape(1, len(x), -1)
