"""Draws of estimators that compute something from the draws of others inside them."""

from functools import partial

import numpy as np

from skbal._utils.multilabel import answers_of_labels, check_yes_or_no, yes_column
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
    samplers, splits = _samplers_of_columns(regressor, n_draws, seed, sampler_of)
    return partial(_draws_of_outputs, samplers), splits


def multilabel_sampler(classifier, n_draws, seed, sampler_of):
    """Return the function that draws for rows of one classifier per yes/no label.

    The classifiers were fitted independently, and so are their draws.

    Parameters
    ----------
    classifier : MultiOutputClassifier
        Fitted on columns of 0 and 1.
    n_draws, seed, sampler_of
        As in `stacking_sampler`.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_labels), the
        probabilities of yes.
    splits : bool
        False if all rows are needed at once.

    Raises
    ------
    ValueError
        If a column of labels is not 0 and 1.
    """
    check_yes_or_no(classifier)
    samplers, splits = _samplers_of_columns(classifier, n_draws, seed, sampler_of)
    return partial(_draws_of_labels, samplers, answers_of_labels(classifier)), splits


def _samplers_of_columns(estimator, n_draws, seed, sampler_of):
    found = [
        sampler_of(inner, n_draws, next_seed(stream(seed, "output", output)))
        for output, inner in enumerate(estimator.estimators_)
    ]
    samplers, splits = zip(*found, strict=True)
    return samplers, all(splits)


def _draws_of_outputs(samplers, X):
    return np.concatenate([sampler(X) for sampler in samplers], axis=2)


def _draws_of_labels(samplers, answers, X):
    pairs = zip(samplers, answers, strict=True)
    return np.stack([yes_column(sampler(X), known) for sampler, known in pairs], axis=2)
