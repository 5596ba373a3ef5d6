"""Votes in the order of the images that they are about."""

import numpy as np

from skbal._utils.warn import warn
from skbal.datasets._vote_tables import check_table
from skbal.exceptions import VotesWarning

_OWNER = "align_votes"


def align_votes(ids, vote_ids, votes):
    """Return votes in the order of images, found by their ids.

    Parameters
    ----------
    ids : array-like of shape (n_samples,)
        The ids of the images, strings or integers, all different.
    vote_ids : array-like of shape (n_voted,)
        The ids that the votes are about, in any order, all different. An integer equals
        the string of its digits.
    votes : array-like of shape (n_voted, n_answers)
        Number of volunteers who gave each answer.

    Returns
    -------
    aligned : ndarray of shape (n_samples, n_answers), dtype=int64
        Row i holds the votes about ``ids[i]``, 0 where there are none. Votes about
        other ids are left out, with a warning.

    Raises
    ------
    TypeError
        If an id is neither a string nor an integer.
    ValueError
        If an id occurs twice, ``votes`` is not a table with a row for each of
        ``vote_ids`` or is a frame whose index has them in another order, none of the
        ids are known, or an unknown id differs from a known one in leading zeros only.

    Warns
    -----
    VotesWarning
        If there are votes about other ids.

    See Also
    --------
    load_images : Images with their names.
    read_zooniverse_votes : Votes with the ids of their subjects.
    count_votes : Turn answers into yes votes and all votes.

    Examples
    --------
    >>> from skbal.datasets import align_votes
    >>> align_votes(["a", "b", "c"], ["c", "a"], [[5, 0], [1, 2]]).tolist()
    [[1, 2], [0, 0], [5, 0]]
    """
    names, vote_names = _checked(ids, "ids"), _checked(vote_ids, "vote_ids")
    index = votes.index.tolist() if hasattr(votes, "iloc") else []
    votes = check_table(votes, f"votes given to {_OWNER}")
    if len(votes) != len(vote_names):
        raise ValueError(
            f"votes given to {_OWNER} must have a row for each of {len(vote_names)} "
            f"vote_ids, got {len(votes)}."
        )
    _refuse_other_order(index, vote_names)
    rows = {name: row for row, name in enumerate(names)}
    known = [place for place, name in enumerate(vote_names) if name in rows]
    other = [place for place, name in enumerate(vote_names) if name not in rows]
    _refuse_lost_zeros([vote_names[place] for place in other], names)
    if not known:
        raise ValueError(
            f"vote_ids of {_OWNER} hold none of the ids: {_few(vote_names)} and "
            f"{_few(names)} have nothing in common."
        )
    _warn_of_others([vote_names[place] for place in other if votes[place].any()])
    aligned = np.zeros((len(names), votes.shape[1]), dtype=np.int64)
    aligned[[rows[vote_names[place]] for place in known]] = votes[known]
    return aligned


def _checked(ids, name):
    """Return ids as strings."""
    array = None if isinstance(ids, (str, bytes)) else np.asarray(ids)
    if array is None or array.ndim != 1:
        got = repr(ids)[:60] if array is None else f"shape {array.shape}"
        raise ValueError(f"{name} of {_OWNER} must be a list of ids, got {got}.")
    entries = array.tolist()
    for row, entry in enumerate(entries):
        if isinstance(entry, bool) or not isinstance(entry, (str, int)):
            raise TypeError(
                f"{name} of {_OWNER} must be strings or integers, got {entry!r} "
                f"({type(entry).__name__}) in row {row}."
            )
    strings = [str(entry) for entry in entries]
    if not strings:
        raise ValueError(f"{name} of {_OWNER} must hold at least one id, got none.")
    seen = set()
    for string in strings:
        if string in seen:
            raise ValueError(
                f"{name} of {_OWNER} must all differ, got {string!r} more than once."
            )
        seen.add(string)
    return strings


def _refuse_other_order(index, vote_names):
    """Raise if the index of a frame of votes has the ids in another order."""
    if index != vote_names and set(index) == set(vote_names):
        raise ValueError(
            f"votes given to {_OWNER} must have its rows in the order of vote_ids, "
            f"{_few(vote_names)}, but its index is {_few(index)}. Give this index as "
            "vote_ids."
        )


def _refuse_lost_zeros(others, names):
    """Raise if an unknown id is a known one without its zeros, as a reader makes it."""
    whole = {_without_zeros(name): name for name in names if name.isdecimal()}
    for other in others:
        name = whole.get(_without_zeros(other))
        if name is not None:
            raise ValueError(
                f"vote_ids of {_OWNER} hold {other!r}, which is not {name!r} of ids. "
                "Read ids as text, so that they keep their zeros: pd.read_csv(..., "
                "dtype=str)."
            )


def _without_zeros(name):
    return name.lstrip("0") or "0"


def _warn_of_others(others):
    if others:
        warn(
            f"The votes about {len(others)} of the vote_ids of {_OWNER} are left out, "
            f"because these are not among ids: {_few(others)}.",
            VotesWarning,
        )


def _few(names):
    return f"{', '.join(map(repr, names[:3]))}{', ...' if len(names) > 3 else ''}"
