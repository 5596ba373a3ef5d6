"""A run is an estimator: it hides the labels, asks for some, and keeps what came."""

import pickle
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import BayesianRidge, LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import (
    ActiveLearner,
    ActiveLearningClassifier,
    ActiveLearningRegressor,
    predict_samples,
)
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.models import BayesianVoteRegression, MCDropoutClassifier
from skbal.oracles import LabelOracle, NoisyOracle
from skbal.query import BALD, MaxEntropy, PredictiveVariance, Random, VoteBALD
from skbal.seeding import BalancedSeed, RandomSeed
from skbal.stopping import MaxQueries

X, Y = load_digits(return_X_y=True)
X, Y = X[:400], Y[:400]
X_R, Y_R = load_diabetes(return_X_y=True)


def forest(**changes):
    return RandomForestClassifier(n_estimators=10, **changes)


def run(**changes):
    parameters = {"n_queries": 3, "n_instances": 5, "random_state": 0, **changes}
    return ActiveLearningClassifier(parameters.pop("estimator", forest()), **parameters)


def test_it_is_the_loop_with_the_same_parts():
    seeded = forest(random_state=1)
    simulated = run(
        estimator=seeded,
        query_strategy=BALD(random_state=2),
        initial=BalancedSeed(random_state=3),
    ).fit(X, Y)
    held_out = simulated.held_out_
    candidates = np.setdiff1d(np.arange(len(X)), held_out)
    loop = ActiveLearningLoop(
        ActiveLearner(forest(random_state=1), BALD(random_state=2)),
        X,
        LabelOracle(Y),
        n_queries=3,
        n_instances=5,
        initial=candidates[
            BalancedSeed(random_state=3).select(X[candidates], Y[candidates])
        ],
        candidates=candidates,
        X_test=X[held_out],
        y_test=Y[held_out],
    ).run()
    assert simulated.history_ == loop.history_
    np.testing.assert_array_equal(
        simulated.predict_proba(X), loop.learner.predict_proba(X)
    )
    assert simulated.stop_reason_ == "n_queries reached"


def test_indices_are_rows_as_they_were_given_and_none_is_held_out():
    simulated = run().fit(X, Y)
    asked = [i for record in simulated.history_ for i in record.indices]
    assert len(asked) == len(set(asked)) == 20 + 15
    assert not set(asked) & set(simulated.held_out_.tolist())
    np.testing.assert_array_equal(simulated.learner_.X_training, X[asked])
    np.testing.assert_array_equal(simulated.learner_.y_training, Y[asked])
    assert len(simulated.held_out_) == 80
    counts = np.bincount(Y[simulated.held_out_], minlength=10)
    np.testing.assert_allclose(counts, np.bincount(Y) / 5, atol=1)


def test_nothing_can_be_held_out():
    simulated = run(test_size=None).fit(X, Y)
    assert len(simulated.held_out_) == 0
    assert np.isnan(simulated.history_.scores).all()
    with pytest.raises(ValueError, match="no staged scores: it held no rows out"):
        simulated.staged_score()


@pytest.mark.slow
def test_one_seed_is_one_history_and_another_is_another():
    first, second = run().fit(X, Y), run().fit(X, Y)
    assert first.history_ == second.history_
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert first.history_ != run(random_state=1).fit(X, Y).history_


@pytest.mark.slow
def test_without_a_seed_the_run_takes_numpys_stream_as_scikit_learn_does():
    simulated = run(random_state=None)
    state = np.random.get_state()  # noqa: NPY002
    try:
        np.random.seed(7)  # noqa: NPY002
        first = simulated.fit(X, Y).history_
        assert simulated.fit(X, Y).history_ != first
        np.random.seed(7)  # noqa: NPY002
        assert simulated.fit(X, Y).history_ == first
    finally:
        np.random.set_state(state)  # noqa: NPY002


def test_parts_get_seeds_where_they_have_none():
    simulated = run(
        estimator=make_pipeline(StandardScaler(), forest()),
        query_strategy=BALD(random_state=5),
    ).fit(X, Y)
    assert isinstance(simulated.estimator_[-1].random_state, int)
    assert simulated.learner_.query_strategy.random_state == 5
    assert simulated.estimator.steps[-1][1].random_state is None


