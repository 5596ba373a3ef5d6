"""Tables of votes: loaders of real ones, and their answers to yes-or-no questions."""

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.archives import check_path, read_arrays
from skbal._utils.indices import check_indices
from skbal._utils.validation import as_numbers

_ANSWERS = ["smooth", "featured-or-disk", "artifact"]
_GALAXY_COLUMNS = ("votes", "n", "ra", "dec", "nsa_id", "subject_id")

_GALAXY_DESCR = """\
Votes of Galaxy Zoo volunteers on {n:,} galaxies of the DECaLS survey
------------------------------------------------------------------
Volunteers answered the question "Is the galaxy simply smooth and rounded, with no sign
of a disk?" by smooth, featured or disk, or star or artifact. The data set also has the
position of each galaxy in the sky (degrees) and its numbers in the NASA-Sloan Atlas and
in Galaxy Zoo. It has no images.

M. Walmsley et al. (2020): Galaxy Zoo: Probabilistic Morphology through Bayesian CNNs
and Active Learning. MNRAS 491, 1554-1574.
"""

_IMAGE_DESCR = """\
{n:,} images of {height} x {width} pixels, with the votes of people on their content
------------------------------------------------------------------
votes is the number of people who chose each of {answers} answers. target is the class
given by the authors of the data set. Pixels are scaled from 0..255 to 0..1, with the
channels first.

CIFAR-10H: J. C. Peterson, R. M. Battleday, T. L. Griffiths and O. Russakovsky (2019):
Human Uncertainty Makes Classification More Robust. ICCV, 9617-9626.
"""


def load_galaxy_votes(path):
    """Return the votes of Galaxy Zoo volunteers on real galaxies, from a file.

    Parameters
    ----------
    path : str or path-like
        An ``.npz`` file with the arrays votes (n_samples, 3), n, ra, dec, nsa_id and
        subject_id, or a folder that contains it as ``gz_decals_votes.npz``.

    Returns
    -------
    galaxies : sklearn.utils.Bunch
        With the entries

        votes : ndarray of shape (n_samples, 3), dtype=int64
            Number of volunteers who gave each answer.
        n_votes : ndarray of shape (n_samples,), dtype=int64
            Number of volunteers.
        answer_names : list of str
            "smooth", "featured-or-disk" and "artifact".
        ra, dec : ndarray of shape (n_samples,)
            Right ascension and declination in degrees.
        nsa_id, subject_id : ndarray of shape (n_samples,)
            The galaxy's numbers in the NASA-Sloan Atlas and in Galaxy Zoo.
        DESCR : str
            Description of the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such an archive or is damaged, an array is missing or has another
        shape, or a row of votes does not sum to its n.

    See Also
    --------
    count_votes : Turn these answers into yes votes and all votes.

    Examples
    --------
    >>> from skbal.datasets import count_votes, load_galaxy_votes
    >>> galaxies = load_galaxy_votes("gz_decals_votes.npz")  # doctest: +SKIP
    >>> y = count_votes(galaxies.votes, [0])  # doctest: +SKIP
    """
    owner = "load_galaxy_votes"
    path = _file(path, "gz_decals_votes.npz", owner)
    table = read_arrays(
        path,
        _GALAXY_COLUMNS,
        f"path of {owner}",
        lambda heads: _check_galaxies(path, heads, owner),
    )
    votes = check_table(table["votes"], f"votes in {path}")
    n_votes, sums = table["n"].astype(np.int64), votes.sum(axis=1)
    if len(wrong := np.flatnonzero(n_votes != sums)):
        row = wrong[0]
        raise ValueError(
            f"path of {owner}: in {path}, row {row} has n = {n_votes[row]}, but its "
            f"votes sum to {sums[row]}."
        )
    return Bunch(
        votes=votes,
        n_votes=n_votes,
        answer_names=list(_ANSWERS),
        **{name: table[name] for name in _GALAXY_COLUMNS[2:]},
        DESCR=_GALAXY_DESCR.format(n=len(votes)),
    )


