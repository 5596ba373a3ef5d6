"""One page that says what was done, how good it is, and what to doubt."""
