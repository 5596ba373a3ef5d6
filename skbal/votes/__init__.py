"""Which items to show to volunteers next, and when an item has votes enough."""

from skbal.votes._allocation import VoteAllocation

__all__ = ["VoteAllocation"]