def test_what_was_given_is_not_touched():
    parts = {
        "estimator": forest(),
        "query_strategy": BALD(),
        "initial": BalancedSeed(),
        "label_filter": LabelLikelihoodFilter(),
    }
    before = {name: dict(vars(part)) for name, part in parts.items()}
    simulated = run(**parts, oracle_noise=0.2)
    X_mine, y_mine = X.copy(), Y.copy()
    X_mine.setflags(write=False)
    y_mine.setflags(write=False)
    simulated.fit(X_mine, y_mine)
    for name, part in parts.items():
        assert getattr(simulated, name) is part
        assert vars(part) == before[name]


def test_every_level_can_be_cloned_and_set():
    simulated = run(
        estimator=make_pipeline(StandardScaler(), forest()),
        query_strategy=BALD(),
        initial=BalancedSeed(),
        label_filter=LabelLikelihoodFilter(),
    )
    changed = clone(simulated).set_params(
        estimator__randomforestclassifier__n_estimators=7,
        query_strategy__pool_subsample=50,
        initial__n_per_class=1,
        label_filter__threshold=0.01,
        n_queries=1,
    )
    changed.fit(X, Y)
    assert len(changed.estimator_[-1].estimators_) == 7
    assert changed.learner_.query_strategy.pool_subsample == 50
    assert changed.learner_.label_filter.threshold == 0.01
    assert len(changed.history_[0].indices) == 10
    assert simulated.get_params()["initial__n_per_class"] == 2


def test_defaults_are_bald_on_a_balanced_seed_and_variance_on_a_random_one():
    simulated = run().fit(X, Y)
    assert isinstance(simulated.learner_.query_strategy, BALD)
    assert (np.bincount(Y[list(simulated.history_[0].indices)]) == 2).all()
    regression = ActiveLearningRegressor(
        BayesianRidge(), n_queries=2, random_state=0
    ).fit(X_R, Y_R)
    assert isinstance(regression.learner_.query_strategy, PredictiveVariance)
    np.testing.assert_array_equal(regression.history_.n_labels, [20, 30, 40])


def test_a_model_of_votes_is_asked_by_votes_and_scored_by_its_own_score():
    yes = np.random.default_rng(0).binomial(
        40, np.where(np.median(Y_R) < Y_R, 0.8, 0.3)
    )
    votes = np.stack([yes, np.full_like(yes, 40)], axis=1)
    simulated = ActiveLearningRegressor(
        BayesianVoteRegression(), n_queries=2, random_state=0
    ).fit(X_R, votes)
    assert isinstance(simulated.learner_.query_strategy, VoteBALD)
    expected = simulated.estimator_.score(X_R, votes)
    assert simulated.score(X_R, votes) == expected
    assert -np.log(2) < expected < 0


@pytest.mark.slow
def test_noise_is_that_of_the_oracle():
    simulated = run(oracle_noise=0.3).fit(X, Y)
    asked = [i for record in simulated.history_ for i in record.indices]
    wrong = simulated.learner_.y_training != Y[asked]
    assert isinstance(simulated.oracle_, NoisyOracle)
    np.testing.assert_array_equal(wrong, simulated.oracle_.wrong_[asked])
    assert 0 < wrong.sum() < len(asked)
    assert simulated.oracle_.n_asked == len(asked) == simulated.history_[-1].cost
    # The held-out labels are the true ones.
    assert simulated.history_.scores[-1] == simulated.score(
        X[simulated.held_out_], Y[simulated.held_out_]
    )
    for noise in (0, 0.0, None):
        assert run(oracle_noise=noise).fit(X, Y).history_ == run().fit(X, Y).history_


def test_noise_of_one_is_always_wrong():
    simulated = run(oracle_noise=1.0, n_queries=1).fit(X, Y)
    asked = [i for record in simulated.history_ for i in record.indices]
    assert (simulated.learner_.y_training != Y[asked]).all()


def test_noise_of_a_regression_is_gaussian():
    simulated = ActiveLearningRegressor(
        BayesianRidge(), oracle_noise=50.0, n_queries=10, random_state=0
    ).fit(X_R, Y_R)
    asked = [i for record in simulated.history_ for i in record.indices]
    noise = simulated.learner_.y_training - Y_R[asked]
    # 120 answers: the spread is within four standard errors of 50.
    assert abs(noise.std() - 50) < 4 * 50 / np.sqrt(2 * len(asked))


