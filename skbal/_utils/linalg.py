"""One safe Cholesky factor: a singular matrix gets a little help, and says so."""

import numpy as np
from scipy.linalg import lapack

from skbal._utils.warn import warn
from skbal.exceptions import NumericalWarning

# Parts of the diagonal that are added, one after the other, until the factor exists.
_JITTERS = (1e-14, 1e-12, 1e-10, 1e-8, 1e-6)


def safe_cholesky(matrix, what):
    """Return the lower Cholesky factor of a symmetric positive definite matrix.

    A factor counts only if each pivot kept digits of the diagonal it came from. Where
    one did not, the matrix is singular to working precision, and a small part of its
    own diagonal is added: so columns of very different scales are each helped in their
    own units.

    Parameters
    ----------
    matrix : ndarray of shape (n, n), dtype=float64
        Symmetric; only the lower triangle is read.
    what : str
        What the matrix is and whose, as the subject of a sentence.

    Returns
    -------
    factor : ndarray of shape (n, n)
        Lower triangular L with L L' = ``matrix``.

    Warns
    -----
    NumericalWarning
        If the diagonal had to be enlarged; the message says by how much.

    Raises
    ------
    ValueError
        If the matrix is not finite, or not positive definite even with the largest
        help.

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
    """Return the factor, or None where a pivot is lost in rounding."""
    # LAPACK reads columns, so the lower triangle is the transpose's upper one.
    factor, n_missing = lapack.dpotrf(matrix.T, lower=False, clean=True)
    if n_missing:
        return None
    factor = factor.T
    kept = factor.diagonal() ** 2 > _lost_part(len(matrix)) * matrix.diagonal()
    return factor if kept.all() else None


def _lost_part(n):
    # Rounding alone leaves a pivot of about this part of its diagonal.
    return 4 * max(n, 1) * np.finfo(np.float64).eps
