"""Draws of estimators that compute something from the draws of others inside them."""

from functools import partial

import numpy as np

from skbal._utils.random import next_seed, stream


def stacking_sampler(stacking, n_draws, seed, sampler_of):
    """Return the function that draws for rows of a stack of estimators.

    A draw is one of the final estimator. The estimators below it, whose predictions are
    its features, are taken as known, like the transformers of a pipeline.

    Parameters
    ----------
    stacking : StackingClassifier or StackingRegressor
        Fitted.
    n_draws : int or None
        Number of draws. None means the number of the final estimator.
    seed : int
        Determines the draws.
    sampler_of : callable
        Takes an estimator, ``n_draws`` and a seed, returns a sampler and whether rows
        may be cut into chunks.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs).
    splits : bool
        False if all rows are needed at once.
    """
    # The final estimator of a classifier knows codes, in the order of the classes.
    sampler, splits = sampler_of(stacking.final_estimator_, n_draws, seed)
    return partial(_stacking_draws, stacking, sampler), splits


def _stacking_draws(stacking, sampler, X):
    return sampler(stacking.transform(X))


def transformed_target_sampler(regressor, n_draws, seed, sampler_of):
    """Return the function that draws for rows, transformed back to the units of y.

    Parameters
    ----------
    regressor : TransformedTargetRegressor
        Fitted.
    n_draws, seed, sampler_of
        As in `stacking_sampler`.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs). If the
        transformation is not linear, their mean differs from ``predict``, which
        transforms the mean.
    splits : bool
        False if all rows are needed at once.
    """
    sampler, splits = sampler_of(regressor.regressor_, n_draws, seed)
    return partial(_untransformed, regressor.transformer_, sampler), splits


def _untransformed(transformer, sampler, X):
    draws = sampler(X)
    n_rows, n_draws, n_outputs = draws.shape
    values = transformer.inverse_transform(draws.reshape(-1, n_outputs))
    return np.asarray(values).reshape(n_rows, n_draws, -1)


def multi_output_sampler(regressor, n_draws, seed, sampler_of):
    """Return the function that draws for rows of one regressor per output.

    The regressors were fitted independently, and so are their draws.

    Parameters
    ----------
    regressor : MultiOutputRegressor
        Fitted.
    n_draws, seed, sampler_of
        As in `stacking_sampler`.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs).
    splits : bool
        False if all rows are needed at once.
    """
    found = [
        sampler_of(estimator, n_draws, next_seed(stream(seed, "output", output)))
        for output, estimator in enumerate(regressor.estimators_)
    ]
    samplers, splits = zip(*found, strict=True)
    return partial(_draws_of_outputs, samplers), all(splits)


def _draws_of_outputs(samplers, X):
    return np.concatenate([sampler(X) for sampler in samplers], axis=2)