def test_a_filter_is_asked_and_its_rejects_are_kept():
    simulated = run(
        label_filter=LabelLikelihoodFilter(threshold=0.1),
        oracle_noise=0.3,
        max_rejected=50,
    ).fit(X, Y)
    rejected = [i for record in simulated.history_ for i in record.rejected]
    assert rejected
    assert simulated.learner_.rejected_.indices.tolist() == rejected
    np.testing.assert_array_equal(simulated.learner_.rejected_.X, X[rejected])
    assert simulated.history_[-1].n_labels == 35 + len(rejected)


def test_a_rule_may_end_the_run():
    simulated = run(stopping=MaxQueries(1), n_queries=None).fit(X, Y)
    assert len(simulated.history_) == 2
    assert "1" in simulated.stop_reason_


def test_stages_are_the_models_of_the_steps():
    simulated = run(keep_stages=True).fit(X, Y)
    assert len(simulated.stages_) == 4
    held_out = simulated.held_out_
    np.testing.assert_array_equal(
        simulated.staged_score(X[held_out], Y[held_out]), simulated.history_.scores
    )
    np.testing.assert_array_equal(simulated.staged_score(), simulated.history_.scores)
    predictions = list(simulated.staged_predict(X))
    assert len(predictions) == 4
    np.testing.assert_array_equal(predictions[-1], simulated.predict(X))
    scores = [accuracy_score(Y, predicted) for predicted in predictions]
    np.testing.assert_allclose(simulated.staged_score(X, Y), scores)
    probabilities = list(simulated.staged_predict_proba(X))
    np.testing.assert_array_equal(probabilities[-1], simulated.predict_proba(X))
    # They are models of their own: the first has seen twenty rows.
    first = clone(simulated.estimator_)
    asked = list(simulated.history_[0].indices)
    first.fit(X[asked], Y[asked])
    np.testing.assert_array_equal(predictions[0], first.predict(X))


def test_models_are_kept_only_if_asked_for():
    simulated = run().fit(X, Y)
    assert simulated.stages_ is None
    for use in (
        lambda: next(simulated.staged_predict(X)),
        lambda: next(simulated.staged_predict_proba(X)),
        lambda: simulated.staged_score(X, Y),
    ):
        with pytest.raises(ValueError, match="fit it with keep_stages=True"):
            use()
    with pytest.raises(ValueError, match=r"X and y of staged_score .* belong together"):
        simulated.staged_score(X)


@pytest.mark.slow
def test_scoring_is_that_of_steps_and_of_score():
    simulated = run(scoring="neg_log_loss", keep_stages=True).fit(X, Y)
    held_out = simulated.held_out_
    expected = -log_loss(Y[held_out], simulated.predict_proba(X[held_out]))
    assert simulated.history_.scores[-1] == pytest.approx(expected)
    assert simulated.score(X[held_out], Y[held_out]) == pytest.approx(expected)
    staged = simulated.staged_score(X[held_out], Y[held_out])
    assert staged[-1] == pytest.approx(expected)
    regression = ActiveLearningRegressor(
        BayesianRidge(), n_queries=1, scoring="neg_mean_absolute_error", random_state=0
    ).fit(X_R, Y_R)
    error = -mean_absolute_error(Y_R, regression.predict(X_R))
    assert regression.score(X_R, Y_R) == pytest.approx(error)


def test_classes_that_the_model_has_not_met_have_probability_0():
    names = np.array([f"digit {c}" for c in range(10)])
    initial = RandomSeed(n_instances=3, random_state=1)
    simulated = run(initial=initial, n_queries=0, keep_stages=True).fit(X, names[Y])
    known = simulated.estimator_.classes_
    assert 1 < len(known) <= 3
    np.testing.assert_array_equal(simulated.classes_, names)
    missing = ~np.isin(names, known)
    for probabilities in (
        simulated.predict_proba(X),
        next(simulated.staged_predict_proba(X)),
    ):
        assert (probabilities[:, missing] == 0).all()
        np.testing.assert_allclose(
            probabilities[:, ~missing], simulated.estimator_.predict_proba(X)
        )
    draws = predict_samples(simulated, X, random_state=0)
    assert draws.shape == (400, 10, 10)
    np.testing.assert_allclose(draws.mean(axis=1), simulated.predict_proba(X))


