"""The benchmark: all strategies on many tables, ranks, and the page that they make."""
