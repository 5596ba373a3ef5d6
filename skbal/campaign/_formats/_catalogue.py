"""The catalogue: what is known of each item, with its uncertainty."""

import json

import numpy as np
import sqlalchemy as sa
from scipy.stats import beta

from skbal._utils.optional import require
from skbal.campaign._formats._columns import column_names
from skbal.campaign._formats._tables import check_columns, read_table, write_table
from skbal.campaign._models import NEWEST_VERSION
from skbal.campaign._predictions import LEVEL
from skbal.campaign._tables import answer, item, prediction

_JEFFREYS = 0.5  # of each answer, added to its votes
_FIRST = ("item", "name", "votes", "cannot_tell")
_LAST = ("leading", "score", "retired", "reason", "known", "model", "source")
_TEXTS = {"name", "leading", "retired", "reason", "known", "source"}


def export_catalogue(campaign, path):
    """Write what is known of each item: votes, shares with their uncertainty, model.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    path : str or os.PathLike
        A file that ends in ".csv" or ".parquet". It is written whole or not at all.

    Raises
    ------
    ValueError
        If ``path`` has another ending.
    ImportError
        If a Parquet file is wanted and polars is missing;
        ``pip install 'skbal[parquet]'`` installs it.
    OSError
        If the file cannot be written.

    See Also
    --------
    read_catalogue : Read such a file.

    Notes
    -----
    The table has one line for each item, and the columns

    ``item``, ``name``
        The number and name of the item.
    ``votes``, ``cannot_tell``
        Number of people who answered, and who could not tell. Both are 0 for a gold
        item, whose answers say how good people are and are not counted.
    ``smooth_count``, ``smooth_share``, ``smooth_share_low``, ``smooth_share_high``
        For each answer such as "smooth": how many gave it, and the share of all people
        who would give it, with the bounds of a 90% interval.
    ``leading``
        The answer to the first question with the largest share, the earlier in the
        list among equals. Empty if there is neither a vote nor a model.
    ``score``
        The score of the item by the query strategy and the newest model: how much
        another answer was worth. Empty if the item was already retired.
    ``retired``, ``reason``
        The rule that retired the item, and why. Empty if it is still asked about.
    ``known``
        The right answer of a gold item. Of several questions, a dict in JSON.
    ``model``
        The number of the newest model.
    ``source``
        Where shares come from: "model 3", or "votes" if there is no model or it
        predicts numbers.

    If there is a model, the shares are its predictions for the item. The bounds of a
    model of votes are quantiles of its ``sample_shares``, since items that look alike
    differ. A classifier that makes no posterior draws gives no bounds. A classifier and
    a `VoteAllocation` learn the answers to the first question, so the shares of further
    questions come from votes. From votes alone, the shares of a question have a
    Dirichlet distribution, Jeffreys' prior with the votes added: their mean and the
    quantiles of beta distributions are given.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, export_catalogue, read_catalogue
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "catalogue.csv")
    >>> with Campaign.create(
    ...     Path(folder.name, "votes.db"), ["a star", "a disc"], ["yes", "no"]
    ... ) as campaign:
    ...     told = campaign.tell("1", "yes", "ann")
    ...     export_catalogue(campaign, path)
    >>> read_catalogue(path)[["name", "yes_count", "yes_share"]]
      name  yes_count  yes_share
    0    0          0       0.50
    1    1          1       0.75
    >>> folder.cleanup()
    """
    rows, votes, shares, version = campaign.store.read(_read)
    questions, counts = campaign.settings.questions, campaign.counts()
    mean, low, high = _of_votes(questions, counts)
    source = np.full(len(rows), "votes", dtype=object)
    for number, text in shares:
        found = json.loads(text)
        known = slice(len(found["mean"]))  # a classifier knows the first question only
        mean[number, known] = found["mean"]
        low[number, known] = found.get("low", np.nan)
        high[number, known] = found.get("high", np.nan)
        source[number] = f"model {version}"
    columns = {
        "item": [row.id for row in rows],
        "name": [row.name for row in rows],
        "votes": votes["answer"],
        "cannot_tell": votes["cannot_tell"],
    }
    for place, name in enumerate(_prefixes(questions)):
        columns[f"{name}_count"] = counts[:, place]
        columns[f"{name}_share"] = mean[:, place]
        columns[f"{name}_share_low"] = low[:, place]
        columns[f"{name}_share_high"] = high[:, place]
    columns |= {
        "leading": _leading(questions.asked[0], counts, mean, source),
        "score": [row.score for row in rows],
        "retired": [row.rule for row in rows],
        "reason": [row.reason for row in rows],
        "known": [_known(questions, row.gold) for row in rows],
        "model": [version] * len(rows),
        "source": source,
    }
    write_table(path, columns, "export_catalogue")


