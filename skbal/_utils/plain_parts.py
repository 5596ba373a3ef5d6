"""Estimators, strategies and what they remember as plain data, and back.

An object becomes the name of its class and its parameters. Only classes of
scikit-learn and skbal are made again from this, so that a file can run no other code.
What has no plain form, such as a function, becomes its name.

=============================  ====================================================
``{"array": 3}``               the array number 3 beside the data; ``"scalar"`` and
                               ``"strings"`` are others of its kinds
``{"tuple": [...]}``           also ``"dict"`` (pairs), ``"slice"``, ``"range"``,
                               ``"dtype"``
``{"float": "nan"}``           a number that JSON has not
``{"stream": 0, ...}``         a random stream, in its state; those of one number are
                               one object
``{"object": "module:Class",   an object with its parameters; ``"kept"`` if `clone`
"parameters": {...}}``         returns it itself, such as a fitted graph
``{"other": "module:name"}``   what has no plain form
=============================  ====================================================
"""

import hashlib
import importlib
import math
from dataclasses import fields, is_dataclass

import numpy as np

from skbal._utils.arrays import library_of
from skbal._utils.seeds_of import is_kept

_PACKAGES = ("sklearn", "skbal")
_REMADE = {"skbal.features._pool_graph:PoolGraph"}  # fitted again to the same pool


class Packer:
    """Turns objects into plain data.

    Parameters
    ----------
    fitted : bool, default=False
        Whether objects with ``get_params`` have learned something, so that their
        parameters do not stand for them.

    Attributes
    ----------
    arrays : list of ndarray
        The arrays that the data refer to.
    streams : list
        The random streams, each once, in the order found.
    others : list of str
        Names of the parts that have no plain form or would not be made again.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> packer = Packer()
    >>> packer.pack(GaussianNB(priors=(0.5, 0.5)), "estimator")["parameters"]
    {'priors': {'tuple': [0.5, 0.5]}, 'var_smoothing': 1e-09}
    >>> packer.pack(len, "scoring"), packer.others
    ({'other': 'builtins:len'}, ['scoring'])
    """

    def __init__(self, fitted=False):
        self.fitted = fitted
        self.arrays, self.streams, self.others = [], [], []

    def pack(self, value, where):
        """Return plain data.

        Parameters
        ----------
        value : object
            Anything.
        where : str
            The name of the part, as in ``get_params``.

        Returns
        -------
        plain : object
            What JSON can hold.
        """
        if value is None or type(value) in (bool, int, str):
            return value
        if type(value) is float:
            return value if math.isfinite(value) else {"float": str(value)}
        if isinstance(value, (np.ndarray, np.generic)):
            return self._packed_array(value, where)
        if type(value) in (list, tuple):
            return self._packed_list(value, where)
        if type(value) is dict:
            return self._packed_dict(value, where)
        if isinstance(value, slice):
            ends = (value.start, value.stop, value.step)
            return {"slice": [self.pack(end, where) for end in ends]}
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        if _is_column(value):
            return self._packed_array(np.asarray(value), where)
        if isinstance(value, (np.random.RandomState, np.random.Generator)):
            return self._packed_stream(value, where)
        if isinstance(value, type):
            is_dtype = issubclass(value, np.generic)
            return {"dtype": value.__name__} if is_dtype else self._other(value, where)
        return self._packed_object(value, where)

    def _packed_array(self, value, where):
        kind, array = "array", np.asarray(value)
        if array.dtype.kind == "O":
            if not all(type(entry) is str for entry in array.flat):
                return self._other(value, where)
            kind, array = "strings", array.astype(str)
        elif isinstance(value, np.generic):
            kind = "scalar"
        if array.dtype.kind not in "biufUSmM":
            return self._other(value, where)
        self.arrays.append(array)
        return {kind: len(self.arrays) - 1}

    def _packed_list(self, value, where):
        names = [_name_of_step(v, number) for number, v in enumerate(value)]
        plain = [self.pack(v, f"{where}__{name}") for v, name in zip(value, names)]
        return plain if type(value) is list else {"tuple": plain}

    def _packed_dict(self, value, where):
        if not all(type(key) in (bool, int, str) for key in value):
            return self._other(value, where)
        pairs = value.items()
        return {"dict": [[k, self.pack(v, f"{where}[{k!r}]")] for k, v in pairs]}

    def _packed_stream(self, value, where):
        known = [stream is value for stream in self.streams]
        if any(known):
            return {"stream": known.index(True)}
        number = len(self.streams)
        self.streams.append(value)
        return {
            "stream": number,
            "kind": type(value).__name__,
            "state": self.pack(state_of(value), where),
        }

    def _packed_object(self, value, where):
        parameters = parameters_of(value)
        learned = self.fitted and hasattr(value, "get_params")
        if parameters is None or learned:
            return self._other(value, where)
        name = _name_of(type(value))
        kept = {"kept": True} if is_kept(value) else {}
        if not _is_known(name) or (kept and name not in _REMADE):
            self.others.append(where)
        plain = {
            key: self.pack(v, f"{where}__{key}" if where else key)
            for key, v in parameters.items()
        }
        return {"object": name, "parameters": plain, **kept}

    def _other(self, value, where):
        self.others.append(where)
        name = _name_of(value if hasattr(value, "__qualname__") else type(value))
        return {"other": name}


