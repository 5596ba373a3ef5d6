"""Strategies against each other on eighteen tables, 50 labels each."""
