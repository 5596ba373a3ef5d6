"""Names of the people who answer, and keys of answers: strings of one kind."""

import unicodedata

import sqlalchemy as sa

from skbal.campaign._tables import annotator

LONGEST_NAME = 200  # characters
# Who retires items that no rule about votes retires. No person can have these names.
BY_HAND, BY_MODEL = "\x01hand", "\x01model"
UNNAMED = "unnamed: "  # how the names of people begin who are only known as counts
# The condition that a row of annotators is a person with a name.
IS_PERSON = sa.and_(
    sa.func.substr(annotator.c.name, 1, 1) != "\x01",
    sa.not_(annotator.c.name.startswith(UNNAMED)),
)


def is_name(name):
    """Return whether a string has 1 to 200 printable characters, and not only spaces.

    Examples
    --------
    >>> is_name("ann"), is_name(" "), is_name("a\\n")
    (True, False, False)
    """
    return bool(name.strip()) and len(name) <= LONGEST_NAME and name.isprintable()


def check_name(name, what):
    """Return a name.

    Parameters
    ----------
    name : object
        What was given.
    what : str
        The argument of a `Campaign`, for messages.

    Raises
    ------
    TypeError, ValueError
        If it is no name.
    """
    if not isinstance(name, str):
        raise TypeError(f"{what} of Campaign must be a string, got {name!r:.80}.")
    if not is_name(name):
        raise ValueError(
            f"{what} of Campaign must have 1 to {LONGEST_NAME} printable characters, "
            f"got {name!r:.80}."
        )
    return name


def check_person(name):
    """Return the name of a person in the form in which it is kept.

    Two names that look the same are one person: spaces around a name do not count, nor
    whether an accent is a character of its own.

    Examples
    --------
    >>> check_person(" Zoe\\u0308 ") == "Zo\\u00eb"
    True
    """
    return check_name(one_form(name) if isinstance(name, str) else name, "annotator")


def one_form(name):
    """Return a text without spaces around it, and each accent with its letter."""
    return unicodedata.normalize("NFC", name).strip()


def clean_name(person):
    """Return a name that is made of anything, such as a cell of a file.

    Examples
    --------
    >>> clean_name(" ann\\tlee "), clean_name(None)
    ('ann lee', 'unnamed')
    """
    person = "" if person is None else person
    name = one_form("".join(c if c.isprintable() else " " for c in str(person)))
    return name[:LONGEST_NAME].strip() or "unnamed"
