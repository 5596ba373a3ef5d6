"""Studies: long measurements whose results are kept beside the code that made them."""