def load_image_votes(path):
    """Return images and the votes of people on them, from a file like CIFAR-10H.

    Parameters
    ----------
    path : str or path-like
        An ``.npz`` file, or a folder that contains it as ``cifar10h_2k.npz``. Its
        arrays are X of shape (n_samples, height, width) or (n_samples, height, width,
        channels) and dtype uint8, votes (n_samples, n_answers) and y (n_samples,).

    Returns
    -------
    data : sklearn.utils.Bunch
        With the entries

        images : ndarray of shape (n_samples, channels, height, width), dtype=float32
            Pixels in [0, 1].
        data : ndarray of shape (n_samples, channels * height * width), dtype=float32
            A view of ``images``.
        votes : ndarray of shape (n_samples, n_answers), dtype=int64
            Number of people who gave each answer.
        target : ndarray of shape (n_samples,), dtype=int64
            The class given by the authors of the data set.
        DESCR : str
            Description of the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such an archive or is damaged, or an array is missing or has
        another shape or dtype.

    See Also
    --------
    count_votes : Turn these answers into yes votes and all votes.

    Examples
    --------
    >>> from skbal.datasets import count_votes, load_image_votes
    >>> pictures = load_image_votes("cifar10h_2k.npz")  # doctest: +SKIP
    >>> y = count_votes(pictures.votes, [2, 3, 4, 5, 6, 7])  # doctest: +SKIP
    """
    owner = "load_image_votes"
    path = _file(path, "cifar10h_2k.npz", owner)
    table = read_arrays(
        path,
        ("X", "votes", "y"),
        f"path of {owner}",
        lambda heads: _check_images(path, heads, owner),
    )
    votes = check_table(table["votes"], f"votes in {path}")
    images = _channels_first(table["X"])
    _, _, height, width = images.shape
    return Bunch(
        images=images,
        data=images.reshape(len(images), -1),
        votes=votes,
        target=table["y"].astype(np.int64),
        DESCR=_IMAGE_DESCR.format(
            n=len(images), height=height, width=width, answers=votes.shape[1]
        ),
    )


def count_votes(votes, yes):
    """Return yes votes and all votes, from a table of answers.

    The result is the ``y`` of vote models.

    Parameters
    ----------
    votes : array-like of shape (n_samples, n_answers)
        Number of volunteers who gave each answer.
    yes : list of int or of str, or list of such lists
        The columns that count as yes, by their places or, if ``votes`` is a data frame,
        by their names. Several such lists stand for several questions, all answered by
        the same volunteers.

    Returns
    -------
    y : ndarray of shape (n_samples, 2) or (n_samples, n_questions, 2), dtype=int64
        The last axis holds the yes votes k and all votes N of the row.

    Raises
    ------
    TypeError
        If the columns in ``yes`` are neither integers nor names.
    ValueError
        If ``votes`` is not a table of counts (the message names the row) or has columns
        of several levels, ``yes`` is no list, or a column in it does not exist or is
        repeated.

    Examples
    --------
    >>> from skbal.datasets import count_votes
    >>> votes = [[30, 9, 1], [2, 38, 0]]  # smooth, featured, artifact
    >>> count_votes(votes, [0]).tolist()
    [[30, 40], [2, 40]]
    >>> count_votes(votes, [[0], [0, 1]]).tolist()
    [[[30, 40], [39, 40]], [[2, 40], [40, 40]]]
    """
    names = _names_of(votes)
    votes = check_table(votes, "votes given to count_votes")
    if _is_list(yes) and any(map(_is_list, yes)):
        return np.stack([_count(votes, columns, names) for columns in yes], axis=1)
    return _count(votes, yes, names)


def _names_of(votes):
    """Return the names of the columns of a frame, or none."""
    columns = getattr(votes, "columns", ())
    if getattr(columns, "nlevels", 1) > 1:
        first = columns.tolist()[0][0]
        raise ValueError(
            "votes given to count_votes must be about one question, whose answers sum "
            f"to N, but its columns have {columns.nlevels} levels. Give the columns of "
            f"one, such as votes[{first!r}]."
        )
    return list(columns)


