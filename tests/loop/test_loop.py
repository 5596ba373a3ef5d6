"""The loop asks once for each row, teaches what it paid for, and writes it all down."""

import math
import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB

from skbal.loop import ActiveLearningLoop, History
from skbal.oracles import LabelOracle
from skbal.seeding import BalancedSeed
from tests._utils.html import read_table

N_POOL = 40


class LastRows:
    """A learner of modAL's kind: it asks for the last rows and counts what it knows."""

    def __init__(self):
        self.X_training = None
        self.y_training = None

    def query(self, X_pool, n_instances=1):
        n = len(X_pool) if not sp.issparse(X_pool) else X_pool.shape[0]
        positions = np.arange(n - 1, n - 1 - n_instances, -1)
        return positions, None

    def teach(self, X, y):
        X = X.toarray() if sp.issparse(X) else np.asarray(X)
        known = self.X_training is not None
        self.X_training = np.concatenate([self.X_training, X]) if known else X
        self.y_training = np.concatenate([self.y_training, y]) if known else y

    def score(self, X, y):
        return 0.0 if self.y_training is None else len(self.y_training) / 100


class Naive(LastRows):
    """A learner that fits a real estimator and asks for the least certain rows."""

    def __init__(self):
        super().__init__()
        self.estimator = GaussianNB(var_smoothing=1e-2)

    def query(self, X_pool, n_instances=1):
        certainty = self.estimator.predict_proba(X_pool).max(axis=1)
        return np.argsort(certainty, kind="stable")[:n_instances], None

    def teach(self, X, y):
        super().teach(X, y)
        self.estimator.fit(self.X_training, self.y_training)

    def score(self, X, y):
        return self.estimator.score(X, y)


class Failing:
    """Calls a function, but raises before the calls whose numbers are given."""

    def __init__(self, function, *numbers):
        self.function, self.numbers, self.n_calls = function, numbers, 0

    def __call__(self, *args):
        self.n_calls += 1
        if self.n_calls in self.numbers:
            raise OSError("the phone rang")
        return self.function(*args)


def pool():
    return np.arange(2.0 * N_POOL).reshape(N_POOL, 2)


def labels():
    return np.arange(N_POOL) % 4


def toy_loop(**changes):
    parameters = {
        "learner": LastRows(),
        "X_pool": pool(),
        "oracle": LabelOracle(labels()),
        "n_queries": 3,
        "n_instances": 2,
        "initial": [5, 30, 1],
        "X_test": pool(),
        "y_test": labels(),
    }
    return ActiveLearningLoop(**{**parameters, **changes})


def digits_loop(**changes):
    X, y = load_digits(return_X_y=True)
    parameters = {
        "learner": Naive(),
        "X_pool": X[:300],
        "oracle": LabelOracle(y[:300]),
        "n_queries": 4,
        "n_instances": 5,
        "initial": BalancedSeed(random_state=0).select(X[:300], y[:300]),
        "X_test": X[300:500],
        "y_test": y[300:500],
    }
    return ActiveLearningLoop(**{**parameters, **changes})


def test_indices_are_rows_of_the_pool_as_it_was_given():
    history = toy_loop().run().history_
    # The last rows, from the end, past those taken before.
    assert [record.indices for record in history] == [
        (5, 30, 1),
        (39, 38),
        (37, 36),
        (35, 34),
    ]
    assert [record.step for record in history] == [0, 1, 2, 3]
    np.testing.assert_array_equal(history.n_labels, [3, 5, 7, 9])


