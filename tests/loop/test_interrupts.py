"""A loop that was interrupted anywhere ends as if it had not been.

The whole list of places takes minutes: ``python -m tests.loop.test_interrupts 8000``
tries that many of them and prints how many runs ended otherwise.
"""

import sys
import warnings
from math import ceil

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearner
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.oracles import (
    CallableOracle,
    CrowdOracle,
    LabelOracle,
    NoisyOracle,
    VoteOracle,
)
from skbal.stopping import PredictionsStable
from tests.loop.injection import interrupted, n_places

X, Y = load_iris(return_X_y=True)
FIRST = np.arange(0, 150, 15)
# Python drops an error in a generator that ``any`` leaves before its end, and says so.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
KINDS = [("line", KeyboardInterrupt), ("call", MemoryError)]


def least_certain(learner, pool, n_instances=1):
    certainty = learner.predict_proba(np.asarray(pool)).max(axis=1)
    return np.argsort(certainty, kind="stable")[:n_instances]


def learned(oracle, label_filter=None, **changes):
    learner = ActiveLearner(GaussianNB(), least_certain, label_filter=label_filter)
    parameters = {"n_queries": 2, "n_instances": 3, "initial": FIRST, **changes}
    return ActiveLearningLoop(learner, X, oracle, **parameters)


def with_noise():
    label_filter = LabelLikelihoodFilter(0.2, random_state=0)
    return learned(NoisyOracle(Y, 0.4, random_state=0), label_filter)


def with_a_filter_that_learns():
    label_filter = LabelLikelihoodFilter("dynamic", random_state=0)
    return learned(NoisyOracle(Y, 0.4, random_state=0), label_filter)


def with_a_person():
    return learned(CallableOracle(lambda row: Y[row]))


def with_a_crowd():
    items = np.repeat(np.arange(150), 4)
    answers = np.where(np.arange(600) % 5, Y[items], (Y[items] + 1) % 3)
    return learned(CrowdOracle(items, answers, n_answers=2, random_state=0))


def with_unanswered_rows():
    labels = np.where(np.arange(150) % 4, Y, np.nan)
    return learned(LabelOracle(labels), initial=FIRST + 1)


def with_a_rule():
    rule = PredictionsStable(kappa=-1, n_steps=2, random_state=0)
    return learned(LabelOracle(Y), stopping=rule, n_queries=None)


class FirstVotes:
    """A model of modAL's kind, which only remembers the votes that it was taught."""

    def fit(self, X, y):
        self.mean_ = y.mean(axis=0)
        return self

    def predict(self, X):
        return np.tile(self.mean_, (len(X), 1))


def in_order(learner, pool, n_instances=1):
    return np.arange(n_instances)


def with_volunteers():
    oracle = VoteOracle(np.linspace(0, 1, 150), n_volunteers=3, random_state=0)
    learner = ActiveLearner(FirstVotes(), in_order)
    return ActiveLearningLoop(
        learner, X, oracle, n_queries=2, n_instances=3, initial=FIRST
    )


LOOPS = [
    with_noise,
    with_a_filter_that_learns,
    with_a_person,
    with_a_crowd,
    with_unanswered_rows,
    with_a_rule,
    with_volunteers,
]


def outcome(loop):
    """Return what must not depend on an interruption."""
    learner, oracle = loop.learner, loop.oracle
    label_filter = learner.label_filter
    return (
        [
            (r.step, r.n_labels, r.indices, r.rejected, r.skipped, r.cost)
            for r in loop.history_
        ],
        learner.indices_training.tolist(),
        learner.X_training.tolist(),
        learner.y_training.tolist(),
        learner.rejected_.indices is not None and learner.rejected_.indices.tolist(),
        learner.predict(X).tolist(),
        loop.remaining_.tolist(),
        loop.skipped_.tolist(),
        (oracle.n_asked, oracle.cost),
        getattr(label_filter, "threshold_", None),
        getattr(label_filter, "n_observed_", None),
        loop.stop_reason_,
        [vars(rule).get("kappas_") for rule in loop._ruling.rules],
    )


def places_that_matter(make, event, error, places):
    """Return the places of an error after which the loop ended otherwise."""
    expected = outcome(make().run())
    found = []
    for place in places:
        try:
            same = outcome(interrupted(make, event, error, place)) == expected
        except Exception as problem:
            found.append((place, repr(problem)))
        else:
            if not same:
                found.append((place, "another history"))
    return found


def spread(make, event, n):
    """Return up to ``n`` places, evenly spread over a run."""
    return np.unique(np.linspace(1, n_places(make, event), n).astype(int)).tolist()


@pytest.mark.slow
@pytest.mark.parametrize(("event", "error"), KINDS)
@pytest.mark.parametrize("make", LOOPS)
def test_an_error_at_many_places_changes_nothing(make, event, error):
    places = spread(make, event, 15)
    assert places_that_matter(make, event, error, places) == []


def main(n_tries):
    """Try a number of places, in equal shares of all loops and kinds of places."""
    warnings.simplefilter("ignore")
    share, tried, bad = ceil(n_tries / (len(LOOPS) * len(KINDS))), 0, 0
    for make in LOOPS:
        for event, error in KINDS:
            places = spread(make, event, share)
            found = places_that_matter(make, event, error, places)
            tried, bad = tried + len(places), bad + len(found)
            line = f"{make.__name__} {event} {len(places)} {len(found)} {found[:5]}"
            sys.stdout.write(line + "\n")
    sys.stdout.write(f"{tried} places, {bad} with another end\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
