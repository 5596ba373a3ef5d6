"""What a history is of: the parts of the loop, in words."""

from skbal._utils.provenance import described, versions, with_changes
from skbal.loop._checks import scored_estimator


def note_provenance(loop):
    """Write into the history of a loop what it is of, and what changed on the way.

    Parameters
    ----------
    loop : ActiveLearningLoop
        It has made the first step since it was started or continued. Not earlier,
        because torch may be loaded by the first training.
    """
    history, now = loop.history_, _provenance(loop)
    if history.provenance is None and len(history) == 1:
        history.provenance = now
    else:  # earlier steps may have been made by a skbal that noted nothing
        before, step = history.provenance or {}, history[-1].step
        history.provenance = with_changes(before, now, step)


def _provenance(loop):
    learner = loop.learner
    members = getattr(learner, "learner_list", None)
    if members is None:
        estimator = described(scored_estimator(learner))
    else:  # of a committee, whose repr holds all training data
        estimator = [described(scored_estimator(member)) for member in members]
    return {
        "estimator": estimator,
        "query_strategy": described(getattr(learner, "query_strategy", None)),
        "label_filter": described(getattr(learner, "label_filter", None)),
        "n_instances": described(loop.n_instances),
        "scoring": described(loop.scoring),
        "versions": versions(),
    }