@pytest.mark.slow
@settings(max_examples=40)
@given(
    n_instances=st.integers(1, 7),
    n_queries=st.integers(0, 50),
    initial=st.lists(st.integers(0, N_POOL - 1), unique=True, max_size=9),
    seed=st.integers(0, 99),
)
def test_each_row_is_taught_once_with_its_own_label(
    n_instances, n_queries, initial, seed
):
    rng = np.random.default_rng(seed)
    learner = LastRows()
    learner.query = lambda X, n_instances: (rng.permutation(len(X))[:n_instances], None)
    loop = toy_loop(
        learner=learner, n_instances=n_instances, n_queries=n_queries, initial=initial
    ).run()
    asked = [index for record in loop.history_ for index in record.indices]
    assert len(set(asked)) == len(asked) == loop.history_.n_labels[-1]
    assert sorted([*asked, *loop.remaining_]) == list(range(N_POOL))
    if asked:
        np.testing.assert_array_equal(learner.X_training, pool()[asked])
        np.testing.assert_array_equal(learner.y_training, labels()[asked])
    n_done = len(loop.history_) - 1
    if loop.stop_reason_ == "n_queries reached":
        assert n_done == n_queries
    else:
        assert loop.stop_reason_ == "pool exhausted"
        assert n_done < n_queries
        assert len(loop.remaining_) < n_instances


def test_the_first_record_is_the_model_before_any_query():
    learner = LastRows()
    learner.teach(pool()[:4], labels()[:4])
    first = next(iter(toy_loop(learner=learner, initial=None)))
    assert first.indices == ()
    assert (first.step, first.n_labels, first.score) == (0, 4, 0.04)
    assert first.seconds_training == first.seconds_querying == 0


def test_initial_rows_come_on_top_of_what_the_learner_knows():
    learner = LastRows()
    learner.teach(pool()[:4], labels()[:4])
    first = next(iter(toy_loop(learner=learner)))
    assert first.indices == (5, 30, 1)
    assert first.n_labels == len(learner.y_training) == 7


def test_scores_are_those_of_a_learner_taught_by_hand():
    loop = digits_loop()
    for record in loop:
        asked = [i for past in loop.history_ for i in past.indices]
        model = GaussianNB(var_smoothing=1e-2)
        model.fit(loop.X_pool[asked], loop.oracle.y[asked])
        assert record.score == model.score(loop.X_test, loop.y_test)
        assert record.n_labels == len(asked)
    assert loop.oracle.n_asked == record.n_labels == 40


def test_scoring_by_name_and_by_callable_is_scikit_learns():
    def certainty(estimator, X, y):
        return estimator.predict_proba(X).max(axis=1).mean()

    by_name = digits_loop(scoring="neg_log_loss").run()
    X, y = by_name.X_test, by_name.y_test
    probabilities = by_name.learner.estimator.predict_proba(X)
    assert by_name.history_[-1].score == pytest.approx(-log_loss(y, probabilities))
    by_callable = digits_loop(scoring=certainty).run()
    expected = certainty(by_callable.learner.estimator, X, y)
    assert by_callable.history_[-1].score == pytest.approx(expected)


def test_without_a_test_set_the_score_is_nan():
    loop = toy_loop(X_test=None, y_test=None).run()
    assert len(loop.history_) == 4
    assert all(math.isnan(score) for score in loop.history_.scores)


def test_times_are_measured():
    records = digits_loop().run().history_
    assert records[0].seconds_querying == 0
    for record in records[1:]:
        assert record.seconds_training > 0
        assert record.seconds_querying > 0
        assert record.seconds_testing > 0


def test_the_same_parts_give_the_same_history():
    assert digits_loop().run().history_ == digits_loop().run().history_


def test_a_loop_that_was_left_goes_on_where_it_stopped():
    whole = digits_loop().run().history_
    loop = digits_loop()
    for record in loop:
        if record.step == 1:
            break
    assert loop.stop_reason_ is None
    assert [record.step for record in loop] == [2, 3, 4]
    assert loop.history_ == whole
    assert list(loop) == []
    assert loop.run() is loop
    assert loop.history_ == whole


def test_a_pickled_loop_goes_on_where_it_stopped():
    loop = digits_loop()
    next(iter(loop))
    again = pickle.loads(pickle.dumps(loop))
    assert again.run().history_ == digits_loop().run().history_


