"""The loop of active learning, and the history it writes.

Query, ask the oracle, teach, score, and write it down: `ActiveLearningLoop` keeps the
pool and makes one `Record` a step, which its `History` collects.
"""

from skbal.loop._history import History, Record
from skbal.loop._loop import ActiveLearningLoop

__all__ = ["ActiveLearningLoop", "History", "Record"]
