"""Rules that count: queries, labels, and what the labels have cost."""

from skbal._utils.validation import check_count, check_real
from skbal.stopping._rule import StoppingRule, number


class MaxQueries(StoppingRule):
    """Stops after a number of queries.

    Parameters
    ----------
    n_queries : int, default=20
        How many. Step 0, the model before any query, is none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import MaxQueries
    >>> history = History([Record(0, 20), Record(1, 30)])
    >>> MaxQueries(n_queries=1)(SimpleNamespace(history_=history))
    '1 query made, at most 1 wanted'
    """

    def __init__(self, n_queries=20):
        self.n_queries = n_queries

    def __call__(self, loop):
        """Return why to stop, or None to go on.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            After a step.

        Returns
        -------
        reason : str or None
        """
        limit = check_count(self.n_queries, "n_queries", "MaxQueries", smallest=0)
        made = len(loop.history_) - 1
        if made < limit:
            return None
        noun = "query" if made == 1 else "queries"
        return f"{made} {noun} made, at most {limit} wanted"


class MaxLabels(StoppingRule):
    """Stops when so many labels were paid for.

    Labels of the start and rejected ones count too. The last query is made whole, so a
    few more labels may be paid for than this.

    Parameters
    ----------
    n_labels : int, default=100
        How many.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import MaxLabels
    >>> history = History([Record(0, 20), Record(1, 30)])
    >>> MaxLabels(n_labels=25)(SimpleNamespace(history_=history))
    '30 labels paid for, at most 25 wanted'
    """

    def __init__(self, n_labels=100):
        self.n_labels = n_labels

    def __call__(self, loop):
        """Return why to stop, or None to go on.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            After a step.

        Returns
        -------
        reason : str or None
        """
        limit = check_count(self.n_labels, "n_labels", "MaxLabels")
        paid = loop.history_[-1].n_labels
        if paid < limit:
            return None
        return f"{paid} labels paid for, at most {limit} wanted"


class MaxCost(StoppingRule):
    """Stops when the oracle's answers have cost so much.

    The last query is made whole, so it may have cost a little more than this.

    Parameters
    ----------
    cost : float, default=100.0
        In the unit of the oracle's ``cost_per_label``. Several answers for one row, as
        a crowd gives them, each cost something. An oracle that keeps no account is
        taken to cost 1 a label.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import MaxCost
    >>> history = History([Record(0, 20, cost=6.0), Record(1, 30, cost=9.0)])
    >>> MaxCost(cost=8.5)(SimpleNamespace(history_=history))
    'answers have cost 9, at most 8.5 wanted'
    """

    def __init__(self, cost=100.0):
        self.cost = cost

    def __call__(self, loop):
        """Return why to stop, or None to go on.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            After a step.

        Returns
        -------
        reason : str or None
        """
        limit = check_real(self.cost, "cost", "MaxCost", low=0)
        paid = loop.history_[-1].cost
        if paid < limit:
            return None
        return f"answers have cost {number(paid)}, at most {number(limit)} wanted"