def read_catalogue(path):
    """Return a catalogue that `export_catalogue` wrote.

    Parameters
    ----------
    path : str or os.PathLike
        The file, in CSV or Parquet.

    Returns
    -------
    catalogue : pandas.DataFrame
        Strings are as they were before `export_catalogue` protected them from being run
        as formulas.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such table.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, export_catalogue, read_catalogue
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "catalogue.csv")
    >>> with Campaign.create(
    ...     Path(folder.name, "votes.db"), ["a star", "a disc"], ["yes", "no"]
    ... ) as campaign:
    ...     export_catalogue(campaign, path)
    >>> read_catalogue(path)[["item", "name", "votes"]]
       item name  votes
    0     0    0      0
    1     1    1      0
    >>> folder.cleanup()
    """
    pandas = require("pandas", "campaign", "read_catalogue")
    table = read_table(path, "read_catalogue", own=True)
    check_columns(table, (*_FIRST, *_LAST), path, "read_catalogue")
    for name in table.keys() - _TEXTS:
        table[name] = [np.nan if cell in ("", None) else cell for cell in table[name]]
    return pandas.DataFrame(table).replace("", None)


def _leading(first, counts, mean, source):
    """Return the answer with the largest share, None where nothing is known."""
    largest = mean[:, first.columns].argmax(axis=1)
    is_known = counts[:, first.columns].any(axis=1) | (source != "votes")
    return [first.answers[k] if known else None for k, known in zip(largest, is_known)]


def _known(questions, text):
    """Return the right answer as people write it, or None."""
    if text is None or not questions.is_one:
        return text
    return str(json.loads(text))


def _prefixes(questions):
    # With "_share" and the like behind, no name is that of another column, unless one
    # answer is called like another with "_share" behind.
    names = column_names(questions, set())
    ends = ("_count", "_share", "_share_low", "_share_high")
    full = [f"{name}{end}" for name in names for end in ends]
    taken = {*_FIRST, *_LAST, *full}
    if len(taken) < len(full) + len(_FIRST) + len(_LAST):
        return list(questions.columns)
    return names


def _of_votes(questions, counts):
    """Return mean and bounds of shares from votes alone, (n_items, n_columns) each."""
    mean = np.empty(counts.shape)
    low, high = np.empty((2, *counts.shape))
    for ask in questions.asked:
        a = counts[:, ask.columns] + _JEFFREYS
        total = a.sum(axis=1, keepdims=True)
        mean[:, ask.columns] = a / total
        low[:, ask.columns] = beta.ppf((1 - LEVEL) / 2, a, total - a)
        high[:, ask.columns] = beta.ppf((1 + LEVEL) / 2, a, total - a)
    return mean, low, high


def _read(connection):
    """Return items, numbers of votes, shares of the newest model, and its number."""
    version = connection.execute(NEWEST_VERSION).scalar()
    its = sa.and_(prediction.c.item_id == item.c.id, prediction.c.version == version)
    query = (
        sa.select(item, prediction.c.score, prediction.c.shares)
        .join_from(item, prediction, its, isouter=True)
        .order_by(item.c.id)
    )
    rows = connection.execute(query).all()
    shares = [(row.id, row.shares) for row in rows if row.shares is not None]
    return rows, _votes(connection, len(rows)), shares, version


def _votes(connection, n_items):
    query = (
        sa.select(answer.c.item_id, answer.c.kind, sa.func.count())
        .join(item, item.c.id == answer.c.item_id)
        .where(answer.c.undone_at.is_(None), item.c.gold.is_(None))
        .group_by(answer.c.item_id, answer.c.kind)
    )
    votes = {kind: np.zeros(n_items, np.int64) for kind in ("answer", "cannot_tell")}
    for number, kind, times in connection.execute(query):
        if kind in votes:
            votes[kind][number] = times
    return votes
