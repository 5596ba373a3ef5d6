"""Policies that learn which row to label next."""

__all__ = []
