"""From the candidates of a step to a taught learner, one thing at a time.

Each function takes a `Step` and returns the next one. Whatever is changed outside, the
oracle, the filter or the learner, is changed in a way that can be done again: if the
returned step is lost, the same call has the same result.
"""

from dataclasses import replace

import numpy as np

from skbal._utils.timing import timed
from skbal._utils.warn import warn
from skbal.exceptions import RejectedLabelsWarning
from skbal.loop._checks import OWNER, known_labels, scored_estimator
from skbal.loop._one_class import all_are, refuses_one_class, warn_of_random_rows
from skbal.loop._received import received
from skbal.loop._step import Question
from skbal.oracles import Oracle


def advance(step, loop, pool):
    """Return the step after the next thing that is to do.

    Parameters
    ----------
    step : Step
        Not taught yet.
    loop : ActiveLearningLoop
        Its oracle and learner are used.
    pool : Pool
        The rows that remained when the step began.

    Returns
    -------
    step : Step
    """
    if step.question is not None:
        return _ask(step, loop)
    if len(step.unchecked):
        return _filter(step, pool, loop.learner)
    if len(step.next_rows):
        return replace(step, question=Question())
    if step.n_known is None:
        return _ready(step, loop.learner)
    return _teach(step, loop, pool)


def memory_of(label_filter):
    """Return what a filter has learned, without its parameters.

    Parameters
    ----------
    label_filter : object
        The filter, or None.

    Returns
    -------
    memory : dict
    """
    if not hasattr(label_filter, "__dict__"):
        return {}
    parameters = _parameters_of(label_filter)
    return {
        name: value
        for name, value in vars(label_filter).items()
        if name not in parameters
    }


def _parameters_of(label_filter):
    has_parameters = hasattr(label_filter, "get_params")
    return label_filter.get_params(deep=False) if has_parameters else {}


def _ask(step, loop):
    oracle, rows = loop.oracle, step.next_rows
    # A copy: an oracle that sorts the rows it is given must not reorder ours.
    answer = _answer(oracle, rows.copy(), step.question)
    known = step.lesson.labels if len(step.lesson) else known_labels(loop.learner)
    try:
        checked = received(answer, rows, known, scored_estimator(loop.learner))
    except (TypeError, ValueError):
        forget(oracle, rows)
        loop._step = replace(step, question=None)
        raise
    return step.with_answers(rows, *checked)


def _answer(oracle, rows, question):
    if isinstance(oracle, Oracle):
        return oracle.answer_once(question, rows)
    try:
        return oracle(rows)
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        error.add_note(
            f"{OWNER}: the oracle is called with indices of rows of X_pool, not with "
            "rows. skbal.oracles.CallableOracle(function, X_pool) calls a function for "
            "each row."
        )
        raise


def forget(oracle, rows):
    """Let an oracle that keeps answers ask again about some rows.

    Parameters
    ----------
    oracle : callable
        Without a method ``forget`` nothing is done.
    rows : ndarray of int
        The rows.
    """
    if hasattr(oracle, "forget"):
        oracle.forget(rows)


def warn_of_rejections(step):
    """Warn if a filter rejected so many answers that fewer were taught than wanted.

    Parameters
    ----------
    step : Step
        A step that is taught.
    """
    if not len(step.rejected) or not step.n_missing:
        return
    warn(
        f"The label filter rejected {len(step.rejected)} of the {len(step.answered)} "
        f"answers of step {step.number}, so {step.trusted.sum()} labels were taught "
        f"and not {step.n_wanted}. Nothing is lost: learner.rejected_ keeps them and "
        "learner.review() tells how likely each is. A lower threshold rejects fewer, a "
        "larger max_rejected asks about more rows instead.",
        RejectedLabelsWarning,
    )


def _filter(step, pool, learner):
    new = step.unchecked
    if not step.filtered:
        return step.with_trust(np.ones(len(new), dtype=bool), None)
    label_filter = learner.label_filter
    remembered = step.memory if len(step.trusted) else step.first_memory
    if hasattr(label_filter, "__dict__"):
        _restore(label_filter, remembered or {})
    X = pool.rows(step.answered[new])
    trusted = learner.filter_labels(X, step.labels[new])
    return step.with_trust(trusted, memory_of(label_filter))


def _restore(label_filter, memory):
    parameters = _parameters_of(label_filter)
    own = {name: vars(label_filter)[name] for name in parameters}
    vars(label_filter).update(memory)
    for name in set(vars(label_filter)) - set(memory) - set(own):
        del vars(label_filter)[name]


def _ready(step, learner):
    indices = getattr(learner, "indices_training", None)
    n_known = 0 if indices is None else len(indices)
    n_rejected = len(getattr(learner, "rejected_", ()))
    return replace(step, n_known=n_known, n_rejected=n_rejected)


def _teach(step, loop, pool):
    learner, seconds = loop.learner, 0.0
    if len(step.lesson) and not _was_taught(step, learner):
        try:
            _, seconds = timed(learner.teach, *_lesson(step, pool), **_how(step, loop))
        except Exception as error:
            if refuses_one_class(learner, step.lesson.labels, error):
                warn_of_random_rows(loop, all_are(step.lesson.labels))
                return replace(step, taught=True, waits=True)
            error.add_note(
                f"{OWNER}: the labels wait in pending_. To ask again, set pending_ to "
                "None; to correct them, set it to their indices and other labels."
            )
            raise
    return replace(step, seconds_training=seconds, taught=True)


def _lesson(step, pool):
    return pool.rows(step.lesson.indices), step.lesson.labels


def _how(step, loop):
    how = {}
    if loop.sample_weight is not None:
        how[loop._weight_name] = np.asarray(loop.sample_weight)[step.lesson.indices]
    if hasattr(loop.learner, "indices_training"):
        how["indices"] = step.lesson.indices
    if hasattr(loop.learner, "filter_labels"):
        how["trusted"] = step.lesson_trusted if step.filtered else True
    return how


def _was_taught(step, learner):
    """Return whether the learner holds the labels, from before an interruption."""
    known = getattr(learner, "indices_training", None)
    trusted = step.lesson.indices[step.lesson_trusted]
    if len(trusted):
        known = () if known is None else known[step.n_known :][: len(trusted)]
        return np.array_equal(known, trusted)
    rejected = getattr(learner, "rejected_", ())
    if len(rejected) <= step.n_rejected:
        return False
    return np.array_equal(rejected.indices[step.n_rejected :], step.rejected)
