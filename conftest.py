"""What every test and doctest starts from."""

import os

# The arrays of tests are small: threads would cost more than they give, and on a busy
# machine far more. Set before NumPy and torch load.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
