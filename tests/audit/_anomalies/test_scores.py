import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import predict_samples
from skbal.audit import anomaly_scores
from skbal.audit._anomalies._scores import _n_discoveries
from skbal.information import mutual_information

DIGITS = load_digits()
KNOWN = np.flatnonzero(DIGITS.target != 6)
LABELLED, POOL = DIGITS.data[KNOWN[:400]], DIGITS.data[KNOWN[400:700]]
ROWS = np.concatenate([POOL, DIGITS.data[DIGITS.target == 6][:30]])
IS_ODD = np.arange(len(ROWS)) >= 300


@pytest.fixture(scope="module")
def forest():
    model = RandomForestClassifier(30, max_depth=8, random_state=0)
    return model.fit(LABELLED, DIGITS.target[KNOWN[:400]])


def test_a_digit_that_was_never_labelled_is_odd_by_all_methods(forest):
    for method in ("combined", "epistemic", "disagreement", "distance"):
        result = anomaly_scores(forest, ROWS, LABELLED, method=method, random_state=0)
        assert roc_auc_score(IS_ODD, result.scores) > 0.7, method
        assert result.method == method
        assert (np.diff(result.scores[result.order]) <= 0).all()


def test_draws_of_several_labels_per_row_are_refused_and_distances_are_not():
    labels = np.stack([LABELLED[:, 20] > 8, LABELLED[:, 30] > 8], axis=1).astype(int)
    model = RandomForestClassifier(5, random_state=0).fit(LABELLED, labels)
    with pytest.raises(TypeError, match="of one label per row, but RandomForestClas"):
        anomaly_scores(model, ROWS, LABELLED)
    assert (
        anomaly_scores(model, ROWS, LABELLED, method="distance").parts["distance"].all()
    )


def test_epistemic_and_disagreement_are_those_of_the_draws(forest):
    draws = predict_samples(forest, ROWS)
    epistemic = anomaly_scores(forest, ROWS, method="epistemic")
    np.testing.assert_allclose(epistemic.scores, mutual_information(draws))
    disagreement = anomaly_scores(forest, ROWS, method="disagreement")
    votes = np.stack([np.bincount(row, minlength=10) for row in draws.argmax(axis=2)])
    np.testing.assert_allclose(disagreement.scores, 1 - votes.max(axis=1) / 30)
    for result in (epistemic, disagreement):
        assert (result.concern, result.p_values, result.n_labelled) == (None, None, 0)
        assert "it cannot be told" in result.verdict


def test_combined_is_the_mean_rank(forest):
    result = anomaly_scores(forest, ROWS, LABELLED, random_state=0)
    ranks = [rankdata(result.parts[name]) for name in ("epistemic", "distance")]
    np.testing.assert_allclose(result.scores, np.mean(ranks, axis=0) / len(ROWS))


def test_regressors_are_scored_by_the_spread_of_their_draws():
    y = LABELLED.sum(axis=1)
    model = RandomForestRegressor(20, random_state=0).fit(LABELLED, y)
    draws = predict_samples(model, ROWS)[:, :, 0]
    found = anomaly_scores(model, ROWS, method="epistemic").scores
    np.testing.assert_allclose(found, draws.var(axis=1))
    found = anomaly_scores(model, ROWS, method="disagreement").scores
    np.testing.assert_allclose(found, draws.std(axis=1))


def test_distances_are_measured_behind_the_transformers_of_a_pipeline():
    scale = np.array([1.0, 1000.0])
    rng = np.random.default_rng(0)
    labelled, rows = rng.normal(size=(60, 2)), 2 * rng.normal(size=(20, 2))
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(labelled * scale, labelled[:, 0] > 0)
    options = {"method": "distance"}
    found = anomaly_scores(model, rows * scale, labelled * scale, **options)
    scaler = model[0]
    same = anomaly_scores(
        None,
        scaler.transform(rows * scale),
        scaler.transform(labelled * scale),
        **options,
    )
    np.testing.assert_allclose(found.scores, same.scores)
    of_rows = anomaly_scores(
        model, rows * scale, labelled * scale, features="rows", **options
    )
    assert not np.allclose(of_rows.scores, same.scores)
    own = anomaly_scores(
        model, rows * scale, labelled * scale, features=lambda X: X / scale, **options
    )
    plain = anomaly_scores(None, rows, labelled, **options)
    np.testing.assert_allclose(own.scores, plain.scores)


def test_distances_are_not_between_votes_for_classes():
    rng = np.random.default_rng(0)
    labelled, rows = rng.normal(size=(60, 2)), 2 * rng.normal(size=(20, 2))
    votes = VotingClassifier([("one", LogisticRegression())])
    votes.fit(labelled, labelled[:, 0] > 0)
    found = anomaly_scores(votes, rows, labelled, method="distance")
    plain = anomaly_scores(None, rows, labelled, method="distance")
    np.testing.assert_allclose(found.scores, plain.scores)


def test_rows_far_away_are_counted_and_ordinary_ones_are_not():
    rng = np.random.default_rng(0)
    labelled = rng.normal(size=(2500, 2))
    rows = np.concatenate([rng.normal(size=(100, 2)), 12 + rng.normal(size=(7, 2))])
    result = anomaly_scores(None, rows, labelled, method="distance")
    assert 7 <= result.n_unlike <= 8
    assert result.concern is True
    assert set(range(100, 107)) <= set(result.order[: result.n_unlike])
    assert "nothing like them" in result.verdict
    clean = anomaly_scores(None, rows[:100], labelled, method="distance")
    assert clean.concern is False
    assert "No row is farther" in clean.verdict
    json.dumps(result.to_dict())


