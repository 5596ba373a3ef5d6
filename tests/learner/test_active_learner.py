"""Learners: they ask, are taught, and stay as they were after an error."""

import copy
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import scipy.stats
from modAL.uncertainty import uncertainty_sampling
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    clone,
    is_classifier,
    is_regressor,
)
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

import skbal
from skbal import ActiveLearner, BayesianOptimizer
from skbal.query import BALD, MaxEntropy

IRIS_X, IRIS_Y = load_iris(return_X_y=True)
START = np.arange(0, 150, 10)  # five rows of each class

# Which rows are taught does not matter in most tests; test_repeats.py looks at it.
pytestmark = pytest.mark.filterwarnings("ignore::skbal.exceptions.TeachingWarning")


class Remembering(ClassifierMixin, BaseEstimator):
    """Keeps what it was fitted to, and can break in the middle of fit."""

    def __init__(self, error=None):
        self.error = error

    def fit(self, X, y, **fit_kwargs):
        if not hasattr(self, "log_"):
            self.log_ = []
        self.log_.append(len(y))  # in place: a shallow backup would not do
        if self.error is not None:
            self.classes_ = "half-fitted"
            raise self.error
        self.X_, self.y_, self.fit_kwargs_ = X, y, fit_kwargs
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def first_rows(learner, X_pool, n_instances=1):
    return np.arange(n_instances)


def taught_forest(**parameters):
    forest = RandomForestClassifier(n_estimators=5, random_state=0)
    return ActiveLearner(
        forest, X_training=IRIS_X[START], y_training=IRIS_Y[START], **parameters
    )


