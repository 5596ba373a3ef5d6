"""The server for one machine or a local network."""

import ipaddress
import secrets
import socket
import webbrowser

import uvicorn

from skbal._utils.validation import check_count
from skbal._utils.warn import warn
from skbal.campaign._server._app import make_app
from skbal.campaign._server._security import ANY_ADDRESS, LOOPBACK

_OWNER = "serve"


def serve(
    campaign,
    host="127.0.0.1",
    port=8000,
    token=None,
    open_browser=False,
    *,
    names=(),
    announce=print,
    **page,
):
    """Serve the page to label on, until the process is interrupted.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    host : str, default="127.0.0.1"
        Address to listen on. The default serves people on this machine only, "0.0.0.0"
        all who can reach it.
    port : int, default=8000
        Port to listen on. 0 takes any free one.
    token : str, optional
        As for `make_app`. If other machines can connect and there is none, one is made;
        give one to keep the address after a restart.
    open_browser : bool, default=False
        Whether to open the page in a browser.
    names : sequence of str, default=()
        Further names under which people call the server, for instance that of a proxy
        in front of it.
    announce : callable, default=print
        Called with the address of the page once it is served.
    **page : dict
        ``annotator``, ``title``, ``question`` and ``image_shape`` as for `make_app`.

    Raises
    ------
    OSError
        If the port is taken or the address is not of this machine.
    ValueError
        If an argument is invalid.

    Warns
    -----
    UserWarning
        If other machines can connect: what they send is not encrypted.
    """
    check_count(port, "port", _OWNER, smallest=0)
    is_local = _is_loopback(host)
    if not is_local:
        token = secrets.token_urlsafe(16) if token is None else token
        _warn_of_others(host)
    app = make_app(
        campaign, token=token, names=(*_names_of(host, is_local), *names), **page
    )
    listening = _listen(host, port)
    shown = _shown_host(host)
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    if token is not None:
        address += f"?token={token}"

    def started():
        announce(address)
        if open_browser:
            webbrowser.open(address)

    # Without a log of addresses, since one of them has the token.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=5,
    )
    with listening:
        try:
            _Server(config, started).run(sockets=[listening])
        except KeyboardInterrupt:
            return


class _Server(uvicorn.Server):
    def __init__(self, config, started):
        super().__init__(config)
        self._on_start = started

    async def startup(self, sockets=None):
        await super().startup(sockets)
        if self.started:
            self._on_start()


def _is_loopback(host):
    if not isinstance(host, str) or not host:
        raise TypeError(f"host of {_OWNER} must be an address, got {host!r}.")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _warn_of_others(host):
    warn(
        f"The page is served on {host}, so other machines can connect. Whoever has the "
        "address with the token can answer, and nothing is encrypted: use a proxy with "
        "HTTPS in a network that you do not trust.",
        UserWarning,
    )


def _names_of(host, is_local):
    """Return the names under which the server is called."""
    if is_local:
        return (*LOOPBACK, host)
    own = socket.gethostname()
    return (*LOOPBACK, host, own, f"{own}.local", socket.getfqdn(), ANY_ADDRESS)


def _listen(host, port):
    """Return a socket that listens, or raise an OSError that says why not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise OSError(
            error.errno,
            f"Port {port} of {host} cannot be used: {error.strerror}. Another may be "
            "free: --port 0, or port=0 in Python, takes any free one.",
        ) from error
    return listening


def _shown_host(host):
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
