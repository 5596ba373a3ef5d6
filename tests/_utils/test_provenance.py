"""Parts in words, uncut, and what changed on the way."""

import sys
from types import SimpleNamespace

import numpy as np
import sklearn
from sklearn import config_context
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import skbal
from skbal._utils.provenance import described, versions, with_changes
from skbal.query import BALD, DiversityPenalised


class Broken(BaseEstimator):
    def __init__(self, depth=1):
        self.depth = depth

    def __repr__(self):
        raise RuntimeError("not today")


class Unable:
    def __repr__(self):
        raise RuntimeError("not today")


def test_all_parameters_are_named_also_defaults_and_inside():
    text = described(DiversityPenalised(BALD(n_draws=7), random_state=3))
    for part in ("n_draws=7", "random_state=3", "random_state=None", "penalty="):
        assert part in text
    assert text.startswith("DiversityPenalised(")


def test_it_can_be_evaluated_where_a_repr_can():
    names = [f"column {number}" for number in range(40)]  # a repr shows thirty
    scaled = ColumnTransformer([("scale", StandardScaler(with_mean=False), names)])
    model = Pipeline([("columns", scaled), ("bayes", GaussianNB(var_smoothing=0.5))])
    again = eval(described(model))
    with config_context(print_changed_only=False):
        assert again.__repr__(N_CHAR_MAX=10**6) == model.__repr__(N_CHAR_MAX=10**6)
    assert again.steps[0][1].transformers[0][2] == names


def test_plain_values_stay_as_they_are():
    for value in (None, 3, 0.5, True, "accuracy"):
        assert described(value) is value
    assert described((1,)) == "(1,)"
    assert described({"a": [1, ("b", None)]}) == "{'a': [1, ('b', None)]}"


def test_addresses_and_line_ends_say_nothing():
    assert described(np.random.RandomState(0)) == "RandomState(MT19937)"
    assert "0x" not in described(lambda row: row)
    assert "\n" not in described(np.eye(3))


def test_what_has_no_words_is_named_by_its_class():
    assert described(Broken()) == "Broken(depth=1)"
    assert described(Unable()) == f"<{__name__}.Unable object>"


def test_the_versions_are_those_of_the_libraries(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(__version__="1.2+cpu"))
    assert versions() == {
        "skbal": skbal.__version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "torch": "1.2+cpu",
    }
    monkeypatch.delitem(sys.modules, "torch")
    assert "torch" not in versions()


def test_only_what_differs_from_the_last_time_is_a_change():
    first = {"estimator": "A()", "n_instances": 1, "versions": {"numpy": "1"}}
    assert with_changes(first, first, 3) is first
    second = with_changes(first, {**first, "n_instances": 2}, 3)
    assert second == {**first, "changes": [{"step": 3, "n_instances": 2}]}
    assert with_changes(second, {**first, "n_instances": 2}, 4) == second
    third = with_changes(second, first, 5)
    assert third["changes"] == [
        {"step": 3, "n_instances": 2},
        {"step": 5, "n_instances": 1},
    ]
    assert "changes" not in first


def test_a_library_that_only_one_session_loads_is_no_change():
    before = {"versions": {"numpy": "1", "torch": "2"}}
    assert with_changes(before, {"versions": {"numpy": "1"}}, 1) is before
    later = {"versions": {"numpy": "2"}}
    assert with_changes(before, later, 1)["changes"] == [{"step": 1, **later}]
