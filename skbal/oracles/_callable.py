"""The oracle that calls a function for each label."""

from skbal.oracles._one_by_one import OneByOneOracle


class CallableOracle(OneByOneOracle):
    """Answers with what a function says of one row at a time.

    The function may be slow, cost money, or fail: each answer is kept as soon as it is
    there. If one raises an error, or somebody stops the program, the answers before it
    stay in ``answers_``, and when the same rows are asked about again, the function is
    called for the others only.

    Parameters
    ----------
    function : callable
        Called with a row of ``X_pool``, or with its number in the pool if there is no
        ``X_pool``. Returns the label: text, a number, or an array of several outputs,
        but not None.
    X_pool : array-like of shape (n_pool, ...), optional
        The pool, of any kind that a strategy takes.
    cost_per_label : float, default=1.0
        The price of one answer.

    Attributes
    ----------
    answers_ : dict
        The answers so far, by row. It may be saved, and filled from an earlier session
        by ``answers_.update``: what is in it is never asked, nor paid for.

    Notes
    -----
    ``n_asked`` counts calls of the function that gave an answer. A clone knows no
    answers.

    Examples
    --------
    >>> from skbal.oracles import CallableOracle
    >>> oracle = CallableOracle(lambda row: "odd" if row[0] % 2 else "even", [[9], [2]])
    >>> oracle([1, 0, 1]).tolist()
    ['even', 'odd', 'even']
    >>> oracle.n_asked
    2
    """

    def __init__(self, function, X_pool=None, cost_per_label=1.0):
        self.function = function
        self.X_pool = X_pool
        self.cost_per_label = cost_per_label

    def _check(self):
        super()._check()
        if not callable(self.function):
            raise TypeError(
                f"function of {type(self).__name__} must be callable with a row, got "
                f"{self.function!r} ({type(self.function).__name__})."
            )

    def _ask_about(self, rows):
        for row in rows:
            label = self.function(row if self.X_pool is None else self._row(row))
            if label is None:
                raise TypeError(
                    f"function of {type(self).__name__} must return a label, got None "
                    f"for row {row}. Answers before it are kept."
                )
            self._keep(row, label)
