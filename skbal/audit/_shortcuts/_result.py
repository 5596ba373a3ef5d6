"""What `shortcut_test` returns."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal.audit._result import AuditResult
from skbal.audit._shortcuts._candidates import MOST_ELSEWHERE


@dataclass(frozen=True, eq=False, repr=False)
class ShortcutTest(AuditResult):
    """Result of `shortcut_test`.

    ``verdict`` says in a sentence what was found, and ``concern`` is ``found``.

    Parameters
    ----------
    found : bool or None
        Whether a shortcut was found. ``None`` if it cannot be told: there were too few
        rows, or images are small and carry no tag.
    p_value : float
        The p value of the part and the class that the search chose, by rows that it
        did not see. 1.0 if nothing was tested.
    level : float
        The level of the test.
    tolerance : float
        Share of the rows of a class that may be hits of the tested part without a
        shortcut.
    kind : str or None
        "region", "background", "brightness", "blur" or "columns": the part that was
        tested.
    region : ndarray of shape (height, width) or (n_columns,), dtype=bool, or None
        Where the part lies. ``None`` if nothing was found.
    box : tuple of int or None
        First and last row, first and last column of the region of an image.
    where : str or None
        The part in words.
    class_label : str or number, or None
        The class that the part gives away.
    n_hits, n_donors : int
        Rows of that class that are hits, and all that were tested.
    n_other_hits, n_others : int
        The same for rows of other classes.
    odds_ratio : float
        Factor by which the part of a hit raises the odds of the class in rows of other
        classes: the geometric mean over recipients and hits.
    hit_rows : ndarray of shape (n_hits,)
        Positions in X of the rows of the class that are hits: look at some of them.
    n_samples : int
        Rows given.
    candidates : list of dict
        All parts and classes that were searched, the lowest p value first.
    small_shape : tuple of int or None, default=None
        (height, width) of images of fewer than 144 pixels, where only regions are
        searched.

    See Also
    --------
    ShortcutDisplay : Show the region on an image.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skbal.audit import shortcut_test
    >>> y = np.arange(400) % 2
    >>> X = np.column_stack([y, np.random.default_rng(0).normal(size=400)])
    >>> model = DecisionTreeClassifier().fit(X[:200], y[:200])
    >>> result = shortcut_test(model, X[200:], y[200:], random_state=0)
    >>> print(result.verdict[:56])
    The model uses a shortcut: column 0 gives away class 0.
    >>> result.n_hits, result.n_donors, result.n_other_hits, result.n_others
    (48, 48, 0, 48)
    """

    found: bool | None
    p_value: float
    level: float
    tolerance: float
    kind: str | None
    region: np.ndarray | None
    box: tuple | None
    where: str | None
    class_label: object
    n_hits: int
    n_donors: int
    n_other_hits: int
    n_others: int
    odds_ratio: float
    hit_rows: np.ndarray
    n_samples: int
    candidates: list
    small_shape: tuple | None = None

    @property
    def verdict(self):
        """The result as a sentence."""
        if self.found is None and self.small_shape:
            height, width = self.small_shape
            return (
                "It cannot be told whether the model uses a shortcut: images of "
                f"{height} x {width} pixels are too small to "
                "tell an odd blur, brightness or background from what an image shows. "
                f"No tag or frame was found in {self.n_samples} rows."
            )
        if self.found is None:
            own = np.ceil(np.log(self.level) / np.log(self.tolerance))
            others = np.ceil(np.log(self.level) / np.log(1 - MOST_ELSEWHERE))
            return (
                "It cannot be told whether the model uses a shortcut: "
                f"{self.n_samples} rows are too few. The half that tests needs at "
                f"least {own:.0f} rows of a class and {others:.0f} of all others."
            )
        counts = (
            f"does so for {self.n_hits} of {self.n_donors} rows of the class and "
            f"{self.n_other_hits} of {self.n_others} rows of other classes "
            f"({p_in_words(self.p_value)})"
        )
        if self.found:
            return (
                f"The model uses a shortcut: {self.where} {self._give} away class "
                f"{self.class_label}. Put into rows of other classes, this part raises "
                f"the odds of the class, on average {fold_in_words(self.odds_ratio)}; "
                f"it {counts}."
            )
        return (
            f"No shortcut was found in {self.n_samples} rows. The most suspicious part "
            f"was {self.where} for class {self.class_label}: put into rows of other "
            f"classes, it {counts.replace('does so', 'raises the odds of the class')}."
        )

    @property
    def _give(self):
        plural = self.where.startswith(("rows", "the columns"))
        return "give" if plural else "gives"

    @property
    def concern(self):
        """Whether a shortcut was found, None if it cannot be told."""
        return self.found

    def to_frame(self):
        """Return the candidates of the search as a table.

        Returns
        -------
        frame : pandas.DataFrame
            A row for each part and class: ``kind``, ``where``, ``class_label``, counts
            of hits among the rows that were searched, ``odds_ratio``, and
            ``search_p_value``, which is no valid p value, since the search chose by it.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "ShortcutTest.to_frame")
        return pandas.DataFrame(self.candidates)


def fold_in_words(ratio):
    """Return a factor as words.

    Examples
    --------
    >>> fold_in_words(2.345), fold_in_words(5e4)
    ('2.3-fold', 'more than 1000-fold')
    """
    if ratio >= 1000:
        return "more than 1000-fold"
    return f"{ratio:.0f}-fold" if ratio >= 10 else f"{ratio:.1f}-fold"


def p_in_words(p_value):
    """Return a p value as words."""
    return f"p = {p_value:.2g}" if p_value >= 1e-4 else "p < 0.0001"
