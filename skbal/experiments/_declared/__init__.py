"""Declared experiments: what they are, their units, and what the units say."""
