import numpy as np
import pytest
from scipy import stats

from skbal.audit import audit_report, vote_coverage
from skbal.audit._report._checks._vote_coverage import CHECK, IntervalsOfVotes
from skbal.audit._report._source import DoesNotApply, Source
from skbal.learner import ActiveLearner
from skbal.models import BayesianVoteRegression
from tests.audit._report.small import POOL, TEST, X, Y, loop

LEVELS = np.array([0.5, 0.8])


def intervals(coverage, n_rows=100, error=0.05):
    coverage = np.atleast_2d(coverage)
    return IntervalsOfVotes(
        tuple(f"question {n}" for n in range(len(coverage))),
        LEVELS,
        coverage,
        np.full(coverage.shape, error),
        np.full(len(coverage), n_rows),
    )


def test_a_coverage_is_off_if_chance_does_not_explain_it():
    # Two levels of one question: each is tested at 2.5%, in two directions.
    z = stats.norm.isf(0.05 / 4)
    assert not intervals([0.5 + 0.99 * z * 0.05, 0.8]).concern
    result = intervals([0.5 - 1.01 * z * 0.05, 0.8])
    assert result.concern
    assert result.is_off.tolist() == [[True, False]]
    assert "50% intervals contain" in result.verdict
    assert "too sure" in result.verdict
    assert "more than they claim" in intervals([0.9, 0.8]).verdict
    assert result.to_frame()["inside"].tolist() == result.coverage[0].tolist()


def test_a_small_standard_error_by_chance_is_not_believed():
    # All of ten votes inside have standard error 0, but a coin of 0.8 does so often.
    assert not intervals([0.5, 1.0], n_rows=10, error=0.0).concern


def test_false_alarms_over_all_questions_are_few():
    rng = np.random.default_rng(0)
    inside = rng.random((400, 100, 4, 1)) < LEVELS  # 400 runs of four questions
    coverage = inside.mean(axis=1)
    error = inside.std(axis=1, ddof=1) / 10
    n_rows = np.full(4, 100)
    alarms = [
        IntervalsOfVotes(tuple("abcd"), LEVELS, c, e, n_rows).concern
        for c, e in zip(coverage, error)
    ]
    assert np.mean(alarms) < 0.075


@pytest.fixture(scope="module")
def votes():
    rng = np.random.default_rng(0)
    n = np.full(len(X), 20)
    shares = 1 / (1 + np.exp(-(X[:, 2] - 3.5)))
    return np.stack([rng.binomial(n, shares), n], axis=1)


def test_the_report_of_a_model_of_votes(votes):
    model = BayesianVoteRegression(random_state=0)
    learner = ActiveLearner(model, X_training=X[POOL], y_training=votes[POOL])
    report = audit_report(learner, X[TEST], votes[TEST])
    found = report.results["vote_coverage"]
    draws = model.predict_samples(X[TEST], random_state=0)
    expected = vote_coverage(draws, votes[TEST], levels=found.levels)
    assert found.coverage == pytest.approx(expected.coverage)
    assert "predicted share of yes votes" in report.results["score"].verdict
    assert not found.concern


def test_a_model_of_classes_has_no_intervals_of_votes():
    with pytest.raises(DoesNotApply):
        CHECK.run(Source("loop", loop().run().learner.estimator, X_test=X, y_test=Y))
