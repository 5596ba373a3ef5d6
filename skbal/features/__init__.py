"""What a pool teaches without labels: transformers fitted on unlabelled rows."""

from skbal._utils.names import missing_from
from skbal.features._pool_graph import PoolGraph

__all__ = ["PoolGraph"]

__getattr__ = missing_from(__name__)
