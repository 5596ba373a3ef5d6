"""What every check of an audit returns."""

from dataclasses import dataclass, fields
from numbers import Integral, Real

import numpy as np


@dataclass(frozen=True, eq=False, repr=False)
class AuditResult:
    """Base of the results of the checks.

    A result is a frozen dataclass whose fields are the numbers. It adds `verdict`, a
    sentence for a reader who was not there, and `concern`. `to_frame` gives the details
    as a table, `to_dict` gives all fields as plain data.
    """

    @property
    def verdict(self):
        """The result as one plain sentence with its most important numbers."""
        raise NotImplementedError

    @property
    def concern(self):
        """True if something was found, False if not, None if it cannot be told."""
        raise NotImplementedError

    def __str__(self):
        return self.verdict

    def __repr__(self):
        return f"{type(self).__name__}({self.verdict})"

    def to_dict(self):
        """Return the fields, the verdict and the concern as plain data.

        Returns
        -------
        data : dict
            Made of dicts, lists, strings, numbers, booleans and None only, so that
            ``json.dumps`` takes it. What is NaN or infinite becomes None.
        """
        data = {field.name: plain(getattr(self, field.name)) for field in fields(self)}
        return {"verdict": self.verdict, "concern": plain(self.concern), **data}


def plain(value):
    """Return arrays, NumPy's numbers and results as plain data.

    Parameters
    ----------
    value : object
        Any value. What has no plain form becomes its ``repr``.

    Returns
    -------
    value : dict, list, str, float, int, bool or None

    Examples
    --------
    >>> import numpy as np
    >>> plain({"mean": np.float32(0.5), "rows": np.arange(2), "upper": np.inf})
    {'mean': 0.5, 'rows': [0, 1], 'upper': None}
    """
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, AuditResult):
        return value.to_dict()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):  # also np.longdouble, which has no plain item
        return float(value) if np.isfinite(value) else None
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic) and not isinstance(value.item(), np.generic):
        return plain(value.item())
    return repr(value)
