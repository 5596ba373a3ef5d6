import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from skbal.audit._report._checks._repeatable import CHECK
from skbal.audit._report._source import Source
from skbal.query import BALD


@pytest.mark.parametrize("state", [None, np.random.default_rng(0), True])
def test_a_part_without_an_integer_is_named(state):
    model = make_pipeline(RandomForestClassifier(random_state=state))
    result = CHECK.run(Source("learner", model, BALD(random_state=3)))
    assert result.concern
    name = "estimator: randomforestclassifier__random_state"
    assert result.seeds == {name: None, "query_strategy: random_state": 3}
    assert name in result.verdict
    assert result.to_frame()["seed"].tolist() == ["none", "3"]


def test_integers_everywhere_are_no_concern():
    model = RandomForestClassifier(random_state=np.int64(5))
    result = CHECK.run(Source("learner", model, BALD(random_state=0)))
    assert (result.concern, list(result.seeds.values())) == (False, [5, 0])
    assert "2 seeds" in result.verdict


def test_parts_without_random_numbers_are_no_concern():
    result = CHECK.run(Source("learner", object(), len))
    assert (result.concern, result.seeds) == (False, {})
