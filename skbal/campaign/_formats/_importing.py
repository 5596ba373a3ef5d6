"""What all imports do: check answers, tell them, and say what became of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from skbal.campaign._bulk import Given, record_all
from skbal.campaign._people import clean_name
from skbal.campaign._questions import to_json

_LATEST = 253_402_300_799  # the end of the year 9999, in seconds since 1970
_SHOWN = 5


@dataclass(frozen=True)
class Imported:
    """How many answers of a file were imported, and how many not.

    Parameters
    ----------
    n_new : int
        Answers that are kept now.
    n_known : int
        Answers that the campaign had already, or that were taken back since.
    n_conflicts : int
        Answers of people who had already given a different answer about the item. The
        first one is kept.
    n_other_items : int
        Answers about items that are not in the campaign.
    n_incomplete : int
        Classifications without an answer to each question that applies.
    """

    n_new: int
    n_known: int
    n_conflicts: int
    n_other_items: int = 0
    n_incomplete: int = 0


class Collected:
    """Answers that are read from a file, before anything is told.

    Parameters
    ----------
    campaign : Campaign
        Where they shall go.
    source : str
        The format, which is part of the keys of the answers.
    """

    def __init__(self, campaign, source):
        self._campaign, self._source = campaign, source
        self.given, self.n_other_items, self.n_incomplete = [], 0, 0
        self.other_item = None

    def add(self, number, person, kind, content=None, at=None):
        """Note an answer, whose content was checked."""
        person = clean_name(person)
        if at is not None and not 0 <= at <= _LATEST:
            at = None  # such a time is none
        parts = [self._source, number, person, kind, content]
        digest = hashlib.sha256(to_json(parts).encode()).hexdigest()[:32]
        key = f"{self._source}:{digest}"
        self.given.append(Given(number, person, kind, content, key, at))

    def add_other_item(self, name):
        """Note an answer about an item that the campaign does not have."""
        self.n_other_items += 1
        self.other_item = self.other_item or str(name)

    def tell(self, names, path, owner, verbose):
        """Tell all that was noted.

        Raises
        ------
        ValueError
            If no answer is about an item of the campaign.
        """
        if self.n_other_items and not self.given and not self.n_incomplete:
            raise ValueError(
                f"{owner}: no answer in {path} is about an item of the campaign. It "
                f"has items such as {self.other_item!r:.80}, and the campaign such as "
                f"{names.example()!r:.80}. If another entry or column names the "
                "items, say which by name=..., or --name on the command line."
            )
        campaign = self._campaign
        outcome = record_all(
            campaign.store, campaign.settings, self.given, campaign.clock(),
            verbose=verbose,
        )  # fmt: skip
        return Imported(*outcome, self.n_other_items, self.n_incomplete)


class Labels:
    """Finds the answers that texts of a file mean, and notes those that mean none.

    Parameters
    ----------
    questions : Questions
        Those of the campaign.
    meanings : dict or None
        Texts of the file, each with the answer that it means, or None for "I cannot
        tell".
    owner : str
        Name of the caller, for messages.

    Raises
    ------
    TypeError
        If ``meanings`` is no dict.
    """

    def __init__(self, questions, meanings, owner):
        self._questions = questions
        self._meanings = checked_dict(meanings, f"answers of {owner}")
        self._tables = [_table(labels) for labels in questions.labels]
        self.unknown = {}

    def find(self, number, text):
        """Return the answer to a question, or None for "I cannot tell".

        Parameters
        ----------
        number : int
            The question.
        text : str or number
            As in the file.
        """
        if text in self._meanings:
            meant = self._meanings[text]
            return None if meant is None else self._questions.check_one(number, meant)
        table = self._tables[number]
        for key in (str(text), _simple(text)):
            if table.get(key) is not None:
                return table[key]
        self.unknown[str(text)] = self.unknown.get(str(text), 0) + 1
        return None

    def check(self, path, owner):
        """Raise a ValueError if a text meant no answer."""
        if not self.unknown:
            return
        often = sorted(self.unknown, key=self.unknown.get, reverse=True)[:_SHOWN]
        shown = ", ".join(
            f"{text!r:.60} ({self.unknown[text]} times)" for text in often
        )
        raise ValueError(
            f"{owner}: {path} has answers that the campaign does not have: {shown}. "
            f"The campaign has {self._shown()}. Say what each means by answers={{text: "
            "answer}, with None for 'I cannot tell'; on the command line, by "
            "--answer 'text=answer'."
        )

    def _shown(self):
        if not self._questions.is_one:
            return ", ".join(self._questions.columns)
        return ", ".join(map(repr, self._questions.labels[0]))


def checked_dict(given, what):
    """Return a dict, empty for None, or raise a TypeError that names the argument."""
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"{what} must be a dict or None, got {given!r:.80}.")
    return dict(given or {})


def _table(labels):
    """Return the label that each text means; None if several are alike."""
    table = {}
    for label in labels:
        table[_simple(label)] = None if _simple(label) in table else label
    return table | {str(label): label for label in labels}


def _simple(text):
    """Return a text without what differs between a question and its export."""
    return str(text).strip().casefold()
