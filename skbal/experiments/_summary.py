"""A comparison as a table in plain text or HTML."""

import numpy as np

from skbal._utils.html import html_table


def summary_table(comparison):
    """Return the comparison as lines of text, aligned in columns.

    Parameters
    ----------
    comparison : Comparison
        The comparison.

    Returns
    -------
    text : str
    """
    rows = [_header(comparison), *_rows(comparison)]
    lines = [_title(comparison), "", *aligned(rows), "", *_notes(comparison)]
    return "\n".join(lines)


def summary_html(comparison):
    """Return the same table as HTML, for notebooks.

    Parameters
    ----------
    comparison : Comparison
        The comparison.

    Returns
    -------
    html : str
    """
    return html_table(
        _title(comparison),
        _header(comparison),
        _rows(comparison),
        _notes(comparison),
    )


def _title(comparison):
    low, high = comparison.label_range
    n_repeats = comparison.n_repeats
    what = f"Area under the learning curve from {low} to {high} labels"
    if low == high:
        what = f"Score at {high} labels"
    repeats = "repeat" if n_repeats == 1 else "repeats"
    return f"{what}, mean of {n_repeats} paired {repeats}"


def _header(comparison):
    low, high = comparison.label_range
    targets = [f"labels to {target:g}" for target in comparison.target_scores]
    against = f"minus {comparison.reference_in_words}"
    interval = f"{100 * comparison.confidence:g}% interval"
    area = ["score"] if low == high else ["area", f"at {high}"]
    return ["strategy", *area, against, interval, *targets, "verdict"]


def _rows(comparison):
    return [_row(comparison, name) for name in comparison.histories]


def _row(comparison, name):
    low, high = comparison.label_range
    areas = [f"{comparison.areas[name].mean():.4f}"]
    if low < high:
        last = [history.area(high, high) for history in comparison.histories[name]]
        areas.append(f"{np.mean(last):.4f}")
    ends = np.array([history.n_labels[-1] for history in comparison.histories[name]])
    targets = [
        _median(comparison.labels_to_target(target)[name], ends)
        for target in comparison.target_scores
    ]
    words = comparison.verdicts.get(name, "(reference)")
    difference = _difference(comparison.differences.get(name))
    return [name, *areas, *difference, *targets, words]


def _difference(difference):
    if difference is None:
        return "", ""
    if np.isnan(difference.low):
        return f"{difference.mean:+.4f}", "-"
    return (
        f"{difference.mean:+.4f}",
        f"[{difference.low:+.4f}, {difference.high:+.4f}]",
    )


def _median(labels, ends):
    reached = np.isfinite(labels)
    median = np.median(labels)
    # Runs may go on after the range of the area: their own ends count here.
    text = f"{median:g}" if np.isfinite(median) else f"> {ends[~reached].min()}"
    if reached.all():
        return text
    return f"{text} ({reached.sum()} of {len(labels)})"


def aligned(rows):
    """Return rows of cells as lines with columns, two spaces apart.

    Parameters
    ----------
    rows : list of list of str
        The cells of each row, equally many.

    Yields
    ------
    line : str

    Examples
    --------
    >>> list(aligned([["arm", "labels"], ["Random", "835"]]))
    ['arm     labels', 'Random  835']
    """
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        yield "  ".join(cells).rstrip()


def _notes(comparison):
    n_others = len(comparison.histories) - 1
    if n_others > 1 and comparison.simultaneous:
        yield f"The {n_others} intervals hold together with this confidence."
    elif n_others > 1:
        error = 1 - comparison.confidence
        yield (
            f"Each interval holds for itself: of {n_others} strategies that are as "
            f"good as {comparison.reference_in_words}, up to {n_others * error:.0%} "
            "of comparisons call one better or worse."
        )
    if comparison.target_scores:
        yield (
            "Labels to a score are medians over the repeats, with the number of "
            "repeats that reached it in brackets."
        )
