"""A safe Cholesky factor, with a warning where a matrix is singular."""

import numpy as np
from scipy.linalg import lapack

from skbal._utils.warn import warn
from skbal.exceptions import NumericalWarning

# Fractions of the diagonal that are added, one after the other, until a factor exists.
_JITTERS = (1e-14, 1e-12, 1e-10, 1e-8, 1e-6)


def safe_cholesky(matrix, what):
    """Return the lower Cholesky factor of a symmetric positive definite matrix.

    A factor is accepted only if no pivot is lost in rounding. Otherwise the matrix is
    singular to working precision, and a small fraction of its diagonal is added. A
    fraction suits columns of very different scales.

    Parameters
    ----------
    matrix : ndarray of shape (n, n), dtype=float64
        Symmetric. Only the lower triangle is read.
    what : str
        Name of the matrix and of its owner, as the subject of a sentence.

    Returns
    -------
    factor : ndarray of shape (n, n)
        Lower triangular L with L L' = ``matrix``.

    Warns
    -----
    NumericalWarning
        If a fraction of the diagonal was added. The message says which.

    Raises
    ------
    ValueError
        If the matrix is not finite, or not positive definite even with the largest
        fraction added.

    Examples
    --------
    >>> safe_cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]), "The example")
    array([[2., 0.],
           [1., 2.]])
    """
    if not np.isfinite(matrix).all():
        raise ValueError(
            f"{what} is not finite: some values are so large that their squares "
            "overflow. Scale the columns, for instance by StandardScaler."
        )
    factor = _factor(matrix)
    if factor is not None:
        return factor
    for jitter in _JITTERS:
        factor = _factor(matrix + np.diag(jitter * matrix.diagonal()))
        if factor is not None:
            warn(
                f"{what} is singular to working precision; {jitter:.0e} of its "
                "diagonal was added. Are there duplicated or dependent columns, or is "
                "the noise far smaller than the prior?",
                NumericalWarning,
            )
            return factor
    raise ValueError(
        f"{what} is not positive definite, also with {_JITTERS[-1]:.0e} of its "
        "diagonal added. Are its columns of very different or very large scale? Scale "
        "them, for instance by StandardScaler."
    )


def _factor(matrix):
    """Return the factor, or None if a pivot is lost in rounding."""
    # LAPACK stores columns: the lower triangle is the upper one of the transpose.
    factor, n_missing = lapack.dpotrf(matrix.T, lower=False, clean=True)
    if n_missing:
        return None
    factor = factor.T
    kept = factor.diagonal() ** 2 > _lost_part(len(matrix)) * matrix.diagonal()
    return factor if kept.all() else None


def _lost_part(n):
    # Rounding alone leaves a pivot near this fraction of its diagonal.
    return 4 * max(n, 1) * np.finfo(np.float64).eps
