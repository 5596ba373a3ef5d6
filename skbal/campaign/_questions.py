"""What is asked about each item: one question, or several that follow each other."""

import json
import math

import numpy as np

from skbal._utils.answers import check_asked_questions, columns_of, described
from skbal.campaign._texts import check_storable

_OWNER = "Campaign"
_ONE = "answer"  # the name of a question that has none


class Questions:
    """The questions of a campaign, and what counts as an answer to them.

    Parameters
    ----------
    answers : list
        The answers to the only question, as different strings or numbers. Or one tuple
        (name, answers) or (name, answers, asked_of) for each question, as the models of
        votes take them.

    Attributes
    ----------
    asked : tuple of skbal._utils.answers.Asked
        Each question, with the columns of its answers.
    labels : tuple of tuple
        The answers to each question, as they were given.
    columns : tuple of str
        The name of each column of counts.

    Examples
    --------
    >>> questions = Questions([("shape", ["smooth", "disk"]), ("bar", [0, 1], "disk")])
    >>> questions.check({"shape": "smooth"})
    {'shape': 'smooth'}
    >>> questions.counts([{"shape": "disk", "bar": 1}, {"shape": "smooth"}])
    array([1, 1, 0, 1])
    """

    def __init__(self, answers):
        what = f"answers of {_OWNER}"
        if isinstance(answers, (str, dict)) or not np.iterable(answers):
            raise TypeError(
                f"{what} must be a list of answers such as ['smooth', 'featured'], or "
                f"of questions (name, answers, asked_of), got {answers!r}."
            )
        given = [_plain(answer) for answer in answers]
        self.is_one = not any(isinstance(part, (tuple, list)) for part in given)
        if self.is_one:
            given = [(_ONE, given)]
        self.labels = tuple(_check_labels(part, what) for part in given)
        named = [
            (part[0], [str(label) for label in labels], *part[2:])
            for part, labels in zip(given, self.labels)
        ]
        self.asked = check_asked_questions(named, _OWNER)
        self.columns = columns_of(self.asked)

    def plain(self):
        """Return the questions as plain data, which the class takes."""
        if self.is_one:
            return list(self.labels[0])
        return [
            [name, list(labels), parent]
            for (name, _, parent), labels in zip(described(self.asked), self.labels)
        ]

    def check(self, content):
        """Return an answer in the form in which it is kept.

        Parameters
        ----------
        content : str, number or dict
            The answer, or the answer to each question that applies.

        Returns
        -------
        content : str, number or dict

        Raises
        ------
        ValueError
            If it is none of the answers, or a question is missing or does not apply.
        """
        if self.is_one:
            return self.check_one(0, content)
        if not isinstance(content, dict):
            raise ValueError(
                f"answer must be a dict with an answer to {self._names()}, got "
                f"{content!r:.80}."
            )
        unknown = content.keys() - {ask.name for ask in self.asked}
        if unknown:
            raise ValueError(
                f"answer has no question {sorted(map(str, unknown))[0]!r}. The "
                f"questions are {self._names()}."
            )
        kept, given = {}, set()
        for number, ask in enumerate(self.asked):
            applies = ask.parent is None or ask.parent in given
            if applies != (ask.name in content):
                raise ValueError(self._wrong_question(ask, applies))
            if applies:
                label = kept[ask.name] = self.check_one(number, content[ask.name])
                given.add(ask.columns.start + self.labels[number].index(label))
        return kept

    def check_one(self, number, given):
        """Return an answer to one of the questions in the form in which it is kept.

        Parameters
        ----------
        number : int
            The question.
        given : str or number
            The answer.

        Returns
        -------
        label : str or number

        Raises
        ------
        ValueError
            If it is none of the answers.
        """
        given = _plain(given)
        labels = () if getattr(given, "ndim", 0) else self.labels[number]  # several
        for label in labels:
            # True is no 1, and 1.0 may stand for 1.
            if given == label and isinstance(given, bool) == isinstance(label, bool):
                return label
        raise ValueError(
            f"answer must be one of {_listed(self.labels[number])}"
            f"{'' if self.is_one else f' for {self.asked[number].name!r}'}, got "
            f"{given!r:.80}."
        )

    def counts(self, contents):
        """Return how many people gave each answer.

        Parameters
        ----------
        contents : iterable of str, number or dict
            Answers that `check` has returned.

        Returns
        -------
        counts : ndarray of int of shape (n_columns,)
        """
        counts = np.zeros(len(self.columns), dtype=np.int64)
        for content in contents:
            for column in self.columns_given(content):
                counts[column] += 1
        return counts

    def columns_given(self, content):
        """Return the columns of the answers in one checked answer, as a list."""
        if self.is_one:
            return [self.labels[0].index(content)]
        return [
            ask.columns.start + labels.index(content[ask.name])
            for ask, labels in zip(self.asked, self.labels)
            if ask.name in content
        ]

    def _wrong_question(self, ask, applies):
        if applies:
            return f"answer must have an answer to {ask.name!r}, which applies here."
        parent = self.columns[ask.parent]
        return f"answer has {ask.name!r}, which is only asked after {parent!r}."

    def _names(self):
        return ", ".join(repr(ask.name) for ask in self.asked)


def to_json(content):
    """Return plain data as one line of JSON, always the same for equal data."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _check_labels(part, what):
    if not isinstance(part, (tuple, list)) or not 2 <= len(part) <= 3:
        raise TypeError(
            f"{what} must be a list of answers, or of questions (name, answers) or "
            f"(name, answers, asked_of), got {part!r:.80} among them."
        )
    if isinstance(part[1], str) or not np.iterable(part[1]):
        raise TypeError(f"{what} must have a list of answers, got {part[1]!r:.80}.")
    labels = tuple(_plain(label) for label in part[1])
    for label in labels:
        if not isinstance(label, (str, int, float)) or label != label:
            raise TypeError(
                f"{what} must be strings or numbers, got {label!r:.80}. "
                "Use None in tell for 'I cannot tell'."
            )
        if isinstance(label, float) and math.isinf(label):
            raise ValueError(f"{what} must be finite numbers, got {label}.")
        if isinstance(label, str):
            _check_text(label, what)
    if isinstance(part[0], str):
        _check_text(part[0], f"Names of questions in {what}")
    if len(labels) < 2:
        raise ValueError(f"{what} must be two answers or more, got {len(labels)}.")
    if len(set(labels)) < len(labels):  # 1 and 1.0 are equal, too
        raise ValueError(f"{what} must have different names, got {_listed(labels)}.")
    return labels


def _check_text(text, what):
    check_storable(text, what)
    if not text.strip():
        raise ValueError(f"{what} must have characters that are seen, got {text!r}.")


def _plain(value):
    """Return what is in a NumPy scalar, or in an array or a tensor of one entry."""
    try:
        return value.item()
    except (AttributeError, RuntimeError, TypeError, ValueError):
        return value


def _listed(labels, most=12):
    more = "" if len(labels) <= most else f", ... ({len(labels)} answers)"
    return ", ".join(map(repr, labels[:most])) + more