def test_more_queries_can_be_asked_for_later():
    loop = digits_loop(n_queries=2).run()
    assert loop.stop_reason_ == "n_queries reached"
    loop.n_queries = 4
    loop.run()
    assert loop.history_ == digits_loop(n_queries=4).run().history_


def test_a_pool_that_runs_out_stops_the_loop_without_a_smaller_batch():
    loop = toy_loop(n_queries=100, n_instances=4).run()
    # 40 - 3 = 37 rows: nine batches of four, and one row is left.
    assert loop.stop_reason_ == "pool exhausted"
    assert len(loop.history_) == 1 + 9
    assert len(loop.remaining_) == 1


def test_a_pool_can_be_asked_to_its_last_row():
    loop = toy_loop(n_queries=100, n_instances=37).run()
    assert len(loop.history_) == 2
    assert len(loop.remaining_) == 0


def test_an_oracle_that_fails_leaves_everything_as_it_was():
    oracle = Failing(LabelOracle(labels()), 1, 3)
    loop = toy_loop(oracle=oracle)
    with pytest.raises(OSError, match="the phone rang"):
        loop.run()
    assert len(loop.history_) == 0
    assert loop.pending_ is None
    assert loop.learner.X_training is None
    with pytest.raises(OSError, match="the phone rang"):
        loop.run()
    assert len(loop.history_) == 1
    assert loop.run().history_ == toy_loop().run().history_


def test_labels_that_could_not_be_taught_are_not_asked_for_again():
    loop = digits_loop()
    loop.learner.teach = Failing(loop.learner.teach, 3, 4)
    for _ in range(2):
        with pytest.raises(OSError, match="the phone rang"):
            loop.run()
        indices, answers = loop.pending_
        assert len(loop.history_) == 2
        assert len(indices) == 5
        assert not np.isin(indices, loop.remaining_).any()
        np.testing.assert_array_equal(answers, loop.oracle.y[indices])
        assert loop.oracle.n_asked == 20 + 5 + 5
    assert loop.run().history_ == digits_loop().run().history_
    assert loop.pending_ is None
    assert loop.oracle.n_asked == loop.history_.n_labels[-1]


def test_a_last_batch_that_could_not_be_taught_is_not_forgotten():
    loop = toy_loop(n_queries=100, n_instances=37)
    loop.learner.teach = Failing(loop.learner.teach, 2)
    with pytest.raises(OSError, match="the phone rang"):
        loop.run()
    assert loop.stop_reason_ is None
    assert len(loop.run().history_) == 2
    assert loop.stop_reason_ == "pool exhausted"


def test_a_score_that_fails_does_not_teach_twice():
    loop = digits_loop()
    loop.learner.score = Failing(loop.learner.score, 2)
    with pytest.raises(OSError, match="the phone rang"):
        loop.run()
    assert loop.pending_ is None
    assert loop.run().history_ == digits_loop().run().history_
    assert len(loop.learner.y_training) == loop.history_.n_labels[-1]


def test_an_oracle_that_sorts_its_question_changes_nothing():
    def oracle(indices):
        answers = labels()[indices]
        indices.sort()
        return answers

    loop = toy_loop(oracle=oracle).run()
    assert loop.history_ == toy_loop().run().history_
    np.testing.assert_array_equal(loop.learner.X_training[0], pool()[5])


@pytest.mark.parametrize(
    "kind",
    [pd.DataFrame, np.ndarray.tolist, sp.csr_array, sp.coo_array],
    ids=["frame", "list", "csr", "coo"],
)
def test_every_kind_of_pool_gives_the_same_history(kind):
    loop = toy_loop(X_pool=kind(pool())).run()
    expected = toy_loop().run()
    assert loop.history_ == expected.history_
    np.testing.assert_array_equal(loop.learner.X_training, expected.learner.X_training)


def test_labels_can_be_text():
    y = np.array(["zero", "one", "two", "three"])[labels()]
    loop = toy_loop(oracle=LabelOracle(y.tolist()), y_test=y).run()
    asked = [i for record in loop.history_ for i in record.indices]
    assert loop.learner.y_training.tolist() == y[asked].tolist()


