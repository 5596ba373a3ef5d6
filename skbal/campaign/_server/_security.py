"""Which requests are answered: names, tokens, origins, and how long a body is."""

import hashlib
import re
import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANY_ADDRESS = "any address"  # among names: an address in digits, which nobody rebinds
MOST_BYTES = 65_536  # of the body of a request
_OWNER = "make_app"
# A name or an address, and a port: nothing that would make an address of a page.
_HOST = re.compile(r"[\w.:\[\]-]+", re.A)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def check_token(token):
    """Raise an error unless a token can stand in an address."""
    if token is None:
        return
    if not isinstance(token, str) or not re.fullmatch(r"[\w.~-]{8,200}", token, re.A):
        raise ValueError(
            f"token of {_OWNER} must have 8 to 200 letters, digits, '-', '_', '.' or "
            f"'~', got {len(token) if isinstance(token, str) else token!r}"
            f"{' characters' if isinstance(token, str) else ''}."
        )


def token_cookie(token):
    """Return the name of the cookie with a token.

    Servers on several ports of a machine share cookies, so each token has its own.
    """
    return f"skbal_token_{hashlib.sha256(token.encode()).hexdigest()[:8]}"


class Guard:
    """Refuse requests that do not come from the page, or without the token.

    Parameters
    ----------
    app : ASGI application
        What answers the requests that may pass.
    names : tuple of str
        The names and addresses under which the server may be called. Another web site
        can make its own name lead here, and would then count as this page.
    token : str or None
        Without it in a cookie, in the address of the page, or as "Authorization: Bearer
        ...", nothing but style sheets and scripts is answered.
    refuse : callable
        Called with a request and an HTTPException, returns the response.
    """

    def __init__(self, app, names, token, refuse):
        self.app = app
        self.names = {name.lower().strip("[]") for name in names}
        self.token = token
        self.refuse = refuse

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError("The page to label on speaks HTTP only.")
        request = Request(scope)
        refusal = self._refusal(request)
        app = self.app
        if refusal is not None:
            app = self.refuse(request, HTTPException(*refusal))
        await app(scope, _limited(receive), _with_headers(scope, send))

    def _refusal(self, request):
        """Return the status and the reason of a refusal, or None."""
        if not self._is_served(request.headers.getlist("host")):
            return 403, (
                "This server is not known under the name in the address. Whoever "
                "started it can add the name."
            )
        if not _is_same_origin(request):
            return 403, "The request comes from another web site."
        if not (_is_static(request.scope) or self._has_token(request)):
            return 403, (
                "This page needs the address that you were given, with the token in it."
            )
        lengths = request.headers.getlist("content-length")
        if not all(_is_short(length) for length in lengths):
            return 413, _TOO_LONG
        return None

    def _is_served(self, hosts):
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            return False
        try:
            name = urlsplit(f"//{hosts[0]}").hostname or ""
        except ValueError:
            return False
        name = name.rstrip(".")
        return name in self.names or (ANY_ADDRESS in self.names and _is_address(name))

    def _has_token(self, request):
        if self.token is None:
            return True
        given = [request.cookies.get(token_cookie(self.token), "")]
        kind, _, bearer = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            given.append(bearer.strip())
        if request.method == "GET" and path_of(request.scope) == "/":
            given += request.query_params.getlist("token")
        token = self.token.encode()
        return any(secrets.compare_digest(one.encode(), token) for one in given)


def _is_short(length):
    is_number = length.isascii() and length.isdigit() and len(length) < 10
    return is_number and int(length) <= MOST_BYTES


def path_of(scope):
    """Return the path of a request, without what a server in front has added."""
    return scope["path"].removeprefix(scope.get("root_path", ""))


def _is_static(scope):
    return path_of(scope).startswith("/static/")


def _is_address(name):
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_same_origin(request):
    """Return whether the request comes from our own page, a script, or a person."""
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != request.headers["host"].lower():
        return False
    site = request.headers.get("sec-fetch-site", "none")
    if site in ("same-origin", "none"):
        return True
    # A link elsewhere may lead to a page, and to nothing else.
    is_link = request.headers.get("sec-fetch-mode") == "navigate"
    is_page = not path_of(request.scope).startswith(("/api/", "/items/"))
    return request.method == "GET" and is_link and is_page


def _host_of(origin):
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


_TOO_LONG = f"The body of a request must be at most {MOST_BYTES} bytes long."


def _limited(receive):
    """Return a ``receive`` that raises an error once a body is too long."""
    n_bytes = 0

    async def receive_limited():
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > MOST_BYTES:
            raise HTTPException(413, _TOO_LONG)
        return message

    return receive_limited


def _with_headers(scope, send):
    # Our own scripts may be kept if they have not changed; nothing else may be kept.
    kept = "no-cache" if _is_static(scope) else "no-store"

    async def send_with_headers(message):
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({**HEADERS, "Cache-Control": kept})
        await send(message)

    return send_with_headers
