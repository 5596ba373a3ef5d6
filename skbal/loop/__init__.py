"""The loop of active learning and its history.

`ActiveLearningLoop` queries, asks the oracle, teaches and scores. It writes one
`Record` per step into its `History`. `StreamLearner` decides on rows that come one
after another.
"""

from skbal._utils.names import missing_from
from skbal.loop._history import History, Record
from skbal.loop._loop import ActiveLearningLoop
from skbal.loop._stream import StreamLearner

__all__ = ["ActiveLearningLoop", "History", "Record", "StreamLearner"]

__getattr__ = missing_from(__name__)
