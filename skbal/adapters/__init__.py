"""Between skbal and other packages of active learning: strategies, and arrays of draws.

`FromSkactiveml` makes a strategy of scikit-activeml one of ours, `ToSkactiveml` one of
ours a strategy with its ``query``. The functions change the order of axes: baal has
(rows, classes, draws), batchbald_redux has logarithms. modAL needs no adapter, since
our learners are modAL's.
"""

from skbal._utils.names import missing_from
from skbal.adapters._draws import (
    from_baal,
    from_batchbald_redux,
    to_baal,
    to_batchbald_redux,
)
from skbal.adapters._from_skactiveml import FromSkactiveml
from skbal.adapters._to_skactiveml import ToSkactiveml

__all__ = [
    "FromSkactiveml",
    "ToSkactiveml",
    "from_baal",
    "from_batchbald_redux",
    "to_baal",
    "to_batchbald_redux",
]

__getattr__ = missing_from(__name__)