def state(value):
    """Return all that an object holds, down to numbers, in a form to be compared."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tolist()
    if isinstance(value, dict):
        return {key: state(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [state(inner) for inner in value]
    if isinstance(value, BaseEstimator):
        return type(value), state(vars(value))
    if type(value).__module__.startswith("sklearn"):  # a tree of a forest
        return state(value.__getstate__())
    return repr(value) if isinstance(value, BaseException) else value


# Being taught


def test_rows_given_to_the_constructor_are_learned_at_once():
    learner = taught_forest()
    reference = clone(learner.estimator).fit(IRIS_X[START], IRIS_Y[START])
    np.testing.assert_array_equal(
        learner.predict_proba(IRIS_X), reference.predict_proba(IRIS_X)
    )


def test_the_estimator_stays_the_object_that_was_given():
    scaler, forest = StandardScaler(), RandomForestClassifier(5, random_state=0)
    pipeline = make_pipeline(scaler, forest)
    learner = ActiveLearner(
        pipeline, X_training=IRIS_X[START], y_training=IRIS_Y[START]
    )
    learner.teach(IRIS_X[:3], IRIS_Y[:3])
    assert learner.estimator is pipeline
    assert pipeline[0] is scaler
    np.testing.assert_allclose(
        scaler.mean_, np.vstack([IRIS_X[START], IRIS_X[:3]]).mean(axis=0)
    )


def test_the_first_teach_of_an_untaught_learner_equals_fit():
    learner = ActiveLearner(RandomForestClassifier(5, random_state=0))
    assert learner.X_training is None
    assert learner.y_training is None
    learner.teach(IRIS_X[START], IRIS_Y[START])
    reference = taught_forest()
    np.testing.assert_array_equal(
        learner.predict_proba(IRIS_X), reference.predict_proba(IRIS_X)
    )


def test_teaching_in_pieces_equals_teaching_the_whole():
    pieces = ActiveLearner(RandomForestClassifier(5, random_state=0))
    for part in np.array_split(np.arange(0, 150, 5), 4):
        pieces.teach(IRIS_X[part], IRIS_Y[part])
    whole = clone(pieces).fit(IRIS_X[::5], IRIS_Y[::5])
    np.testing.assert_array_equal(pieces.X_training, whole.X_training)
    np.testing.assert_array_equal(pieces.y_training, whole.y_training)
    np.testing.assert_array_equal(
        pieces.predict_proba(IRIS_X), whole.predict_proba(IRIS_X)
    )


def test_only_new_fits_to_the_new_rows_and_remembers_all():
    learner = ActiveLearner(Remembering())
    learner.teach([[0.0], [1.0]], [0, 1])
    learner.teach([[2.0], [3.0], [4.0]], [0, 1, 1], only_new=True)
    assert learner.estimator.log_ == [2, 3]
    assert len(learner.X_training) == 5


def test_fit_replaces_what_was_taught():
    learner = taught_forest()
    assert learner.fit(IRIS_X[:120], IRIS_Y[:120]) is learner
    np.testing.assert_array_equal(learner.X_training, IRIS_X[:120])


def test_a_class_never_seen_before_can_be_taught():
    learner = ActiveLearner(RandomForestClassifier(5, random_state=0))
    learner.teach(IRIS_X[:100:10], IRIS_Y[:100:10])
    assert learner.classes_.tolist() == [0, 1]
    learner.teach(IRIS_X[[149]], IRIS_Y[[149]])
    assert learner.classes_.tolist() == [0, 1, 2]


def test_arguments_of_the_estimators_fit_go_on_to_it():
    learner = ActiveLearner(
        Remembering(), X_training=[[0], [1]], y_training=[0, 1], flag=False
    )
    assert learner.estimator.fit_kwargs_ == {"flag": False}
    learner.teach([[2]], [1], flag="on")
    assert learner.estimator.fit_kwargs_ == {"flag": "on"}
    learner.fit([[2]], [1])
    assert learner.estimator.fit_kwargs_ == {}


def test_teaching_leaves_the_callers_arrays_alone():
    X, y = IRIS_X[START].copy(), IRIS_Y[START].copy()
    learner = ActiveLearner(RandomForestClassifier(2), X_training=X, y_training=y)
    learner.teach(X[:2], y[:2])
    np.testing.assert_array_equal(X, IRIS_X[START])
    np.testing.assert_array_equal(y, IRIS_Y[START])


# Kinds of data


@pytest.mark.parametrize(
    "make",
    [
        np.asarray,
        lambda X: X.astype(np.float32),
        lambda X: X.tolist(),
        pd.DataFrame,
        sp.csr_matrix,
        sp.lil_matrix,
        sp.csr_array,
    ],
    ids=["float64", "float32", "list", "frame", "csr", "lil", "sparse array"],
)
@pytest.mark.parametrize(
    "make_y", [np.asarray, list, pd.Series], ids=["array", "list", "series"]
)
def test_a_loop_works_on_any_kind_of_rows(make, make_y):
    names = np.array(["setosa", "versicolor", "virginica"])[IRIS_Y]
    learner = ActiveLearner(
        RandomForestClassifier(5, random_state=0),
        BALD(random_state=0),
        X_training=make(IRIS_X[START]),
        y_training=make_y(names[START]),
    )
    pool = make(IRIS_X)
    indices, rows = learner.query(pool, n_instances=4)
    assert type(rows) is type(pool)
    learner.teach(rows, make_y(names[indices]))
    expected = np.vstack([IRIS_X[START], IRIS_X[indices]])
    known = learner.X_training
    known = known.toarray() if sp.issparse(known) else np.asarray(known)
    np.testing.assert_allclose(known, expected, rtol=1e-6)
    assert list(learner.y_training) == [*names[START], *names[indices]]
    assert learner.score(pool, names) > 0.8


def test_a_loop_works_on_images():
    images = np.random.default_rng(0).normal(size=(40, 1, 4, 4)).astype(np.float32)
    y = (images.mean(axis=(1, 2, 3)) > 0).astype(int)
    flat = FunctionTransformer(lambda X: X.reshape(len(X), -1))
    forest = RandomForestClassifier(5, random_state=0)
    learner = ActiveLearner(
        make_pipeline(flat, forest), X_training=images[:20], y_training=y[:20]
    )
    indices, rows = learner.query(images[20:], n_instances=3)
    assert rows.shape == (3, 1, 4, 4)
    learner.teach(rows, y[20:][indices])
    assert learner.X_training.shape == (23, 1, 4, 4)
    assert learner.X_training.dtype == np.float32


def test_a_loop_works_on_texts():
    texts = ["good film", "bad film", "good book", "bad book"]
    model = make_pipeline(CountVectorizer(), RandomForestClassifier(3, random_state=0))
    learner = ActiveLearner(
        model, first_rows, X_training=texts[:2], y_training=["+", "-"]
    )
    _, rows = learner.query(texts[2:], n_instances=2)
    assert rows == texts[2:]
    learner.teach(rows, ["+", "-"])
    assert learner.X_training == texts
    assert learner.predict(["good", "bad"]).tolist() == ["+", "-"]


def test_a_pool_on_disk_is_asked_about_without_being_copied(tmp_path):
    pool = np.memmap(tmp_path / "pool", np.float32, "w+", shape=IRIS_X.shape)
    pool[:] = IRIS_X
    seen = []

    def strategy(learner, X_pool):
        seen.append(X_pool)
        return np.array([149, 0])

    _, rows = taught_forest(query_strategy=strategy).query(pool)
    assert seen[0] is pool
    np.testing.assert_array_equal(rows, pool[[149, 0]])


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)),
        VotingClassifier(
            [("bayes", GaussianNB()), ("logistic", LogisticRegression())], voting="soft"
        ),
        GridSearchCV(
            RandomForestClassifier(5, random_state=0), {"max_depth": [1, 3]}, cv=2
        ),
    ],
    ids=["pipeline", "voting", "search"],
)
def test_what_holds_models_that_make_draws_can_be_the_estimator(estimator):
    learner = ActiveLearner(estimator, BALD(random_state=0))
    learner.teach(IRIS_X[START], IRIS_Y[START])
    indices, rows = learner.query(IRIS_X, n_instances=5)
    learner.teach(rows, IRIS_Y[indices])
    assert len(set(indices)) == 5
    assert learner.score(IRIS_X, IRIS_Y) > 0.8


# Asking


def test_query_gives_what_the_strategy_chose_and_these_rows():
    learner = taught_forest(query_strategy=first_rows)
    indices, rows = learner.query(IRIS_X, n_instances=2)
    assert indices.tolist() == [0, 1]
    np.testing.assert_array_equal(rows, IRIS_X[:2])


def test_the_rows_chosen_are_those_of_the_strategy_alone():
    learner = taught_forest(query_strategy=MaxEntropy(random_state=3))
    indices, _ = learner.query(IRIS_X, n_instances=6)
    alone = MaxEntropy(random_state=3)(learner, IRIS_X, n_instances=6)
    np.testing.assert_array_equal(indices, alone)


def test_a_strategy_that_wants_no_row_gets_none():
    indices, rows = taught_forest(query_strategy=lambda learner, X: []).query(IRIS_X)
    assert indices.shape == (0,)
    assert rows.shape == (0, 4)


def test_arguments_of_query_go_on_to_the_strategy():
    def strategy(learner, X_pool, first, *, last):
        return [first, last]

    indices, rows = taught_forest(query_strategy=strategy).query(IRIS_X, 3, last=7)
    assert indices == [3, 7]
    np.testing.assert_array_equal(rows, IRIS_X[[3, 7]])


def test_a_strategy_that_fails_raises_its_own_error():
    error = ZeroDivisionError("mine")

    def strategy(learner, X_pool):
        raise error

    with pytest.raises(ZeroDivisionError) as caught:
        taught_forest(query_strategy=strategy).query(IRIS_X)
    assert caught.value is error


def test_a_strategy_that_returns_rows_as_well_is_warned_about():
    learner = taught_forest(query_strategy=lambda learner, X: ([1], "rows"))
    with pytest.warns(DeprecationWarning, match="only the indices"):
        assert learner.query(IRIS_X) == ([1], "rows")


def test_each_learner_has_a_default_strategy_of_its_own():
    one, other = ActiveLearner(GaussianNB()), ActiveLearner(GaussianNB())
    assert isinstance(one.query_strategy, BALD)
    one.set_params(query_strategy__n_draws=7)
    assert other.query_strategy.n_draws != 7


@pytest.mark.parametrize("strategy", [None, 3, "BALD"])
def test_what_is_no_strategy_is_refused_when_it_is_asked(strategy):
    learner = taught_forest(query_strategy=strategy)
    with pytest.raises(TypeError, match="query_strategy of ActiveLearner must be a"):
        learner.query(IRIS_X)


def test_the_class_of_a_strategy_is_no_strategy():
    learner = taught_forest(query_strategy=BALD)
    with pytest.raises(TypeError, match=r"such as skbal.query.BALD\(\).*class BALD"):
        learner.query(IRIS_X)


@pytest.mark.parametrize("answer", [np.array([0.5]), "row", None])
def test_a_strategy_that_gives_no_indices_is_named(answer):
    learner = taught_forest(query_strategy=lambda learner, X: answer)
    with pytest.raises(TypeError, match="query_strategy of ActiveLearner must return"):
        learner.query(IRIS_X)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ([1, 1], ValueError, "must all differ, got 1 more than once"),
        ([-1], ValueError, r"must lie in \[0, 150\), got -1"),
        ([[3], [150]], ValueError, r"must lie in \[0, 150\), got 150"),
        (IRIS_Y == 1, TypeError, r"dtype bool. np.flatnonzero\(mask\) gives them"),
    ],
)
def test_a_function_must_choose_different_rows_of_the_pool(answer, error, message):
    learner = taught_forest(query_strategy=lambda learner, X: answer)
    with pytest.raises(error, match=f"result of query_strategy of Act.* {message}"):
        learner.query(IRIS_X)


def test_too_many_arguments_of_query_are_named():
    learner = taught_forest(query_strategy=MaxEntropy(random_state=0))
    assert len(learner.query(IRIS_X, 3)[0]) == 3
    words = "query of ActiveLearner takes X_pool and n_instances by position, got 2 arg"
    with pytest.raises(TypeError, match=words):
        learner.query(IRIS_X, 3, 5)
    with pytest.raises(TypeError, match="got two values for 'n_instances'"):
        learner.query(IRIS_X, 3, n_instances=3)

    class Open(MaxEntropy):
        def __call__(self, learner, X_pool, *numbers, **others):
            return super().__call__(learner, X_pool, sum(numbers), **others)

    open_learner = taught_forest(query_strategy=Open(random_state=0))
    assert len(open_learner.query(IRIS_X, 1, 2)[0]) == 3


def test_an_argument_that_the_strategy_does_not_take_is_named():
    learner = taught_forest(query_strategy=MaxEntropy())
    words = r"query of ActiveLearner got the .* 'n_instance'. Did you mean 'n_instanc"
    with pytest.raises(TypeError, match=words):
        learner.query(IRIS_X, n_instance=3)
    with pytest.raises(TypeError, match=r"got the unexpected argument 'learner'.$"):
        learner.query(IRIS_X, learner=3)

    class Patient(MaxEntropy):
        def __call__(self, learner, X_pool, n_instances=1, *, wait=0, **others):
            return super().__call__(learner, X_pool, n_instances, **others)

    learner = taught_forest(query_strategy=Patient(random_state=0))
    assert len(learner.query(IRIS_X, n_instances=2, wait=1)[0]) == 2


FRAME = pd.DataFrame(IRIS_X, columns=list("abcd"))


@pytest.mark.parametrize(
    ("taught", "pool", "error", "message"),
    [
        (
            IRIS_X,
            FRAME["a"],
            ValueError,
            r"must have rows of shape \(4,\), .* got \(\)",
        ),
        (FRAME, IRIS_X, TypeError, "must be a data frame, like .* got ndarray"),
        (FRAME, FRAME[list("bacd")], ValueError, "must .* column 0 must be 'a'"),
    ],
)
def test_a_pool_of_another_kind_than_the_taught_rows_is_refused(
    taught, pool, error, message
):
    forest = RandomForestClassifier(3, random_state=0)
    learner = ActiveLearner(forest, MaxEntropy(), taught[::9], IRIS_Y[::9])
    with pytest.raises(error, match=f"X_pool given to ActiveLearner {message}"):
        learner.query(pool)
    assert len(learner.query(taught)[0]) == 1


@pytest.mark.parametrize("strategy", [BALD(), first_rows], ids=["BALD", "function"])
@pytest.mark.parametrize("pool", [IRIS_X[:0], [], sp.csr_matrix((0, 4))])
def test_an_empty_pool_is_refused(strategy, pool):
    with pytest.raises(ValueError, match=r"X_pool given to \w+ is empty"):
        taught_forest(query_strategy=strategy).query(pool)


def test_more_rows_than_the_pool_holds_are_refused():
    with pytest.raises(ValueError, match=r"151.*150"):
        taught_forest().query(IRIS_X, n_instances=151)


def test_asking_an_untaught_learner_says_that_it_is_not_fitted():
    with pytest.raises(NotFittedError):
        ActiveLearner(RandomForestClassifier()).query(IRIS_X)


# Being left as it was


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (IRIS_X[:3], IRIS_Y[:2], "3 rows and 2 labels"),
        (IRIS_X[:3, :2], IRIS_Y[:3], r"rows of shape \(4,\).*got \(2,\)"),
        (IRIS_X[0], IRIS_Y[:1], "one row for the label"),
        (IRIS_X[:0], IRIS_Y[:0], "0 sample"),
        (np.full((1, 4), np.inf), [0], "X given to ActiveLearner is refused.*infinity"),
        (IRIS_X[:1], [np.nan], "y given to ActiveLearner is refused.*NaN"),
        (IRIS_X[:1], ["setosa"], "must be numbers.*got strings"),
        (IRIS_X[:1], [[0]], r"y given .* rows of shape \(\).*got \(1,\)"),
        (IRIS_X[:1], None, "requires y"),
        (None, [0], "requires X"),
    ],
)
@pytest.mark.parametrize("only_new", [False, True])
def test_rows_that_are_refused_leave_the_learner_as_it_was(X, y, message, only_new):
    learner = taught_forest()
    before = state(learner)
    with pytest.raises(ValueError, match=message):
        learner.teach(X, y, only_new=only_new)
    assert state(learner) == before


@pytest.mark.parametrize("only_new", [False, True])
@pytest.mark.parametrize("bootstrap", [False, True])
@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_a_fit_that_breaks_leaves_the_learner_as_it_was(error, bootstrap, only_new):
    learner = ActiveLearner(make_pipeline(StandardScaler(), Remembering()))
    learner.teach(IRIS_X[START], IRIS_Y[START])
    learner.estimator[-1].error = error
    estimator, before = learner.estimator, state(learner)
    with pytest.raises(type(error)) as caught:
        learner.teach(IRIS_X[:3], IRIS_Y[:3], bootstrap=bootstrap, only_new=only_new)
    assert caught.value is error
    assert learner.estimator is estimator
    assert state(learner) == before


def test_a_first_teach_that_breaks_leaves_the_learner_untaught():
    learner = ActiveLearner(Remembering(RuntimeError("no")))
    before = state(learner)
    with pytest.raises(RuntimeError):
        learner.teach([[0.0]], [0])
    assert state(learner) == before
    assert learner.X_training is None


def test_a_fit_of_the_learner_that_breaks_keeps_what_was_taught():
    learner = ActiveLearner(Remembering())
    learner.teach([[0.0], [1.0]], [0, 1])
    learner.estimator.error = RuntimeError("no")
    before = state(learner)
    with pytest.raises(RuntimeError):
        learner.fit([[5.0]], [1])
    with pytest.raises(ValueError, match="1 rows and 2 labels"):
        learner.fit([[5.0]], [1, 2])
    assert state(learner) == before


def test_after_an_error_the_learner_can_be_taught_again():
    learner, reference = taught_forest(), taught_forest()
    with pytest.raises(ValueError):
        learner.teach(IRIS_X[:2, :1], IRIS_Y[:2])
    for each in (learner, reference):
        each.teach(IRIS_X[:2], IRIS_Y[:2])
    assert state(learner) == state(reference)


def test_an_estimator_that_goes_on_from_where_it_was_goes_back_there():
    learner = ActiveLearner(
        LogisticRegression(warm_start=True, max_iter=500),
        X_training=IRIS_X[START],
        y_training=IRIS_Y[START],
    )
    coef = learner.estimator.coef_.copy()
    with pytest.raises(ValueError, match="class"):
        learner.teach(IRIS_X[:3], IRIS_Y[:3], only_new=True)
    np.testing.assert_array_equal(learner.estimator.coef_, coef)
    assert len(learner.X_training) == len(START)


# The constructor


def test_an_unknown_argument_is_not_swallowed():
    with pytest.raises(TypeError, match=r"unexpected arguments \['query_stratgy'\]"):
        ActiveLearner(GaussianNB(), query_stratgy=BALD())


@pytest.mark.parametrize("given", [{"X_training": [[1]]}, {"y_training": [1]}])
def test_rows_without_labels_or_labels_without_rows_are_refused(given):
    with pytest.raises(ValueError, match="of ActiveLearner belong together, got"):
        ActiveLearner(GaussianNB(), **given)


@pytest.mark.parametrize("make", [np.asarray, pd.DataFrame, np.ndarray.tolist])
def test_rows_in_place_of_the_strategy_are_told_their_names(make):
    words = "query_strategy of ActiveLearner .* Rows .* X_training= and y_training="
    with pytest.raises(TypeError, match=words):
        ActiveLearner(GaussianNB(), make(IRIS_X), IRIS_Y)
    with pytest.raises(TypeError, match=words):
        ActiveLearner(GaussianNB(), make(IRIS_X)).query(IRIS_X)


@pytest.mark.parametrize("estimator", [RandomForestClassifier, None, 3])
def test_what_is_no_estimator_is_refused_when_it_is_taught(estimator):
    learner = ActiveLearner(estimator)
    with pytest.raises(TypeError, match="estimator of ActiveLearner must be"):
        learner.teach(IRIS_X, IRIS_Y)


def test_force_all_finite_is_checked_when_it_is_used():
    learner = ActiveLearner(GaussianNB(), force_all_finite="yes")
    with pytest.raises(ValueError, match=r"force_all_finite of ActiveLearner.*'yes'"):
        learner.teach(IRIS_X, IRIS_Y)


@pytest.mark.parametrize("allowed", [None, False, "allow-nan"])
def test_missing_values_reach_an_estimator_that_takes_them(allowed):
    X = IRIS_X.copy()
    X[::7, 1] = np.nan
    learner = ActiveLearner(
        HistGradientBoostingClassifier(max_iter=3), force_all_finite=allowed
    )
    learner.teach(X, IRIS_Y)
    learner.teach(X[:7], IRIS_Y[:7])
    assert learner.score(X, IRIS_Y) > 0.8


def test_missing_values_are_refused_for_an_estimator_that_does_not_take_them():
    learner = ActiveLearner(GaussianNB())
    with pytest.raises(ValueError, match=r"X given to ActiveLearner is refused.*NaN"):
        learner.teach(np.full((1, 4), np.nan), [0])
    learner = taught_forest(force_all_finite=True)
    with pytest.raises(ValueError, match=r"X given to ActiveLearner is refused.*NaN"):
        learner.teach(np.full((1, 4), np.nan), [0])


# Bootstrap samples


def test_a_bootstrap_sample_is_drawn_from_the_known_rows_with_replacement():
    X, y = np.arange(200.0).reshape(-1, 1), np.arange(200)
    learner = ActiveLearner(Remembering(), random_state=0)
    learner.teach(X, y, bootstrap=True)
    bag = learner.estimator.X_.ravel()
    assert len(bag) == 200
    # Expected share of different rows: 1 - 1/e = .632, spread about .02.
    assert 0.55 < len(np.unique(bag)) / 200 < 0.72
    np.testing.assert_array_equal(bag, learner.estimator.y_)
    np.testing.assert_array_equal(learner.X_training, X)


def test_a_bootstrap_sample_is_set_by_random_state_alone():
    def bag(random_state, global_seed):
        np.random.seed(global_seed)  # noqa: NPY002
        learner = ActiveLearner(
            Remembering(),
            X_training=np.arange(50).reshape(-1, 1),
            y_training=np.arange(50),
            bootstrap_init=True,
            random_state=random_state,
        )
        return learner.estimator.y_.tolist()

    assert bag(0, 1) == bag(0, 2)
    assert bag(0, 1) != bag(1, 1)
    assert bag(None, 1) != bag(None, 1)
    rng = np.random.default_rng(0)
    assert bag(rng, 1) != bag(rng, 1)


def test_the_global_random_stream_stays_where_it_was():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    learner = taught_forest(bootstrap_init=True)
    learner.teach(IRIS_X[:3], IRIS_Y[:3], bootstrap=True)
    learner.query(IRIS_X)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("only_new", [False, True])
def test_a_bootstrap_sample_takes_the_weights_of_its_rows(only_new):
    learner = ActiveLearner(Remembering(), random_state=0)
    y = np.arange(30)
    learner.teach(
        y.reshape(-1, 1), y, bootstrap=True, only_new=only_new, sample_weight=2 * y
    )
    weights = learner.estimator.fit_kwargs_["sample_weight"]
    np.testing.assert_array_equal(weights, 2 * learner.estimator.y_)


@pytest.mark.parametrize(
    "make", [list, pd.DataFrame, sp.lil_matrix], ids=["list", "frame", "sparse"]
)
def test_any_kind_of_rows_can_be_bootstrapped(make):
    learner = ActiveLearner(RandomForestClassifier(3), random_state=0)
    learner.teach(make(IRIS_X), list(IRIS_Y), bootstrap=True)
    learner.teach(make(IRIS_X[:2]), list(IRIS_Y[:2]), bootstrap=True)
    assert learner.score(make(IRIS_X), IRIS_Y) > 0.9


# Standing in for the estimator


def test_predictions_are_those_of_the_estimator():
    learner = taught_forest()
    forest = learner.estimator
    for name in ("predict", "predict_proba"):
        np.testing.assert_array_equal(
            getattr(learner, name)(IRIS_X), getattr(forest, name)(IRIS_X)
        )
    assert learner.score(IRIS_X, IRIS_Y) == forest.score(IRIS_X, IRIS_Y)
    assert learner.n_features_in_ == 4


def test_draws_are_those_of_the_estimator():
    learner = taught_forest()
    draws = skbal.predict_samples(learner.estimator, IRIS_X, 3, random_state=0)
    np.testing.assert_array_equal(
        learner.predict_samples(IRIS_X, 3, random_state=0), draws
    )
    np.testing.assert_array_equal(
        skbal.predict_samples(learner, IRIS_X, 3, random_state=0), draws
    )


def test_draws_of_a_gaussian_process_stay_joint_inside_a_learner():
    X = np.linspace(0, 1, 6).reshape(-1, 1)
    learner = ActiveLearner(
        GaussianProcessRegressor(RBF(1.0), optimizer=None),
        X_training=X[:2],
        y_training=[0.0, 1.0],
    )
    whole = skbal.predict_samples(learner.estimator, X, 4, random_state=0)
    pieces = skbal.predict_samples(learner, X, 4, random_state=0, batch_size=1)
    np.testing.assert_array_equal(pieces, whole)


def test_a_learner_has_the_methods_that_its_estimator_has():
    machine = ActiveLearner(LinearSVC())
    assert hasattr(machine, "decision_function")
    assert not hasattr(machine, "predict_proba")
    with pytest.raises(AttributeError, match="predict_proba"):
        machine.predict_proba(IRIS_X)
    assert not hasattr(taught_forest(), "decision_function")
    assert not hasattr(ActiveLearner(GaussianNB()), "classes_")


def test_a_decision_function_is_that_of_the_estimator():
    learner = ActiveLearner(LinearSVC(), first_rows).fit(IRIS_X, IRIS_Y)
    np.testing.assert_array_equal(
        learner.decision_function(IRIS_X), learner.estimator.decision_function(IRIS_X)
    )


def test_names_of_columns_are_those_of_the_estimator():
    frame = pd.DataFrame(IRIS_X, columns=list("abcd"))
    learner = ActiveLearner(GaussianNB()).fit(frame, IRIS_Y)
    assert learner.feature_names_in_.tolist() == list("abcd")


# What scikit-learn asks of an estimator


def test_a_learner_is_of_the_kind_of_its_estimator():
    assert is_classifier(ActiveLearner(GaussianNB()))
    assert is_regressor(ActiveLearner(LinearRegression()))
    assert is_classifier(ActiveLearner(make_pipeline(StandardScaler(), GaussianNB())))


def test_a_learner_is_fitted_when_its_estimator_is():
    learner = ActiveLearner(GaussianNB())
    with pytest.raises(NotFittedError):
        check_is_fitted(learner)
    learner.teach(IRIS_X, IRIS_Y)
    check_is_fitted(learner)


def test_parameters_are_those_of_learner_estimator_and_strategy():
    learner = taught_forest(random_state=1)
    parameters = learner.get_params()
    assert parameters["estimator__n_estimators"] == 5
    assert parameters["random_state"] == 1
    assert "query_strategy__random_state" in parameters
    assert "X_training" not in parameters
    learner.set_params(estimator__n_estimators=2, query_strategy__random_state=4)
    assert learner.estimator.n_estimators == 2
    assert learner.query_strategy.random_state == 4


@pytest.mark.parametrize("kind", [ActiveLearner, BayesianOptimizer])
def test_a_clone_has_the_parameters_and_was_taught_nothing(kind):
    learner = kind(
        RandomForestRegressor(3),
        MaxEntropy(random_state=2),
        X_training=IRIS_X,
        y_training=IRIS_Y,
        bootstrap_init=True,
        on_transformed=True,
        force_all_finite="allow-nan",
        random_state=5,
    )
    copied = clone(learner)
    assert type(copied) is kind
    assert repr(copied) == repr(learner)
    assert copied.X_training is None
    assert copied.y_training is None
    assert copied.estimator is not learner.estimator
    assert not hasattr(copied.estimator, "estimators_")
    assert copied.random_state == 5
    assert repr(clone(copied)) == repr(learner)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", [BALD(), first_rows], ids=["BALD", "function"])
def test_cross_validation_of_a_learner_is_that_of_its_estimator(strategy):
    learner = taught_forest(query_strategy=strategy)
    scores = cross_val_score(learner, IRIS_X, IRIS_Y, cv=3)
    expected = cross_val_score(learner.estimator, IRIS_X, IRIS_Y, cv=3)
    np.testing.assert_array_equal(scores, expected)
    assert len(learner.X_training) == len(START)


def test_a_grid_search_reaches_estimator_and_strategy():
    learner = ActiveLearner(KNeighborsClassifier(), MaxEntropy())
    grid = {
        "estimator__n_neighbors": [1, 149 * 2 // 3],
        "query_strategy__random_state": [0, 1],
    }
    search = GridSearchCV(learner, grid, cv=3, error_score="raise")
    search.fit(IRIS_X, IRIS_Y)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_params_["estimator__n_neighbors"] == 1
    assert search.best_estimator_.query_strategy.random_state == 0
    assert learner.X_training is None


def test_scorers_find_probabilities_and_decisions():
    binary = IRIS_Y == 1
    for estimator in (GaussianNB(), LinearSVC()):
        learner = ActiveLearner(estimator)
        scores = cross_val_score(learner, IRIS_X, binary, cv=3, scoring="roc_auc")
        expected = cross_val_score(estimator, IRIS_X, binary, cv=3, scoring="roc_auc")
        np.testing.assert_allclose(scores, expected, rtol=1e-6)


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda learner: pickle.loads(pickle.dumps(learner))],
    ids=["deepcopy", "pickle"],
)
def test_a_copy_knows_what_was_taught_and_learns_alone(duplicate):
    learner = taught_forest()
    copied = duplicate(learner)
    assert state(copied) == state(learner)
    copied.teach(IRIS_X[:2], IRIS_Y[:2])
    assert len(learner.X_training) == len(START)
    assert len(copied.X_training) == len(START) + 2


def test_joblib_saves_and_loads_a_learner(tmp_path):
    learner = taught_forest()
    joblib.dump(learner, tmp_path / "learner.joblib")
    loaded = joblib.load(tmp_path / "learner.joblib")
    np.testing.assert_array_equal(loaded.predict(IRIS_X), learner.predict(IRIS_X))


def test_a_learner_shows_itself_in_a_notebook():
    learner = taught_forest()
    assert "RandomForestClassifier" in learner._repr_html_()
    assert "RandomForestClassifier" in repr(learner)
    assert "5.1" not in repr(learner)  # no training data in it


def test_a_query_returns_the_scores_of_its_rows_in_their_order():
    learner = ActiveLearner(
        GaussianNB(),
        MaxEntropy(random_state=0),
        X_training=IRIS_X[START],
        y_training=IRIS_Y[START],
    )
    indices, rows = learner.query(IRIS_X, n_instances=5)
    found = learner.query(IRIS_X, n_instances=5, return_scores=True)
    assert found[0].tolist() == indices.tolist()
    np.testing.assert_array_equal(found[1], rows)
    shares = learner.predict_proba(IRIS_X[indices])
    expected = scipy.stats.entropy(shares, axis=1)
    np.testing.assert_allclose(found[2], expected, rtol=1e-9)
    assert (np.diff(found[2]) <= 0).all()


@pytest.mark.parametrize("strategy", [uncertainty_sampling, lambda *_: [0]])
def test_a_function_has_no_scores(strategy):
    learner = ActiveLearner(
        GaussianNB(), strategy, X_training=IRIS_X[START], y_training=IRIS_Y[START]
    )
    name = strategy.__name__
    match = f"query_strategy of ActiveLearner has no scores .* got {name}"
    with pytest.raises(TypeError, match=match):
        learner.query(IRIS_X, return_scores=True)
