"""Which items to show to volunteers next, and what their answers say."""

from skbal.votes._allocation import VoteAllocation
from skbal.votes._dawid_skene import DawidSkene

__all__ = ["DawidSkene", "VoteAllocation"]
