"""`audit_report`: what was done, how good it is, and what to doubt."""

import copy
import json

from skbal._utils.optional import require
from skbal._utils.whole_files import whole_file
from skbal.audit._report._card import card_of
from skbal.audit._report._content import content_of
from skbal.audit._report._gather import gather
from skbal.audit._report._page import page_of
from skbal.audit._report._settings import (
    check_options,
    check_pair,
    check_path,
    check_settings,
)


class AuditReport:
    """What an audit found, as a page, as data and as a model card.

    `audit_report` makes one.

    Parameters
    ----------
    content : dict
        All that the report says, as plain data.
    results : dict of str to AuditResult
        The results of the checks that ran, by their names.
    images : dict of str to str
        The figures as data URIs.

    Attributes
    ----------
    results : dict of str to AuditResult
        The results of the checks that ran, with ``verdict``, ``concern`` and
        ``to_frame``.
    summary : list of str
        The sentences at the top.
    sections : list of dict
        The sections in their order, with ``title``, ``paragraphs``, ``tables``,
        ``figures`` and ``checks``.
    not_checked : list of dict
        What was not checked: ``name``, ``question``, ``reason``, and ``remedy``, which
        says what to do so that it is.
    concerns : list of str
        Names of the checks that found a reason for doubt.

    See Also
    --------
    audit_report : Make a report.
    """

    def __init__(self, content, results, images):
        self._content = content
        self._images = images
        self.results = results

    @property
    def summary(self):
        """The sentences at the top."""
        return list(self._content["summary"])

    @property
    def sections(self):
        """The sections in their order, as plain data."""
        return copy.deepcopy(self._content["sections"])

    @property
    def not_checked(self):
        """What was not checked, why, and what to do about it."""
        return copy.deepcopy(self._content["not_checked"])

    @property
    def concerns(self):
        """Names of the checks that found a reason for doubt."""
        return [check["name"] for check in self._checks() if check["concern"] is True]

    def _checks(self):
        return [c for section in self._content["sections"] for c in section["checks"]]

    def __repr__(self):
        ran = sum(check["status"] == "ran" for check in self._checks())
        return (
            f"AuditReport({ran} checks ran, {len(self.concerns)} found a reason for "
            f"doubt, {len(self._content['not_checked'])} not checked)"
        )

    def _repr_html_(self):
        page = page_of(self._content, self._images)
        short = page[page.index('<section id="short">') :]
        return f"<div>{short[: short.index('</section>')]}</section></div>"

    def to_dict(self):
        """Return all that the report says as plain data, without its figures.

        Returns
        -------
        data : dict
            Made of dicts, lists, strings, numbers, booleans and None. ``facts`` has
            the numbers of the run, ``results`` those of the checks, ``sections`` what
            the page shows.
        """
        return copy.deepcopy(self._content)

    def to_frame(self):
        """Return a table with one row per check.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``check``, ``section``, ``status``, ``concern``,
            ``verdict`` (or the reason why there is none) and ``remedy``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "AuditReport.to_frame")
        rows = [
            {
                "check": check["name"],
                "section": section["title"],
                **{
                    name: check[name]
                    for name in ("status", "concern", "verdict", "remedy")
                },
            }
            for section in self._content["sections"]
            for check in section["checks"]
        ]
        frame = pandas.DataFrame(rows)
        # pandas would make None a missing number.
        concern = [row["concern"] for row in rows]
        return frame.assign(concern=pandas.Series(concern, dtype=object))

    def to_html(self):
        """Return the report as a page that needs no network and no JavaScript.

        Returns
        -------
        html : str
        """
        return page_of(self._content, self._images)

    def to_json(self):
        """Return `to_dict` as strict JSON.

        Returns
        -------
        text : str
        """
        return json.dumps(self._content, allow_nan=False, indent=1, ensure_ascii=False)

    def to_markdown(self):
        """Return the report as a model card in Markdown.

        Returns
        -------
        text : str
            With the parts of Mitchell et al. (2019). What only people can say, such as
            the intended use, is left as questions.
        """
        return card_of(self._content)

    def save(self, path):
        """Save the report as a page, as data or as a model card.

        Parameters
        ----------
        path : str or os.PathLike
            Ends with ``.html``, ``.json`` or ``.md``. The file appears whole or not at
            all. An existing file is replaced.

        Raises
        ------
        TypeError, ValueError
            If it is no path, or ends with something else.
        OSError
            If it cannot be written.
        """
        path = check_path(path, owner="AuditReport.save")
        forms = {
            ".html": self.to_html,
            ".json": self.to_json,
            ".md": self.to_markdown,
        }
        text = forms[path.suffix.lower()]()
        with whole_file(path) as unfinished:
            unfinished.write_text(text, encoding="utf-8")


def audit_report(
    source,
    X_test=None,
    y_test=None,
    *,
    X_pool=None,
    independent=None,
    compare_random=False,
    image_shape=None,
    groups_pool=None,
    groups_test=None,
    reference_error=None,
    checks=None,
    check_params=None,
    results=None,
    title="Can this model be believed?",
    random_state=0,
    path=None,
):
    """Check a model and the choice of its labels, and return a report.

    The report says in plain words what was labelled, by whom and how it was chosen, how
    good the model is, what to doubt, and what was not checked and why.

    Parameters
    ----------
    source : learner, ActiveLearningLoop, ActiveLearningClassifier, \
