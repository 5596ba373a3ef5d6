"""The most probable parameters of a mixture, and how well the votes determine them.

The posterior is approximated by a normal distribution around its mode. Its precision is
the prior's plus the Fisher information at the mode, the expectation over counts of the
sum of ``s_i s_i'`` over rows, with s_i the derivatives of the log-likelihood of row i.
The counts are drawn from the model. With the observed counts in their place the
information is too small where the model fits its training rows well [1]_. The Hessian
of a mixture may be indefinite.

References
----------
.. [1] F. Kunstner, L. Balles and P. Hennig (2019), Limitations of the empirical Fisher
   approximation for natural gradient descent, NeurIPS 32, section 3.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.linalg import safe_cholesky
from skbal._utils.warn import warn
from skbal.models._vote_mixture._layout import Layout, Parts, logits_of
from skbal.models._vote_mixture._terms import mixture_terms
from skbal.models._vote_regression._count_likelihoods import log_softmax
from skbal.models._votes._shares import ShareStreams, dirichlet_draws

_FEWEST = 0.5  # votes added to each answer at the start
_SIMULATED = 4  # counts of each row that the Fisher information is averaged over
_LARGEST = 2**29  # bytes of the precision


class Mode(NamedTuple):
    """A normal distribution around the most probable parameters.

    Attributes
    ----------
    layout : Layout
    vector : ndarray of shape (layout.size,)
        The mode.
    factor : ndarray of shape (layout.size, layout.size)
        Lower Cholesky factor of the precision.
    n_iter : int
        Number of steps to the mode.
    """

    layout: Layout
    vector: np.ndarray
    factor: np.ndarray
    n_iter: int


def first_parts(layout, counts, seed):
    """Return parameters to start from: clusters of the rows' shares.

    Parameters
    ----------
    layout : Layout
    counts : ndarray of shape (n_samples, n_answers)
        The counts, of at least as many different rows as there are components.
    seed : int
        Seeds the clusters.

    Returns
    -------
    parts : Parts
    """
    counts = counts + _FEWEST
    shares = counts / counts.sum(axis=1, keepdims=True)
    # Distances of square roots measure how different two distributions are.
    clusters = KMeans(layout.n_components, n_init=3, random_state=seed)
    labels = clusters.fit_predict(np.sqrt(shares))
    members = np.eye(layout.n_components)[labels]
    sizes = members.sum(axis=0)
    means = members.T @ shares / sizes[:, np.newaxis]
    levels, gate = np.log(means), np.log(sizes)
    zeros = layout.parts(np.zeros(layout.size))
    return Parts(
        zeros.gate_weights,
        gate - gate.mean(),
        zeros.weights,
        levels - levels.mean(axis=1, keepdims=True),
        zeros.log_concentration,
    )


def n_components_for(counts, n_components):
    """Return the number of components, at most that of rows with different shares."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    return max(1, min(n_components, len(np.unique(shares.round(12), axis=0))))


def mode_of(layout, places, counts, *, seed, max_iter, tol, owner):
    """Return the posterior of the parameters of one question.

    Parameters
    ----------
    layout : Layout
    places : ndarray of shape (n_samples, n_directions)
        The rows with votes, in the directions that all rows span.
    counts : ndarray of shape (n_samples, n_answers), dtype=float64
        Their counts.
    seed : int
        Seeds the start and the simulated counts.
    max_iter : int
        Largest number of steps.
    tol : float
        A step that raises the log-posterior by a smaller share is the last.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    mode : Mode

    Raises
    ------
    ValueError
        If the matrix of the precision would be too large.

    Warns
    -----
    ConvergenceWarning
        If the mode was not found.
    """
    _check_size(layout, owner)
    start = np.zeros(layout.size)
    if len(counts):
        start = layout.vector(first_parts(layout, counts, seed))
    found = optimize.minimize(
        _negative_log_posterior,
        start,
        args=(layout, places, counts),
        jac=True,
        method="L-BFGS-B",
        options={
            "maxiter": max_iter,
            "maxfun": 2 * max_iter,
            "ftol": tol,
            "maxcor": 20,
        },
    )
    if found.nit >= max_iter or found.nfev >= 2 * max_iter:
        warn(
            f"The parameters of {owner} did not reach the maximum of their posterior "
            f"in max_iter={max_iter} steps. Raise max_iter, or scale the columns.",
            ConvergenceWarning,
        )
    precision = np.eye(layout.size)
    precision += fisher_information(
        layout, found.x, places, counts.sum(axis=1), seed, _SIMULATED
    )
    factor = safe_cholesky(precision, f"The posterior precision of {owner}")
    return Mode(layout, found.x, factor, int(found.nit))


