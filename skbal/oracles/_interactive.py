"""The oracle that asks a person at a keyboard."""

import sys

import numpy as np

from skbal._utils.parameters import own
from skbal._utils.unanswered import SKIP
from skbal.oracles._images import show_image
from skbal.oracles._one_by_one import OneByOneOracle
from skbal.oracles._oracle import check_callable

_BACK, _LATER, _SKIP = _KEYS = "<", ">", "?"
_MANY_CLASSES = 10  # a question names at most this many
_MANY_VALUES = 100  # longer rows are abbreviated


def _check_classes(classes, name, owner):
    strings = [str(label) for label in classes] if np.ndim(classes) == 1 else []
    if not strings or len(set(strings)) < len(strings):
        raise ValueError(
            f"{name} of {owner} must be different labels, got {classes!r}."
        )
    for string in strings:
        # Spaces around what is typed are removed.
        if string in ("", *_KEYS) or string != string.strip():
            raise ValueError(
                f"{name} of {owner} cannot hold {string!r}: a label has no spaces "
                f"around it and is neither empty nor one of {', '.join(_KEYS)}."
            )


class InteractiveOracle(OneByOneOracle):
    """Answers with what a person types, in a terminal or a notebook.

    Each row is shown, and the person types its label. For labels in ``classes``, the
    first letters are enough if no other class begins with them. Anything else is asked
    again. ``<`` goes back to the previous answer, to give it again. ``>`` leaves a row
    for later, when all others are answered. ``?`` leaves a row unanswered: it is not
    asked again, and a loop asks about another. Ctrl-C stops: the answers so far stay in
    ``answers_``, and when the same rows are asked about again, only the others are
    asked.

    Parameters
    ----------
    X_pool : array-like of shape (n_pool, ...), optional
        The pool, of any kind that a strategy takes. ``None`` only shows the index of
        the row.
    classes : array-like of shape (n_classes,), optional
        The allowed labels, strings or numbers. ``None`` takes any string.
    show : callable, optional
        Called with a row and its index to show it, for instance in a window. ``None``
        writes the row as text.
    image_shape : tuple of int, optional
        Draws each row with matplotlib as an image of this shape: (height, width),
        (height, width, n_colours) or (n_colours, height, width). Not together with
        ``show``.
    ask : callable, default=input
        Called with a question, returns what was typed.
    write : callable, optional
        Called with text for the person. ``None`` writes to the standard output.
    cost_per_label : float, default=1.0
        Cost of one answer.

    Attributes
    ----------
    answers_ : dict
        The answers so far, by row. It may be saved, and filled from an earlier session
        with ``answers_.update``. Rows in it are neither asked about nor paid for.

    Notes
    -----
    ``n_asked`` does not count an answer that was taken back. A clone has no answers.

    Examples
    --------
    Here, the answers come from a list instead of a person:

    >>> from skbal.oracles import InteractiveOracle
    >>> typed = iter(["cat", "cow", "dog"])
    >>> oracle = InteractiveOracle(
    ...     [[0.5, 1.0], [2.5, 3.0]], ["cat", "dog"], ask=lambda question: next(typed)
    ... )
    >>> oracle([0, 1]).tolist()
    < goes back to the last answer, > leaves a row for later, ? skips it.
    Row 0: [0.5, 1.0]
    Row 1: [2.5, 3.0]
    'cow' is none of: cat, dog
    ['cat', 'dog']
    """

    _parameter_rules = {
        "classes": own(_check_classes, "different labels", ["a", "a"], none=True),
        "show": own(check_callable, "callable", 3, none=True),
        "ask": own(check_callable, "callable", None),
        "write": own(check_callable, "callable", 3, none=True),
    }

    def __init__(
        self,
        X_pool=None,
        classes=None,
        show=None,
        image_shape=None,
        ask=input,
        write=None,
        cost_per_label=1.0,
    ):
        self.X_pool = X_pool
        self.classes = classes
        self.show = show
        self.image_shape = image_shape
        self.ask = ask
        self.write = write
        self.cost_per_label = cost_per_label

    def _check(self):
        super()._check()
        owner = type(self).__name__
        if self.show is not None and self.image_shape is not None:
            raise ValueError(f"Give either show or image_shape of {owner}, not both.")
        if self.X_pool is None and (self.show or self.image_shape):
            raise ValueError(f"X_pool of {owner} is None: there is no row to show.")

    def _ask_about(self, rows):
        waiting, done = list(rows), []
        if waiting:
            self._say(
                f"{_BACK} goes back to the last answer, {_LATER} leaves a row for "
                f"later, {_SKIP} skips it."
            )
        while waiting:
            self._show(waiting[0])
            reply = self._reply(waiting[0], len(done) + 1, len(rows))
            if reply == _LATER:
                waiting.append(waiting.pop(0))
            elif reply == _BACK and not done:
                self._say("There is no answer to go back to.")
            elif reply == _BACK:
                waiting.insert(0, done.pop())
                self._take_back(waiting[0])
            else:
                self._keep(waiting[0], SKIP if reply == _SKIP else reply)
                done.append(waiting.pop(0))

    def _reply(self, row, place, n_rows):
        """Return a label, or the sign for going back, leaving or skipping the row."""
        labels = dict(zip(map(str, self._classes()), self._classes()))
        names = f" ({', '.join(labels)})" if 0 < len(labels) <= _MANY_CLASSES else ""
        while True:
            text = self._typed(f"Label of row {row}{names}, {place} of {n_rows}: ")
            if text in _KEYS:
                return text
            found = [text] if self.classes is None and text else _meant(text, labels)
            if len(found) == 1:
                return labels.get(found[0], text)
            self._say(_why_not(text, found, labels))

    def _typed(self, question):
        text = self.ask(question)
        if not isinstance(text, str):
            raise TypeError(
                f"ask of {type(self).__name__} must return what was typed, got "
                f"{text!r} ({type(text).__name__}). Earlier answers are kept."
            )
        return text.strip()

    def _show(self, row):
        if self.X_pool is None:
            return
        if self.show is not None:
            self.show(self._row(row), row)
        elif self.image_shape is not None:
            show_image(self._row(row), row, self.image_shape)
        else:
            self._say(f"Row {row}: {_as_text(self._row(row))}")

    def _say(self, text):
        write = sys.stdout.write if self.write is None else self.write
        write(text + "\n")

    def _classes(self):
        return [] if self.classes is None else list(self.classes)


def _meant(text, labels):
    """Return the label that was typed, or the labels that begin with it."""
    if text in labels:
        return [text]
    names = [name for name, label in labels.items() if isinstance(label, str)]
    return [name for name in names if text and name.startswith(text)]


def _why_not(text, found, labels):
    if found:
        return f"{text!r} begins several of them: {', '.join(found)}"
    return f"{text!r} is none of: {', '.join(labels)}" if labels else "Type a label."


def _as_text(row):
    if isinstance(row, np.ndarray):
        return np.array2string(row, threshold=_MANY_VALUES)
    return str(row)
