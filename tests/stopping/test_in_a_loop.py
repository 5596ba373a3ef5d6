"""The rules in a real loop, which they stop for the reason they give."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import BALD, MaxEntropy
from skbal.stopping import (
    MaxCost,
    MaxLabels,
    MaxQueries,
    PredictionsStable,
    ScorePlateau,
    TargetScore,
    UncertaintyBelow,
)

# Far apart, so that few labels are enough.
X, Y = make_blobs(150, 2, centers=3, cluster_std=0.5, random_state=4)


def loop(stopping, **settings):
    forest = RandomForestClassifier(10, random_state=0)
    return ActiveLearningLoop(
        ActiveLearner(forest, BALD(random_state=0)),
        X[:100],
        LabelOracle(Y[:100]),
        n_instances=4,
        initial=np.arange(10),
        X_test=X[100:],
        y_test=Y[100:],
        stopping=stopping,
        **settings,
    )


@pytest.mark.parametrize(
    ("rule", "n_labels", "reason"),
    [
        (MaxQueries(2), [10, 14, 18], "2 queries made"),
        (MaxLabels(17), [10, 14, 18], "18 labels paid for"),
        (MaxCost(14.0), [10, 14], "answers have cost 14"),
        (TargetScore(0.5), [10], "score 1 reached"),
        (ScorePlateau(n_steps=2), [10, 14, 18], "score plateau: best of the last 2"),
        (PredictionsStable(n_steps=2, random_state=0), [10, 14, 18], "predictions sta"),
        (UncertaintyBelow(2.0, MaxEntropy(), random_state=0), [10], "uncertainty belo"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_rule_stops_the_loop_and_its_reason_is_kept(rule, n_labels, reason):
    done = loop(rule).run()
    assert done.history_.n_labels.tolist() == n_labels
    assert done.stop_reason_.startswith(reason)
    assert not [name for name in vars(rule) if name.endswith("_")]  # it was cloned


def test_the_first_rule_with_a_reason_stops_a_loop_with_several():
    rules = [MaxLabels(90), MaxQueries(3), UncertaintyBelow(0.0, BALD())]
    done = loop(rules, n_queries=20).run()
    assert done.stop_reason_ == "3 queries made, at most 3 wanted"


def test_stability_is_that_of_the_models_of_the_loop():
    seen = []
    rule = PredictionsStable(kappa=1.0, n_steps=30, n_rows=None)

    def watch(loop):
        rule(loop)
        seen.append(loop.learner.predict(X[10:100]))

    made = loop([watch], n_queries=4)
    made.oracle = LabelOracle(np.random.default_rng(0).permutation(Y[:100]))
    made.run()
    changed = [np.any(a != b) for a, b in pairwise(seen)]
    assert any(changed)
    assert [kappa < 1 for kappa in rule.kappas_] == changed