def test_the_callers_arrays_stay_as_they_were():
    X, y, initial = pool(), labels(), np.array([5, 30, 1])
    for array in (X, y, initial):
        array.setflags(write=False)
    toy_loop(X_pool=X, oracle=LabelOracle(y), initial=initial).run()
    np.testing.assert_array_equal(X, pool())


class BySlices(LastRows):
    """Asks for the rows with the largest sum, and looks at a few rows at a time."""

    def query(self, X_pool, n_instances=1):
        sums = np.concatenate(
            [
                X_pool[start : start + 100].sum(axis=1)
                for start in range(0, len(X_pool), 100)
            ]
        )
        return np.argsort(-sums)[:n_instances], None


def test_a_memmap_pool_is_never_copied_whole(tmp_path):
    X = np.random.default_rng(0).random((20_000, 100), dtype=np.float32)
    np.save(tmp_path / "X.npy", X)
    memmap = np.load(tmp_path / "X.npy", mmap_mode="r")
    loop = ActiveLearningLoop(
        BySlices(),
        memmap,
        LabelOracle(np.zeros(len(X))),
        n_queries=3,
        n_instances=2,
        initial=[0],
    )
    tracemalloc.start()
    loop.run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.nbytes / 4
    sums = X[1:].sum(axis=1)
    expected = 1 + np.argsort(-sums)[:6]
    asked = [i for record in loop.history_[1:] for i in record.indices]
    assert asked == expected.tolist()


def test_progress_is_shown_only_when_wanted(capsys):
    toy_loop().run()
    assert capsys.readouterr() == ("", "")
    toy_loop(verbose=True).run()
    out, err = capsys.readouterr()
    assert out == ""
    assert "ActiveLearningLoop" in err
    assert "4/4" in err
    assert "labels=9" in err


def test_nothing_is_checked_or_taught_before_the_first_step():
    loop = toy_loop(n_queries=-1)
    steps = iter(loop)
    with pytest.raises(ValueError, match="n_queries of ActiveLearningLoop must be"):
        next(steps)
    loop.n_queries = 0
    assert isinstance(loop.run().history_, History)
    assert len(loop.history_) == 1


def asks(positions):
    learner = LastRows()
    learner.query = lambda X_pool, n_instances: positions
    return learner


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"learner": asks([0])}, ValueError, "result of query .* 2 rows, got 1"),
        ({"learner": asks([0, 0])}, ValueError, "result of query .* must all differ"),
        (
            {"learner": asks([0, 37])},
            ValueError,
            r"result of query .* \[0, 37\), got 37",
        ),
        ({"learner": asks([0.0, 1.0])}, TypeError, "result of query .* integers"),
        (
            {"oracle": lambda indices: [0]},
            ValueError,
            r"oracle of ActiveLearningLoop must answer one label per row: 3 rows were "
            r"asked for, got an answer of shape \(1,\)",
        ),
        ({"oracle": lambda indices: None}, ValueError, "oracle .* got None"),
    ],
)
def test_what_a_part_does_wrong_is_said_by_name(changes, error, message):
    with pytest.raises(error, match=message):
        toy_loop(**changes).run()


def test_a_score_that_is_no_number_is_refused():
    learner = LastRows()
    learner.score = lambda X, y: [0.1, 0.2]
    with pytest.raises(TypeError, match="must give one number, got"):
        toy_loop(learner=learner).run()


def test_a_notebook_shows_what_a_loop_has_done():
    loop = toy_loop(n_queries=2)
    title, rows, _ = read_table(loop._repr_html_())
    assert title.endswith("not started")
    assert len(rows) == 1
    next(iter(loop))
    assert read_table(loop._repr_html_())[0].endswith("not finished")
    loop.run()
    title, rows, _ = read_table(loop._repr_html_())
    assert title.startswith("ActiveLearningLoop of ")
    assert title.endswith("n_queries reached")
    assert [row[1] for row in rows[1:]] == [str(n) for n in loop.history_.n_labels]
