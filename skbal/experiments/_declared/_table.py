"""Our numbers beside the published ones, as rows of text."""

import numpy as np

from skbal.experiments._declared._agreement import CONFIDENCE, agrees
from skbal.experiments._declared._claims import in_words
from skbal.experiments._declared._order import order_in_words
from skbal.experiments._summary import aligned


def table_of(reproduction):
    """Return the table of a reproduction.

    Parameters
    ----------
    reproduction : Reproduction
        What was run.

    Returns
    -------
    header : list of str
    rows : list of list of str
        One for each measure of each arm, where a unit has it.
    """
    experiment = reproduction.experiment
    sources = experiment.sources()
    header = ["arm", "measure", f"here ({CONFIDENCE:.0%} interval)", *sources]
    # Numbers of a small version agree with nothing.
    with_verdict = _compared(experiment) and not reproduction.quick
    rows = []
    for measure in experiment.measures:
        for arm in filter(measure.belongs_to, experiment.arms):
            values = reproduction.values(measure.name, arm)
            if not len(values):
                continue  # not run, or what the quick version does not have
            numbers = [_published(experiment, arm, measure, s) for s in sources]
            row = [arm, measure.name, ours_in_words(values, measure.n_digits)]
            row += ["" if p is None else _number(p.value, measure) for p in numbers]
            if with_verdict:
                row.append(_verdict(values, numbers))
            rows.append(row)
    return header + ["agrees"] * with_verdict, rows


def summary_of(reproduction):
    """Return the table of a reproduction as lines of text, and what to know about it.

    Parameters
    ----------
    reproduction : Reproduction
        What was run.

    Returns
    -------
    text : str
    """
    header, rows = table_of(reproduction)
    n_seeds = len(reproduction.experiment.seeds(reproduction.quick))
    title = f"{reproduction.experiment.title}, {n_seeds} seeds"
    table = "\n".join(aligned([header, *rows]))
    return "\n\n".join([title, table, *notes_of(reproduction)])


def notes_of(reproduction):
    """Return what a reader of the table must know, each in a sentence or two.

    Parameters
    ----------
    reproduction : Reproduction
        What was run.

    Returns
    -------
    notes : list of str
    """
    notes = []
    if _compared(reproduction.experiment) and not reproduction.quick:
        notes.append(
            'Intervals are of the mean over seeds, each for itself. "agrees" says '
            "whether the first published number may be the mean of as many runs like "
            f"ours, with a confidence of {CONFIDENCE:.0%}."
        )
        notes += filter(None, [order_in_words(reproduction)])
    findings = reproduction.experiment.findings
    if findings is not None and not reproduction.quick:
        notes += findings(reproduction)
    if reproduction.quick:
        notes.append(
            "This is the quick version: it shows that everything works, and its "
            "numbers cannot be compared with published ones."
        )
    if missing := reproduction.missing:
        n_units = len(reproduction.experiment.units(reproduction.quick))
        notes.append(f"{len(missing)} of {n_units} units are missing.")
        notes += _not_in_table(reproduction)
    return notes


def _not_in_table(reproduction):
    """Yield a sentence about the arms without any unit, if there are such."""
    arms = [a for a in reproduction.experiment.arms if not reproduction.results(a)]
    if arms:
        names = "; ".join(arms)  # a name may have a comma
        yield f"The table leaves out the arms that were not run: {names}."


def _compared(experiment):
    """Return whether there is a published mean of which the number of runs is known."""
    return any(number.n_seeds for number in experiment.published)


def ours_in_words(values, n_digits):
    """Return a mean with its interval in words.

    Parameters
    ----------
    values : ndarray of shape (n_seeds,)
        One value per seed that was run, at least one; infinite if never reached.
    n_digits : int
        Digits after the point.

    Returns
    -------
    words : str

    Examples
    --------
    >>> ours_in_words(np.array([100.0, 110.0, 120.0]), 0)
    '110 (85 to 135)'
    >>> ours_in_words(np.array([100.0, np.inf, 120.0]), 0)
    'not reached by 1 of 3; others 100 to 120'
    """
    reached = values[np.isfinite(values)]
    if len(reached) < len(values):
        words = f"not reached by {len(values) - len(reached)} of {len(values)}"
        if not len(reached):
            return words
        low, high = (f"{value:.{n_digits}f}" for value in (min(reached), max(reached)))
        return f"{words}; others {low if low == high else f'{low} to {high}'}"
    return in_words(values, n_digits)


def _published(experiment, arm, measure, source):
    key = (arm, measure.name, source)
    for number in experiment.published:
        if (number.arm, number.measure, number.source) == key:
            return number
    return None


def _number(value, measure):
    return f"{value:.{measure.n_digits}f}"


def _verdict(values, numbers):
    """Return whether the first source agrees, in a word."""
    if numbers[0] is None:
        return ""
    verdict = agrees(values, numbers[0].value, numbers[0].n_seeds)
    return {None: "", True: "yes", False: "no"}[verdict]
