"""A draft's text → its regions: narrative, transcript, report, returned message."""

import re

from errors.bounce import charsets, layouts
from errors.bounce.pasting import Draft, shown_header
from errors.bounce.values import Region, RegionKind, Span


def divide(view: str, draft: Draft) -> list[Region]:
    """Divide what is told by the layouts' words, or where a mail's header begins."""
    regions: list[Region] = []
    attached = any(region.kind == "returned" for region in draft.regions)
    for region in draft.regions:
        if region.kind == "narrative":
            regions += _divide_narrative(view, region.span, attached=attached)
        else:
            regions.append(region)
    return [region for region in regions if len(region.span)]


def _divide_narrative(view: str, span: Span, *, attached: bool) -> list[Region]:
    piece = view[span.start : span.end]
    lower = charsets.lowered(piece)
    out: list[Region] = []
    kind: layouts.MarkKind = "narrative"
    position = 0
    for mark in layouts.find_marks(piece, lower):
        if mark.start < position or _is_forward(piece, mark):
            continue
        if mark.begins == "narrative" and kind != "summary":
            continue
        out.append(_region(kind, span, position, mark.start))
        kind, position = mark.begins, mark.start
        if kind == "returned":
            break
    block = (
        None
        if kind == "returned" or attached
        else _header_block(piece, lower, position)
    )
    if block is not None:
        out.append(_region(kind, span, position, block))
        kind, position = "returned", block
    out.append(_region(kind, span, position, len(piece)))
    return out


def _region(kind: layouts.MarkKind, within: Span, start: int, end: int) -> Region:
    read_as: RegionKind = "returned" if kind == "summary" else kind
    return Region(read_as, Span(within.start + start, within.start + end))


def _is_forward(piece: str, mark: layouts.Mark) -> bool:
    """Tell a forwarded bounce from a returned message: a mail system is its sender."""
    if mark.begins != "returned":
        return False
    if not piece[mark.end :].strip("- \t\n"):
        return True  # its header stands apart
    following = piece[mark.end : mark.end + 400]
    begin = len(following) - len(following.lstrip("- \t\n"))
    header, _ = shown_header(following, begin)
    return bool(layouts.SYSTEM_SENDER.search(header.get("from", "")))


_RUN_TOGETHER = 400  # code points to a line on average: somebody joined the lines
_HEADER_SIGNS = (
    "eceived:",
    "eturn-",
    "ersion:",
    "ssage-id",
    "ignature:",
    "riginating-ip",
)


def _header_block(piece: str, lower: str, start: int) -> int | None:
    """Return where a mail's header begins that no words announce."""
    if not any(sign in lower for sign in _HEADER_SIGNS):
        return None
    if piece.count("\n", start) * _RUN_TOGETHER < len(piece) - start:
        found = layouts.INLINE_HEADER.search(piece, start)
        return found.start() if found else None
    for found in layouts.HEADER_BLOCK.finditer(piece, start):
        if _is_header_at(piece, found.start()):
            return found.start()
    return None


_ANY_FIELD = re.compile(r"[ \t]{0,8}[A-Za-z][A-Za-z0-9-]{1,40}[ \t]*:")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MAX_BLOCK = 3_000


def _is_header_at(piece: str, start: int) -> bool:
    """Tell whether at least three header lines follow, one of them of a returned mail."""
    blank = _BLANK_LINE.search(piece, start, start + _MAX_BLOCK)
    block = piece[start : blank.start() if blank else start + _MAX_BLOCK]
    fields = sum(bool(_ANY_FIELD.match(line)) for line in block.split("\n"))
    return fields >= 3 and ("eceived" in block or "MIME" in block.upper())