@pytest.mark.slow
@pytest.mark.parametrize("scoring", ["neg_log_loss", "roc_auc_ovr"])
def test_they_count_in_the_score_of_each_step_as_in_that_of_the_last(scoring):
    initial = RandomSeed(n_instances=4, random_state=1)
    simulated = run(initial=initial, n_queries=1, keep_stages=True, scoring=scoring)
    simulated.fit(X, Y)
    assert len(simulated.estimator_.classes_) < 10
    held_out = simulated.held_out_
    rows, labels = X[held_out], Y[held_out]
    scores = simulated.history_.scores
    assert scores[-1] == simulated.score(rows, labels)
    np.testing.assert_array_equal(simulated.staged_score(rows, labels), scores)


def test_scores_that_are_nan_are_told_as_they_are():
    simulated = run(scoring=lambda model, X, y: np.nan, n_queries=1).fit(X, Y)
    assert np.isnan(simulated.staged_score()).all()


def test_draws_are_those_of_the_model():
    simulated = run().fit(X, Y)
    np.testing.assert_array_equal(
        predict_samples(simulated, X), predict_samples(simulated.estimator_, X)
    )
    np.testing.assert_array_equal(
        BALD().score_pool(simulated, X), BALD().score_pool(simulated.estimator_, X)
    )


@pytest.mark.slow
def test_frames_keep_their_names():
    frame = pd.DataFrame(X, columns=[f"pixel {i}" for i in range(64)])
    simulated = run().fit(frame, pd.Series(Y))
    assert list(simulated.feature_names_in_) == list(frame.columns)
    assert simulated.n_features_in_ == 64
    assert simulated.history_ == run().fit(X, Y).history_


def test_a_network_sees_images():
    images = X.reshape(-1, 1, 8, 8).astype(np.float32) / 16
    network = MCDropoutClassifier(max_steps=5, n_draws=5)
    simulated = run(estimator=network, n_queries=1).fit(images, Y)
    assert simulated.learner_.X_training.shape == (25, 1, 8, 8)
    assert simulated.learner_.X_training.dtype == np.float32


def test_missing_values_pass_to_models_that_take_them():
    holes = X.copy()
    holes[::7, 3] = np.nan
    with pytest.raises(ValueError, match=r"X given to ActiveLearningClassifier .* NaN"):
        run(estimator=LogisticRegression()).fit(holes, Y)
    trees = HistGradientBoostingClassifier(max_iter=2)
    run(estimator=trees, query_strategy=Random(), n_queries=1).fit(holes, Y)


@pytest.mark.slow
def test_a_fitted_run_can_be_pickled_and_holds_no_pool():
    simulated = run().fit(X, Y)
    copy = pickle.loads(pickle.dumps(simulated))
    assert copy.history_ == simulated.history_
    np.testing.assert_array_equal(copy.predict(X), simulated.predict(X))
    tenfold = np.repeat(X, 10, axis=0), np.repeat(Y, 10)
    larger = run().fit(*tenfold)
    assert len(pickle.dumps(larger)) < len(pickle.dumps(tenfold[0])) / 3


def test_it_is_what_it_simulates():
    assert is_classifier(run())
    regression = ActiveLearningRegressor(BayesianRidge())
    assert is_regressor(regression)
    assert not is_classifier(regression)
    assert hasattr(run(), "predict_proba")
    with_svm = run(estimator=BayesianRidge())
    assert not hasattr(with_svm, "predict_proba")


def test_regression_with_several_outputs_has_a_history():
    from skbal.models import BayesianLinearRegression

    targets = np.stack([Y_R, -Y_R], axis=1)
    simulated = ActiveLearningRegressor(
        BayesianLinearRegression(), n_queries=2, random_state=0
    ).fit(X_R, targets)
    assert simulated.predict(X_R).shape == (442, 2)
    assert np.isfinite(simulated.history_.scores).all()


