"""Likelihoods of volunteer votes, one file each; `_table` lists them. Private."""
