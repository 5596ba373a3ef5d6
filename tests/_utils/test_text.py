"""Text given to a part that skbal chose: the error names a parameter that helps."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skbal._utils.text import text_explained
from skbal.features import PoolGraph
from skbal.models import DistilledClassifier, GraphClassifier, MCDropoutClassifier
from skbal.query import DiversityPenalised, Random, TypiClust
from skbal.seeding import ClusterSeed, KMeansSeed
from skbal.votes import VoteAllocation

Y = np.arange(40) % 2
X = pd.DataFrame(
    {"colour": np.where(Y, "red", "blue"), "size": np.random.default_rng(0).random(40)}
)
COUNTS = np.stack([3 * Y, 3 - 3 * Y], axis=1)
NETWORK = {"max_epochs": 1, "random_state": 0}


class Even(Random):
    """Scores that are all equal, so that only features matter."""

    def score_pool(self, estimator, X_pool):
        return np.zeros(len(X_pool))


# By the owner: what is called with X, given parameters that replace the default ones.
CALLS = {
    "VoteAllocation": lambda **given: VoteAllocation(**given).fit(X, COUNTS),
    "PoolGraph": lambda **given: PoolGraph(**given).fit(X),
    "GraphClassifier": lambda **given: GraphClassifier(**given).fit(X, Y),
    "ClusterSeed": lambda **given: ClusterSeed(2, **given).select(X),
    "KMeansSeed": lambda **given: KMeansSeed(n_instances=2, **given).select(X),
    "TypiClust": lambda **given: TypiClust(**{"features": "input", **given})(None, X),
    "DiversityPenalised": lambda **given: DiversityPenalised(Even(), **given)(
        None, X, n_instances=2
    ),
    "DistilledClassifier": lambda **given: DistilledClassifier(
        make_pipeline(OneHotEncoder(), LogisticRegression()), **given
    ).fit(X, Y),
}


@pytest.mark.parametrize("owner", CALLS)
def test_the_remedy_of_the_message_is_one(owner):
    with pytest.raises(ValueError, match=r"the text '(red|blue)'") as raised:
        CALLS[owner]()
    found = re.search(r"given to (\w+) .* by (\w+)=(.*), or in a", str(raised.value))
    assert found[1] == owner
    names = {
        **globals(),
        "X_pool": X,
        "MCDropoutClassifier": lambda: MCDropoutClassifier(**NETWORK),
    }
    CALLS[owner](**{found[2]: eval(found[3], names)})


@pytest.mark.parametrize(
    "values",
    [
        np.array(["it's red"]),
        np.array(["it's red"], dtype=object),
        np.array([b"it's red"]),
        pd.Series(["it's red"], dtype="string"),
        pd.Series(["it's red"], dtype="category"),
    ],
    ids=["str", "object", "bytes", "string", "category"],
)
def test_the_text_is_shown_whatever_holds_it(values):
    message = r"^X must be numbers, but holds the text b?\"it's red\"\. Encode"
    with pytest.raises(ValueError, match=message), text_explained("X", "features=..."):
        np.asarray(values).astype(float)


def test_a_long_text_is_cut():
    with pytest.raises(ValueError) as raised, text_explained("X", "features=encode"):
        float("word " * 1000)
    assert len(str(raised.value)) < 300


def test_other_errors_pass_unchanged():
    error = ValueError("Input contains NaN.")
    with pytest.raises(ValueError) as raised, text_explained("X", "features=encode"):
        raise error
    assert raised.value is error


def test_dates_and_missing_values_of_a_frame_are_refused_by_name():
    dates = pd.DataFrame({"day": pd.to_datetime(["2024-01-01", "2024-01-02"] * 5)})
    missing = pd.DataFrame({"size": [1.0, None] * 5}).astype("Float64").astype(object)
    for rows in (dates.astype(object), missing):
        with pytest.raises(TypeError, match=r"^rows of X given to PoolGraph are not"):
            PoolGraph().fit(rows)