ActiveLearningRegressor or Campaign
        What the report is about. It is not changed. For a campaign, the model is
        trained again on all answers.
    X_test : array-like of shape (n_test, ...), optional
        Rows that were neither asked about nor used for any decision. ``None`` takes
        those of the loop and, if ``X_pool`` is given, the rows that a simulation held
        out.
    y_test : array-like of shape (n_test,) or (n_test, n_outputs), optional
        Their labels. Needed if and only if ``X_test`` is given.
    X_pool : array-like of shape (n_pool, ...), optional
        All rows, of which some were asked about: for a learner, a campaign or a
        simulation (the X that it was fitted with). ``None`` takes that of the loop.
    independent : tuple (X, y), optional
        Labelled rows from elsewhere, such as real data if the model learned from a
        simulation. They show whether it is overspecialised.
    compare_random : bool, History, list of History or Comparison, default=False
        Runs of random choice, shown beside the learning curve. True repeats the run
        once with `skbal.query.Random`, from the same first labels: it trains as many
        models again as the run did, and needs an oracle that knows all labels.
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows are
        flattened images.
    groups_pool : frame, or array-like of shape (n_pool,), optional
        A group for each row of the pool, such as the telescope or the observer. Was any
        group left out?
    groups_test : frame, or array-like of shape (n_test,), optional
        A group for each test row. Is the model wrong more often in some groups?
    reference_error : float, optional
        The error that is to be expected: of other models, of people, or of theory.
        Share of wrong labels, or root mean squared error. Is the result too good?
    checks : list of str, optional
        Names of the checks to make. ``None`` makes all but those that would train the
        model many times.
    check_params : dict of str to dict, optional
        Keyword arguments for checks, by their names. A check that is named here is
        made, also if it takes long.
    results : dict of str to AuditResult, optional
        Results that are there already, by the names of their checks. These checks are
        not made again.
    title : str, default="Can this model be believed?"
        What stands at the top of the page.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator, \
default=0
        Seeds the checks. An integer gives the same report each time.
    path : str or os.PathLike, optional
        Where to save the report; see `AuditReport.save`.

    Returns
    -------
    report : AuditReport
        With `AuditReport.to_html`, `AuditReport.to_dict` and `AuditReport.save`.

    Raises
    ------
    TypeError, ValueError
        If an argument is wrong. An error inside of a check is no error of the report:
        the check then is among those that were not made.
    OSError
        If ``path`` cannot be written.

    See Also
    --------
    rubric : Six questions to ask of machine learning, which the report answers in part.

    Notes
    -----
    Figures need matplotlib and tables of checks need pandas. Without them, the page
    says what is missing.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal import ActiveLearner
    >>> from skbal.audit import audit_report
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(
    ...     RandomForestClassifier(n_estimators=10, random_state=0),
    ...     X_training=X[::5],
    ...     y_training=y[::5],
    ... )
    >>> report = audit_report(learner, X[1::5], y[1::5])
    >>> print(report.summary[0])
    30 labels were collected; whether BALD chose any of them is not noted.
    RandomForestClassifier learned from 30 labels.
    >>> print(report.results["score"])
    It is right about 28 of 30 test rows (93.3%; between 78.7% and 98.2% with 95%
    confidence). To answer “0” always would be right about 33.3%.
    """
    settings = check_settings(title, checks, check_params, results)
    check_pair(X_test, y_test)
    others = {
        "image_shape": image_shape,
        "groups_pool": groups_pool,
        "groups_test": groups_test,
        "reference_error": reference_error,
    }
    options = check_options(random_state, compare_random, independent, others)
    if path is not None:  # before the work, which would be lost
        path = check_path(path)
    given = {"X_test": X_test, "y_test": y_test, "X_pool": X_pool}
    report = AuditReport(*content_of(gather(source, given, options), settings))
    if path is not None:
        report.save(path)
    return report
