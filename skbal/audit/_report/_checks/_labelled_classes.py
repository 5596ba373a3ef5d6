"""Were all classes labelled?"""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal.audit._report._check import Check, Picture
from skbal.audit._report._words import counted, listed
from skbal.audit._result import AuditResult


@dataclass(frozen=True, eq=False, repr=False)
class LabelledClasses(AuditResult):
    """How many labels each class has.

    Parameters
    ----------
    classes : tuple
        The classes, those that are only known from elsewhere included.
    n_labels : ndarray of int of shape (n_classes,)
        Labels of each class that the model learned from.
    n_known : ndarray of int of shape (n_classes,) or None
        How often each class is among the labels of the test rows or, without these, of
        the whole pool. None if neither is known.
    known_from : str
        Where these are from, in words.
    """

    classes: tuple
    n_labels: np.ndarray
    n_known: np.ndarray | None
    known_from: str

    @property
    def missing(self):
        """The classes without a label."""
        return tuple(c for c, n in zip(self.classes, self.n_labels) if n == 0)

    @property
    def verdict(self):
        """The number of labels of the rarest class, and the classes without one."""
        total, n = int(self.n_labels.sum()), len(self.classes)
        if self.missing:
            return (
                f"{counted(len(self.missing), 'class', 'classes')} of {n:,} "
                f"{'has' if len(self.missing) == 1 else 'have'} no label at all "
                f"({listed(self.missing)}): the model cannot recognise what it was "
                "never shown."
            )
        least, most = int(self.n_labels.argmin()), int(self.n_labels.argmax())
        words = (
            f"Each of the {n:,} classes has labels, from "
            f"{self.n_labels[least]:,} ({self.classes[least]}) to "
            f"{self.n_labels[most]:,} ({self.classes[most]}) of {total:,}."
        )
        if self.n_known is None:
            words += " Whether there are others is not known."
        return words

    @property
    def concern(self):
        """True if a class has no label. None if it is not known which there are."""
        if self.missing:
            return True
        return None if self.n_known is None else False

    def to_frame(self):
        """Return a table with one row per class.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``class``, ``labels`` and ``share_of_labels`` and, if it is
            known, ``share_elsewhere``.
        """
        pandas = require("pandas", "examples", "LabelledClasses.to_frame")
        columns = {
            "class": self.classes,
            "labels": self.n_labels,
            "share_of_labels": self.n_labels / max(self.n_labels.sum(), 1),
        }
        if self.n_known is not None:
            columns["share_elsewhere"] = self.n_known / max(self.n_known.sum(), 1)
        return pandas.DataFrame(columns)


def run(source):
    """Count the labels of each class."""
    source.for_task("classes")
    _, y = source.labelled_rows()
    known, known_from = _known_labels(source)
    possible = [_flat(y), *([] if known is None else [known])]
    # A set takes 1, 1.0 and True for one class, as they are for a model.
    classes = sorted(set().union(*map(_values, possible)), key=_order)
    return LabelledClasses(
        tuple(classes),
        _counts(y, classes),
        None if known is None else _counts(known, classes),
        known_from,
    )


def _order(value):
    is_text = isinstance(value, str)
    return is_text, str(value) if is_text else float(value)


def _known_labels(source):
    if source.y_test is not None:
        return _flat(source.y_test), "test rows"
    if source.y_pool is None:
        return None, ""
    labels = np.asarray(source.y_pool)
    if source.candidates is not None:
        labels = labels[source.candidates]
    is_missing = [label is None or label != label for label in labels.tolist()]
    return _flat(labels[~np.array(is_missing, dtype=bool)].tolist()), "pool"


def _flat(y):
    return np.asarray(y).ravel()


def _values(y):
    return np.unique(y).tolist()


def _counts(y, classes):
    found, numbers = np.unique(_flat(y), return_counts=True)
    counts = dict(zip(found.tolist(), numbers.tolist()))
    return np.array([counts.get(label, 0) for label in classes])


def pictures(result, source):
    """Return a bar chart of the shares of the classes."""
    if len(result.classes) > 40:
        return []
    beside = f" beside their shares in the {result.known_from}"
    return [
        Picture(
            "Shares of the classes",
            "Bars: the share of each class among the labels"
            + (beside if result.n_known is not None else "")
            + f", for {counted(len(result.classes), 'class', 'classes')}.",
            lambda figure: _draw(result, figure.subplots()),
        )
    ]


def _draw(result, ax):
    places = np.arange(len(result.classes))
    bars = [("Labels", result.n_labels, "#0072B2")]
    if result.n_known is not None:
        bars.append((result.known_from.capitalize(), result.n_known, "#E69F00"))
    width = 0.8 / len(bars)
    for number, (name, counts, colour) in enumerate(bars):
        at = places + (number - (len(bars) - 1) / 2) * width
        ax.bar(at, counts / max(counts.sum(), 1), width, color=colour, label=name)
    turned = max(len(str(c)) for c in result.classes) > 3 and len(result.classes) > 4
    ax.set_xticks(places, map(str, result.classes), rotation=45 if turned else 0)
    ax.set(xlabel="Class", ylabel="Share", ylim=(0, None))
    ax.legend()


CHECK = Check(
    name="labelled classes",
    title="classes that have labels",
    section="labelled",
    question="Was every class labelled?",
    run=run,
    meaning=(
        "Ask about rows in which the missing class is to be expected, or say that the "
        "model must not be used where it occurs."
    ),
    pictures=pictures,
)
