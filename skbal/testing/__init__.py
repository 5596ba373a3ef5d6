"""The battery that holds an estimator, also your own, to the promises of its draws."""

from skbal.testing._battery import check_posterior_sampler

__all__ = ["check_posterior_sampler"]
