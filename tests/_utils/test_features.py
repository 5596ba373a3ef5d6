"""Features are checked, whoever measures distances on them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from sklearn.ensemble import RandomForestClassifier

from skbal._utils.features import check_powers_finite
from skbal.features import PoolGraph
from skbal.models import BayesianLinearRegression
from skbal.query import (
    ExpectedVarianceReduction,
    KCenterGreedy,
    KMeansBatch,
    ProbCover,
    TypiClust,
)
from skbal.seeding import ClusterSeed, KMeansSeed

X = np.random.default_rng(0).normal(size=(40, 3))
Y = np.arange(40) % 2
HUGE = X.copy()
HUGE[7, 1] = -1e151
FOREST = RandomForestClassifier(2, random_state=0).fit(X, Y)
CALLS = {
    "rows of X given to PoolGraph": lambda X: PoolGraph().fit(X),
    "features of PoolGraph": lambda X: PoolGraph(features=np.asarray).fit(X),
    "features of TypiClust": lambda X: TypiClust("input")(None, X),
    "features of ProbCover": lambda X: ProbCover(features="input", n_classes=2)(
        None, X
    ),
    "features of KCenterGreedy": lambda X: KCenterGreedy("input")(FOREST, X),
    "features of KMeansBatch": lambda X: KMeansBatch(features="input")(FOREST, X),
    "features of KMeansSeed": lambda X: KMeansSeed(n_instances=2).select(X),
    "covariance_factor of BayesianLinearRegression": lambda X: (
        ExpectedVarianceReduction()(BayesianLinearRegression().fit(np.eye(40, 3), Y), X)
    ),
}


@pytest.mark.parametrize("what", CALLS)
def test_numbers_whose_squares_overflow_are_refused(what):
    CALLS[what](X * 1e70)
    with pytest.raises(ValueError, match=f"{what} must lie within .* got -.*e\\+15"):
        CALLS[what](HUGE)


DAYS = np.arange(40).astype("datetime64[D]")


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, pl.DataFrame, list])
@pytest.mark.parametrize(
    "choose",
    [
        TypiClust("input"),
        KCenterGreedy(features=np.asarray),
        lambda _, rows: KMeansSeed(n_instances=2).select(rows),
        lambda _, rows: PoolGraph(np.asarray).fit(rows),
    ],
)
def test_dates_are_no_features(choose, kind):
    with pytest.raises(
        TypeError, match=r"(features|rows) of .* must hold numbers, got [dD]ate"
    ):
        choose(None, kind(DAYS[:, np.newaxis]))


def test_a_cluster_seed_says_so_of_its_graph():
    with pytest.raises(ValueError, match="PoolGraph must lie within"):
        ClusterSeed(2).select(HUGE)


def test_numbers_may_be_sparse_in_float32_or_none():
    with pytest.raises(ValueError, match="X must lie"):
        check_powers_finite(sp.csr_array(HUGE), "X")
    check_powers_finite(np.full((2, 2), 3e38, dtype=np.float32), "X")
    check_powers_finite(np.empty((0, 3)), "X")
