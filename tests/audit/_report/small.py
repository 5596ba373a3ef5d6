"""Small runs that reports are made of, and what a page says."""

import json
import re
from html.parser import HTMLParser

import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import BALD

X, Y = load_iris(return_X_y=True)
ORDER = np.random.default_rng(0).permutation(len(X))
POOL, TEST = ORDER[:100], ORDER[100:]
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
# Checks that take no time, for tests that are about the report itself.
FAST = [
    "labelled classes",
    "people",
    "score",
    "against random",
    "generalisation_report",
    "repeatable",
]
VOID = {"meta", "link", "img", "br", "hr", "input"}


def loop(y=Y, **options):
    """Return a loop of 6 first labels and three queries of five, not started."""
    given = {
        "n_queries": 3,
        "n_instances": 5,
        "initial": [np.flatnonzero(Y[POOL] == c)[k] for c in range(3) for k in (0, 1)],
        "X_test": X[TEST],
        "y_test": y[TEST],
    }
    forest = RandomForestClassifier(n_estimators=10, random_state=0)
    learner = ActiveLearner(forest, BALD(random_state=0))
    oracle = LabelOracle(y[POOL])
    return ActiveLearningLoop(learner, X[POOL], oracle, **{**given, **options})


class Page(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order.

    Attributes
    ----------
    words : list of str
        All text.
    headings : list of int
        The levels of the headings, in order.
    ids, links, images : list
        The ids, the targets of links, and the attributes of images.
    cells : list of list of str
        The rows of all tables.
    """

    def __init__(self, html):
        super().__init__()
        self.open, self.words, self.headings, self.cells = [], [], [], []
        self.ids, self.links, self.images, self.tags = [], [], [], set()
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute of {tag} is there twice"
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag == "img":
            self.images.append(given)
        if tag == "tr":
            self.cells.append([])
        if tag in {"td", "th"}:
            self.cells[-1].append("")

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> without a start"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.words.append(data)
        if self.open and self.open[-1] in {"td", "th"}:
            self.cells[-1][-1] += data

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def unexplained_numbers(report):
    """Return the numbers of a page that are not in the data of its report."""
    data = json.loads(report.to_json())
    known = set(NUMBER.findall(" ".join(_strings_of(data))))
    assert len(known) > 50
    # Counts of checks and of the rows that are shown are words of the page itself.
    sections = data["sections"]
    checks = [check for section in sections for check in section["checks"]]
    tables = [table for part in [*sections, *checks] for table in part["tables"]]
    known |= {str(len(table["rows"])) for table in tables}
    known.add(str(sum(check["status"] == "ran" for check in checks)))
    return set(NUMBER.findall(Page(report.to_html()).text)) - known


def _strings_of(value):
    """Give all strings and numbers inside of plain data, as they are shown."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield str(key)
            yield from _strings_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings_of(part)
    else:
        yield str(value)