def test_p_values_of_ordinary_rows_are_not_too_small():
    rng = np.random.default_rng(3)
    labelled, rows = rng.normal(size=(1000, 3)), rng.normal(size=(1000, 3))
    p_values = anomaly_scores(None, rows, labelled, method="distance").p_values
    for level in (0.05, 0.2, 0.5):
        # Both sets are random, so the error is that of a difference of two shares.
        error = 4 * np.sqrt(2 * level * (1 - level) / 1000)
        assert level / 2 < np.mean(p_values <= level) < level + error


def test_discoveries_are_those_of_benjamini_and_hochberg():
    # Ordered, the third is below 3 / 5 of the level, although the second is not.
    assert _n_discoveries(np.array([0.9, 0.029, 0.005, 0.5, 0.025]), 0.05) == 3
    assert _n_discoveries(np.array([0.9, 0.2]), 0.05) == 0


def test_an_index_whose_labels_repeat_names_no_rows():
    frame = pd.DataFrame(ROWS, index=np.arange(len(ROWS)) % 50)  # as after concat
    result = anomaly_scores(None, frame, LABELLED, method="distance")
    assert result.to_frame().row.tolist() == result.order.tolist()
    assert f"are {result.order[0]}, " in result.verdict


def test_frames_name_their_rows_and_images_are_flattened():
    names = [f"g{n}" for n in range(len(ROWS))]
    frame = pd.DataFrame(ROWS, index=names)
    labelled = pd.DataFrame(LABELLED)
    result = anomaly_scores(None, frame, labelled, method="distance")
    table = result.to_frame()
    assert table.row.tolist() == [f"g{n}" for n in result.order]
    assert table.columns.tolist() == ["row", "score", "distance", "p_value"]
    assert f"g{result.order[0]}" in result.verdict
    images = anomaly_scores(
        None,
        ROWS.reshape(-1, 1, 8, 8),
        LABELLED.reshape(-1, 1, 8, 8),
        method="distance",
    )
    np.testing.assert_allclose(images.scores, result.scores)


@pytest.mark.parametrize(("n_labelled", "n_rows"), [(50, 100), (19, 3), (99, 5)])
def test_one_odd_row_more_than_the_unseen_ones_is_found(n_labelled, n_rows):
    labelled = np.linspace(0, 1, n_labelled).reshape(-1, 1)

    def with_odd(n_odd):
        rows = np.full((n_rows, 1), 0.503)
        rows[:n_odd] = 1e6
        return anomaly_scores(None, rows, labelled, method="distance")

    ordinary = with_odd(0)
    assert ordinary.n_unlike == 0
    least = next(k for k in range(1, n_rows + 1) if with_odd(k).n_unlike)
    assert ordinary.n_unseen == least - 1
    assert ordinary.concern is (None if least > 1 else False)
    assert ("would not stand out" in ordinary.verdict) == (least > 1)
    assert with_odd(least).concern is True


def test_rows_that_cannot_be_found_at_all_are_not_more_than_there_are():
    labelled = np.linspace(0, 1, 15).reshape(-1, 1)
    result = anomaly_scores(None, [[1e6]], labelled, method="distance")
    assert (result.n_unlike, result.n_unseen, result.concern) == (0, 1, None)
    assert "a single odd row would not stand out" in result.verdict


def test_a_table_of_text_needs_something_that_makes_numbers_of_it():
    frame = pd.DataFrame({"city": ["Bern", "Chur"] * 10, "age": np.arange(20.0)})
    with pytest.raises(ValueError, match=r"'Bern'.* Give as estimator a pipeline"):
        anomaly_scores(None, frame, frame, method="distance")
    result = anomaly_scores(
        None, frame, frame, method="distance", features=lambda X: X[["age"]]
    )
    assert np.isfinite(result.scores).all()


X, L = np.zeros((3, 2)), np.arange(40.0).reshape(20, 2)


@pytest.mark.parametrize(
    ("args", "options", "words"),
    [
        ((None, X, L), {}, "estimator of anomaly_scores must be a fitted estimator"),
        ((None, X), {"method": "distance"}, "X_labelled of anomaly_scores must be"),
        (
            (None, X, L),
            {"method": "far"},
            "method of anomaly_scores must be 'combined'",
        ),
        ((None, X[:0], L), {"method": "distance"}, "must have at least one row"),
        ((None, X[:, :1], L), {"method": "distance"}, "must have the same number of"),
        (
            (None, X, L),
            {"method": "distance", "n_neighbors": 20},
            "must be below the number of labelled rows, 20, got 20",
        ),
        ((None, X, L), {"method": "distance", "n_neighbors": 0}, "n_neighbors of anom"),
        (
            (None, X, L),
            {"method": "distance", "features": "pca"},
            "features of anomaly",
        ),
        ((None, X, L), {"method": "distance", "level": 1}, "level of anomaly_scores"),
        ((None, X * np.nan, L), {"method": "distance"}, "features of anomaly_scores"),
        ((None, X, L), {"n_draws": 0}, "n_draws of anomaly_scores"),
        ((None, X, L), {"random_state": -1}, "random_state of anomaly_scores"),
        ((LogisticRegression(), X), {"method": "epistemic"}, "draws|fitted"),
    ],
)
def test_wrong_arguments_are_named(args, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        anomaly_scores(*args, **options)
