"""Small data that the tests of sampling share."""

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_regression


@pytest.fixture(scope="session")
def iris():
    """75 rows with string labels, sorted otherwise than they appear."""
    X, y = load_iris(return_X_y=True)
    return X[::2], np.array(["setosa", "versicolor", "a-virginica"])[y[::2]]


@pytest.fixture(scope="session")
def regression():
    """60 rows, 4 features, off centre."""
    X, y = make_regression(60, 4, n_informative=3, noise=5.0, random_state=0)
    return X + 3.0, y + 10.0
