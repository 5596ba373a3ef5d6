"""The oracle that calls a function for each label."""

from skbal._utils.parameters import own
from skbal.oracles._one_by_one import OneByOneOracle
from skbal.oracles._oracle import check_callable


class CallableOracle(OneByOneOracle):
    """Answers with the result of a function, called for one row at a time.

    The function may be slow, cost money, or fail. Each answer is kept in ``answers_``
    as soon as it is there. If the function raises an error or the program is stopped,
    the earlier answers stay: when the same rows are asked about again, the function is
    called for the others only.

    Parameters
    ----------
    function : callable
        Called with a row of ``X_pool``, or with the index of the row if ``X_pool`` is
        None. Returns the label: a string, a number, or an array of several outputs.
        None leaves the row unanswered: a loop then asks about another.
    X_pool : array-like of shape (n_pool, ...), optional
        The pool, of any kind that a strategy takes.
    cost_per_label : float, default=1.0
        Cost of one answer.

    Attributes
    ----------
    answers_ : dict
        The answers so far, by row. It may be saved, and filled from an earlier session
        with ``answers_.update``. Rows in it are neither asked about nor paid for.

    Notes
    -----
    ``n_asked`` counts calls of the function that returned an answer. A clone has no
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

    _parameter_rules = {"function": own(check_callable, "callable", 3)}

    def __init__(self, function, X_pool=None, cost_per_label=1.0):
        self.function = function
        self.X_pool = X_pool
        self.cost_per_label = cost_per_label

    def _ask_about(self, rows):
        for row in rows:
            asked = row if self.X_pool is None else self._row(row)
            try:
                label = self.function(asked)
            except Exception as error:
                what = "the index" if self.X_pool is None else "the values"
                error.add_note(
                    f"{type(self).__name__}: function was called with {what} of row "
                    f"{row} of the pool. The answers before it are kept."
                )
                raise
            self._keep(row, label)