def _is_list(columns):
    return np.iterable(columns) and not isinstance(columns, str)


def _are_names(names):
    return bool(names) and all(isinstance(name, str) for name in names)


def _count(votes, yes, names):
    if not _is_list(yes):
        example = names[:1] if _are_names(names) else [0]
        raise ValueError(
            f"yes of count_votes must be a list of columns, such as {example}, got "
            f"{yes!r}."
        )
    if _are_names(names) and _are_names(list(yes)):
        yes = [_place(column, names) for column in yes]
    yes = check_indices(yes, votes.shape[1], "yes", "count_votes")
    return np.stack([votes[:, yes].sum(axis=1), votes.sum(axis=1)], axis=1)


def _place(column, names):
    if names.count(column) != 1:
        raise ValueError(
            f"yes of count_votes must hold columns of votes, {names}, got {column!r}."
        )
    return names.index(column)


def check_table(votes, what):
    """Return a table of votes in int64, so small that no sum can overflow.

    Parameters
    ----------
    votes : array-like of shape (n_samples, n_answers)
        Number of volunteers who gave each answer.
    what : str
        The table, for messages.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_answers), dtype=int64

    Raises
    ------
    ValueError
        If it is no table, or holds what is no number of votes.
    """
    numbers = as_numbers(votes, f"{what} must be numbers of votes")
    if numbers.ndim != 2 or 0 in numbers.shape:
        raise ValueError(
            f"{what} must be a table of shape (n_samples, n_answers), got shape "
            f"{numbers.shape}."
        )
    wrong = ~((numbers >= 0) & (numbers < 2.0**31) & (numbers == np.floor(numbers)))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise ValueError(
            f"{what} must be whole numbers of votes, 0 or more, but row {row} has "
            f"{numbers[row, column]:g} in column {column}."
        )
    return numbers.astype(np.int64)


def _file(path, usual_name, owner):
    """Return the path of the file, which may be given by its folder."""
    path = check_path(path, "path", owner)
    if path.is_dir():
        path = path / usual_name
    if not path.exists():
        raise FileNotFoundError(f"path of {owner}: there is no file {path}.")
    return path


def _check_galaxies(path, heads, owner):
    _check_tables(path, heads, owner)
    n_answers = heads["votes"].shape[1]
    if n_answers != len(_ANSWERS):
        raise ValueError(
            f"path of {owner}: votes in {path} must have {len(_ANSWERS)} columns, "
            f"{', '.join(_ANSWERS)}, got {n_answers}."
        )


def _check_images(path, heads, owner):
    _check_tables(path, heads, owner)
    shape, dtype = heads["X"]
    if dtype != np.uint8 or len(shape) not in (3, 4):
        raise ValueError(
            f"path of {owner}: X in {path} must be uint8 images of shape (n, height, "
            f"width) or (n, height, width, channels), got {dtype} of shape {shape}."
        )


def _check_tables(path, heads, owner):
    """Raise an error unless votes are a table and the other arrays as long."""
    votes = heads["votes"].shape
    if len(votes) != 2:
        raise ValueError(
            f"path of {owner}: votes in {path} must be a table of shape (n_samples, "
            f"n_answers), got shape {votes}."
        )
    for name, (shape, _) in heads.items():
        if shape[:1] != votes[:1]:
            raise ValueError(
                f"path of {owner}: {name} in {path} must have {votes[0]} rows, as "
                f"votes has, got shape {shape}."
            )


def _channels_first(pixels):
    pixels = pixels[:, None] if pixels.ndim == 3 else pixels.transpose(0, 3, 1, 2)
    # A contiguous array, so that data can be a view of it.
    images = np.empty(pixels.shape, dtype=np.float32)
    return np.divide(pixels, np.float32(255), out=images)
