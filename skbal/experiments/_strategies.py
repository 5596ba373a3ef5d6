"""The strategies of a comparison, their names and the reference."""

from skbal.query import Random

OWNER = "compare"


def check_strategies(strategies, reference):
    """Return the strategies by name, and the name of the reference.

    Parameters
    ----------
    strategies : dict of str to strategy, or list of strategy
        In a list, they are named by their classes, with numbers if a name is repeated.
    reference : str or None
        ``None`` is the first strategy that is `skbal.query.Random`, which is added if
        it is missing. So is "Random" if no strategy has that name.

    Returns
    -------
    strategies : dict of str to strategy
    reference : str

    Raises
    ------
    TypeError
        If they are not strategies, or ``reference`` is no string.
    ValueError
        If there is no strategy besides the reference, or none of that name.
    """
    if not (reference is None or isinstance(reference, str)):
        raise TypeError(
            f"reference of {OWNER} must be the name of a strategy or None, got "
            f"{reference!r}."
        )
    named = _named(strategies)
    for name, strategy in named.items():
        _check_strategy(name, strategy)
    if reference is None or (reference == "Random" and reference not in named):
        reference = next((n for n, s in named.items() if isinstance(s, Random)), None)
    if reference is None:
        reference = _free_name("Random", named)
        named[reference] = Random()
    if reference not in named:
        raise ValueError(
            f"reference of {OWNER} must be the name of one of the strategies "
            f"{', '.join(map(repr, named))}, got {reference!r}."
        )
    if len(named) == 1:
        raise ValueError(
            f"strategies of {OWNER} hold only the reference {reference!r}: nothing to "
            "compare it with."
        )
    return named, reference


def _named(strategies):
    if isinstance(strategies, dict):
        return dict(strategies)
    if not isinstance(strategies, (list, tuple)):
        raise TypeError(
            f"strategies of {OWNER} must be a dict of names to query strategies, or a "
            f"list of them, got {strategies!r}."
        )
    named = {}
    for strategy in strategies:
        name = getattr(strategy, "__name__", type(strategy).__name__)
        named[_free_name(name, named)] = strategy
    return named


def _free_name(name, taken):
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free


def _check_strategy(name, strategy):
    if not isinstance(name, str):
        raise TypeError(
            f"strategies of {OWNER} must have strings as names, got {name!r}."
        )
    if isinstance(strategy, type) or not callable(strategy):
        raise TypeError(
            f"strategies of {OWNER} for {name!r} must be a query strategy such as "
            f"skbal.query.BALD(), got {strategy!r}."
        )
