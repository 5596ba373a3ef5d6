"""The people who answered, and whether they agree."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal.audit._report._check import Check
from skbal.audit._report._source import DoesNotApply, NotChecked
from skbal.audit._report._words import counted, listed, percent
from skbal.audit._result import AuditResult

_FEW = 5  # answers about items whose answer is known, from which on a person is judged


@dataclass(frozen=True, eq=False, repr=False)
class People(AuditResult):
    """How much each person answered, and how often people agreed.

    Parameters
    ----------
    names : tuple of str
        The people, those with most answers first.
    n_answers, n_cannot_tell, n_skipped : ndarray of int of shape (n_people,)
        How often each answered, could not tell, and skipped.
    n_gold, n_gold_right : ndarray of int of shape (n_people,)
        Answers about items whose answer is known, and those that were right.
    n_pairs, n_agree : int
        Pairs of answers of two people about one item, and those that are equal.
    """

    names: tuple
    n_answers: np.ndarray
    n_cannot_tell: np.ndarray
    n_skipped: np.ndarray
    n_gold: np.ndarray
    n_gold_right: np.ndarray
    n_pairs: int
    n_agree: int

    @property
    def often_wrong(self):
        """People who were right in less than half of five known answers or more."""
        judged = zip(self.names, self.n_gold, self.n_gold_right)
        return tuple(name for name, n, k in judged if n >= _FEW and 2 * k < n)

    @property
    def verdict(self):
        """How many people gave how many answers, and how often they agreed."""
        total, first = int(self.n_answers.sum()), int(self.n_answers[0])
        words = f"{counted(len(self.names), 'person', 'people')} gave {total:,} answers"
        if len(self.names) > 1:
            words += f", {first:,} of them by {self.names[0]}"
        return f"{words}. {self._agreement} {self._known}".strip()

    @property
    def _agreement(self):
        if not self.n_pairs:
            return "No item was answered by two people, so nobody checked anybody."
        return (
            f"Of {counted(self.n_pairs, 'pair')} of answers about the same item, "
            f"{percent(self.n_agree / self.n_pairs)} agree."
        )

    @property
    def _known(self):
        n, k = int(self.n_gold.sum()), int(self.n_gold_right.sum())
        if not n:
            return ""
        words = f"Of {counted(n, 'answer')} that could be compared with a known one, "
        words += f"{k:,} {'was' if k == 1 else 'were'} right."
        if self.often_wrong:
            words += f" Wrong more often than right: {listed(self.often_wrong)}."
        return words

    @property
    def concern(self):
        """True if somebody is often wrong, None if nobody was checked by anything."""
        if self.often_wrong:
            return True
        return False if self.n_pairs or self.n_gold.sum() else None

    def to_frame(self):
        """Return a table with one row per person.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``person``, ``answers``, ``cannot_tell``, ``skipped``,
            ``known`` and ``known_right``.
        """
        pandas = require("pandas", "campaign", "People.to_frame")
        return pandas.DataFrame(
            {
                "person": self.names,
                "answers": self.n_answers,
                "cannot_tell": self.n_cannot_tell,
                "skipped": self.n_skipped,
                "known": self.n_gold,
                "known_right": self.n_gold_right,
            }
        )


def run(source):
    """Count the answers of each person, and the pairs that agree."""
    if source.campaign is None:
        raise DoesNotApply("No people are known: the labels came from an oracle.")
    people = source.campaign.status().people
    if not people:
        raise NotChecked("Nobody has answered.", "Collect answers first.")
    n_pairs, n_agree = _pairs(source.campaign.answers())
    columns = ("n_answers", "n_cannot_tell", "n_skipped", "n_gold", "n_gold_right")
    return People(
        tuple(person.name for person in people),
        *(np.array([getattr(p, name) for p in people], np.intp) for name in columns),
        n_pairs,
        n_agree,
    )


def _pairs(answers):
    """Return how many pairs of answers there are about one item, and how many agree."""
    answers = answers[answers["kind"] == "answer"]
    n_pairs = n_agree = 0
    for _, told in answers.groupby("item")["answer"]:
        n_pairs += len(told) * (len(told) - 1) // 2
        _, counts = np.unique([repr(answer) for answer in told], return_counts=True)
        n_agree += int((counts * (counts - 1) // 2).sum())
    return n_pairs, n_agree


CHECK = Check(
    name="people",
    title="people who answered",
    section="labelled",
    question="Who answered, and did people agree?",
    run=run,
    meaning=(
        "Talk to these people, and look at what they answered, before the model learns "
        "from it."
    ),
)
