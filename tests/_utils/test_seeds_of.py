"""Everything that has a random state and was given none gets one."""

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbal._utils.seeds_of import fill_random_states
from skbal.features import PoolGraph
from skbal.models import GraphClassifier
from skbal.query import BALD


def states(estimator):
    return {
        name: value
        for name, value in estimator.get_params().items()
        if name.endswith("random_state")
    }


def nested():
    bagging = BaggingClassifier(DecisionTreeClassifier())
    return make_pipeline(StandardScaler(), bagging)


def test_every_level_gets_an_integer_of_its_own():
    filled = states(fill_random_states(nested(), 0))
    assert len(filled) == 2
    assert len(set(filled.values())) == 2
    assert all(isinstance(value, int) for value in filled.values())


def test_the_same_seed_gives_the_same_integers():
    assert states(fill_random_states(nested(), 3)) == states(
        fill_random_states(nested(), 3)
    )
    assert states(fill_random_states(nested(), 3)) != states(
        fill_random_states(nested(), 4)
    )


def test_what_was_given_stays():
    forest = RandomForestClassifier(random_state=5)
    assert fill_random_states(forest, 0).random_state == 5
    outer = BaggingClassifier(DecisionTreeClassifier(random_state=5))
    filled = states(fill_random_states(outer, 0))
    assert filled["estimator__random_state"] == 5
    assert filled["random_state"] is not None


def test_what_has_no_parameters_stays_as_it_is():
    assert fill_random_states(print, 0) is print
    assert fill_random_states(BALD, 0) is BALD


def test_the_object_itself_is_changed():
    strategy = BALD()
    assert fill_random_states(strategy, 0) is strategy
    assert clone(strategy).random_state == strategy.random_state


def test_every_state_is_set_if_that_is_asked_for():
    fixed = BaggingClassifier(DecisionTreeClassifier(random_state=5), random_state=6)
    free = BaggingClassifier(DecisionTreeClassifier())
    filled = states(fill_random_states(fixed, 3, every=True))
    assert filled == states(fill_random_states(free, 3))


def test_in_order_the_integers_are_those_of_scikit_learns_ensembles():
    forest = BaggingClassifier(DecisionTreeClassifier())
    rng = np.random.RandomState(3)
    expected = {
        name: rng.randint(2**31 - 1)
        for name in ("estimator__random_state", "random_state")
    }
    assert states(fill_random_states(forest, 3, in_order=True)) == expected


def test_what_clone_keeps_stays_as_it_is():
    graph = PoolGraph(n_components=3).fit(np.arange(12.0).reshape(6, 2) ** 2)
    model = fill_random_states(GraphClassifier(graph), 0, every=True)
    assert graph.random_state is None
    assert graph.is_up_to_date()
    assert isinstance(model.random_state, int)
    unfitted = fill_random_states(GraphClassifier(PoolGraph()), 0)
    assert isinstance(unfitted.graph.random_state, int)
    frozen = FrozenEstimator(RandomForestClassifier())
    assert fill_random_states(frozen, 0).estimator.random_state is None
