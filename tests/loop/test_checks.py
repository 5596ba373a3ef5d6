"""A loop that cannot run says which argument is at fault, before it asks anybody."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from modAL.models import Committee
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skbal import ActiveLearner
from skbal.exceptions import TeachingWarning
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.loop._checks import n_taught
from skbal.oracles import CallableOracle, LabelOracle, NoisyOracle, VoteOracle
from skbal.query import BALD, PerCost, Random, RelabelOrNew
from skbal.seeding import BalancedSeed
from skbal.stopping import PredictionsStable


class Learner:
    """Has the methods of a learner, and does nothing."""

    def __init__(self, estimator=None, X_training=None):
        self.estimator = estimator
        self.X_training = X_training

    def query(self, X_pool, n_instances=1):
        return np.arange(n_instances), None

    def teach(self, X, y):
        pass


def never(indices):
    raise AssertionError("nobody was to be asked")


def loop(**changes):
    parameters = {
        "learner": Learner(),
        "X_pool": np.zeros((6, 2)),
        "oracle": never,
        "n_queries": 3,
        "initial": [0],
    }
    return ActiveLearningLoop(**{**parameters, **changes})


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        (
            {"query_strategy": Random},
            TypeError,
            "query_strategy of .* the class Random",
        ),
        ({"query_strategy": "random"}, TypeError, "query_strategy of .* got 'random'"),
        ({"query_strategy": BALD(n_draws=0)}, ValueError, "n_draws of BALD"),
        (
            {"query_strategy": PerCost(BALD(n_draws=0))},
            ValueError,
            "n_draws of BALD must be an integer >= 1, got 0",
        ),
        (
            {"estimator": RandomForestClassifier},
            TypeError,
            "estimator of ActiveLearner",
        ),
        (
            {"label_filter": LabelLikelihoodFilter},
            TypeError,
            "label_filter of .* class",
        ),
        ({"label_filter": LabelLikelihoodFilter(2)}, ValueError, "threshold of Label"),
        ({"on_transformed": 3}, TypeError, "on_transformed of ActiveLearner"),
    ],
)
def test_what_the_learner_holds_is_checked_before_anybody_is_asked(
    parameters, error, message
):
    learner = ActiveLearner(RandomForestClassifier(2)).set_params(**parameters)
    with pytest.raises(error, match="^" + message):
        loop(learner=learner).run()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        (
            {"learner": RandomForestClassifier()},
            TypeError,
            "learner of .* got RandomForestClassifier without query and teach",
        ),
        ({"learner": Learner}, TypeError, "learner of .* got the class Learner"),
        ({"X_pool": np.zeros((0, 2))}, ValueError, "X_pool given to .* is empty"),
        ({"oracle": [0, 1]}, TypeError, "oracle of .* must be callable .* got list"),
        (
            {"oracle": NoisyOracle([0, 1])},
            ValueError,
            "X_pool has 6 rows, the NoisyOracle 2 labels",
        ),
        (
            {"oracle": VoteOracle([0.5, 0.2], 3)},
            ValueError,
            "X_pool has 6 rows, the VoteOracle 2 fractions",
        ),
        (
            {"oracle": LabelOracle([0, 1])},
            ValueError,
            "oracle of .* X_pool has 6 rows, the LabelOracle 2 labels",
        ),
        ({"n_queries": -1}, ValueError, "n_queries of .* must be an integer >= 0"),
        ({"n_queries": 2.0}, TypeError, "n_queries of .* must be an integer >= 0"),
        ({"n_instances": 0}, ValueError, "n_instances of .* must be an integer >= 1"),
        ({"n_instances": 1.5}, TypeError, "n_instances of .* must be an integer >= 1"),
        ({"n_instances": 7}, ValueError, "n_instances of .* is 7, but .* only 6 rows"),
        (
            {"initial": pd.Index([9, 1])},
            ValueError,
            r"initial of .* must lie in \[0, 6\), got 9. Give positions, not labels of",
        ),
        (
            {"initial": pd.Index(["a"])},
            TypeError,
            "initial of .* must be integers, got dtype .* Give positions, not labels",
        ),
        ({"initial": [6]}, ValueError, r"initial of .* must lie in \[0, 6\), got 6"),
        ({"initial": [1, 1]}, ValueError, "initial of .* must all differ"),
        ({"initial": [True] * 6}, TypeError, "initial of .* must be integers"),
        ({"initial": 3}, ValueError, "initial of .* must be one-dimensional"),
        ({"initial": BalancedSeed}, TypeError, "initial of .* must be rows .* got <cl"),
        (
            {"initial": "kmeans"},
            TypeError,
            "initial of .* must be rows .* 'kmeans'",
        ),
        ({"X_test": [[0, 0]]}, ValueError, "got X_test without y_test"),
        ({"y_test": [0]}, ValueError, "got y_test without X_test"),
        (
            {"X_test": [[0]], "y_test": [0, 1]},
            ValueError,
            "number of rows, got 1 and 2",
        ),
        ({"X_test": [[0]], "y_test": [0]}, TypeError, "no method score: give scoring"),
        ({"scoring": "accuracy"}, ValueError, "X_test and y_test are missing"),
        ({"scoring": ["accuracy"]}, TypeError, "scoring of .* must be the name"),
    ],
)
def test_a_wrong_parameter_is_named(changes, error, message):
    with pytest.raises(error, match=message) as caught:
        loop(**changes).run()
    assert "ActiveLearningLoop" in str(caught.value)


def test_an_oracle_in_place_of_labels_is_named():
    message = "y of NoisyOracle must be an array of labels, got a LabelOracle: give its"
    with pytest.raises(TypeError, match=message):
        loop(oracle=NoisyOracle(LabelOracle([0, 1] * 3))).run()


@pytest.mark.parametrize(
    "y_test",
    [
        [0, None],
        np.array([0.0, np.nan]),
        np.array(["a", None], dtype=object),
        pd.Series([0, np.nan], index=[7, 8]),
        pd.Series([0, None], dtype="Int64"),
    ],
)
def test_a_missing_test_label_is_named_with_its_row(y_test):
    message = "y_test of ActiveLearningLoop must have a label for each row.* in row 1"
    with pytest.raises(ValueError, match=message):
        loop(X_test=[[0], [1]], y_test=y_test).run()


@pytest.mark.parametrize(
    ("scoring", "message"),
    [
        ("acuracy", r"scoring of ActiveLearningLoop .* Did you mean 'accuracy'\?"),
        ("acc", r"scoring of ActiveLearningLoop .* Did you mean 'accuracy'\?"),
        ("#", "scoring of ActiveLearningLoop .* got '#'.$"),
        (accuracy_score, "scoring"),  # scikit-learn's message
    ],
)
def test_a_wrong_scorer_is_named(scoring, message):
    learner = Learner(RandomForestClassifier())
    wrong = loop(learner=learner, X_test=[[0]], y_test=[0], scoring=scoring)
    with pytest.raises(ValueError, match=message):
        wrong.run()


@pytest.mark.parametrize("score", [None, {"accuracy": 1.0}, [0.5], "high"])
def test_a_score_that_is_no_number_is_refused(score):
    wrong = loop(
        learner=Learner(RandomForestClassifier()),
        oracle=np.zeros(6).__getitem__,
        X_test=[[0]],
        y_test=[0],
        scoring=lambda estimator, X, y: score,
    )
    with pytest.raises(TypeError, match=r"scoring of .* must give one number, got"):
        wrong.run()


def test_a_learner_that_knows_nothing_needs_initial_rows():
    untaught = loop(learner=Learner(RandomForestClassifier()), initial=None)
    with pytest.raises(NotFittedError, match=r"initial is None: .* BalancedSeed\(\)"):
        untaught.run()


@pytest.mark.parametrize(
    "learner",
    [
        Learner(RandomForestClassifier(n_estimators=1).fit([[0], [1]], [0, 1])),
        Learner(RandomForestClassifier(), X_training=[[0], [1]]),
        Learner(GaussianProcessRegressor()),
        Learner(),
    ],
    ids=["fitted before", "taught before", "needs no fit", "no estimator to look at"],
)
def test_a_learner_that_may_know_something_needs_none(learner):
    answers = loop(learner=learner, initial=None, oracle=np.zeros(6).__getitem__)
    assert len(answers.run().history_) == 4


def test_of_a_committee_the_best_taught_member_counts():
    class Committee:
        learner_list = [Learner(), Learner(X_training=np.zeros((4, 2)))]

    assert n_taught(Committee()) == 4
    assert n_taught(Learner()) == 0


def test_sparse_test_labels_and_rows_of_unknown_number_are_refused_at_the_start():
    one = sp.csr_array(np.ones((4, 1)))
    with pytest.raises(TypeError, match="y_test of ActiveLearningLoop must be dense"):
        loop(X_test=np.ones((4, 2)), y_test=one).run()

    class Unknown:
        shape = (float("nan"), 2)

    with pytest.raises(ValueError, match=r"number of rows of X_test of Act.*not known"):
        loop(X_test=Unknown(), y_test=np.ones(4)).run()


def test_parameters_of_rules_are_checked_at_the_start():
    with pytest.raises(TypeError, match="random_state of PredictionsStable must be"):
        loop(stopping=PredictionsStable(random_state=np)).run()


def test_a_strategy_with_answers_about_rows_of_the_whole_pool_is_refused():
    answers = ([0, 1], ["a", "b"], ["ann", "ann"])
    for strategy in (RelabelOrNew(answers), PerCost(RelabelOrNew(answers))):
        learner = Learner()
        learner.query_strategy = strategy
        with pytest.raises(ValueError, match=(
            "query_strategy of the learner of ActiveLearningLoop must not be a "
            "RelabelOrNew with answers"
        )):  # fmt: skip
            loop(learner=learner).run()
    learner.query_strategy = PerCost(RelabelOrNew())
    assert len(loop(learner=learner, oracle=np.zeros(6).__getitem__).run().history_) > 1


TABLE = np.random.default_rng(0).normal(size=(20, 2))
CLASSES = np.arange(20) % 2


def loop_after(n_taught, learner=None, **changes):
    learner = learner or ActiveLearner(
        RandomForestClassifier(3, random_state=0),
        Random(random_state=0),
        TABLE[:n_taught],
        CLASSES[:n_taught],
    )
    parameters = {"n_queries": 1, "initial": None, **changes}
    return ActiveLearningLoop(learner, TABLE, LabelOracle(CLASSES), **parameters)


@pytest.mark.parametrize(
    ("changes", "n_again"),
    [({}, 6), ({"initial": range(6)}, 6), ({"candidates": range(4, 20)}, 2)],
)
def test_rows_that_the_learner_knows_are_counted_once_at_the_start(changes, n_again):
    twice = loop_after(6, **changes)
    message = f"{n_again} of the rows of X_pool given to .* leave them out by candi"
    with pytest.warns(TeachingWarning, match=message) as caught:
        twice.run()
    assert len(caught) == 1
    committee = Committee([loop_after(6).learner], query_strategy=Random())
    with pytest.warns(TeachingWarning, match="6 of the rows"):
        loop_after(6, committee).run()


def test_rows_that_the_loop_itself_has_taught_are_no_reason_to_warn(tmp_path):
    first = loop_after(6, candidates=range(6, 20), n_instances=2).run()
    first.n_queries = 2
    first.run().save(tmp_path / "loop.zip")
    seeded = Random(random_state=0)
    learner = ActiveLearner(RandomForestClassifier(3, random_state=0), seeded)
    again = ActiveLearningLoop.load(
        tmp_path / "loop.zip", TABLE, LabelOracle(CLASSES), learner=learner
    )
    again.n_queries = 3
    assert again.run().history_.n_labels.tolist() == [6, 8, 10, 12]


def test_more_rows_than_candidates_are_refused():
    with pytest.raises(ValueError, match="the part of X_pool in candidates holds only"):
        loop(n_instances=3, candidates=[0, 1], initial=[0]).run()


def test_a_pool_without_features_is_refused_where_they_are_needed():
    column = np.arange(6.0)
    learner = ActiveLearner(RandomForestClassifier(3), Random(random_state=0))
    for pool in (column, column.tolist(), pd.Series(column)):
        with pytest.raises(
            ValueError, match="X_pool of ActiveLearningLoop must have r"
        ):
            loop(learner=learner, X_pool=pool).run()
    makes_features = FunctionTransformer(lambda X: np.reshape(X, (-1, 1)))
    pipeline = make_pipeline(makes_features, RandomForestClassifier(3, random_state=0))
    learner = ActiveLearner(pipeline, Random(random_state=0))
    answers = {"initial": [0, 1], "oracle": LabelOracle([0, 1, 0, 1, 0, 1])}
    assert len(loop(learner=learner, X_pool=column, **answers).run().history_) == 4


def test_a_pool_that_cannot_be_indexed_is_named():
    with pytest.raises(TypeError, match="X_pool of ActiveLearningLoop must be index"):
        loop(X_pool=(row for row in TABLE)).run()


@pytest.mark.parametrize("gap", [float("nan"), None])
def test_a_test_row_without_a_label_is_refused(gap):
    wrong = loop(X_test=np.zeros((3, 2)), y_test=["no", gap, "yes"])
    with pytest.raises(ValueError, match=rf"for each row, got {gap} in row 1\."):
        wrong.run()


@pytest.mark.parametrize("n_taught", [0, 6])
def test_test_labels_of_another_kind_are_refused_before_anybody_is_asked(n_taught):
    texts = np.where(CLASSES, "yes", "no")
    learner = ActiveLearner(RandomForestClassifier(3, random_state=0), Random())
    parameters = {"n_queries": 1, "initial": range(4), "X_test": TABLE}
    oracle = LabelOracle(texts)
    if n_taught:
        learner.teach(TABLE[:6], texts[:6])
        parameters |= {"initial": None, "candidates": range(6, 20)}
        oracle = CallableOracle(never, TABLE)
    for y_test in (CLASSES, CLASSES.tolist(), pd.Series(CLASSES)):
        wrong = ActiveLearningLoop(learner, TABLE, oracle, y_test=y_test, **parameters)
        with pytest.raises(ValueError, match=r"y_test of .* must hold strings, like"):
            wrong.run()
    assert oracle.n_asked == 0


def test_test_labels_of_another_kind_are_named_when_the_first_labels_come():
    learner = ActiveLearner(RandomForestClassifier(3, random_state=0), Random())
    oracle = ["no", "yes", "no", "yes", "no", "no"]
    answers = loop(
        learner=learner,
        oracle=lambda rows: [oracle[row] for row in rows],
        initial=[0, 1],
        X_test=np.zeros((2, 2)),
        y_test=[0, 1],
    )
    must = "y_test of ActiveLearningLoop must hold strings, like the labels"
    with pytest.raises(ValueError, match=must):
        answers.run()
    answers.y_test = ["no", "yes"]  # the labels were taught
    assert len(answers.run().history_) == 4
