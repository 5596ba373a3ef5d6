"""Names that do not exist: which ones may be meant."""

import importlib
import sys

from skbal._utils.lazy import lazy_module
from skbal._utils.pickled_version import KnowsItsVersion

# Needed for errors only, and ``import skbal`` should be fast.
difflib = lazy_module("difflib")
inspect = lazy_module("inspect")
pkgutil = lazy_module("pkgutil")


class _SignatureOfInit:
    """The signature of a class, as if there were no ``__new__`` that takes anything."""

    def __get__(self, instance, cls):
        if instance is not None:
            raise AttributeError("__signature__")  # an object is called by __call__
        if cls.__init__ is object.__init__:
            return inspect.Signature()
        signature = inspect.signature(cls.__init__)
        return signature.replace(parameters=list(signature.parameters.values())[1:])


class KnowsItsParameters(KnowsItsVersion):
    """Mixin: a wrong argument of the constructor is an error that names the class.

    Python names the class whose ``__init__`` it is, which may be a base that the user
    has never seen, and suggests nothing.

    Whatever knows its parameters also knows its version, in a pickle.
    """

    __signature__ = _SignatureOfInit()

    def __new__(cls, *args, **kwargs):
        """Return a new object, or raise a TypeError if ``__init__`` would."""
        if args or kwargs:
            check_arguments(cls, args, kwargs)
        return super().__new__(cls)


def check_arguments(cls, args, kwargs):
    """Raise a TypeError that names a class if its constructor takes no such arguments.

    Parameters
    ----------
    cls : type
        The class.
    args : tuple
        Arguments by position.
    kwargs : dict of str to object
        Arguments by name.

    Examples
    --------
    >>> from skbal.query import BALD
    >>> check_arguments(BALD, (), {"ndraws": 20})
    Traceback (most recent call last):
        ...
    TypeError: BALD has no parameter 'ndraws'. Did you mean 'n_draws'? It has n_draws,
    random_state, pool_subsample, batch_size, n_jobs, verbose.
    """
    signature = inspect.signature(cls)
    names = list(signature.parameters)
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        for name in kwargs:
            if name not in names:
                raise TypeError(
                    f"{cls.__name__} has no parameter {name!r}.{_meant(name, names)} "
                    f"It has {', '.join(names) or 'none'}."
                )
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        takes = ", ".join(map(str, signature.parameters.values()))
        raise TypeError(
            f"{cls.__name__} takes the arguments ({takes}), but {_why(error)}."
        ) from None


def _meant(name, names):
    close = difflib.get_close_matches(name, names, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _why(error):
    reason = str(error)
    if "too many positional" in reason:
        return "got more by position: give them by name"
    return f"it is {reason}"


def missing_from(module):
    """Return a ``__getattr__`` for a module: an error that says where a name is.

    Parameters
    ----------
    module : str
        Name of skbal or of one of its rooms.

    Returns
    -------
    function : callable
        Called with a name that the module has not. It raises an AttributeError, and an
        ImportError in ``from module import name``, where Python would replace the
        message of an AttributeError.
    """

    def __getattr__(name):
        hint = "" if name.startswith("_") else _hint(module, name)
        if hint and _is_import(sys._getframe(1)):
            raise ImportError(f"cannot import name {name!r} from {module!r}.{hint}")
        raise AttributeError(f"module {module!r} has no attribute {name!r}.{hint}")

    return __getattr__


def _is_import(frame):
    """Return whether a module was asked by ``from module import name``."""
    callers = (frame, frame.f_back)  # a module may have a __getattr__ around this one
    return any(f and f.f_code.co_name == "_handle_fromlist" for f in callers)


def _hint(module, name):
    """Return a sentence that says where a public name is, or what it may be."""
    if name in _rooms():
        return ""  # a room that is not imported yet
    holders = dict.fromkeys(sys.modules["skbal"].__all__, "skbal")
    for room in _rooms():
        for public in importlib.import_module(f"skbal.{room}").__all__:
            holders.setdefault(public, f"skbal.{room}")
    if name in holders:
        return f" It is {holders[name]}.{name}."
    own = [public for public, room in holders.items() if room == module]
    for known in (own, holders):
        folded = {public.lower(): public for public in known}
        if close := difflib.get_close_matches(name.lower(), folded, n=1):
            found = folded[close[0]]
            return f" Did you mean {holders[found]}.{found}?"
    return ""


def _rooms():
    package = sys.modules["skbal"]
    return [
        room.name
        for room in pkgutil.iter_modules(package.__path__)
        if room.ispkg and not room.name.startswith("_")
    ]
