"""Batteries that test an estimator or a query strategy, also one of your own.

`check_posterior_sampler` tests the posterior draws of an estimator,
`check_query_strategy` the choices of a query strategy.
"""

from skbal._utils.names import missing_from
from skbal.testing._battery import check_posterior_sampler
from skbal.testing._strategy_battery import check_query_strategy

__all__ = ["check_posterior_sampler", "check_query_strategy"]

__getattr__ = missing_from(__name__)
