"""Rules that count queries, labels or cost."""

from skbal._utils.parameters import count, real
from skbal.stopping._rule import StoppingRule, number


class MaxQueries(StoppingRule):
    """Stops after a number of queries.

    Parameters
    ----------
    n_queries : int, default=20
        Number of queries. Step 0, the model before any query, does not count.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import MaxQueries
    >>> history = History([Record(0, 20), Record(1, 30)])
    >>> MaxQueries(n_queries=1)(SimpleNamespace(history_=history))
    '1 query made, at most 1 wanted'
    """

    _parameter_rules = {"n_queries": count(0)}

    def __init__(self, n_queries=20):
        self.n_queries = n_queries

    def reason_to_stop(self, loop):
        made = len(loop.history_) - 1
        if made < self.n_queries:
            return None
        noun = "query" if made == 1 else "queries"
        return f"{made} {noun} made, at most {self.n_queries} wanted"


class MaxLabels(StoppingRule):
    """Stops when a number of labels was paid for.

    First labels and rejected labels count, too. The last query is always completed, so
    a few more labels may be paid for.

    Parameters
    ----------
    n_labels : int, default=100
        Number of labels.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import MaxLabels
    >>> history = History([Record(0, 20), Record(1, 30)])
    >>> MaxLabels(n_labels=25)(SimpleNamespace(history_=history))
    '30 labels paid for, at most 25 wanted'
    """

    _parameter_rules = {"n_labels": count(1)}

    def __init__(self, n_labels=100):
        self.n_labels = n_labels

    def reason_to_stop(self, loop):
        paid = loop.history_[-1].n_labels
        if paid < self.n_labels:
            return None
        return f"{paid} labels paid for, at most {self.n_labels} wanted"


class MaxCost(StoppingRule):
    """Stops when the answers of the oracle have reached a cost.

    The last query is always completed, so the answers may cost a little more.

    Parameters
    ----------
    cost : float, default=100.0
        Cost in the unit of the oracle's ``cost_per_label``. If several people answer
        about one row, each answer costs something. An oracle without ``cost`` is taken
        to cost 1 per label.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import MaxCost
    >>> history = History([Record(0, 20, cost=6.0), Record(1, 30, cost=9.0)])
    >>> MaxCost(cost=8.5)(SimpleNamespace(history_=history))
    'answers have cost 9, at most 8.5 wanted'
    """

    _parameter_rules = {"cost": real(0)}

    def __init__(self, cost=100.0):
        self.cost = cost

    def reason_to_stop(self, loop):
        paid = loop.history_[-1].cost
        if paid < self.cost:
            return None
        return f"answers have cost {number(paid)}, at most {number(self.cost)} wanted"
