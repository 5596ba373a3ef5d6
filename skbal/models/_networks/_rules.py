"""Rules for parameters that only networks have; see `skbal._utils.parameters`."""

from numbers import Real

import numpy as np

from skbal._utils.labels import sorted_classes
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import own, seed

torch = lazy_module("torch")


def module():
    """Return the rule for ``module``."""
    words = "'auto', a torch.nn.Module class or an instance of one"

    def check(value, name, owner):
        is_string = isinstance(value, str)
        if not (value == "auto" if is_string else _is_module(value)):
            raise (ValueError if is_string else TypeError)(
                f"{name} of {owner} must be {words}, got {value!r}."
            )

    return own(check, words, 3)


def _is_module(value):
    cls = value if isinstance(value, type) else type(value)
    return issubclass(cls, torch.nn.Module)


def criterion():
    """Return the rule for ``criterion``."""
    words = "'auto' or a torch loss class"

    def check(value, name, owner):
        if isinstance(value, str) and value != "auto":
            raise ValueError(f"{name} of {owner} must be {words}, got {value!r}.")
        if not callable(value) and not isinstance(value, str):
            raise TypeError(f"{name} of {owner} must be {words}, got {value!r}.")

    return own(check, words, "mse")


def optimizer():
    """Return the rule for ``optimizer``."""
    words = "a class or the name of one in torch.optim, like 'Adam' or 'SGD'"

    def check(value, name, owner):
        if isinstance(value, str):
            cls = getattr(torch.optim, value, None)
            if isinstance(cls, type) and issubclass(cls, torch.optim.Optimizer):
                return
            raise ValueError(f"{name} of {owner} must be {words}, got {value!r}.")
        if not callable(value):
            raise TypeError(f"{name} of {owner} must be {words}, got {value!r}.")

    return own(check, words, "Adm")


def device():
    """Return the rule for ``device``."""
    words = "one that torch knows, such as 'cpu' or 'cuda'"

    def check(value, name, owner):
        try:
            found = torch.device(value)
        except (RuntimeError, TypeError) as error:
            raise ValueError(
                f"{name} of {owner} must be {words}, got {value!r}: {error}"
            ) from error
        if found.type == "cuda" and not torch.cuda.is_available():
            raise ValueError(
                f"{name} of {owner} is {value!r}, but torch finds no CUDA here: "
                "set device='cpu', or install a build of torch with CUDA."
            )

    return own(check, words, "gpu")


def function():
    """Return the rule for an optional callable."""
    words = "a callable or None"

    def check(value, name, owner):
        if not callable(value):
            is_list = isinstance(value, (list, tuple))
            hint = " Compose(...) makes one callable of several." if is_list else ""
            raise TypeError(f"{name} of {owner} must be {words}, got {value!r}.{hint}")

    return own(check, words, 3, none=True)


def class_weight():
    """Return the rule for ``class_weight``."""
    words = "'balanced', a dict of weights by class, or None"

    def check(value, name, owner):
        if isinstance(value, dict):
            return _check_weights(value, name, owner)
        if isinstance(value, str) and value == "balanced":
            return None
        is_string = isinstance(value, str)
        raise (ValueError if is_string else TypeError)(
            f"{name} of {owner} must be {words}, got {value!r}."
        )

    return own(check, words, "even", none=True)


def _check_weights(weights, name, owner):
    for label, weight in weights.items():
        is_number = isinstance(weight, Real) and not isinstance(weight, bool)
        if not (is_number and 0 <= weight < np.inf):
            raise (ValueError if is_number else TypeError)(
                f"{name} of {owner} must hold finite numbers >= 0, got {weight!r} for "
                f"class {label!r}."
            )


def classes():
    """Return the rule for ``classes``."""
    words = "two or more different labels, or None"

    def check(value, name, owner):
        labels = sorted_classes(value, name, owner)
        if len(labels) < 2:
            given = labels.tolist()
            raise ValueError(f"{name} of {owner} must be {words}, got {given}.")

    return own(check, words, ["a", "a"], none=True)


def train_split():
    """Return the rule for ``train_split``."""
    words = "a share between 0 and 1, a callable such as skorch's ValidSplit, or None"

    def check(value, name, owner):
        is_share = isinstance(value, Real) and not isinstance(value, bool)
        if not is_share and not callable(value):
            raise TypeError(f"{name} of {owner} must be {words}, got {value!r}.")
        if is_share and not 0 < value < 1:
            raise ValueError(f"{name} of {owner} must be {words}, got {value!r}.")

    return own(check, words, 5, none=True)


def callbacks():
    """Return the rule for ``callbacks``."""
    words = "a list of skorch callbacks"

    def check(value, name, owner):
        if not isinstance(value, (list, tuple)) or not all(map(_is_callback, value)):
            raise TypeError(f"{name} of {owner} must be {words}, got {value!r}.")

    return own(check, words, 3, none=True)


def _is_callback(value):
    named = isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)
    callback = value[1] if named else value
    return callable(getattr(callback, "on_train_begin", None))


def random_state():
    """Return the rule for ``random_state``, which scikit-learn's function reads."""
    words = "None, an integer or a numpy RandomState"

    def check(value, name, owner):
        if isinstance(value, np.random.Generator):
            raise TypeError(f"{name} of {owner} must be {words}, got {value!r}.")
        seed()(value, name, owner)

    return own(check, words, -1, none=True)
