"""Head the API page of a query strategy: a picture, when to use it, and what it costs.

The pictures are those of ``strategy_pictures.py``, and the words those of the table in
the user guide.
"""

import re
from functools import cache
from pathlib import Path

from docutils.parsers.rst import Directive

DOCS = Path(__file__).parent
GUIDE = DOCS / "user_guide" / "query_strategies.rst"
PICTURES = DOCS / "images" / "strategies"
# Strategies whose picture is of a regression.
NUMBERS = (
    "BatchVariance",
    "ExpectedVarianceReduction",
    "GreedySampling",
    "LCMD",
    "PredictiveVariance",
)
PLANE = (
    "Triangles are labelled rows. The darker another row, the higher its score. Rings "
    "are around the eight rows that it asks about. In the middle are forty near-copies "
    "of one row."
)
LINE = (
    "The band is the mean of the model and two standard deviations around it. "
    "Triangles are labelled rows, and ticks the pool, of which forty are near-copies. "
    "It asks about the eight rows at the lines."
)


def setup(app):
    """Add the directive ``.. strategy:: NAME``."""
    app.add_directive("strategy", Strategy)
    return {"parallel_read_safe": True}


@cache
def table():
    """Return for each strategy when to use it and its seconds, as text."""
    text = GUIDE.read_text(encoding="utf-8")
    found = {}
    for row in text.split("\n   * - ")[1:]:
        cells = [" ".join(cell.split()) for cell in row.split("\n     - ")]
        if len(cells) == 4:
            seconds = row.split("\n     - ")[3].splitlines()[0].strip()
            for name in re.findall(r"skbal\.query\.(\w+)", cells[0]):
                found.setdefault(name, (cells[2], seconds))
    return found


class Strategy(Directive):
    """A picture of a strategy, and its row of the table: nothing for a base class."""

    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        if name in table():
            self.state_machine.insert_input(self.lines(name), "strategy")
        return []

    def lines(self, name):
        """Return the text in reStructuredText."""
        when, seconds = table()[name]
        path = PICTURES / f"{name}.png"
        return [
            f".. figure:: /{path.relative_to(DOCS)}",
            f"   :alt: Which eight rows of a small pool {name} asks about.",
            "   :figclass: strategy",
            "",
            f"   {LINE if name in NUMBERS else PLANE}",
            "",
            f"**When to use it**: {when}.",
            "",
            f"**Seconds** to choose ten of 10,000 rows: {seconds}. The page "
            ":ref:`query_strategies` compares all strategies.",
            "",
        ]
