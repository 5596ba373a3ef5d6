"""Tables with text, dates, categories and missing values, as a pipeline takes them."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from packaging.version import Version
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skbal import ActiveLearner, ActiveLearningClassifier
from skbal.experiments import compare
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import BALD, MaxEntropy, Random

N = 60
Y = np.arange(N) % 2
WORDS = np.where(Y, "a bright round galaxy", "a faint star")


def columns():
    rng = np.random.default_rng(0)
    size = rng.normal(Y, 0.3)
    size[::7] = np.nan
    return {
        "size": size.tolist(),
        "note": WORDS.tolist(),
        "kind": np.resize(["x", "y", None], N).tolist(),
        "seen": pd.date_range("2024-01-01", periods=N).to_pydatetime().tolist(),
        "ok": (rng.random(N) < 0.5).tolist(),
    }


def polars_that_works():
    """Return polars, or skip the test."""
    if Version(sklearn.__version__) < Version("1.7"):
        pytest.skip("ColumnTransformer of scikit-learn 1.6 fails on polars frames")
    return pytest.importorskip("polars")


def pandas_table():
    return pd.DataFrame(columns()).astype({"kind": "category"})


def polars_table():
    polars = polars_that_works()
    return polars.DataFrame(columns()).with_columns(
        polars.col("kind").cast(polars.Categorical), polars.col("size").fill_nan(None)
    )


class Days(TransformerMixin, BaseEstimator):
    """Dates as numbers of days."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.asarray(X["seen"]).astype("datetime64[D]").astype(float)[:, None]

    def get_feature_names_out(self, names=None):
        return ["days"]


def pipeline():
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_pipeline(
        make_column_transformer(
            (SimpleImputer(), ["size"]),
            (CountVectorizer(), "note"),
            (encoder, ["kind"]),
            (Days(), ["seen"]),
            ("passthrough", ["ok"]),
            sparse_threshold=0,
        ),
        RandomForestClassifier(5, random_state=0),
    )


TABLES = pytest.mark.parametrize("make", [pandas_table, polars_table])


def part(table, rows):
    return table.iloc[rows] if hasattr(table, "iloc") else table[rows]


@TABLES
def test_a_learner_takes_what_its_pipeline_takes(make):
    table = make()
    learner = ActiveLearner(pipeline(), BALD(random_state=0))
    learner.teach(part(table, np.arange(10)), Y[:10])
    indices, rows = learner.query(part(table, np.arange(10, N)), n_instances=4)
    learner.teach(rows, Y[10 + indices])
    assert type(learner.X_training) is type(table)
    expected = part(table, np.array([*range(10), *(10 + indices)]))
    assert learner.X_training.equals(expected)
    model = pipeline().fit(expected, learner.y_training)
    np.testing.assert_array_equal(
        learner.predict_proba(table), model.predict_proba(table)
    )


def test_labels_and_weights_may_be_series_of_polars():
    polars = polars_that_works()
    table, names = polars_table(), polars.Series("label", np.where(Y, "galaxy", "star"))
    weights = polars.Series(np.linspace(1, 2, N))
    learner = ActiveLearner(pipeline(), BALD(random_state=0))
    by = {"randomforestclassifier__sample_weight": weights[:10]}
    learner.teach(table[:10], names[:10], **by)
    for part in (slice(10, 14), slice(14, 20)):
        by = {"randomforestclassifier__sample_weight": weights[part]}
        learner.teach(table[part], names[part], **by)
    assert learner.y_training.equals(names[:20])
    model = pipeline().fit(
        table[:20], names[:20], randomforestclassifier__sample_weight=weights[:20]
    )
    np.testing.assert_array_equal(
        learner.predict_proba(table), model.predict_proba(table)
    )


def test_texts_in_a_series_of_polars_are_rows():
    polars = polars_that_works()
    texts, names = polars.Series(WORDS), polars.Series(np.where(Y, "galaxy", "star"))
    loop = ActiveLearningLoop(
        ActiveLearner(
            make_pipeline(CountVectorizer(), RandomForestClassifier(5, random_state=0)),
            Random(random_state=0),
        ),
        texts,
        LabelOracle(names),
        n_queries=2,
        n_instances=3,
        initial=polars.Series(range(8)),
        X_test=texts,
        y_test=names,
    ).run()
    assert loop.history_.scores[-1] == 1
    asked = np.array(loop.learner.indices_training)
    assert loop.learner.X_training.equals(texts[asked])


@TABLES
def test_a_loop_takes_what_its_pipeline_takes(make):
    table = make()
    loop = ActiveLearningLoop(
        ActiveLearner(pipeline(), BALD(random_state=0)),
        table,
        LabelOracle(Y),
        n_queries=2,
        n_instances=3,
        initial=range(8),
        X_test=table,
        y_test=Y,
    ).run()
    assert loop.history_.scores[-1] > 0.9
    asked = np.array(loop.learner.indices_training)
    assert loop.learner.X_training.equals(part(table, asked))


@pytest.mark.slow
@pytest.mark.versions
@TABLES
def test_a_run_and_a_search_take_what_their_pipeline_takes(make):
    table = make()
    run = ActiveLearningClassifier(
        pipeline(), BALD(), n_queries=2, n_instances=3, random_state=0
    )
    assert run.fit(table, Y).score(table, Y) > 0.9
    weighted = run.fit(table, Y, sample_weight=np.linspace(1, 2, N))
    assert len(weighted.history_) == 3
    search = GridSearchCV(run, {"query_strategy": [BALD(), MaxEntropy()]}, cv=2)
    assert search.fit(table, Y).best_score_ > 0.9


@pytest.mark.slow
@pytest.mark.versions
@TABLES
def test_a_comparison_takes_what_its_pipeline_takes(make):
    comparison = compare(
        {"BALD": BALD(), "Random": Random()},
        pipeline(),
        make(),
        Y,
        n_repeats=2,
        n_queries=1,
        n_instances=3,
        random_state=0,
    )
    assert comparison.n_repeats == 2


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_transformers_may_return_tables(output):
    if output == "polars":
        polars_that_works()
    expected = ActiveLearner(pipeline(), BALD(random_state=0))
    expected.teach(pandas_table()[:10], Y[:10])
    with sklearn.config_context(transform_output=output):
        learner = ActiveLearner(pipeline(), BALD(random_state=0))
        learner.teach(pandas_table()[:10], Y[:10])
        found = learner.query(pandas_table()[10:], n_instances=4)[0]
    np.testing.assert_array_equal(
        found, expected.query(pandas_table()[10:], n_instances=4)[0]
    )


def test_an_estimator_that_takes_missing_values_gets_them():
    table = pandas_table()[["size", "kind", "ok"]]
    boosting = HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2)
    loop = ActiveLearningLoop(
        ActiveLearner(boosting, MaxEntropy(random_state=0)),
        table,
        LabelOracle(Y),
        n_queries=1,
        n_instances=3,
        initial=range(8),
    ).run()
    assert loop.learner.X_training["size"].isna().any()
