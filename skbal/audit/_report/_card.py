"""A report as a model card in Markdown."""

_FOUND = {True: "doubt", False: "nothing found", None: "cannot be told"}
_TO_FILL_IN = (
    "- For what may the model be used, and by whom?\n"
    "- For what must it not be used?\n"
    "- Whom do its errors hurt?"
)


def card_of(content):
    """Return a report as a model card.

    It has the parts of Mitchell et al. (2019), Model cards for model reporting. What
    only people can say is left as questions.

    Parameters
    ----------
    content : dict
        As `content_of` returns it.

    Returns
    -------
    text : str
        Markdown.
    """
    parts = [f"# {_line(content['title'])}"]
    parts.append("\n".join(f"- {_line(words)}" for words in content["summary"]))
    parts += ["## Model", _model(content["origin"])]
    parts += ["## Intended use", _TO_FILL_IN]
    for section in content["sections"]:
        ran = [check for check in section["checks"] if check["status"] == "ran"]
        if ran or section["key"] == "labelled":
            parts.append(f"## {_line(section['title'])}")
        if section["key"] == "labelled":
            parts.append(" ".join(map(_line, section["paragraphs"])))
        parts += [_check(check) for check in ran]
    parts += ["## What was not checked", _reasons(content["not_checked"])]
    limits = "\n".join(f"- {_line(words)}" for words in content["limits"])
    parts += ["## What no check can tell", limits]
    parts.append(
        f"Made by skbal {content['skbal_version']} on {content['date']}, as plain "
        "Markdown."
    )
    return "\n\n".join(parts) + "\n"


def _line(text):
    """Return text in one line in which nothing is markup."""
    text = " ".join(str(text).split())
    for mark in ("\\", "`", "*", "_", "<", ">", "[", "]", "#", "|"):
        text = text.replace(mark, f"\\{mark}")
    return text


def _model(origin):
    rows = [
        f"- {_line(name)}: {_line(value)}" for name, value in origin["made_of"].items()
    ]
    versions = origin["versions"] or origin["versions_now"]
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    return "\n".join([*rows, f"- versions: {_line(listed)}"])


def _check(check):
    found = _FOUND[check["concern"]] if check["judged"] else "for you to judge"
    more = f" {_line(check['meaning'])}" if check["meaning"] else ""
    return f"**{_line(check['question'])}** ({found}) {_line(check['verdict'])}{more}"


def _reasons(checks):
    if not checks:
        return "Every check that applies was made."
    return "\n".join(
        f"- {_line(check['question'])} {_line(check['reason'])} "
        f"{_line(check['remedy'])}"
        for check in checks
    )
