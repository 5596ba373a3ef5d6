"""What is the error by labels that were chosen with known probabilities?"""

from skbal.audit._report._check import Check
from skbal.audit._report._source import NotChecked


def run(source):
    """Say what is needed, since no strategy keeps the probabilities of its choice."""
    raise NotChecked(
        "The probabilities with which rows were chosen are not kept, so chosen labels "
        "cannot be turned into an error without bias.",
        "Choose test labels with skbal.audit.ActiveTest, and give its risk in "
        "results={'unbiased_risk': ...}.",
    )


CHECK = Check(
    name="unbiased_risk",
    title="error by chosen labels",
    section="selection",
    question="What is its error by labels that were chosen?",
    run=run,
)
