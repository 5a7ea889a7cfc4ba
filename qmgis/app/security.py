"""Headers and checks that hold for every answer of the dashboard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, has_request_context, request

__all__ = ["LOOPBACK", "is_alone", "policy", "protect"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LARGEST_REQUEST = 2_000_000
_ALONE = "QMGIS_ALONE"
_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")


def policy(hashes: Sequence[str]) -> str:
    """Return the content security policy: everything from here, scripts only as files or by their hash.

    Mantine, ag-grid and Leaflet set styles on elements, so styles may be inline; scripts never.

    Examples
    --------
    >>> policy(["'sha256-x'"]).split("; ")[1]
    "script-src 'self' 'sha256-x'"
    """
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def protect(server: Flask, *, hashes: Sequence[str], hosts: Collection[str]) -> None:
    """Set the headers on every answer, and refuse requests that name another host.

    The check of the host keeps a foreign page from reading this server by a name that it lets point to the loopback
    address (DNS rebinding). An empty ``hosts`` accepts any name: for servers behind a proxy that checks itself.
    """
    headers = {
        "Content-Security-Policy": policy(hashes),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    }
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    server.config[_ALONE] = bool(hosts) and set(hosts) <= set(LOOPBACK)

    @server.before_request
    def _known_host() -> None:
        if hosts and _host_of(request.host) not in hosts:
            abort(421)

    @server.after_request
    def _headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers[name] = value
        return response


def is_alone() -> bool:
    """Return whether only whoever sits at this machine asks: served on loopback, and not passed on by a proxy."""
    if not has_request_context() or not current_app.config.get(_ALONE, False):
        return False
    return not any(name in request.headers for name in _PASSED_ON) and (request.remote_addr or "") in LOOPBACK


def _host_of(netloc: str) -> str:
    """Return the host of ``name:port``, without the port; nothing where it is malformed."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""
