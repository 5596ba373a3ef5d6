"""The page to label on, and the server behind it."""

from skbal._utils.optional import require

for _package in ("starlette", "jinja2", "uvicorn", "PIL"):
    require(_package, "campaign", "The page to label on")

from skbal.campaign._server._app import make_app  # noqa: E402
from skbal.campaign._server._serve import serve  # noqa: E402

__all__ = ["make_app", "serve"]
