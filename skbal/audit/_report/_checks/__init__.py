"""The checks of a report, one a file, in the order in which they are shown.

A new check is a file with a ``CHECK`` and a line in ``CHECKS``.
"""

from skbal.audit._report._checks import (
    _against_random,
    _labelled_classes,
    _people,
    _repeatable,
    _score,
    _vote_coverage,
)

CHECKS = (
    _labelled_classes.CHECK,
    _people.CHECK,
    _score.CHECK,
    _against_random.CHECK,
    _vote_coverage.CHECK,
    _repeatable.CHECK,
)
