"""Texts that every database can keep.

PostgreSQL refuses the character NUL, and no database keeps half of a surrogate pair,
which Python has for instance in the name of a file that is not in UTF-8.
"""


def is_storable(text):
    """Return whether every database can keep a text.

    Examples
    --------
    >>> is_storable("\\u2605"), is_storable("a\\x00b"), is_storable("\\ud800")
    (True, False, False)
    """
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False


def check_storable(text, what):
    """Return a text, or raise an error if some database cannot keep it.

    Parameters
    ----------
    text : str
        The text.
    what : str
        The argument and its owner, for messages.

    Returns
    -------
    text : str

    Raises
    ------
    ValueError
        If it has the character NUL or half of a surrogate pair.

    Examples
    --------
    >>> check_storable("a\\x00b", "names of Campaign")
    Traceback (most recent call last):
        ...
    ValueError: names of Campaign must be texts without NUL and in UTF-8, got 'a\\x00b'.
    """
    if not is_storable(text):
        raise ValueError(
            f"{what} must be texts without NUL and in UTF-8, got {text!r:.80}."
        )
    return text
