"""Files of runs: one JSON object per line, so that a study that was stopped goes on."""

from skbal._utils.json_lines import append_line as append
from skbal._utils.json_lines import read_lines as read

__all__ = ["append", "read"]
