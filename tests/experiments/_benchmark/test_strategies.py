import inspect

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier

from skbal import query
from skbal.experiments._benchmark._episode import episode
from skbal.experiments._benchmark._models import MODELS
from skbal.experiments._benchmark._strategies import (
    LEFT_OUT,
    STRATEGIES,
    default_strategies,
)
from skbal.experiments._benchmark._tables import MADE, as_table

SIZE = {"n_queries": 1, "n_instances": 3, "most_rows": 60, "random_state": 0}


def test_every_strategy_is_in_the_benchmark_or_has_a_reason():
    kinds = {name: getattr(query, name) for name in query.__all__}
    concrete = {name for name, kind in kinds.items() if not inspect.isabstract(kind)}
    missing = concrete - STRATEGIES.keys() - LEFT_OUT.keys()
    assert not missing, (
        "add a line for each to STRATEGIES, or to LEFT_OUT, of "
        "skbal/experiments/_benchmark/_strategies.py, and run skbal benchmark"
    )
    assert not STRATEGIES.keys() & LEFT_OUT.keys()
    assert STRATEGIES.keys() | LEFT_OUT.keys() == concrete


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_every_strategy_asks_about_rows_of_a_table(task):
    X, y = make_blobs(60, n_features=3, cluster_std=4.0, random_state=0)
    numbers = task == "regression"
    table = as_table(X, X[:, 0] if numbers else y, task, MADE)
    model = MODELS["fourier"].estimator
    if not numbers:
        model = RandomForestClassifier(8, min_samples_leaf=2)
    size = {**SIZE, "n_first": 6 if numbers else 2}
    size["scoring"] = "neg_root_mean_squared_error" if numbers else "accuracy"
    first = set()
    for strategy in default_strategies(task).values():
        result = episode(table, model, strategy, 0, size, regression=numbers)
        assert len(result["score"]) == 2
        assert np.isfinite(result["score"]).all()
        assert result["seconds"] > 0
        first.add(result["score"][0])
    assert len(first) == 1  # all begin with the same model
