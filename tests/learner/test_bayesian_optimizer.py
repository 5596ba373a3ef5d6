"""The optimizer: it asks for the largest value, and keeps the largest so far."""

import modAL.acquisition
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import BayesianRidge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skbal import BayesianOptimizer

LINE = np.linspace(0, 3, 31).reshape(-1, 1)
HILL = np.sin(LINE).ravel()  # largest at pi / 2
ACQUISITIONS = [
    modAL.acquisition.max_EI,
    modAL.acquisition.max_PI,
    modAL.acquisition.max_UCB,
]


def gaussian_process():
    return GaussianProcessRegressor(RBF(1.0), optimizer=None, alpha=1e-8)


def optimizer(**parameters):
    return BayesianOptimizer(
        gaussian_process(),
        X_training=LINE[[0, 30]],
        y_training=HILL[[0, 30]],
        **parameters,
    )


@pytest.mark.parametrize("acquisition", ACQUISITIONS)
def test_the_optimizer_climbs_the_hill(acquisition):
    # Without a trade-off, max_PI asks next to the best row for ever.
    explore = {"tradeoff": 0.1} if acquisition is modAL.acquisition.max_PI else {}
    climber = optimizer(query_strategy=acquisition)
    for _ in range(6):
        indices, rows = climber.query(LINE, **explore)
        climber.teach(rows, HILL[indices])
    X_max, y_max = climber.get_max()
    assert y_max == climber.y_training.max() > 0.99
    np.testing.assert_array_equal(
        X_max, climber.X_training[climber.y_training.argmax()]
    )


def test_the_optimizer_asks_where_improvement_is_expected_most():
    climber = optimizer()
    indices, _ = climber.query(LINE, n_instances=2)
    scores = modAL.acquisition.optimizer_EI(climber, LINE)
    np.testing.assert_allclose(np.sort(scores[indices]), np.sort(scores)[-2:])


@pytest.mark.parametrize("acquisition", ACQUISITIONS)
@pytest.mark.parametrize(
    "regressor",
    [GaussianProcessRegressor, BayesianRidge],
    ids=lambda kind: kind.__name__,
)
def test_the_optimizer_asks_before_anything_was_taught(acquisition, regressor):
    climber = BayesianOptimizer(regressor(), acquisition)
    assert climber.get_max() == (None, -np.inf)
    indices, rows = climber.query(LINE, n_instances=3)
    assert indices.shape == (3,)
    climber.teach(rows, HILL[indices])
    assert climber.y_max == HILL[indices].max()


def test_a_smaller_value_is_no_new_maximum():
    climber = optimizer()
    climber.teach(LINE[[15]], HILL[[15]])
    climber.teach(LINE[[1]], HILL[[1]], only_new=True)
    assert climber.get_max() == (LINE[15], HILL[15])


def test_a_fit_forgets_the_maximum():
    climber = optimizer()
    climber.fit(LINE[:3], HILL[:3] - 5)
    assert climber.y_max == HILL[2] - 5


@pytest.mark.parametrize(
    ("make", "make_y"),
    [
        (np.asarray, lambda y: y.reshape(-1, 1)),
        (lambda X: X.tolist(), list),
        (pd.DataFrame, pd.Series),
        (pd.DataFrame, pd.DataFrame),
        (sp.csr_matrix, np.asarray),
    ],
    ids=["column", "list", "series", "frame", "sparse"],
)
def test_the_maximum_is_found_in_any_kind_of_values(make, make_y):
    climber = BayesianOptimizer(BayesianRidge())
    if isinstance(make_y(HILL), pd.DataFrame) or np.ndim(make_y(HILL)) == 2:
        climber.estimator = gaussian_process()
    if make is sp.csr_matrix:
        climber.estimator = make_pipeline(
            FunctionTransformer(lambda X: X.toarray(), accept_sparse=True),
            BayesianRidge(),
        )
    climber.teach(make(LINE[::2]), make_y(HILL[::2]))
    assert climber.y_max == HILL[::2].max()
    X_max = climber.X_max
    X_max = X_max.toarray() if sp.issparse(X_max) else np.asarray(X_max)
    assert X_max.ravel()[0] == LINE[::2][HILL[::2].argmax()]


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (LINE[:2], np.ones((2, 2)), "rows of shape"),
        (LINE[:2], [5.0, np.nan], "NaN"),
        (LINE[:2], [9.0, 9.0, 9.0], "2 rows and 3 labels"),
    ],
)
def test_a_failed_teach_leaves_the_maximum_where_it_was(X, y, message):
    climber = optimizer()
    before = climber.get_max()
    with pytest.raises(ValueError, match=message):
        climber.teach(X, y)
    assert climber.get_max() == before
    assert len(climber.X_training) == 2


def test_a_fit_that_breaks_leaves_the_maximum_where_it_was():
    climber = optimizer()
    before, expected = climber.get_max(), climber.predict(LINE)
    with pytest.raises(TypeError, match="unknown"):
        climber.teach(LINE[[15]], HILL[[15]], unknown=1)
    with pytest.raises(TypeError, match="unknown"):
        climber.fit(LINE[[15]], HILL[[15]], unknown=1)
    assert climber.get_max() == before
    np.testing.assert_array_equal(climber.predict(LINE), expected)


def test_several_values_a_row_have_no_maximum():
    climber = BayesianOptimizer(gaussian_process())
    with pytest.raises(ValueError, match=r"one value per row, got shape \(3, 2\)"):
        climber.teach(LINE[:3], np.ones((3, 2)))
    assert climber.X_training is None


def test_a_clone_of_an_optimizer_knows_no_maximum():
    assert clone(optimizer()).get_max() == (None, -np.inf)


def test_an_estimator_without_standard_deviations_is_named():
    forest = RandomForestRegressor(5, random_state=0)
    optimizer = BayesianOptimizer(forest, X_training=LINE, y_training=HILL)
    with pytest.raises(
        TypeError, match=r"estimator of BayesianOptimizer .* return_std"
    ):
        optimizer.query(LINE)


@pytest.mark.parametrize("dtype", ["datetime64[D]", "timedelta64[D]", np.longdouble])
def test_numbers_that_no_acquisition_can_take_are_named(dtype):
    with pytest.raises(TypeError, match="X_pool given to BayesianOptimizer has dtype"):
        optimizer().query((10 * LINE).astype(int).astype(dtype))


def test_a_pipeline_may_take_dates():
    days = np.arange("2026-01-01", "2026-02-01", dtype="datetime64[D]").reshape(-1, 1)
    since = FunctionTransformer(lambda X: (X - days[0]).astype(float) / 10)
    climber = BayesianOptimizer(
        make_pipeline(since, gaussian_process()),
        X_training=days[[0, 30]],
        y_training=HILL[[0, 30]],
    )
    indices, _ = climber.query(days)
    np.testing.assert_array_equal(indices, optimizer().query(LINE)[0])
