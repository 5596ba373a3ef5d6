"""From a step's candidates to a taught learner: ask, judge, teach."""

import numpy as np

from skbal._utils.timing import timed
from skbal._utils.warn import warn
from skbal.exceptions import RejectedLabelsWarning
from skbal.loop._checks import OWNER


def fill(step, pool, oracle, learner):
    """Ask until as many labels are believed as are wanted, or nobody is left to ask.

    Parameters
    ----------
    step : Step
        Gets the answers; those that it has are not asked for again.
    pool : Pool
        Loses the rows that were answered.
    oracle : callable
        Takes rows of the pool, returns their labels.
    learner : learner
        Judges them if the step says so.

    Raises
    ------
    ValueError
        If the oracle does not answer one label a row.
    """
    _judge(step, pool, learner)  # what was heard before an error
    while len(rows := step.next_rows()):
        step.hear(rows, _ask(oracle, rows))
        pool.take(rows)
        _judge(step, pool, learner)


def teach(step, pool, learner, number):
    """Teach the labels that are believed, and let the learner keep the others.

    Parameters
    ----------
    step : Step
        Full, or asked out. Nothing happens to it if the learner fails.
    pool : Pool
        Gives the rows.
    learner : learner
        With a method ``teach``; and ``set_aside`` if it judges.
    number : int
        The step's, for the warning.

    Warns
    -----
    RejectedLabelsWarning
        If fewer labels are believed than were wanted.
    """
    believed, doubted = np.flatnonzero(step.trusted), np.flatnonzero(~step.trusted)
    if len(believed):
        rows = pool.rows(step.indices[believed])
        # A filter has judged them already.
        kwargs = {"trusted": True} if step.judged else {}
        _, step.seconds_training = timed(
            learner.teach, rows, step.labels[believed], **kwargs
        )
    if len(doubted):
        rows, indices = pool.rows(step.rejected), step.rejected
        learner.set_aside(rows, step.labels[doubted], indices)
    step.taught = True
    if len(believed) < step.n_wanted:
        _warn_of_rejections(step, number)


def _ask(oracle, rows):
    # A copy: an oracle that sorts what it got must not reorder ours.
    labels = np.asarray(oracle(rows.copy()))
    if labels.ndim == 0 or len(labels) != len(rows):
        raise ValueError(
            f"oracle of {OWNER} must answer one label a row: {len(rows)} rows "
            f"were asked for, got an answer of shape {labels.shape}."
        )
    return labels


def _judge(step, pool, learner):
    new = step.unjudged
    if not len(new):
        return
    trusted = np.ones(len(new), dtype=bool)
    if step.judged:
        trusted = learner.judge(pool.rows(step.indices[new]), step.labels[new])
    step.judge(trusted)


def _warn_of_rejections(step, number):
    warn(
        f"The label filter rejected {len(step.rejected)} of the {len(step.indices)} "
        f"answers of step {number}, so {step.trusted.sum()} labels were taught and not "
        f"{step.n_wanted}. Nothing is lost: learner.rejected_ keeps them and "
        "learner.review() tells how likely each is. A lower threshold rejects fewer, a "
        "larger max_rejected asks for more rows instead.",
        RejectedLabelsWarning,
    )
