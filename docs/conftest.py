"""Which files here hold examples that pytest runs: the pages, and nothing built."""

collect_ignore = ["conf.py", "_build", "auto_examples", "api"]
