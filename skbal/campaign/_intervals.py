"""Times between two trainings, as the command line takes them."""

import re

_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def check_interval(text):
    """Return a time such as "30m", "12h", "7d" or "2w" in seconds.

    Raises
    ------
    ValueError
        If it is no such time.

    Examples
    --------
    >>> check_interval("7d")
    604800
    """
    found = re.fullmatch(r"([1-9]\d*)([mhdw])", text.strip())
    if found is None:
        raise ValueError(
            f"every must be a time such as 30m, 12h, 7d or 2w, got {text!r}."
        )
    return int(found[1]) * _SECONDS[found[2]]


def cron_times(text):
    """Return the five fields of cron for a time between two trainings.

    Raises
    ------
    ValueError
        If cron cannot repeat something after this time.

    Examples
    --------
    >>> cron_times("7d"), cron_times("1d"), cron_times("6h"), cron_times("15m")
    ('0 3 * * 0', '0 3 * * *', '0 */6 * * *', '*/15 * * * *')
    """
    seconds = check_interval(text)
    if seconds == _SECONDS["w"]:
        return "0 3 * * 0"  # on Sundays, in the night
    if seconds == _SECONDS["d"]:
        return "0 3 * * *"
    hours, minutes = seconds // _SECONDS["h"], seconds // _SECONDS["m"]
    if seconds == _SECONDS["h"]:
        return "0 * * * *"
    if seconds % _SECONDS["h"] == 0 and 24 % hours == 0:
        return f"0 */{hours} * * *"
    if 60 % minutes == 0:
        return f"*/{minutes} * * * *"
    raise ValueError(
        f"cron cannot repeat something every {text}. Use 1d, 7d or a time that divides "
        "an hour or a day, or leave out --cron."
    )
