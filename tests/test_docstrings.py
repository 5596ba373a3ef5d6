"""Docstrings of public things: numpydoc's checks, and what each must hold."""

import importlib
import inspect

from numpydoc.validate import validate

from tests.test_public_api import PUBLIC

# Left out: what is a matter of taste (GL01-03, ES01, SA01, EX01, SS06) and what the
# house writes otherwise (RT02: return values have names; RT03, PR08-09: sentences).
CHECKED = {
    "GL05", "GL06", "GL07", "GL08", "GL09", "GL10", "SS01", "SS02", "SS03", "SS04",
    "PR01", "PR02", "PR03", "PR04", "PR05", "PR06", "PR07", "PR10", "RT01",
}  # fmt: skip


def public_objects():
    for module, names in PUBLIC.items():
        for name in names:
            found = getattr(importlib.import_module(module), name)
            if not callable(found):
                continue
            yield f"{found.__module__}.{found.__qualname__}"
            if inspect.isclass(found):
                yield from own_methods(found)


def own_methods(cls):
    for name, method in vars(cls).items():
        if not inspect.isfunction(method) or name.startswith("_"):
            continue
        if method.__doc__ or not is_documented_in_a_base(cls, name):
            yield f"{cls.__module__}.{cls.__qualname__}.{name}"


def is_documented_in_a_base(cls, name):
    """Return whether a method overrides a documented one, and means the same."""
    bases = (vars(base).get(name) for base in cls.__mro__[1:])
    return any(method is not None and method.__doc__ for method in bases)


def test_docstrings_are_complete():
    names = sorted(set(public_objects()))
    assert len(names) > 200
    wrong = {
        f"{name}: {code} {text}"
        for name in names
        for code, text in validate(name)["errors"]
        if code in CHECKED
    }
    assert not wrong
