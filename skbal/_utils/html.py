"""Small tables in HTML, for notebooks."""

from html import escape

_MOST_ROWS = 20  # more are cut in the middle, as pandas does
_SHOWN = 5  # rows before and after the cut


def html_table(title, header, rows, notes=()):
    """Return a table as HTML.

    Parameters
    ----------
    title : str
        What stands above the table.
    header : list of str
        Names of the columns.
    rows : list of list of str
        The cells of each row. If there are more than 20 rows, only the first and the
        last five are shown.
    notes : iterable of str, default=()
        Sentences below the table.

    Returns
    -------
    html : str

    Examples
    --------
    >>> html_table("Two < three", ["n"], [["2"]])  # doctest: +ELLIPSIS
    '<div>\\n<p>Two &lt; three</p>\\n<table border="1" class="dataframe">...</div>'
    """
    lines = [
        "<div>",
        f"<p>{escape(title)}</p>",
        '<table border="1" class="dataframe">',
        f"<thead>{_row('th', header)}</thead>",
        "<tbody>",
        *(_row("td", cells) for cells in _shortened(rows, len(header))),
        "</tbody>",
        "</table>",
        *(f"<p>{escape(note)}</p>" for note in notes),
        "</div>",
    ]
    return "\n".join(lines)


def _row(tag, cells):
    inside = "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells)
    return f"<tr>{inside}</tr>"


def _shortened(rows, n_columns):
    if len(rows) <= _MOST_ROWS:
        return rows
    return [*rows[:_SHOWN], ["…"] * n_columns, *rows[-_SHOWN:]]
