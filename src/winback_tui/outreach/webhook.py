"""Posting JSON to the one address that the config names: signed, bounded, and nowhere else.

A redirect is not followed: what was meant for one address goes to no other.
"""

import hashlib
import hmac
import json
import time
from http.client import HTTPException
from typing import Final, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from winback_tui import __version__
from winback_tui.config.alerts import LOCAL

#: The header of the signature: `t=SECONDS,v1=HEX`, the HMAC-SHA-256 of `SECONDS.BODY`.
SIGNATURE: Final = "X-Winback-Signature"
#: The header that names what happened.
TOPIC: Final = "X-Winback-Event"
#: The one status of 400 to 499 that is about all messages.
_TOO_MANY: Final = 429


class Answer(NamedTuple):
    """Whether a message was taken (any 2xx), what was said of it, and the status, 0 for none."""

    taken: bool
    said: str
    status: int = 0

    @property
    def refused(self) -> bool:
        """Return whether this message alone was refused: the next one may be taken."""
        return 400 <= self.status < 500 and self.status != _TOO_MANY


class _Nowhere(HTTPRedirectHandler):
    """Takes a redirect for an answer, and that for a refusal."""

    def redirect_request(self, *_: object) -> None:
        """Follow no redirect."""


def envelope(schema: str, key: str, *, at: str, book: str, content: dict[str, object]) -> str:
    """Return a message's body: its schema, its own id, when and of which book, and the content."""
    document = {"schema": schema, "id": key, "made_at": at, "book": book, **content}
    return json.dumps(document, separators=(",", ":"))


def signature(secret: bytes, body: bytes, seconds: int) -> str:
    """Return the value of the signature's header."""
    told = hmac.new(secret, str(seconds).encode() + b"." + body, hashlib.sha256)
    return f"t={seconds},v1={told.hexdigest()}"


def post(url: str, secret: bytes, *, topic: str, key: str, body: str, timeout: float) -> Answer:
    """Post a message, and return what became of it; no failure of the network is raised.

    What the other side says is not read beyond its status.
    """
    data = body.encode()
    request = Request(  # noqa: S310 - the config lets only https, or this machine, through
        url,
        data=data,
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"winback/{__version__}",
            "Idempotency-Key": key,
            TOPIC: topic,
            SIGNATURE: signature(secret, data, int(time.time())),
        },
    )
    try:
        with _opener(url).open(request, timeout=timeout) as response:
            status = int(response.status)
            return Answer(200 <= status < 300, f"HTTP {status}", status)
    except HTTPError as error:
        error.close()
        return Answer(False, f"HTTP {error.code}", error.code)
    except URLError as error:
        return Answer(False, _said(error.reason))
    except (OSError, HTTPException, ValueError) as error:
        return Answer(False, _said(error))


def _opener(url: str) -> OpenerDirector:
    """Return what opens; no proxy stands between this machine and itself."""
    local = urlsplit(url).hostname in LOCAL
    return build_opener(_Nowhere(), *([ProxyHandler({})] if local else []))


def _said(error: object) -> str:
    """Return what went wrong in a few words, without what the other side may have put in."""
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    said = getattr(error, "strerror", None) or getattr(error, "verify_message", None)
    return str(said or type(error).__name__)[:120]
