"""Several yes/no labels per row through learners, loops, runs, searches and filters."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, ActiveLearningClassifier, predict_samples
from skbal.exceptions import OneClassWarning, RejectedLabelsWarning
from skbal.experiments import compare
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutMultiLabelClassifier
from skbal.oracles import LabelOracle, NoisyOracle
from skbal.query import BALD, JointLabelBALD, Random
from skbal.stopping import UncertaintyBelow

X, Y = make_multilabel_classification(140, 8, n_classes=3, random_state=0)


def forest():
    return RandomForestClassifier(8, min_samples_leaf=2, random_state=0)


class TakesGaps(RandomForestClassifier):
    """A model that learns from rows of which some labels are missing: as no."""

    takes_missing_labels = True

    def fit(self, X, y):
        self.seen_ = np.array(y)
        return super().fit(X, np.nan_to_num(y).astype(int))


def loop_of(learner, oracle=None, **changes):
    settings = {
        "n_queries": 3,
        "n_instances": 4,
        "initial": np.arange(8),
        "X_test": X[100:],
        "y_test": Y[100:],
    }
    oracle = LabelOracle(Y[:100]) if oracle is None else oracle
    return ActiveLearningLoop(learner, X[:100], oracle, **(settings | changes))


# Learner


def test_a_learner_is_taught_labels_of_rows_and_asks_by_bald():
    learner = ActiveLearner(forest(), X_training=X[:8], y_training=Y[:8])
    rows, _ = learner.query(X[20:100], n_instances=5)
    scores = BALD(random_state=0).score_pool(learner, X[20:100])
    assert scores[rows].min() >= np.sort(scores)[-5] - 1e-9
    learner.teach(X[20:100][rows], Y[20:100][rows])
    assert learner.y_training.shape == (13, 3)
    assert learner.predict_samples(X[:5]).shape == (5, 8, 3)
    assert learner.score(X, Y) == accuracy_score(Y, learner.predict(X))
    with pytest.raises(ValueError, match=r"y given to .* rows of shape \(3,\)"):
        learner.teach(X[50:51], Y[50:51, :2])


def test_one_label_missing_beside_others_is_refused_by_row_and_label():
    holes = Y[:8].astype(float)
    holes[5, 1] = np.nan
    message = (
        r"y given to ActiveLearner has no answer to label 1 of row 5, but NaN, and"
    )
    with pytest.raises(ValueError, match=message):
        ActiveLearner(forest(), X_training=X[:8], y_training=holes)


# Loop


@pytest.mark.parametrize(
    "estimator",
    [
        forest(),
        make_pipeline(StandardScaler(), forest()),
        MultiOutputClassifier(forest()),
        MCDropoutMultiLabelClassifier(max_epochs=2, n_draws=4, random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_a_loop_asks_for_rows_and_scores_labels(estimator):
    learner = ActiveLearner(estimator, JointLabelBALD(random_state=0))
    loop = loop_of(learner, scoring="f1_micro")
    assert [record.n_labels for record in loop] == [8, 12, 16, 20]
    rows = np.concatenate([record.indices for record in loop.history_])
    assert len(set(rows.tolist())) == 20
    assert_array_equal(learner.y_training, Y[rows])
    found = f1_score(Y[100:], learner.predict(X[100:]), average="micro")
    assert loop.history_[-1].score == pytest.approx(found)


def test_a_row_that_nobody_answers_is_skipped():
    answers = Y[:100].astype(float)
    answers[:80] = np.nan
    learner = ActiveLearner(forest(), Random(random_state=0))
    loop = loop_of(learner, LabelOracle(answers), initial=np.arange(80, 90))
    loop.run()
    assert len(loop.skipped_) > 0
    assert set(loop.skipped_) <= set(range(80))
    assert not np.isnan(learner.y_training).any()


def test_a_label_that_one_cannot_tell_is_taught_to_a_model_that_takes_it():
    answers = Y[:100].astype(float)
    answers[::2, 1] = np.nan
    learner = ActiveLearner(TakesGaps(5, random_state=0), Random(random_state=0))
    loop = loop_of(learner, LabelOracle(answers)).run()
    assert len(loop.history_) == 4
    assert np.isnan(learner.estimator.seen_[:, 1]).any()
    assert_array_equal(learner.estimator.seen_, learner.y_training)
    learner = ActiveLearner(forest(), Random(random_state=0))
    with pytest.raises(ValueError, match="must answer finite, but for row 0 it answ"):
        loop_of(learner, LabelOracle(answers)).run()


def test_while_a_label_has_one_answer_a_model_that_needs_both_waits():
    order = np.argsort(Y[:100, 0], kind="stable")  # rows that say no come first
    learner = ActiveLearner(
        MultiOutputClassifier(LogisticRegression()),
        lambda learner, X, n_instances: np.arange(n_instances),
    )
    loop = ActiveLearningLoop(
        learner,
        X[:100][order],
        LabelOracle(Y[:100][order]),
        n_queries=4,
        n_instances=10,
        initial=np.arange(5),
    )
    with pytest.warns(OneClassWarning, match="Label 0 is 0 in all rows so far, so"):
        loop.run()
    assert len(np.unique(learner.y_training[:, 0])) == 2


def test_rows_of_equal_labels_are_followed_by_random_rows():
    pool, same = X[:60], np.tile([0, 1, 1], (60, 1))
    learner = ActiveLearner(forest(), BALD(random_state=0))
    loop = ActiveLearningLoop(
        learner, pool, LabelOracle(same), n_queries=1, n_instances=3, initial=[0, 1]
    )
    with pytest.warns(OneClassWarning, match="All rows so far have the same labels"):
        loop.run()
    assert len(learner.y_training) == 5


def test_the_uncertainty_of_labels_ends_a_loop():
    stop = UncertaintyBelow(3 * np.log(2), random_state=0)  # below the largest entropy
    loop = loop_of(ActiveLearner(forest(), BALD(random_state=0)), stopping=stop).run()
    assert "uncertainty below" in loop.stop_reason_


def test_a_saved_loop_goes_on_where_it_was(tmp_path):
    y = Y[:100] * [1, 0, 1]  # nobody ever says yes to the second label
    loop = loop_of(ActiveLearner(forest(), BALD(random_state=0)), LabelOracle(y))
    steps = iter(loop)
    for _ in range(2):
        next(steps)
    loop.save(tmp_path / "loop.zip")
    test = {"X_test": X[100:], "y_test": Y[100:]}
    again = ActiveLearningLoop.load(
        tmp_path / "loop.zip", X[:100], LabelOracle(y), **test
    )
    assert [len(known) for known in again.learner.classes_] == [2, 1, 2]
    assert_array_equal(again.run().learner.y_training, loop.run().learner.y_training)
    assert again.history_.scores.tolist() == loop.history_.scores.tolist()


# Runs and searches


def test_a_run_is_an_estimator_of_labels():
    run = ActiveLearningClassifier(
        forest(), n_queries=2, n_instances=5, random_state=0, keep_stages=True
    ).fit(X, Y)
    assert run.history_.n_labels.tolist() == [20, 25, 30]
    assert [known.tolist() for known in run.classes_] == [[0, 1]] * 3
    draws = predict_samples(run, X)
    assert draws.shape == (140, 8, 3)
    np.testing.assert_allclose(draws.mean(axis=1), run.predict_proba(X))
    assert run.score(X, Y) == accuracy_score(Y, run.predict(X))
    assert len(list(run.staged_predict_proba(X[:3]))) == 3
    assert BALD(random_state=0)(run, X, 3).shape == (3,)


def test_a_search_chooses_the_strategy_and_the_filter_of_labels():
    run = ActiveLearningClassifier(
        forest(),
        n_queries=1,
        n_instances=5,
        initial=np.arange(15),
        label_filter=LabelLikelihoodFilter(random_state=0),
        oracle_noise=0.1,
        scoring="f1_micro",
        random_state=0,
    )
    grid = {
        "query_strategy": [BALD(), JointLabelBALD()],
        "label_filter__threshold": [0.0, 0.3],
    }
    search = GridSearchCV(run, grid, cv=2, error_score="raise").fit(X, Y)
    assert set(search.best_params_) == set(grid)
    assert 0 < search.best_score_ <= 1


def test_other_numbers_than_yes_and_no_are_refused_in_a_run():
    with pytest.raises(ValueError, match=r"got 2 for label 0 of row .* per column"):
        ActiveLearningClassifier(forest()).fit(X, Y + 1)


def test_rows_of_which_a_label_is_missing_are_never_scored_on():
    y = Y.astype(float)
    y[:100, 2] = np.nan
    model = TakesGaps(5, random_state=0)
    run = ActiveLearningClassifier(
        model, Random(), n_queries=1, n_instances=5, random_state=0, test_size=0.2
    ).fit(X, y)
    assert run.held_out_.min() >= 100
    assert np.isnan(run.learner_.y_training).any()


def test_strategies_are_compared_on_labels():
    found = compare(
        [BALD(), JointLabelBALD()],
        forest(),
        X,
        Y,
        n_repeats=2,
        n_queries=2,
        n_instances=5,
        scoring="f1_micro",
        random_state=0,
    )
    assert set(found.verdicts) == {"BALD", "JointLabelBALD"}


# Noise and filters


def test_each_label_is_wrong_by_itself():
    true = np.random.default_rng(0).integers(2, size=(2000, 3))
    oracle = NoisyOracle(true, noise=0.2, random_state=0)
    wrong = oracle(np.arange(2000)) != true
    share = wrong.mean(axis=0)
    assert np.all(np.abs(share - 0.2) < 5 * np.sqrt(0.2 * 0.8 / 2000))
    assert abs(np.corrcoef(wrong[:, 0], wrong[:, 1])[0, 1]) < 5 / np.sqrt(2000)
    assert_array_equal(oracle.wrong_, wrong.any(axis=1))
    assert_array_equal(oracle([7, 3])[0], oracle([7])[0])
    assert oracle([0]).dtype == true.dtype


def test_rows_without_labels_stay_so_under_noise():
    true = np.array([[0.0, 1.0], [np.nan, np.nan], [1.0, 0.0]])
    found = NoisyOracle(true, noise=1.0, random_state=0)([0, 1, 2])
    assert_array_equal(found, [[1, 0], [np.nan, np.nan], [0, 1]])


def test_a_row_is_as_likely_as_its_least_likely_label():
    model = forest().fit(X[:100], Y[:100])
    yes = predict_samples(model, X[100:]).mean(axis=1)
    likelihood = np.where(Y[100:] == 1, yes, 1 - yes)
    label_filter = LabelLikelihoodFilter(0.3, random_state=0)
    found = label_filter.likelihood(model, X[100:], Y[100:])
    np.testing.assert_allclose(found, likelihood.min(axis=1))
    trusted = label_filter.trust(model, X[100:], Y[100:])
    assert_array_equal(trusted, (likelihood >= 0.3).all(axis=1))
    assert 0 < trusted.sum() < 40


def test_a_label_that_is_missing_or_new_does_not_count_for_the_filter():
    never = Y[:100] * [1, 1, 0]
    model = forest().fit(X[:100], never)
    y = np.array([[np.nan, 1.0, 1.0], [np.nan, np.nan, 1.0]])
    found = LabelLikelihoodFilter().likelihood(model, X[100:102], y)
    yes = predict_samples(model, X[100:102]).mean(axis=1)
    assert found[0] == pytest.approx(yes[0, 1])
    assert np.isnan(found[1])
    assert LabelLikelihoodFilter(1.0).trust(model, X[100:102], y)[1]


def test_a_mean_alone_is_enough_for_the_filter():
    model = MultiOutputClassifier(LogisticRegression()).fit(X[:100], Y[:100])
    yes = np.stack([no_yes[:, 1] for no_yes in model.predict_proba(X[100:])], axis=1)
    found = LabelLikelihoodFilter().likelihood(model, X[100:], Y[100:])
    expected = np.where(Y[100:] == 1, yes, 1 - yes).min(axis=1)
    np.testing.assert_allclose(found, expected)


def test_a_learner_sets_doubtful_rows_aside():
    wrong = NoisyOracle(Y[:100], noise=0.3, random_state=0)
    label_filter = LabelLikelihoodFilter(0.4, random_state=0)
    asks = Random(random_state=0)
    learner = ActiveLearner(forest(), asks, label_filter=label_filter)
    with pytest.warns(RejectedLabelsWarning, match="The label filter rejected"):
        loop_of(learner, wrong, initial=np.arange(30)).run()
    assert len(learner.rejected_)
    assert learner.rejected_.y.shape[1] == 3
    assert learner.review().shape == (len(learner.rejected_),)
    assert label_filter.threshold_ == 0.4


def test_what_counts_single_labels_says_so():
    model = forest().fit(X[:100], Y[:100])
    with pytest.raises(ValueError, match=r"threshold of L.* must be a number for sev"):
        LabelLikelihoodFilter("dynamic").observe(model, X[100:], Y[100:])
    with pytest.raises(ValueError, match=r"must have 3 labels per row, .* got 2"):
        LabelLikelihoodFilter().trust(model, X[100:], Y[100:, :2])
