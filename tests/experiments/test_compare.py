"""Runs of a comparison are paired, repeatable, and those of a loop made by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.datasets import make_blobs, make_regression
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge, LinearRegression
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearner
from skbal.experiments import Comparison, compare
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import BALD, PowerBALD, PredictiveVariance
from skbal.seeding import BalancedSeed, RandomSeed
from skbal.simulation._build import seeded_copy

X, Y = make_blobs(120, 3, centers=4, cluster_std=4.0, random_state=0)
FOREST = RandomForestClassifier(5)
SHORT = {"n_repeats": 2, "n_queries": 2, "n_instances": 5, "random_state": 0}


@pytest.fixture(scope="module")
def short():
    return compare([BALD(), PowerBALD()], FOREST, X, Y, **SHORT)


class FirstRows(BaseEstimator):
    def select(self, X, y=None):
        return np.arange(12)


def first_of_pool(learner, X_pool, n_instances=1):
    return np.arange(n_instances)


def rows(history):
    return [record.indices for record in history]


@pytest.mark.slow
def test_strategies_of_a_repeat_begin_alike_and_repeats_differ(short):
    assert list(short.histories) == ["BALD", "PowerBALD", "Random"]
    first = {name: [h[0] for h in hs] for name, hs in short.histories.items()}
    assert first["BALD"] == first["PowerBALD"] == first["Random"]
    assert first["BALD"][0].indices != first["BALD"][1].indices
    assert sorted(Y[list(first["BALD"][0].indices)]) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert rows(short.histories["BALD"][0]) != rows(short.histories["Random"][0])
    assert short.histories["BALD"][0].n_labels.tolist() == [8, 13, 18]


def test_weights_are_taught_with_their_rows(short):
    weights = np.where(Y == 0, 1e-9, 1.0)
    weighted = compare([BALD()], FOREST, X, Y, sample_weight=weights, **SHORT)
    first = weighted.histories["Random"][0]
    assert first[0].indices == short.histories["Random"][0][0].indices
    # The model never predicts the class whose rows weigh nothing.
    assert first[-1].score < short.histories["Random"][0][-1].score
    with pytest.raises(ValueError, match="sample_weight of compare must hold one weig"):
        compare([BALD()], FOREST, X, Y, sample_weight=[1.0], **SHORT)


def test_labels_that_are_no_answers_are_refused_before_the_first_run():
    with pytest.raises(TypeError, match="y of compare must hold either strings or num"):
        compare([BALD()], FOREST, X, Y.astype("datetime64[D]"), **SHORT)
    given = {"X_test": X, "y_test": csr_array(Y[:, np.newaxis])}
    with pytest.raises(TypeError, match="y_test of compare must be dense"):
        compare([BALD()], FOREST, X, Y, **given, **SHORT)


def test_the_same_strategy_twice_makes_no_difference():
    twice = compare({"A": BALD(), "B": BALD()}, FOREST, X, Y, reference="A", **SHORT)
    assert twice.histories["A"] == twice.histories["B"]
    assert twice.verdicts == {"B": "not distinguishable on 2 repeats"}


@pytest.mark.slow
def test_results_do_not_depend_on_workers_or_on_other_strategies(short):
    spread = compare([BALD(), PowerBALD()], FOREST, X, Y, n_jobs=2, **SHORT)
    assert spread.histories == short.histories
    alone = compare([PowerBALD()], FOREST, X, Y, **SHORT)
    assert alone.histories["PowerBALD"] == short.histories["PowerBALD"]


@pytest.mark.slow
def test_more_repeats_keep_the_first_ones(short):
    more = compare([BALD()], FOREST, X, Y, **{**SHORT, "n_repeats": 3})
    assert more.histories["BALD"][:2] == short.histories["BALD"]


@pytest.mark.slow
def test_the_users_objects_stay_as_they_are():
    strategy, initial, estimator = BALD(), RandomSeed(10), RandomForestClassifier(5)
    strategies = {"BALD": strategy}
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    compare(strategies, estimator, X, Y, initial=initial, **SHORT)
    assert list(strategies) == ["BALD"]
    assert strategy.random_state is initial.random_state is None
    assert estimator.random_state is None
    assert not hasattr(estimator, "classes_")
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_a_run_is_that_of_a_loop_made_by_hand():
    # Nothing here knows chance: not the model, the first rows or the strategy.
    test = {"X_test": X[80:], "y_test": Y[80:], "scoring": "neg_log_loss"}
    found = compare(
        {"First": first_of_pool}, GaussianNB(), X[:80], Y[:80],
        initial=FirstRows(), **test, **SHORT,
    )  # fmt: skip
    loop = ActiveLearningLoop(
        ActiveLearner(GaussianNB(), first_of_pool),
        X[:80],
        LabelOracle(Y[:80]),
        n_queries=2,
        n_instances=5,
        initial=np.arange(12),
        **test,
    )
    assert found.histories["First"] == [loop.run().history_] * 2


def test_regressors_are_compared_too():
    X, y = make_regression(80, 3, noise=5.0, random_state=0)
    found = compare([PredictiveVariance()], BayesianRidge(), X, y, **SHORT)
    assert found.histories["Random"][0].n_labels.tolist() == [20, 25, 30]
    assert found.score_name == "R²"
    noisy = compare(
        [PredictiveVariance()], BayesianRidge(), X, y, oracle_noise=50.0, **SHORT
    )
    first = [c.histories["Random"][0][0].score for c in (found, noisy)]
    assert first[1] < first[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", [csr_array, lambda X: pytest.importorskip("pandas").DataFrame(X), list]
)
def test_rows_and_labels_may_be_of_any_kind(short, kind):
    names = np.array(["ant", "bee", "cat", "dog"])[Y]
    found = compare([BALD()], FOREST, kind(X), list(names), **SHORT)
    assert found.histories["BALD"] == short.histories["BALD"]


@pytest.mark.slow
def test_missing_values_go_to_a_model_that_takes_them():
    holes = np.where(np.random.default_rng(0).random(X.shape) < 0.1, np.nan, X)
    found = compare([BALD()], FOREST, holes, Y, **SHORT)
    assert found.histories["BALD"][0].n_labels.tolist() == [8, 13, 18]
    with pytest.raises(ValueError, match="contains NaN"):
        compare([first_of_pool], GaussianNB(), holes, Y, **SHORT)


def test_a_row_with_some_of_its_outputs_is_refused_before_any_run():
    y = np.c_[X[:, 0], X[:, 1]]
    y[3] = y[7, 1] = np.nan
    with pytest.raises(ValueError, match="y of compare has no number for output 1 of"):
        compare([PredictiveVariance()], LinearRegression(), X, y, **SHORT)


@pytest.mark.slow
def test_all_strategies_meet_the_same_wrong_answers():
    found = compare([BALD()], FOREST, X, Y, oracle_noise=0.4, **SHORT)
    first = {name: [h[0] for h in hs] for name, hs in found.histories.items()}
    clean = compare([BALD()], FOREST, X, Y, **SHORT)
    assert first["BALD"] == first["Random"]
    assert [r.indices for r in first["BALD"]] == [
        h[0].indices for h in clean.histories["BALD"]
    ]
    assert first["BALD"] != [h[0] for h in clean.histories["BALD"]]


class TrustsNothing(BaseEstimator):
    def trust(self, estimator, X, y):
        return np.zeros(len(X), dtype=bool)


@pytest.mark.filterwarnings("ignore::skbal.exceptions.RejectedLabelsWarning")
def test_a_filter_reaches_the_learner_and_its_labels_are_paid():
    found = compare(
        [BALD()], FOREST, X, Y, label_filter=TrustsNothing(), max_rejected=1, **SHORT
    )
    record = found.histories["BALD"][0][1]
    assert record.rejected == record.indices
    assert len(record.indices) == 6


def test_integers_of_the_user_do_not_tie_the_repeats_together():
    fixed = RandomForestClassifier(5, random_state=3)
    copies = [seeded_copy(fixed, seed, every=True) for seed in (0, 1, 1)]
    states = [copy.random_state for copy in copies]
    assert states[0] != states[1] == states[2]
    assert fixed.random_state == 3
    assert seeded_copy(None, 0, every=True) is None
    assert seeded_copy(first_of_pool, 0, every=True) is first_of_pool


@pytest.mark.slow
def test_test_rows_are_not_asked_about_and_hold_each_class_in_its_share(short):
    asked = {row for h in short.histories["Random"][:1] for r in h for row in r.indices}
    assert len(asked) == 18
    whole = compare(
        [BALD()], FOREST, X, Y, test_size=0.75, **{**SHORT, "n_queries": 50}
    )
    # A pool of 30 rows: 8 at first and 4 times 5, and then 2 are left.
    assert whole.histories["BALD"][0].n_labels[-1] == 28


def test_a_run_that_fails_says_which_it_was():
    def fails(learner, X_pool, n_instances=1):
        raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError, match="out of luck") as error:
        compare({"Bad": fails}, FOREST, X, Y, **SHORT)
    assert error.value.__notes__ == ["compare: in repeat 0 of 'Bad'."]


def counted(learner, X_pool, n_instances=1):
    COUNTED.append(len(X_pool))
    return np.arange(n_instances)


COUNTED = []


@pytest.mark.slow
@pytest.mark.versions
def test_finished_runs_are_kept_in_memory(tmp_path):
    COUNTED.clear()
    first = compare([counted], FOREST, X, Y, memory=str(tmp_path), **SHORT)
    assert len(COUNTED) == 2 * 2
    longer = {**SHORT, "n_repeats": 3}
    again = compare([counted], FOREST, X, Y, memory=str(tmp_path), **longer)
    assert len(COUNTED) == 3 * 2
    assert again.histories["counted"][:2] == first.histories["counted"]
    compare([counted], FOREST, X, Y, memory=str(tmp_path), **{**SHORT, "n_queries": 1})
    assert len(COUNTED) == 3 * 2 + 2


def test_progress_is_shown_when_wanted(capsys):
    compare([BALD()], FOREST, X, Y, **{**SHORT, "n_repeats": 1, "verbose": 1})
    assert "compare: 100%" in capsys.readouterr().err


def test_it_draws_itself(short):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    display = short.plot(band=None)
    assert list(display.points_) == ["BALD", "PowerBALD"]
    assert display.axes_[0].get_ylabel() == "Accuracy"
    pyplot.close("all")


def test_what_comes_back_is_a_comparison_with_its_settings():
    found = compare(
        [BALD()], FOREST, X, Y, target_score=0.5, confidence=0.8, n_bootstrap=99,
        simultaneous=False, scoring="balanced_accuracy", **SHORT,
    )  # fmt: skip
    assert isinstance(found, Comparison)
    assert found.target_scores == (0.5,)
    assert (found.confidence, found.n_bootstrap) == (0.8, 99)
    assert not found.simultaneous
    assert found.score_name == "Balanced accuracy"


def test_a_class_that_was_not_met_has_probability_0_in_the_score():
    rare = np.concatenate([np.flatnonzero(Y > 0), np.flatnonzero(Y == 0)[:3]])
    found = compare(
        [BALD()], FOREST, X[rare], Y[rare], scoring="neg_log_loss",
        initial=RandomSeed(4), **SHORT,
    )  # fmt: skip
    assert all(np.isfinite(areas).all() for areas in found.areas.values())


def test_few_rows_of_a_regression_are_enough():
    rows, targets = make_regression(20, 2, random_state=0)
    found = compare([PredictiveVariance()], BayesianRidge(), rows, targets, **SHORT)
    assert found.label_range == (8, 13)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"oracle_noise": 2},
            ValueError,
            r"oracle_noise of compare .* \[0, 1\], got 2",
        ),
        ({"n_repeats": 0}, ValueError, "n_repeats of compare .* got 0"),
        ({"n_queries": 0}, ValueError, "n_queries of compare .* got 0"),
        ({"n_instances": 121}, ValueError, "n_instances of compare is 121"),
        ({"n_instances": 89}, ValueError, "compare is 89, .* X holds only 88 rows"),
        ({"test_size": 0.999}, ValueError, "test_size of compare must leave rows"),
        ({"label_range": (9, 5)}, ValueError, "label_range of compare must begin bef"),
        ({"scoring": "acuracy"}, ValueError, "scoring of compare .*mean 'accuracy'"),
        ({"test_size": 1.5}, ValueError, "test_size of compare .* got 1.5"),
        ({"test_size": 0.0}, ValueError, r"test_size of compare .* \(0, 1\), got 0.0"),
        ({"X_test": X}, ValueError, "X_test and y_test of compare belong together"),
        ({"X_test": X, "y_test": Y[:3]}, ValueError, "rows, got 120 and 3"),
        ({"y": Y[:5]}, ValueError, r"y of compare .* 120 rows, but y has shape \(5,\)"),
        ({"estimator": GaussianNB}, TypeError, "estimator of compare .* instance"),
        ({"initial": BalancedSeed}, TypeError, "initial of compare .* got <class"),
        ({"initial": [1, 120]}, ValueError, r"initial of compare .* got 120"),
        ({"target_score": "all"}, TypeError, "target_score of compare"),
        ({"confidence": 0}, ValueError, "confidence of compare"),
        ({"n_bootstrap": 1.5}, TypeError, "n_bootstrap of compare"),
        ({"random_state": -1}, ValueError, "random_state of compare"),
    ],
)
def test_wrong_arguments_are_named_before_any_run(settings, error, message):
    given = {"strategies": [BALD()], "estimator": FOREST, "X": X, "y": Y, **settings}
    with pytest.raises(error, match=message):
        compare(**given)


@pytest.mark.slow
def test_labels_as_a_column_are_the_same_labels():
    flat = compare([BALD()], FOREST, X, Y, **SHORT)
    column = compare([BALD()], FOREST, X, np.reshape(Y, (-1, 1)), **SHORT)
    assert column.histories == flat.histories


@pytest.mark.parametrize("reference", [["Random"], np.array(["a", "b"]), 3])
def test_a_reference_that_is_no_name_is_refused(reference):
    with pytest.raises(TypeError, match="reference of compare must be the name of a"):
        compare([BALD()], FOREST, X, Y, reference=reference)
