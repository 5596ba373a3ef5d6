"""Is the model overfit or overspecialised?"""

from skbal._utils.lazy import lazy_module
from skbal.audit._report._check import Check, Picture

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")

_NAMES = ("Training rows", "Test rows", "Independent rows")


def run(source, **params):
    """Compare the errors on training rows, test rows and independent rows."""
    source.for_task("classes", "numbers")
    return _audit.generalisation_report(
        source.fitted(),
        source.labelled_rows(),
        source.test_rows(),
        source.options.get("independent"),
        **params,
    )


def pictures(result, source):
    """Return the errors with their intervals."""
    names = _NAMES[: len(result.errors)]

    def draw(figure):
        ax = figure.subplots()
        below, above = result.errors - result.intervals[:, 0], result.intervals[:, 1]
        ax.errorbar(result.errors, names, xerr=[below, above - result.errors], fmt="o")
        ax.set(xlabel=f"Mean {result.loss} loss", ylim=(-0.5, len(names) - 0.5))
        ax.invert_yaxis()

    alt = f"Points with intervals: the error on {', '.join(names).lower()}."
    return [Picture("Errors with 95% intervals", alt, draw, (5.2, 2.2))]


CHECK = Check(
    name="generalisation_report",
    title="overfit or overspecialised",
    section="generalisation",
    question="Is it overfit or overspecialised?",
    run=run,
    meaning=(
        "Only the error on rows that it has not seen says how good it is. If it is "
        "overspecialised, only the error on independent rows says it."
    ),
    pictures=pictures,
)