def _is_column(value):
    """Return whether an object is an Index, a Series or an array of a data frame."""
    is_of_frame = library_of(value) in ("pandas", "polars")
    return is_of_frame and len(getattr(value, "shape", ())) == 1


def unpacked(plain, arrays, streams=None):
    """Return what plain data stand for.

    Parameters
    ----------
    plain : object
        As `Packer.pack` returned it.
    arrays : list of ndarray
        The arrays that it refers to.
    streams : dict of int to object, optional
        Random streams that were made before, by their numbers. New ones are added.

    Returns
    -------
    value : object

    Raises
    ------
    ValueError
        If the data are no such data, or a part has no plain form.
    """
    streams = {} if streams is None else streams
    if isinstance(plain, list):
        return [unpacked(part, arrays, streams) for part in plain]
    if not isinstance(plain, dict):
        return plain
    for kind, unpack in _UNPACK.items():
        if kind in plain:
            try:
                return unpack(plain, arrays, streams)
            except (
                AttributeError,
                ImportError,
                IndexError,
                KeyError,
                TypeError,
            ) as error:
                raise ValueError(f"{plain!s:.80} cannot be read: {error}") from error
    raise ValueError(f"{plain!s:.80} is no part that is known")


def _unpacked_object(plain, arrays, streams):
    name = plain["object"]
    parts = unpacked({"dict": list(plain["parameters"].items())}, arrays, streams)
    if not _is_known(name) or (plain.get("kept") and name not in _REMADE):
        raise ValueError(f"{name:.80} is not made again from a file")
    if parts.get("memory") is not None:
        raise ValueError("a folder of pickles (memory) is not opened from a file")
    module, _, qualname = name.partition(":")
    cls = getattr(importlib.import_module(module), qualname)
    if not _has_parameters(cls):
        raise ValueError(f"{name:.80} is no class of parameters")
    return cls(**parts)


def _unpacked_stream(plain, arrays, streams):
    number = plain["stream"]
    if number not in streams:
        state = unpacked(plain["state"], arrays)
        streams[number] = stream = _new_stream(plain["kind"], state)
        set_state(stream, state)
    return streams[number]


def _unpacked_dtype(plain, arrays, streams):
    return np.dtype(plain["dtype"]).type


def _new_stream(kind, state):
    if kind == "RandomState":
        return np.random.RandomState()
    name = state["bit_generator"]
    if name not in _BITS:
        raise ValueError(f"{name!r:.40} is no bit generator that is known")
    return np.random.Generator(getattr(np.random, name)())


_BITS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
_UNPACK = {
    "array": lambda plain, arrays, streams: _array(plain["array"], arrays),
    "scalar": lambda plain, arrays, streams: _array(plain["scalar"], arrays)[()],
    "strings": lambda plain, arrays, streams: _array(plain["strings"], arrays).astype(
        object
    ),
    "tuple": lambda plain, arrays, streams: tuple(
        unpacked(plain["tuple"], arrays, streams)
    ),
    "dict": lambda plain, arrays, streams: {
        key: unpacked(value, arrays, streams) for key, value in plain["dict"]
    },
    "slice": lambda plain, arrays, streams: slice(*plain["slice"]),
    "range": lambda plain, arrays, streams: range(*plain["range"]),
    "dtype": _unpacked_dtype,
    "float": lambda plain, arrays, streams: float(plain["float"]),
    "stream": _unpacked_stream,
    "object": _unpacked_object,
}


def _array(number, arrays):
    if type(number) is not int or not 0 <= number < len(arrays):
        raise IndexError(f"there is no array {number!r}")
    return arrays[number]


