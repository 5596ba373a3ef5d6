"""Data that `test_unwrap` shares with the tests of draws."""

from tests.sampling.conftest import iris, regression

__all__ = ["iris", "regression"]
