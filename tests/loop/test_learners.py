"""The loop with skbal's learners and strategies, and with committees of modAL."""

import tracemalloc

import numpy as np
import pytest
from modAL.models import Committee
from modAL.uncertainty import uncertainty_sampling
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor

from skbal import ActiveLearner, BayesianOptimizer
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.plotting import AcquisitionCurveDisplay
from skbal.query import BALD, EPIG, MaxEntropy, MeanSTD, PowerBALD, Random
from skbal.seeding import BalancedSeed
from tests._utils.pools import READ, make

N_POOL = 300


def forest(n_estimators=10):
    return RandomForestClassifier(n_estimators=n_estimators, random_state=0)


@pytest.fixture(scope="module")
def digits():
    return load_digits(return_X_y=True)


def digits_loop(digits, learner, **changes):
    X, y = digits
    X_pool, y_pool = X[:N_POOL].astype(np.float32), y[:N_POOL]
    parameters = {
        "n_queries": 3,
        "n_instances": 5,
        "initial": BalancedSeed(random_state=0).select(X_pool, y_pool),
        "X_test": X[N_POOL:500],
        "y_test": y[N_POOL:500],
    }
    parameters = {"X_pool": X_pool, **parameters, **changes}
    return ActiveLearningLoop(learner, oracle=LabelOracle(y_pool), **parameters)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", [BALD, MaxEntropy, Random])
def test_integer_seeds_set_the_whole_history(digits, strategy):
    histories = [
        digits_loop(digits, ActiveLearner(forest(), strategy(random_state=1)))
        .run()
        .history_
        for _ in range(2)
    ]
    assert histories[0] == histories[1]
    assert histories[0].n_labels.tolist() == [20, 25, 30, 35]


def test_the_rows_are_those_the_strategy_chooses_by_hand(digits):
    X, y = digits
    loop = digits_loop(digits, ActiveLearner(forest(), BALD(random_state=1)))
    by_hand = ActiveLearner(forest(), BALD(random_state=1))
    left = np.setdiff1d(np.arange(N_POOL), loop.initial)
    by_hand.teach(X[loop.initial].astype(np.float32), y[loop.initial])
    for record in list(loop)[1:]:
        chosen, rows = by_hand.query(X[left].astype(np.float32), n_instances=5)
        assert record.indices == tuple(left[chosen])
        by_hand.teach(rows, y[left[chosen]])
        left = np.delete(left, chosen)


def test_a_fit_that_fails_costs_no_label(digits):
    loop = digits_loop(digits, ActiveLearner(forest(), BALD(random_state=1)))
    next(iter(loop))
    loop.learner.estimator.set_params(n_estimators=-1)
    with pytest.raises(ValueError, match="n_estimators"):
        loop.run()
    assert len(loop.learner.X_training) == 20
    loop.learner.estimator.set_params(n_estimators=10)
    whole = digits_loop(digits, ActiveLearner(forest(), BALD(random_state=1))).run()
    assert loop.run().history_ == whole.history_
    assert loop.oracle.n_asked == 35


def test_a_committee_of_modal_runs_in_the_loop(digits):
    members = [ActiveLearner(forest(n), BALD(random_state=n)) for n in (5, 6)]
    committee = Committee(members)
    loop = digits_loop(digits, committee).run()
    assert loop.history_.n_labels.tolist() == [20, 25, 30, 35]
    assert all(len(member.X_training) == 35 for member in members)


def test_an_optimizer_finds_the_largest_value():
    X = np.linspace(0, 3, 61).reshape(-1, 1)
    y = np.sin(X).ravel()
    loop = ActiveLearningLoop(
        BayesianOptimizer(GaussianProcessRegressor()),
        X,
        LabelOracle(y),
        n_queries=4,
        initial=[0, 60],
    ).run()
    assert loop.learner.y_max == pytest.approx(1, abs=1e-2)


@pytest.mark.slow
@pytest.mark.versions
@pytest.mark.parametrize(
    "strategy", [BALD, EPIG, MeanSTD, PowerBALD, Random], ids=lambda kind: kind.__name__
)
def test_a_memmap_gives_the_history_of_the_array(digits, tmp_path, strategy):
    X = digits[0][:N_POOL].astype(np.float32)
    np.save(tmp_path / "X.npy", X)
    memmap = np.load(tmp_path / "X.npy", mmap_mode="r")
    learners = [ActiveLearner(forest(), strategy(random_state=1)) for _ in range(2)]
    whole = digits_loop(digits, learners[0]).run()
    mapped = digits_loop(digits, learners[1], X_pool=memmap).run()
    assert mapped.history_ == whole.history_
    assert not isinstance(learners[1].X_training, np.memmap)


@pytest.mark.slow
@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("strategy", [BALD(random_state=1), uncertainty_sampling])
def test_a_pool_that_is_read_gives_the_history_of_the_array(digits, kind, strategy):
    X = digits[0][:N_POOL].astype(np.float32)
    learners = [ActiveLearner(forest(), strategy) for _ in range(2)]
    whole = digits_loop(digits, learners[0]).run()
    read = digits_loop(digits, learners[1], X_pool=make(kind, X)).run()
    assert read.history_ == whole.history_
    np.testing.assert_array_equal(learners[1].X_training, learners[0].X_training)


@pytest.mark.slow
@pytest.mark.parametrize("kind", READ)
def test_a_learner_queries_a_pool_that_is_read(digits, kind):
    X, y = digits
    learner = ActiveLearner(forest(), BALD(random_state=1), X[-50:], y[-50:])
    indices, rows = learner.query(make(kind, X[:N_POOL]), n_instances=4)
    expected, _ = learner.query(X[:N_POOL], n_instances=4)
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_array_equal(rows, X[indices])
    assert type(rows) is np.ndarray


def test_bald_reads_a_memmap_in_pieces(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.random((20_000, 400), dtype=np.float32)
    np.save(tmp_path / "X.npy", X)
    memmap = np.load(tmp_path / "X.npy", mmap_mode="r")
    learner = ActiveLearner(
        RandomForestClassifier(n_estimators=2, max_depth=2, random_state=0),
        BALD(random_state=0, batch_size=500),
    )
    loop = ActiveLearningLoop(
        learner,
        memmap,
        LabelOracle(rng.integers(0, 2, len(X))),
        n_queries=1,
        initial=np.arange(20),
    )
    tracemalloc.start()
    loop.run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.nbytes / 4


@pytest.mark.slow
def test_histories_of_loops_can_be_drawn(digits):
    histories = {
        name: [
            digits_loop(digits, ActiveLearner(forest(), strategy(random_state=seed)))
            .run()
            .history_
            for seed in range(2)
        ]
        for name, strategy in {"BALD": BALD, "Random": Random}.items()
    }
    display = AcquisitionCurveDisplay.from_histories(histories)
    line = display.lines_["BALD"]
    mean = np.mean([history.scores for history in histories["BALD"]], axis=0)
    np.testing.assert_allclose(line.get_ydata(), mean)
