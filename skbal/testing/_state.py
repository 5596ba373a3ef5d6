"""State that predictions must not change: random streams and torch modules."""

import random
import sys
from contextlib import contextmanager
from types import FunctionType, ModuleType

import numpy as np


@contextmanager
def fresh_streams():
    """Run a block on fresh global streams, and restore the caller's after it.

    Yields
    ------
    None
    """
    torch = sys.modules.get("torch")
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    default = torch.random.get_rng_state() if torch else None
    try:
        random.setstate(random.Random().getstate())
        np.random.set_state(np.random.RandomState().get_state())  # noqa: NPY002
        if torch:
            generator = torch.Generator()
            generator.seed()
            torch.random.set_rng_state(generator.get_state())
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002
        if torch:
            torch.random.set_rng_state(default)


def torch_state(estimator):
    """Return modes, weights and buffers of the torch modules within an estimator.

    Parameters
    ----------
    estimator : object
        Searched through attributes, lists, tuples and dicts.

    Returns
    -------
    state : dict of str to (bool or bytes)
        Empty where torch is not loaded or no module was found.
    """
    state = {}
    for number, module in enumerate(_modules_within(estimator)):
        for name, part in module.named_modules():
            state[f"{number}: training of {name or 'module'}"] = part.training
        for name, weight in module.named_parameters():
            state[f"{number}: requires_grad of {name}"] = weight.requires_grad
        for name, tensor in module.state_dict().items():
            state[f"{number}: {name}"] = _bytes(tensor)
    return state


def _bytes(tensor):
    # As plain bytes, because NumPy lacks some of torch's dtypes.
    flat = tensor.detach().cpu().reshape(-1)
    return flat.view(sys.modules["torch"].uint8).numpy().tobytes()


def _modules_within(thing):
    torch = sys.modules.get("torch")
    if torch is None:
        return []
    found, seen, waiting = [], set(), [thing]
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, torch.nn.Module):
            found.append(item)
        else:
            waiting.extend(_parts(item))
    return found


def _parts(item):
    if isinstance(item, dict):
        return item.values()
    if isinstance(item, (list, tuple)):
        return item
    if isinstance(item, (type, ModuleType, FunctionType)):
        return ()
    return getattr(item, "__dict__", {}).values()
