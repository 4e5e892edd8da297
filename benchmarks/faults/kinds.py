"""The kinds of link of the hostile web: how each is answered, what it must come to, and whether that is for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.faults import faults
from benchmarks.faults.faults import Answer, first, length, page, redirect, status

# Answered over HTTP on the server's main port.
_PLAIN = "http://HOST:PORT"


@dataclass(frozen=True)
class Kind:
    """One kind of link.

    Attributes:
        reason: What it must fail with; nothing where the image must arrive.
        answer: What the server does; None where it is never asked, or does not get to answer.
        link: The link; HOST, the names of ports, KIND and NUMBER are filled in.
        lasting: Whether the next run must leave it alone.
        slow: Whether each takes seconds: there are fewer of these.
    """

    reason: str = ""
    answer: Answer | None = None
    link: str = _PLAIN + "/KIND/NUMBER.jpg"
    lasting: bool = False
    slow: bool = False


def _for_good(reason: str, answer: Answer | None = None, link: str = Kind.link) -> Kind:
    return Kind(reason, answer, link, lasting=True)


def _good(answer: Answer = faults.good, link: str = Kind.link) -> Kind:
    return Kind("", answer, link)


GOOD: Mapping[str, Kind] = {
    "plain": _good(),
    "chunked": _good(faults.good_chunked),
    "until-close": _good(faults.good_until_close),
    "in-pieces": _good(faults.good_in_pieces),
    "packed": _good(faults.good_packed),
    "after-continue": _good(faults.good_after_continue),
    "called-text": _good(faults.good_called_text),
    "redirected": _good(redirect("/redirected-twice/NUMBER.jpg")),
    "redirected-twice": _good(redirect("http://127.0.0.1:PORT/plain/NUMBER.jpg")),
    "after-429": _good(first(1, status(429))),
    "after-429-retry-after": _good(first(1, status(429, b"Retry-After: 1"))),
    "after-500": _good(first(1, status(500))),
    "after-502": _good(first(2, status(502))),
    "after-503-retry-after": _good(first(1, status(503, b"Retry-After: 0"))),
    "after-reset": _good(first(2, faults.reset_request)),
    "after-reset-head": _good(first(1, faults.reset_head)),
    "after-reset-body": _good(first(1, faults.reset_body)),
    "after-truncation": _good(first(1, faults.truncated)),
    "after-silence": Kind("", first(1, faults.silent), slow=True),
    "spaces": _good(link=_PLAIN + "/KIND/a b  c/NUMBER.jpg?size=1 2"),
    "quotes": _good(link=_PLAIN + "/KIND/\"a\" 'b' `c`/NUMBER.jpg"),
    "dots": _good(link=_PLAIN + "/x/../KIND/./y/../NUMBER.jpg"),
    "accents": _good(link=_PLAIN + "/KIND/größe 日本/NUMBER.jpg"),
    "percent": _good(link=_PLAIN + "/KIND/%2e%2e%2F%00%zz/NUMBER.jpg"),
    "tls": _good(link="https://HOST:TLS/KIND/NUMBER.jpg"),
}

BAD: Mapping[str, Kind] = {
    "404": _for_good("http_404", status(404)),
    "410": _for_good("http_410", status(410)),
    "204": _for_good("http_204", status(204)),
    "304": _for_good("http_304", status(304)),
    "403": Kind("http_403", status(403)),
    "429": Kind("http_429", status(429)),
    "429-retry-after": Kind("http_429", status(429, b"Retry-After: 3600")),
    "500": Kind("http_500", status(500)),
    "502": Kind("http_502", status(502)),
    "503": Kind("http_503", status(503)),
    "503-retry-after": Kind("http_503", status(503, b"Retry-After: Fri, 31 Dec 2999 23:59:59 GMT")),
    "999": Kind("http_999", status(999)),
    "unreachable": Kind("unreachable", link="http://HOST:CLOSED/NUMBER.jpg"),
    "reset-at-once": Kind("disconnected", link="http://HOST:RESET/NUMBER.jpg"),
    "reset-request": Kind("disconnected", faults.reset_request),
    "reset-head": Kind("disconnected", faults.reset_head),
    "reset-body": Kind("truncated_body", faults.reset_body),
    "close-request": Kind("disconnected", faults.close_request),
    "close-head": Kind("disconnected", faults.close_head),
    "silent": Kind("timeout", faults.silent, slow=True),
    "dripping-head": Kind("timeout", faults.dripping_head, slow=True),
    "endless-continue": Kind("timeout", faults.endless_continue, slow=True),
    "stalled-body": Kind("slow_body", faults.stalled_body, slow=True),
    "dripping-body": Kind("slow_body", faults.dripping_body, slow=True),
    "truncated": Kind("truncated_body", faults.truncated),
    "truncated-chunk": Kind("truncated_body", faults.truncated_chunk),
    "no-last-chunk": Kind("truncated_body", faults.no_last_chunk),
    "length-too-long": Kind("truncated_body", length(b"99999")),
    # Told by what comes behind it at once; where the rest comes later, or not at all, nobody can tell.
    "length-too-short": Kind("bad_answer", length(b"100")),
    "length-negative": Kind("bad_answer", length(b"-1")),
    "length-no-number": Kind("bad_answer", length(b"many")),
    "length-twice": Kind("bad_answer", length(b"100\r\nContent-Length: 200")),
    "long-head": Kind("bad_answer", faults.long_head),
    "endless-head": Kind("bad_answer", faults.endless_head),
    "no-http": Kind("bad_answer", faults.no_http),
    "redirect-loop": _for_good("too_many_redirects", redirect("/redirect-loop/NUMBER.jpg")),
    "redirect-file": _for_good("refused_scheme", redirect("file:///etc/hostname")),
    "redirect-ftp": _for_good("refused_scheme", redirect("ftp://127.0.0.1/NUMBER.jpg")),
    "redirect-data": _for_good("refused_scheme", redirect("data:image/png;base64,AAAA")),
    "redirect-private": _for_good("refused_host", redirect("http://10.0.0.1/NUMBER.jpg")),
    "redirect-metadata": _for_good("refused_host", redirect("http://169.254.169.254/latest/meta-data/")),
    "redirect-ipv6": _for_good("refused_host", redirect("http://[::1]:PORT/plain/NUMBER.jpg")),
    "redirect-octal": _for_good("refused_host", redirect("http://0177.0.0.1:PORT/plain/NUMBER.jpg")),
    "redirect-nowhere": _for_good("invalid_link", redirect("http://[/")),
    "html": _for_good("html_body", page(b"<!DOCTYPE html><html><body>Not found</body></html>")),
    "svg": _for_good("svg_body", page(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>')),
    "text": _for_good("not_an_image", page(b"not found")),
    "empty": _for_good("empty_body", page(b"")),
    "gzip-bomb": _for_good("too_large", faults.gzip_bomb),
    "gzip-cut": Kind("damaged_body", faults.cut_packed),
    "gzip-not": Kind("damaged_body", page(b"no gzip at all", b"Content-Encoding: gzip")),
    "image-bomb": _for_good("too_many_pixels", faults.image_bomb),
    "huge-announced": _for_good("too_large", faults.huge_announced),
    "huge-chunked": _for_good("too_large", faults.huge_chunked),
    "huge-until-close": _for_good("too_large", faults.huge_until_close),
    "tls-none": Kind("tls", link="https://HOST:NO_TLS/NUMBER.jpg"),
    "tls-reset": Kind("disconnected", link="https://HOST:RESET/NUMBER.jpg"),
    "tls-self-signed": Kind("tls_certificate", link="https://HOST:SELF_SIGNED/plain/NUMBER.jpg"),
    "tls-expired": Kind("tls_certificate", link="https://HOST:EXPIRED/plain/NUMBER.jpg"),
    "tls-wrong-name": Kind("tls_certificate", link="https://HOST:WRONG_NAME/plain/NUMBER.jpg"),
    "dns": Kind("dns", link="http://no-such-host.invalid/NUMBER.jpg"),
    "long-name": _for_good("invalid_link", link=f"http://{'a' * 70}.example/NUMBER.jpg"),
    "nul": _for_good("invalid_link", link=_PLAIN + "/KIND/\0NUMBER.jpg"),
    "host-with-space": _for_good("invalid_link", link="http://a b.example/NUMBER.jpg"),
    "scheme": _for_good("refused_scheme", link="ftp://HOST/NUMBER.jpg"),
    "private": _for_good("refused_host", link="http://192.168.0.1/NUMBER.jpg"),
    "decimal": _for_good("refused_host", link="http://2130706433:PORT/plain/NUMBER.jpg"),
    "path-outside": _for_good("refused_path", link="../NUMBER.jpg"),
    "path-system": _for_good("refused_path", link="/etc/hostname?NUMBER"),
    "path-missing": _for_good("missing_file", link="none/NUMBER.jpg"),
    "path-with-nul": _for_good("missing_file", link="none/\0NUMBER.jpg"),
}

KINDS: Mapping[str, Kind] = {**GOOD, **BAD}
