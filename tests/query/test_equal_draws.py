"""Scores that cannot differ are a warning that says why."""

import numpy as np
import pytest

from skbal.exceptions import TooFewDrawsWarning
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, MaxEntropy, MeanSTD

X = np.random.default_rng(0).normal(size=(30, 3))
SHORT = {"max_epochs": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"module__dropout": 0.0, "n_draws": 5}, "its 5 draws are all the same"),
        ({"deterministic": True}, "one draw per row"),
        ({"n_draws": 1}, "one draw per row"),
    ],
)
@pytest.mark.parametrize("strategy", [BALD, MeanSTD])
def test_equal_draws_are_told(strategy, params, reason):
    model = MCDropoutClassifier(**params, **SHORT).fit(X, X[:, 0] > 0)
    with pytest.warns(TooFewDrawsWarning, match=f"MCDropoutClassifier.*{reason}"):
        scores = strategy(random_state=0).score_pool(model, X)
    np.testing.assert_allclose(scores, 0, atol=1e-12)


def test_scores_of_the_mean_may_come_from_one_draw():
    model = MCDropoutClassifier(deterministic=True, **SHORT).fit(X, X[:, 0] > 0)
    assert np.ptp(MaxEntropy().score_pool(model, X)) > 0


def test_draws_that_differ_are_no_reason_for_a_warning():
    model = MCDropoutClassifier(n_draws=5, **SHORT).fit(X, X[:, 0] > 0)
    assert np.ptp(BALD(random_state=0).score_pool(model, X)) > 0
