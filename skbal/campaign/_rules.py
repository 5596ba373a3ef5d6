"""When an item needs no more answers: rules that are plain data.

A rule is a dict with a ``name`` and numbers. It is stored with the campaign, and with
each item that it retires: its name, the reason in words, and the answer that fired it.
"""

from typing import NamedTuple

import numpy as np

from skbal._utils.validation import check_count, check_real

_OWNER = "Campaign"


def _share(value, name):
    if check_real(value, name, _OWNER, low=0, high=1) == 0:
        raise ValueError(f"{name} of {_OWNER} must be larger than 0, got {value}.")


def _votes(value, name):
    check_count(value, name, _OWNER)


# The numbers that each rule has.
_NUMBERS = {
    "max_votes": {"votes": _votes},
    "consensus": {"share": _share, "votes": _votes},
    "cannot_tell": {"votes": _votes},
    "chance_wrong": {"chance": _share, "votes": _votes},
}


class Standing(NamedTuple):
    """What rules look at.

    Attributes
    ----------
    counts : ndarray of int of shape (n_answers,)
        Votes for each answer to the first question.
    n_votes : int
        Number of people who answered.
    n_cannot_tell : int
        Number of people who could not tell.
    chance_wrong : float or None
        Probability that the leading answer is wrong, if a model has said it.
    """

    counts: np.ndarray
    n_votes: int
    n_cannot_tell: int
    chance_wrong: float | None = None


class Fired(NamedTuple):
    """A rule that retires an item, and why."""

    rule: str
    reason: str


def check_rules(rules, min_votes, max_votes):
    """Return rules as they are stored, or raise an error that says what is wrong.

    Parameters
    ----------
    rules : list of dict
        Each with a ``name`` and its numbers.
    min_votes : int
        Answers that every item gets before a rule may retire it.
    max_votes : int or None
        Answers after which an item is retired. ``None`` means ``min_votes``.

    Returns
    -------
    rules : list of dict
        With the rule "max_votes" at the end.

    Raises
    ------
    TypeError, ValueError
        If a rule is unknown or a number of it is missing or wrong.

    Examples
    --------
    >>> check_rules([{"name": "consensus", "share": 0.8, "votes": 5}], 3, 40)[1]
    {'name': 'max_votes', 'votes': 40}
    """
    check_count(min_votes, "min_votes", _OWNER)
    max_votes = min_votes if max_votes is None else max_votes
    check_count(max_votes, "max_votes", _OWNER)
    if max_votes < min_votes:
        raise ValueError(
            f"max_votes of {_OWNER} must be at least min_votes, got {max_votes} and "
            f"{min_votes}."
        )
    if isinstance(rules, (str, dict)) or not np.iterable(rules):
        raise TypeError(
            f"rules of {_OWNER} must be a list of dicts such as {{'name': 'consensus', "
            f"'share': 0.8, 'votes': 5}}, got {rules!r:.80}."
        )
    checked = [_check_rule(rule) for rule in rules]
    return [*checked, {"name": "max_votes", "votes": int(max_votes)}]


def _check_rule(rule):
    if not isinstance(rule, dict) or rule.get("name") not in _NUMBERS:
        raise ValueError(
            f"Each of the rules of {_OWNER} must be a dict whose 'name' is one of "
            f"{', '.join(map(repr, _NUMBERS))}, got {rule!r:.80}."
        )
    name = rule["name"]
    if rule.keys() != {"name", *_NUMBERS[name]}:
        raise ValueError(
            f"The rule {name!r} of {_OWNER} must have the numbers "
            f"{', '.join(map(repr, _NUMBERS[name]))}, got "
            f"{', '.join(repr(key) for key in rule if key != 'name') or 'none'}."
        )
    for key, check in _NUMBERS[name].items():
        check(rule[key], f"{key} in the rule {name!r}")
    return {"name": name, **{key: _plain(rule[key]) for key in _NUMBERS[name]}}


def _plain(number):
    return number.item() if isinstance(number, np.generic) else number


def fired(rules, standing, min_votes):
    """Return the first rule that retires an item, or None.

    Parameters
    ----------
    rules : list of dict
        As `check_rules` returned them.
    standing : Standing
        Where the item stands.
    min_votes : int
        Answers that every item gets before a rule may retire it. Only the rule
        "cannot_tell" may do so earlier.

    Returns
    -------
    fired : Fired or None

    Examples
    --------
    >>> rules = check_rules([{"name": "consensus", "share": 0.8, "votes": 5}], 3, 40)
    >>> fired(rules, Standing(np.array([5, 1]), 6, 0), 3)
    Fired(rule='consensus', reason='5 of 6 give the same answer, and 80% is enough')
    >>> fired(rules, Standing(np.array([4, 0]), 4, 0), 3) is None
    True
    """
    for rule in rules:
        early = standing.n_votes < min_votes and rule["name"] != "cannot_tell"
        reason = None if early else _REASONS[rule["name"]](rule, standing)
        if reason is not None:
            return Fired(rule["name"], reason)
    return None


def _by_max_votes(rule, standing):
    if standing.n_votes >= rule["votes"]:
        n, enough = standing.n_votes, rule["votes"]
        return (
            f"{n} answer{'s' if n > 1 else ''}, and {enough} "
            f"{'are' if enough > 1 else 'is'} enough"
        )
    return None


def _by_consensus(rule, standing):
    most = int(standing.counts.max(initial=0))
    # The comparison of products is exact for shares such as 0.8.
    enough = standing.n_votes >= rule["votes"]
    if enough and most >= rule["share"] * standing.n_votes - 1e-9:
        return (
            f"{most} of {standing.n_votes} give the same answer, and "
            f"{rule['share']:.0%} is enough"
        )
    return None


def _by_cannot_tell(rule, standing):
    if standing.n_cannot_tell >= rule["votes"]:
        return f"{standing.n_cannot_tell} people could not tell"
    return None


def _by_chance_wrong(rule, standing):
    chance = standing.chance_wrong
    if chance is None or standing.n_votes < rule["votes"] or chance > rule["chance"]:
        return None
    return (
        f"the leading answer is wrong with probability {chance:.3g}, and "
        f"{rule['chance']:g} is enough"
    )


_REASONS = {
    "max_votes": _by_max_votes,
    "consensus": _by_consensus,
    "cannot_tell": _by_cannot_tell,
    "chance_wrong": _by_chance_wrong,
}
