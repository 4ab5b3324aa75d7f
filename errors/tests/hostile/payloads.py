"""What attackers send, and how to tell from a response that it did something."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from selectolax.lexbor import LexborHTMLParser

EVIL = "evil.example"
PAYLOADS = {
    "script": "\"'></textarea></title><script>alert('evil')</script>",
    "attribute": "\" onfocus=alert('evil') autofocus x='",
    "image": "<img src=x onerror=alert('evil')><svg/onload=alert('evil')>",
    "javascript": "javascript:alert('evil')",
    "wide script": "＜script＞alert('evil')＜/script＞",
    "sql quote": "' OR '1'='1' --",
    "sql union": "1) UNION SELECT username, password FROM auth_user --",
    "sql drop": "x'; DROP TABLE errors_entry; --",
    "sql wildcard": "%_%' ESCAPE '\\",
    "header": f"x\r\nSet-Cookie: evil=1\r\nLocation: https://{EVIL}/\r\n\r\n<html>",
    "log": "x\n2026-01-01 CRITICAL evil: all is lost\x1b[2J",
    "template": "{{ settings.SECRET_KEY }}{% debug %}{% include '/etc/passwd' %}",
    "format": "{0.__class__.__mro__}{settings.SECRET_KEY}%(x)s%n%s${7*7}",
    "traversal": "../../../../../../etc/passwd",
    "encoded traversal": "..%2f..%252f..%5c..%c0%afetc/passwd",
    "redirect": f"https://{EVIL}/",
    "scheme-less redirect": f"//{EVIL}/%2f..",
    "odd redirect": f"/\\{EVIL}",
    "nul": "a\0b",
    "surrogate": "a\ud800b",
    "bidi": "\u202e550\u202c\u2066\ufeff",
    "marks": "a" + "\u0301" * 3000,
    "digits": "٣٣٣²³½" + "9" * 400,
    "long": "A" * 60_000,
    "negative": "-1",
    "list": "[]",
}
# In this one are enough of them to find what a form does with each.
MIXED = "".join(
    PAYLOADS[name]
    for name in ("script", "attribute", "image", "sql quote", "template", "traversal")
)
HEADERS = {
    "x-forwarded-host": EVIL,
    "x-forwarded-server": EVIL,
    "x-forwarded-proto": "https",
    "x-forwarded-scheme": "nothttps",
    "x-forwarded-port": "4443",
    "x-forwarded-prefix": f"/{EVIL}",
    "x-forwarded-for": PAYLOADS["script"],
    "forwarded": f"host={EVIL};proto=https",
    "x-original-url": "/admin/",
    "x-rewrite-url": "/admin/",
    "x-http-method-override": "DELETE",
    "x-host": EVIL,
    "true-client-ip": "127.0.0.1",
    "user-agent": PAYLOADS["script"] + PAYLOADS["log"].replace("\n", ""),
    "referer": f"https://{EVIL}/<script>alert('evil')</script>",
    "cookie": "django_language=en; ;=en; sessionid='; csrftoken=<script>alert('evil')</script>",
    "range": "bytes=0-99999999999999999999,-1",
    "if-modified-since": "Thu, 99 Foo 99999 99:99:99 GMT",
    "if-none-match": '"' + "x" * 5000,
    "accept": "application/evil",
    "authorization": "Basic Og==",
    "content-length": "-1",
}


def find_harm(response) -> list[str]:
    """Say what a payload has done: nothing, or what each line tells."""
    body = b"".join(response) if response.streaming else response.content
    text = body.decode("utf-8", "replace")
    found = [*_harm_in_header(response), *_harm_in_text(text)]
    if response.headers.get("Content-Type", "").startswith("text/html"):
        found += _harm_in_page(text)
    if response.status_code >= 500:
        found.append(f"status {response.status_code}")
    return found


def _harm_in_header(response):
    location = response.headers.get("Location", "")
    if urlsplit(location.replace("\\", "/")).netloc not in ("", "testserver"):
        yield f"leads to {location[:80]}"
    for name, value in response.items():
        if re.search(r"[\r\n\0]", name + value):
            yield f"header injected: {name}"
    if "evil" in response.cookies or EVIL in str(response.cookies):
        yield "cookie injected"


def _harm_in_text(text):
    if settings.SECRET_KEY in text:
        yield "the secret key is told"
    if re.search(r"root:[x*]?:0:0", text):
        yield "a file of the server is told"
    if re.search(r"Traceback \(most recent|OperationalError|ProgrammingError", text):
        yield "an error of the inside is told"


def _harm_in_page(text):
    tree = LexborHTMLParser(text)
    for node in tree.css("script"):
        kind = node.attributes.get("type") or ""
        if "src" not in node.attributes and "json" not in kind:
            yield f"script: {node.text()[:60]}"
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on"):
                yield f"handler: {name}={value}"
            link = re.sub(r"[\s\0]", "", value or "").lower()
            if name in ("href", "src", "action", "formaction") and link.startswith(
                ("javascript:", "data:text", "vbscript:")
            ):
                yield f"link: {value}"
