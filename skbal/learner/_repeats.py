"""Rows that are taught although they were taught before."""

from skbal._utils.row_keys import row_keys
from skbal._utils.warn import warn
from skbal.exceptions import TeachingWarning


def warn_of_repeats(known, new, owner):
    """Warn if rows are taught that were taught before.

    Parameters
    ----------
    known : array-like of shape (n_known, ...) or None
        The rows that were taught before.
    new : array-like of shape (n_new, ...)
        The rows to teach.
    owner : str
        Name of the learner, for the message.

    Warns
    -----
    TeachingWarning
        If a row of ``new`` equals one of ``known``.
    """
    if known is None:
        return
    keys = row_keys(new)
    if keys is None:
        return
    before = set(row_keys(known) or ())
    n_repeated = sum(key in before for key in keys)
    if n_repeated:
        warn(
            f"{n_repeated} of the {len(keys)} rows given to {owner} were taught "
            "before. In a loop written by hand, remove the rows that were asked about "
            "from the pool, for instance by np.delete(X_pool, indices, axis=0).",
            TeachingWarning,
        )