def test_before_fit_there_is_nothing():
    from sklearn.exceptions import NotFittedError

    for use in (
        lambda: run().predict(X),
        lambda: run().predict_proba(X),
        lambda: run().staged_score(),
        lambda: next(run().staged_predict(X)),
        lambda: predict_samples(run(), X),
    ):
        with pytest.raises(NotFittedError):
            use()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        (
            {"estimator": RandomForestClassifier},
            TypeError,
            "estimator of ActiveLearningCl",
        ),
        ({"estimator": 3}, TypeError, "estimator of ActiveLearningClassifier must be"),
        (
            {"n_queries": -1},
            ValueError,
            "n_queries of ActiveLearningClassifier must be",
        ),
        (
            {"n_instances": 0},
            ValueError,
            "n_instances of ActiveLearningClassifier must",
        ),
        (
            {"n_instances": 321},
            ValueError,
            "is 321, but X without the test rows holds only 320 rows",
        ),
        ({"test_size": 1.5}, ValueError, "test_size of Active"),
        ({"test_size": 1.0}, ValueError, "must leave rows on either side"),
        ({"test_size": 0}, ValueError, "either side.* None holds out no rows"),
        ({"test_size": "a"}, TypeError, "test_size of Active"),
        ({"oracle_noise": 1.5}, ValueError, "oracle_noise of ActiveLearningClassifier"),
        ({"oracle_noise": "much"}, TypeError, "oracle_noise of ActiveLearningClassif"),
        (
            {"label_filter": 0.1},
            TypeError,
            "label_filter of ActiveLearningClassifier must be",
        ),
        (
            {"query_strategy": BALD},
            TypeError,
            "query_strategy of ActiveLearningClassifier must be",
        ),
        (
            {"initial": 7},
            ValueError,
            "initial of ActiveLearningClassifier must be one",
        ),
        ({"initial": "x"}, TypeError, "initial of ActiveLearningClassifier must be r"),
        ({"initial": BalancedSeed}, TypeError, "initial of ActiveLearningClassifier"),
        ({"stopping": 3}, TypeError, "stopping of ActiveLearningLoop must be a rule"),
        (
            {"scoring": "acuracy", "test_size": None},
            ValueError,
            "scoring of ActiveLearningClassifier .* Did you mean 'accuracy'",
        ),
        ({"scoring": 3}, TypeError, "scoring of ActiveLearningClassifier must be"),
        (
            {"random_state": "x"},
            ValueError,
            "random_state of ActiveLearningClassifier must be .* got 'x'",
        ),
    ],
)
def test_wrong_parameters_are_named(changes, error, message):
    with pytest.raises(error, match=message):
        run(**changes).fit(X, Y)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ((X, Y[:-1]), ValueError, "400 rows and 399 labels"),
        ((X, None), ValueError, "requires y to be passed"),
        ((X, np.linspace(0, 1, 400)), ValueError, "continuous"),
        ((X[:0], Y[:0]), ValueError, "0 sample"),
    ],
)
def test_wrong_data_are_named(data, error, message):
    with pytest.raises(error, match=message):
        run().fit(*data)


@pytest.mark.slow
def test_cross_validate_gives_fits_and_scores():
    result = cross_validate(
        run(query_strategy=MaxEntropy()), X, Y, cv=2, return_estimator=True
    )
    for fitted, score in zip(result["estimator"], result["test_score"]):
        assert 0.3 < score < 1
        assert len(fitted.history_) == 4


def as_objects(y, first):
    y = y.astype(object)
    y[0] = first
    return y


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (
            Y.astype("datetime64[D]"),
            "must hold either strings or numbers, got dat",
        ),
        (
            as_objects(Y, [1, 2]),
            r"must hold either strings or numbers, got 1 in row 1 and",
        ),
        (
            as_objects(Y, "cat"),
            "must hold either strings or numbers, got 1 in row 1 and",
        ),
        (sp.csr_array(Y[:, np.newaxis]), "must be dense"),
    ],
    ids=["dates", "list", "mixed", "sparse"],
)
def test_labels_that_no_oracle_can_answer_are_refused_by_name(y, words):
    with pytest.raises(TypeError, match=f"y .*ActiveLearningClassifier {words}"):
        run().fit(X, y)


@pytest.mark.parametrize("first", ["cat", [1, 2], Decimal(3), b"a"])
def test_targets_that_are_no_numbers_are_refused_by_name(first):
    simulation = ActiveLearningRegressor(BayesianRidge(), n_queries=1)
    with pytest.raises(TypeError, match=r"y of ActiveLearningRegr.* hold numbers"):
        simulation.fit(X_R, as_objects(Y_R, first))


@pytest.mark.parametrize("name", ["query_strategy", "label_filter"])
@pytest.mark.parametrize("value", [np, 3, BALD])
def test_parts_of_another_kind_are_refused_by_name(name, value):
    with pytest.raises(TypeError, match=f"{name} of ActiveLearningClassifier must be"):
        run(**{name: value}).fit(X, Y)
