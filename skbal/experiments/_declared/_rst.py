"""Pieces of pages in reStructuredText."""

import re

from skbal._utils.whole_files import whole_file


def plain(text):
    """Return a text as reStructuredText shows it without a change.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    text : str
        With backslashes where it would be markup, as an author's initial would begin a
        list.

    Examples
    --------
    >>> print(plain("Y. Gal: a * b | c_"))
    \\ Y. Gal: a \\* b \\| c\\_
    """
    text = re.sub(r"([\\*`|]|_(?![A-Za-z0-9])|(?<=:):)", r"\\\1", text)
    # A sign, or the number of a list. A backslash and a space are shown as nothing.
    return re.sub(r"^(?=[^\w\s]|\w+[.)](\s|$))", r"\\ ", text)


def in_hours(seconds):
    """Return a time in words, in seconds, minutes or hours."""
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"


def title(text, mark="=", over=False):
    """Return a title as lines of text, and a line over it if asked for."""
    line = mark * len(text)
    return "\n".join([line] * over + [text, line, ""])


def items(sentences):
    """Return the lines of a list."""
    return [*(f"- {sentence}" for sentence in sentences), ""]


def list_table(header, rows):
    """Return the lines of a list-table."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (header, *rows):
        for number, cell in enumerate(row):
            lines.append(f"   {'* -' if number == 0 else '  -'} {cell}".rstrip())
    return [*lines, ""]


def write_whole(path, text):
    """Write a text into a file, which appears whole or not at all."""
    with whole_file(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
