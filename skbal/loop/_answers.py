"""From the candidates of a step to a taught learner: ask, filter, teach."""

import numpy as np

from skbal._utils.timing import timed
from skbal._utils.warn import warn
from skbal.exceptions import RejectedLabelsWarning
from skbal.loop._checks import OWNER


def fill(step, pool, oracle, learner):
    """Ask until enough labels are trusted, or no candidate is left.

    Parameters
    ----------
    step : Step
        Receives the answers. Rows that it has answers for are not asked about again.
    pool : Pool
        Rows that were answered are removed from it.
    oracle : callable
        Takes rows of the pool and returns their labels.
    learner : learner
        Its filter decides which answers to trust, if the step is filtered.

    Raises
    ------
    ValueError
        If the oracle does not answer one label per row.
    """
    _filter(step, pool, learner)  # answers from before an error
    while len(rows := step.next_rows()):
        step.add_answers(rows, _ask(oracle, rows))
        pool.take(rows)
        _filter(step, pool, learner)


def teach(step, pool, learner, number):
    """Teach the trusted labels, and let the learner set the others aside.

    Parameters
    ----------
    step : Step
        Complete, or out of candidates. Unchanged if the learner fails.
    pool : Pool
        Gives the rows.
    learner : learner
        Has a method ``teach``, and ``set_aside`` if the step is filtered.
    number : int
        The number of the step, for the warning.

    Warns
    -----
    RejectedLabelsWarning
        If fewer labels are trusted than were wanted.
    """
    trusted, doubted = np.flatnonzero(step.trusted), np.flatnonzero(~step.trusted)
    if len(trusted):
        rows = pool.rows(step.indices[trusted])
        # The learner need not ask its filter a second time.
        kwargs = {"trusted": True} if step.filtered else {}
        _, step.seconds_training = timed(
            learner.teach, rows, step.labels[trusted], **kwargs
        )
    if len(doubted):
        rows, indices = pool.rows(step.rejected), step.rejected
        learner.set_aside(rows, step.labels[doubted], indices)
    step.taught = True
    if len(trusted) < step.n_wanted:
        _warn_of_rejections(step, number)


def _ask(oracle, rows):
    # A copy: an oracle that sorts the rows it is given must not reorder ours.
    labels = np.asarray(oracle(rows.copy()))
    if labels.ndim == 0 or len(labels) != len(rows):
        raise ValueError(
            f"oracle of {OWNER} must answer one label per row: {len(rows)} rows "
            f"were asked for, got an answer of shape {labels.shape}."
        )
    return labels


def _filter(step, pool, learner):
    new = step.unchecked
    if not len(new):
        return
    trusted = np.ones(len(new), dtype=bool)
    if step.filtered:
        rows = pool.rows(step.indices[new])
        trusted = learner.filter_labels(rows, step.labels[new])
    step.add_trust(trusted)


def _warn_of_rejections(step, number):
    warn(
        f"The label filter rejected {len(step.rejected)} of the {len(step.indices)} "
        f"answers of step {number}, so {step.trusted.sum()} labels were taught and not "
        f"{step.n_wanted}. Nothing is lost: learner.rejected_ keeps them and "
        "learner.review() tells how likely each is. A lower threshold rejects fewer, a "
        "larger max_rejected asks about more rows instead.",
        RejectedLabelsWarning,
    )
