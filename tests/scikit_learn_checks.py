"""All of scikit-learn's checks for an estimator, as one test."""

from sklearn.utils.estimator_checks import check_estimator


def check_as_scikit_learn_asks(estimator, expected_failures=None):
    """Run the checks, of which those that cannot pass must indeed fail.

    One test for each check would cost as much again, since most take milliseconds. The
    traceback of a failure begins with the name of the check.

    Parameters
    ----------
    estimator : estimator
        Unfitted.
    expected_failures : dict of str to str, optional
        The names of the checks that cannot pass, each with the reason.
    """
    expected = expected_failures or {}
    results = check_estimator(estimator, expected_failed_checks=expected, on_skip=None)
    status = {result["check_name"]: result["status"] for result in results}
    assert len(status) > 30
    passed = [name for name in expected if status.get(name) == "passed"]
    assert not passed, f"now passed by {estimator}: {', '.join(passed)}"
