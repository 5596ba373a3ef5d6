"""Small charts as coordinates, which templates draw as SVG."""

import math

WIDTH, HEIGHT = 280, 120  # of a chart, in units of its view box
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 8, 20  # room for numbers at the axes


def _across(part):
    return round(_LEFT + part * (WIDTH - _LEFT - _RIGHT), 1)


def _up(part):
    return round(HEIGHT - _BOTTOM - part * (HEIGHT - _TOP - _BOTTOM), 1)


def curve_chart(pairs):
    """Return a learning curve.

    Parameters
    ----------
    pairs : list of tuple
        Number of labelled items, and a score.

    Returns
    -------
    chart : dict or None
        ``points`` and ``line`` in the view box, ``x_ticks``, ``y_ticks`` as pairs of a
        place and a text, and ``words`` that say the same. None without pairs.

    Examples
    --------
    >>> curve_chart([(20, 0.5), (40, 1.0)])["line"]
    '34.0,84.7 272.0,8.0'
    """
    if not pairs:
        return None
    labels, scores = [n for n, _ in pairs], [score for _, score in pairs]
    y_ticks = _nice_ticks(min(scores), max(scores))
    low, high = y_ticks[0], y_ticks[-1]
    first, last = min(labels), max(labels)
    width = (last - first) or 1
    points = [
        (_across((n - first) / width), _up((score - low) / (high - low)))
        for n, score in pairs
    ]
    shown = sorted({first, last})
    return {
        "points": points,
        "line": " ".join(f"{x},{y}" for x, y in points),
        "x_ticks": [(_across((n - first) / width), f"{n:,}") for n in shown],
        "y_ticks": [(_up((y - low) / (high - low)), f"{y:.3g}") for y in y_ticks],
        "words": (
            f"The model was right in {scores[-1]:.0%} of cases after {labels[-1]:,} "
            f"labelled items, and in {scores[0]:.0%} after {labels[0]:,}."
        ),
    }


def _nice_ticks(low, high):
    """Return two to four round numbers, of which the outer ones enclose both."""
    span = max(high - low, 0.02)
    step = 10.0 ** math.floor(math.log10(span))
    for factor in (0.5, 1, 2, 5, 10):
        start = math.floor(low / (step * factor) + 1e-9)
        n_steps = max(math.ceil(high / (step * factor) - 1e-9) - start, 1)
        if n_steps <= 3:
            break
    return [round((start + i) * step * factor, 10) for i in range(n_steps + 1)]


def calibration_chart(bins):
    """Return a chart of expected probability against the share that was right.

    Parameters
    ----------
    bins : list of tuple
        Mean probability, share that was right, and number of answers.

    Returns
    -------
    chart : dict or None
        As of `curve_chart`, with the line on which a calibrated model lies as
        ``diagonal``.
    """
    if not bins:
        return None
    points = [(_across(expected), _up(right)) for expected, right, _ in bins]
    ticks = (0, 0.5, 1)
    n_answers = sum(n for _, _, n in bins)
    gap = sum(n * (right - expected) for expected, right, n in bins) / n_answers
    way = "more often than" if gap > 0 else "less often than"
    compared = "as often as" if abs(gap) < 0.005 else f"{abs(gap):.0%} {way}"
    return {
        "points": points,
        "line": " ".join(f"{x},{y}" for x, y in points),
        "diagonal": (_across(0), _up(0), _across(1), _up(1)),
        "x_ticks": [(_across(tick), f"{tick:.0%}") for tick in ticks],
        "y_ticks": [(_up(tick), f"{tick:.0%}") for tick in ticks],
        "words": (
            f"Over {n_answers:,} answers the model was right {compared} it expected."
        ),
    }


def pace_chart(bars):
    """Return a chart of answers in parts of the last two hours.

    Parameters
    ----------
    bars : list of int
        Number of answers, the newest last.

    Returns
    -------
    chart : dict or None
        ``bars`` as tuples of left, top, width and height. None without answers.
    """
    most = max(bars, default=0)
    if not most:
        return None
    ends = [_across(place / len(bars)) for place in range(len(bars) + 1)]
    return {
        "bars": [
            (
                left,
                _up(n / most),
                round(right - left - 2, 1),
                round(_up(0) - _up(n / most), 1),
            )
            for n, left, right in zip(bars, ends, ends[1:])
        ],
        "x_ticks": [(_across(0), "2 h ago"), (_across(1), "now")],
        "y_ticks": [(_up(0), "0"), (_up(1), f"{most:,}")],
        "words": (
            f"Answers in each ten minutes of the last two hours: at most {most:,}, "
            f"{bars[-1]:,} in the last ones."
        ),
    }
