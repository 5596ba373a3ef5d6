"""Trained skorch nets as pickles, also those of classes that have no file.

skorch writes what may lie on a GPU into a pickle of its own inside the pickle, so that
it can be read where there is none. But that inner pickle knows a class only by name.
joblib and dask send a class of a script or a notebook to a worker as a whole, which
they can do only if they see it. So the inner pickle leaves classes to the outer one.
"""

import io
import pickle
from types import FunctionType

import torch

_ON_DEVICE = "__cuda_dependent_attributes__"  # skorch's key
_CLASSES = "classes_of_attributes"


class PicklingMixin:
    """Adds to a skorch net a pickle that leaves classes to whoever writes it."""

    def __getstate__(self):
        state, prefixes = dict(vars(self)), tuple(self.cuda_dependent_attributes_)
        names = [name for name in state if name.startswith(prefixes)]
        content = io.BytesIO()
        pickler = _Pickler(content)
        pickler.dump({name: state.pop(name) for name in names})
        return {
            **state,
            _ON_DEVICE: content.getvalue(),
            _CLASSES: [found for found, _ in pickler.left.values()],
        }

    def __setstate__(self, state):
        if _CLASSES not in state:  # pickled before this module was there
            super().__setstate__(state)
            return
        state = dict(state)
        classes, content = state.pop(_CLASSES), state[_ON_DEVICE]
        # skorch chooses a device that there is, and warns if it is another.
        super().__setstate__({**state, _ON_DEVICE: pickle.dumps({})})
        vars(self).update(_Unpickler(io.BytesIO(content), classes, self.device).load())


class _Pickler(pickle.Pickler):
    """Writes numbers in place of classes and functions that are not torch's."""

    def __init__(self, file):
        super().__init__(file)
        self.left = {}  # by id: the class or function, and its number

    def persistent_id(self, value):
        if not isinstance(value, (type, FunctionType)) or _is_of_torch(value):
            return None
        return self.left.setdefault(id(value), (value, len(self.left)))[1]


class _Unpickler(pickle.Unpickler):
    """Reads classes and functions by their numbers, and tensors onto a device."""

    def __init__(self, file, classes, device):
        super().__init__(file)
        self.classes, self.device = classes, device

    def persistent_load(self, number):
        return self.classes[number]

    def find_class(self, module, name):
        # A tensor's numbers are a file of torch within the pickle.
        if (module, name) == ("torch.storage", "_load_from_bytes"):
            return self._numbers
        return super().find_class(module, name)

    def _numbers(self, content):
        return torch.load(
            io.BytesIO(content), map_location=self.device, weights_only=True
        )


def _is_of_torch(value):
    return str(value.__module__).partition(".")[0] == "torch"
