"""Votes on their way through learners, loops, simulations and comparisons."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, ActiveLearningRegressor
from skbal.experiments import compare
from skbal.loop import ActiveLearningLoop
from skbal.models import BayesianVoteRegression, MCDropoutVoteRegressor
from skbal.oracles import VoteOracle
from skbal.query import VoteBALD

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
RHO = expit(X[:, :2])
N = RNG.integers(1, 40, RHO.shape)
VOTES = np.stack([RNG.binomial(N, RHO), N], axis=-1)
SHORT = {"n_queries": 2, "n_instances": 5, "random_state": 0}


def regression(**params):
    return BayesianVoteRegression(optimize=None, n_draws=10, random_state=0, **params)


def network(**params):
    return MCDropoutVoteRegressor(max_epochs=2, n_draws=10, random_state=0, **params)


def with_one_wrong(k, n):
    votes = VOTES.astype(float)
    votes[7, 1] = k, n
    return votes


WRONG = [
    (9, 4, "k = 9 yes votes of N = 4 of question 1, but must have 0 <= k <= N"),
    (-1, 4, "k = -1 yes votes of N = 4 of question 1, but must have 0 <= k <= N"),
    (1.5, 4, "k = 1.5 yes votes of N = 4 of question 1, but must have whole"),
    (np.nan, 4, "k = nan yes votes of N = 4 of question 1, but must have finite"),
]


# ------------------------------------------------------------------------- learners


@pytest.mark.parametrize(
    "estimator",
    [
        regression(),
        network(),
        network(warm_start=True, likelihood="beta-binomial"),
        make_pipeline(StandardScaler(), regression()),
        GridSearchCV(regression(), {"prior_variance": [0.1, 1.0]}, cv=2),
    ],
    ids=["regression", "network", "warm start", "pipeline", "search"],
)
def test_wrong_votes_teach_nothing_and_are_named_by_their_own_row(estimator):
    learner = ActiveLearner(estimator, VoteBALD(), X, VOTES)
    before, score = learner.predict(X), learner.score(X, VOTES)
    lessons = [(with_one_wrong(k, n), f"row 7 has {why}") for k, n, why in WRONG]
    lessons += [
        (VOTES[:, 0], r"of shape \(2, 2\), like .* got \(2,\)"),
        (VOTES[:, :1], r"of shape \(2, 2\), like .* got \(1, 2\)"),
        (VOTES[:5], "must have the same number of rows, got 60 rows and 5 labels"),
        (VOTES[..., 0, 0], r"must be votes of shape .* got shape \(60,\)"),
    ]
    for votes, message in lessons:
        with pytest.raises(ValueError, match=f"y given to ActiveLearner.*{message}|"
                           f"X and y given to ActiveLearner {message}"):  # fmt: skip
            learner.teach(X, votes)
    np.testing.assert_array_equal(learner.predict(X), before)
    assert learner.score(X, VOTES) == score
    assert len(learner.y_training) == 60


@pytest.mark.parametrize("estimator", [regression(), network()])
def test_rows_that_nobody_was_asked_about_may_be_taught(estimator):
    learner = ActiveLearner(estimator, VoteBALD(), X, VOTES)
    before = learner.predict(X)
    learner.teach(X[:3], np.zeros((3, 2, 2), dtype=int))
    assert len(learner.y_training) == 63
    if isinstance(estimator, BayesianVoteRegression):
        np.testing.assert_allclose(learner.predict(X), before)


@pytest.mark.parametrize("n_questions", [1, 2])
def test_a_loop_asks_an_oracle_of_votes(n_questions):
    rho = RHO if n_questions == 2 else RHO[:, 0]
    votes = VOTES if n_questions == 2 else VOTES[:, 0]
    learner = ActiveLearner(regression(), VoteBALD(random_state=0), X[:6], votes[:6])
    oracle = VoteOracle(rho, n_volunteers=5, random_state=0)
    loop = ActiveLearningLoop(learner, X, oracle, n_queries=2, n_instances=3).run()
    asked = np.concatenate([record.indices for record in loop.history_[1:]])
    np.testing.assert_array_equal(learner.y_training[6:], oracle.votes(asked))


@pytest.mark.parametrize("n_questions", [1, 3])
def test_an_oracle_of_other_questions_is_refused(n_questions):
    learner = ActiveLearner(regression(), VoteBALD(), X[:6], VOTES[:6])
    oracle = VoteOracle(np.full((60, n_questions), 0.5))
    message = rf"labels of shape \(2, 2\), like .* got \({n_questions}, 2\)"
    with pytest.raises(ValueError, match=message):
        ActiveLearningLoop(learner, X, oracle, n_queries=1).run()


# -------------------------------------------------------------------- whole runs


@pytest.mark.parametrize(("k", "n", "why"), WRONG)
def test_runs_name_the_row_of_their_own_y(k, n, why):
    votes = with_one_wrong(k, n)
    with pytest.raises(
        ValueError, match=f"to ActiveLearningRegressor: row 7 has {why}"
    ):
        ActiveLearningRegressor(regression(), VoteBALD(), **SHORT).fit(X, votes)
    with pytest.raises(ValueError, match=f"y given to compare: row 7 has {why}"):
        compare([VoteBALD()], regression(), X, votes, **SHORT)
    with pytest.raises(ValueError, match=f"y_test given to compare: row 7 has {why}"):
        compare([VoteBALD()], regression(), X, VOTES, X_test=X, y_test=votes, **SHORT)


def test_votes_get_no_noise_on_top():
    message = "must be None for a model of votes, got 0.2"
    with pytest.raises(ValueError, match=f"oracle_noise of compare {message}"):
        compare([VoteBALD()], regression(), X, VOTES, oracle_noise=0.2, **SHORT)
    run = ActiveLearningRegressor(regression(), VoteBALD(), oracle_noise=0.2, **SHORT)
    with pytest.raises(ValueError, match=f"of ActiveLearningRegressor {message}"):
        run.fit(X, VOTES)


@pytest.mark.slow
@pytest.mark.parametrize("votes", [VOTES, VOTES[:, 0]], ids=["two", "one"])
def test_a_run_is_scored_by_the_log_likelihood_of_a_vote(votes):
    run = ActiveLearningRegressor(regression(), VoteBALD(), **SHORT).fit(X, votes)
    assert run.score(X, votes) == run.estimator_.score(X, votes)
    pipeline = make_pipeline(StandardScaler(), regression())
    found = compare([VoteBALD()], pipeline, X, votes, n_repeats=2, **SHORT)
    assert found.score_name == "Log-likelihood of a vote"
