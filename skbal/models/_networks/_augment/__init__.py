"""Changes of a training batch under which its labels stay true, one a file."""
