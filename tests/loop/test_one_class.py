"""A classifier that cannot be fitted to one class is taught once a second is known."""

import pickle

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from skbal import ActiveLearner, ActiveLearningClassifier
from skbal.exceptions import OneClassWarning
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import MaxEntropy, Random
from skbal.seeding import BalancedSeed
from skbal.stopping import MaxLabels, PredictionsStable

X = np.random.default_rng(0).normal(size=(60, 2))
Y = np.zeros(60, dtype=int)
Y[40:46] = 1
RANDOM = Random(random_state=0)


def loop_of(estimator=None, strategy=RANDOM, oracle=None, **changes):
    learner = ActiveLearner(estimator or LogisticRegression(), strategy)
    parameters = {"n_queries": 8, "n_instances": 4, "initial": range(4), **changes}
    return ActiveLearningLoop(learner, X, oracle or LabelOracle(Y), **parameters)


def run(loop):
    with pytest.warns(OneClassWarning, match="All labels so far are 0, so") as caught:
        loop.run()
    assert sum(w.category is OneClassWarning for w in caught) == 1
    return loop


def asked(loop):
    return np.concatenate([record.indices for record in loop.history_])


@pytest.mark.parametrize("estimator", [LogisticRegression(), SVC()])
@pytest.mark.filterwarnings("ignore:.*probability:FutureWarning")
def test_labels_of_one_class_are_taught_with_the_first_of_a_second(estimator):
    loop = run(loop_of(estimator, X_test=X, y_test=Y))
    learner, rows = loop.learner, asked(loop)
    np.testing.assert_array_equal(learner.indices_training, rows)
    np.testing.assert_array_equal(learner.X_training, X[rows])
    np.testing.assert_array_equal(learner.y_training, Y[rows])
    known = [len(set(Y[rows[:n]])) > 1 for n in loop.history_.n_labels]
    np.testing.assert_array_equal(np.isfinite(loop.history_.scores), known)
    assert not known[0]
    assert known[-1]


def test_a_strategy_that_needs_a_model_asks_about_random_rows_until_then():
    loop = run(loop_of(strategy=MaxEntropy(random_state=0)))
    assert loop.learner.classes_.tolist() == [0, 1]
    np.testing.assert_array_equal(loop.learner.indices_training, asked(loop))


def test_a_loop_that_waits_for_a_second_class_can_be_left_and_saved():
    undisturbed = run(loop_of())
    loop = loop_of(n_queries=1)
    run(loop)
    np.testing.assert_array_equal(loop.pending_[0], asked(loop))
    assert loop.pending_[1].tolist() == [0] * 8
    with pytest.raises(ValueError, match="wait for a second class"):
        loop.pending_ = None
    loop = pickle.loads(pickle.dumps(loop))
    loop.n_queries = 8
    assert loop.run().history_ == undisturbed.history_
    assert loop.pending_ is None


def test_an_answer_of_another_kind_than_those_that_wait_is_refused():
    loop = loop_of(oracle=lambda rows: Y[rows] if 0 in rows else ["star"] * len(rows))
    with (
        pytest.warns(OneClassWarning),
        pytest.raises(ValueError, match="must answer a number, like the labels before"),
    ):
        loop.run()


def test_weights_wait_with_their_rows():
    weights = np.linspace(1, 2, 60)
    learner = run(loop_of(sample_weight=weights)).learner
    every = LogisticRegression().fit(
        learner.X_training, learner.y_training, weights[learner.indices_training]
    )
    np.testing.assert_allclose(learner.estimator.coef_, every.coef_)


def test_a_filter_trusts_all_while_nothing_is_known():
    loop = loop_of()
    loop.learner.label_filter = LabelLikelihoodFilter(1e-6, random_state=0)
    assert len(run(loop).learner.y_training) == 36


def test_rules_that_need_a_model_wait_and_others_stop():
    rules = [PredictionsStable(random_state=0), MaxLabels(12)]
    loop = run(loop_of(oracle=LabelOracle(Y * 0), stopping=rules))
    assert loop.history_[-1].n_labels == 12
    assert loop.learner.X_training is None


def test_another_error_of_the_estimator_is_raised():
    loop = loop_of(LogisticRegression(C=-1.0))
    with pytest.raises(ValueError, match="'C' parameter of LogisticRegression"):
        loop.run()


class Bare:
    """A model that inherits from nothing, so that it has no tags of scikit-learn."""

    def fit(self, X, y):
        self.model = LogisticRegression().fit(X, y)
        return self

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return self.model.predict_proba(X)[:, np.newaxis]


def test_a_model_that_inherits_from_nothing_runs_and_its_own_error_is_raised():
    first = {"n_queries": 2, "initial": range(38, 42)}
    loop = loop_of(Bare(), MaxEntropy(random_state=0), **first).run()
    assert loop.history_.n_labels.tolist() == [4, 8, 12]
    with pytest.raises(ValueError, match="at least 2 classes"):
        loop_of(Bare()).run()


def test_a_run_that_meets_one_class_only_says_what_to_give_it():
    simulation = ActiveLearningClassifier(
        LogisticRegression(), RANDOM, range(4), n_queries=1, n_instances=1
    )
    simulation.set_params(test_size=None, random_state=0)
    words = "could not fit its LogisticRegression: all labels"
    with pytest.warns(OneClassWarning), pytest.raises(ValueError, match=words):
        simulation.fit(X, np.arange(60) > 57)
    simulation.set_params(initial=BalancedSeed())
    assert len(simulation.fit(X, Y).classes_) == 2


def test_a_learner_that_is_taught_one_class_says_what_to_give_it():
    with pytest.raises(ValueError, match="class") as told:
        ActiveLearner(LogisticRegression(), RANDOM, X[:4], Y[:4])
    assert "Give rows of two classes" in told.value.__notes__[0]
