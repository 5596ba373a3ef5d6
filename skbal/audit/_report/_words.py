"""Numbers and names as they stand in sentences."""

import math
from numbers import Integral, Real


def percent(share):
    """Return a share as a percentage with one decimal.

    Examples
    --------
    >>> percent(0.9137)
    '91.4%'
    """
    return f"{100 * share:.1f}%"


def counted(number, thing, things=None):
    """Return a number with its noun.

    Parameters
    ----------
    number : int
        How many.
    thing : str
        The noun.
    things : str, optional
        Its plural. None adds an s.

    Examples
    --------
    >>> counted(1, "label"), counted(4000, "row"), counted(0, "query", "queries")
    ('1 label', '4,000 rows', 'no queries')
    """
    if number == 1:
        return f"1 {thing}"
    amount = f"{number:,}" if number else "no"
    return f"{amount} {things or thing + 's'}"


def listed(words, most=5):
    """Return words as a list in a sentence.

    Parameters
    ----------
    words : iterable of object
        Each is shown as a string.
    most : int, default=5
        How many are named. Others are counted.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(range(9), most=2)
    ('a, b and c', '0, 1 and 7 more')
    """
    words = list(map(str, words))
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most:,} more"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def shown(value):
    """Return a cell of a table as a string.

    Real numbers have four significant digits, long texts end with dots.

    Examples
    --------
    >>> shown(0.123456), shown(12000), shown(None), shown(float("nan"))
    ('0.1235', '12000', '', '')
    >>> shown(True), shown(("a", "b"))
    ('yes', 'a, b')
    """
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return _cut(", ".join(map(shown, value)))
    # NumPy's truth values are no bool.
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return "" if math.isnan(value) else f"{float(value):.4g}"
    return _cut(str(value))


def _cut(text, most=120):
    return text if len(text) <= most else f"{text[: most - 1]}…"