def fisher_information(layout, vector, places, total, seed, n_simulated):
    """Return the information that counts have about the parameters, by simulation.

    Parameters
    ----------
    layout : Layout
    vector : ndarray of shape (layout.size,)
        The parameters.
    places : ndarray of shape (n_samples, n_directions)
        The rows.
    total : ndarray of shape (n_samples,)
        Their numbers of votes.
    seed : int
        Seeds the simulated counts.
    n_simulated : int
        How often each row is given counts.

    Returns
    -------
    information : ndarray of shape (layout.size, layout.size)
    """
    parts = layout.parts(vector)
    information = np.zeros((layout.size, layout.size))
    for number in range(n_simulated):
        streams = ShareStreams(seed, number)
        for rows in _chunks_of(layout, places):
            gate, logits = logits_of(parts, places[rows])
            counts = _drawn_counts(
                gate, logits, parts.log_concentration, total[rows], streams
            )
            terms = mixture_terms(gate, logits, parts.log_concentration, counts)
            slopes = layout.slopes(terms, places[rows])
            information += slopes.T @ slopes
    return information / n_simulated


def _drawn_counts(gate, logits, log_concentration, total, streams):
    """Return counts drawn from the mixture, (n_samples, n_answers)."""
    sums = np.cumsum(np.exp(log_softmax(gate)), axis=1)
    place = streams.uniform.random((len(gate), 1)) * sums[:, -1:]
    chosen = (sums < place).sum(axis=1)
    shares = np.exp(log_softmax(logits[np.arange(len(gate)), chosen]))
    concentration = np.exp(log_concentration)[chosen, np.newaxis]
    shares = dirichlet_draws(shares, concentration, streams)
    counts = streams.uniform.multinomial(total.astype(np.int64), shares)
    return counts.astype(np.float64)


def _negative_log_posterior(vector, layout, places, counts):
    """Return minus the log-posterior up to a constant, and its gradient."""
    value, slope = 0.5 * vector @ vector, vector.copy()
    for terms, chunk in _chunks(vector, layout, places, counts):
        value -= terms.value.sum()
        slope -= layout.slope(terms, chunk)
    return value, slope


def _chunks(vector, layout, places, counts):
    """Yield the terms of rows at a vector, and their places."""
    parts = layout.parts(vector)
    for rows in _chunks_of(layout, places):
        gate, logits = logits_of(parts, places[rows])
        terms = mixture_terms(gate, logits, parts.log_concentration, counts[rows])
        yield terms, places[rows]


def _chunks_of(layout, places):
    per_row = 8 * (8 * layout.n_components * layout.n_answers + 2 * layout.size)
    return chunks(len(places), rows_within(per_row))


def _check_size(layout, owner):
    if 8 * layout.size**2 > _LARGEST:
        raise ValueError(
            f"{owner} would need a matrix of {layout.size} x {layout.size} "
            f"({8 * layout.size**2 / 2**30:.1f} GiB) for {layout.n_directions} "
            f"directions of the rows, {layout.n_answers} answers and "
            f"{layout.n_components} components. Reduce the columns, for instance by "
            "PCA, or n_components."
        )