def parameters_of(value):
    """Return what an object is made from, or None.

    Parameters
    ----------
    value : object
        An object with ``get_params``, a dataclass or a named tuple.

    Returns
    -------
    parameters : dict of str to object, or None
        None for any other object.
    """
    if hasattr(value, "get_params"):
        return value.get_params(deep=False)
    if is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    return value._asdict() if isinstance(value, tuple) else None


def _has_parameters(cls):
    if not isinstance(cls, type):
        return False
    is_named = issubclass(cls, tuple) and hasattr(cls, "_fields")
    return hasattr(cls, "get_params") or is_dataclass(cls) or is_named


def state_of(stream):
    """Return the state of a random stream, as `set_state` takes it.

    Parameters
    ----------
    stream : numpy.random.RandomState or numpy.random.Generator
        The stream.

    Returns
    -------
    state : tuple or dict
    """
    if isinstance(stream, np.random.RandomState):
        return stream.get_state()
    return stream.bit_generator.state


def set_state(stream, state):
    """Give a random stream a state.

    Parameters
    ----------
    stream : numpy.random.RandomState or numpy.random.Generator
        Changed in place.
    state : tuple or dict
        What `state_of` returned for a stream of its kind.

    Raises
    ------
    ValueError
        If it is the state of a stream of another kind.
    """
    if isinstance(stream, np.random.RandomState):
        stream.set_state(state)
    else:
        stream.bit_generator.state = state


def first_difference(before, now):
    """Return where an object differs from one that was packed before, in words.

    Parameters
    ----------
    before, now : tuple of (plain, arrays)
        What `Packer.pack` returned, and the arrays beside it.

    Returns
    -------
    words : str or None
        None if all parameters are equal. How fast it computes and what it shows
        (``n_jobs``, ``verbose``, ``device``) may differ, and so may the states of
        random streams.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> one, two = (
    ...     (Packer().pack(GaussianNB(var_smoothing=x), ""), []) for x in (0.1, 0.2))
    >>> first_difference(one, two)
    'var_smoothing was 0.1 and is 0.2'
    """
    there, here = dict(_leaves(*before, "")), dict(_leaves(*now, ""))
    for name in dict.fromkeys([*there, *here]):
        one, two = there.get(name, "missing"), here.get(name, "missing")
        if one != two:
            return f"{name or 'its class'} was {one!s:.60} and is {two!s:.60}"
    return None


def _leaves(plain, arrays, where):
    """Yield the name of each parameter and its value, as something to compare."""
    if isinstance(plain, list):
        yield where, f"{len(plain)} entries"
        for number, part in enumerate(plain):
            name = _name_of_step(_tuple_of(part), number)
            yield from _leaves(part, arrays, f"{where}__{name}")
    elif not isinstance(plain, dict):
        yield where, plain
    elif "object" in plain:
        yield where, plain["object"].rpartition(":")[2]
        for name, part in plain["parameters"].items():
            if name not in _MAY_DIFFER:
                yield from _leaves(part, arrays, f"{where}__{name}" if where else name)
    elif "stream" in plain:
        yield where, "a random stream"
    elif "tuple" in plain:
        yield from _leaves(plain["tuple"], arrays, where)
    elif "dict" in plain:
        yield where, f"a dict of {len(plain['dict'])}"
        for key, part in plain["dict"]:
            yield from _leaves(part, arrays, f"{where}[{key!r}]")
    elif plain.keys() & _ARRAYS:
        yield where, _described(unpacked(plain, arrays))
    else:
        yield where, next(iter(plain.values()))


_MAY_DIFFER = ("n_jobs", "verbose", "device")
_ARRAYS = {"array", "scalar", "strings"}


def _tuple_of(part):
    """Return the tuple that plain data stand for, or the data themselves."""
    is_tuple = isinstance(part, dict) and "tuple" in part
    return tuple(part["tuple"]) if is_tuple else part


def _described(array):
    array = np.asarray(array)
    digest = hashlib.blake2b(repr(array.tolist()).encode(), digest_size=4).hexdigest()
    return f"an array of shape {array.shape} ({digest})"


def _name_of(named):
    return f"{named.__module__}:{named.__qualname__}"


def _is_known(name):
    module, _, qualname = name.partition(":")
    parts = [*module.split("."), qualname]
    return parts[0] in _PACKAGES and all(part.isidentifier() for part in parts)


def _name_of_step(value, number):
    """Return the name of an entry of ``steps`` or ``estimators``, else its number."""
    has_name = type(value) is tuple and value and type(value[0]) is str
    return value[0] if has_name else number
