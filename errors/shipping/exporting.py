"""Rows → YAML files in the form that `files` reads; the same rows give the same bytes."""

import datetime
import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from errors.models import Entry, Gloss, Pattern, Provider, Section, Synonym, Term
from errors.shipping.contents import content_of
from errors.shipping.files import DATES, Content

_BLANK_ENTRY = Entry()
_BLANK_PATTERN = Pattern()
# The order of the keys: what a reader looks for first.
_KEYS = (
    "slug",
    "state",
    "title",
    "reply_code",
    "status_code",
    "reason",
    "outcome",
    "stage",
    "actor",
    "providers",
    "valid_from",
    "valid_until",
    "priority",
    "summary",
    "body",
    "advice",
    "handover",
    "reply",
    "sample",
    "wordings",
    "internal_note",
    "patterns",
    "examples",
    "related",
)
_ALWAYS = {"slug", "title", "summary", "patterns"}


def export() -> dict[str, str]:
    """Return the whole catalog as files by name: one a section, providers, glosses, synonyms, terms."""
    files = {
        f"{section.position:02}-{section.slug}.yaml": _dump(_section_file(section))
        for section in _whole_sections()
    }
    providers = [_provider(content_of(row)) for row in Provider.objects.all()]
    glosses = [content_of(row) for row in Gloss.objects.order_by("text")]
    files["providers.yaml"] = _dump({"providers": providers})
    files["glosses.yaml"] = _dump({"glosses": glosses})
    terms = [_term(content_of(row)) for row in Term.objects.order_by("slug")]
    synonyms = [_synonym(content_of(row)) for row in Synonym.objects.order_by("slug")]
    files["synonyms.yaml"] = _dump({"synonyms": synonyms})
    files["terms.yaml"] = _dump({"terms": terms})
    return files


def pack(files: Mapping[str, str]) -> bytes:
    """Put files into a ZIP archive; the same files give the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in sorted(files.items()):
            info = zipfile.ZipInfo(f"catalog/{name}")  # a date that never changes
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, text.encode())
    return archive.getvalue()


def _whole_sections() -> Iterable[Section]:
    return Section.objects.prefetch_related(
        "entries__section",
        "entries__providers",
        "entries__patterns__provider",
        "entries__examples",
        "entries__relations__other",
    )


def _section_file(section: Section) -> Content:
    entries = sorted(section.entries.all(), key=lambda entry: entry.position)
    return {
        "section": _without_blanks(content_of(section), keep={"slug", "title"}),
        "entries": [_entry(content_of(entry)) for entry in entries],
    }


def _provider(content: Content) -> Content:
    lists = {
        name: content[name].splitlines()
        for name in ("domains", "signatures")
        if content[name]
    }
    return {"slug": content["slug"], "name": content["name"], **lists}


def _term(content: Content) -> Content:
    avoid = {code: words.splitlines() for code, words in content["avoid"].items()}
    return _without_blanks({**content, "avoid": avoid}, keep={"slug", "name"})


def _synonym(content: Content) -> Content:
    words = {code: words.splitlines() for code, words in content["words"].items()}
    return {**content, "words": words}


def _entry(content: Content) -> Content:
    said = {
        **content,
        **{name: _date(content[name]) for name in DATES},
        "state": "" if content["state"] == "published" else content["state"],
        "patterns": [_pattern(pattern) for pattern in content["patterns"]],
        "related": [_relation(*pair) for pair in content["related"]],
    }
    return {
        key: said[key]
        for key in _KEYS
        if key in said and (key in _ALWAYS or not _is_default(key, said[key]))
    }


def _is_default(key: str, value: Any) -> bool:
    if key in ("reason", "outcome", "stage", "actor"):
        return bool(value == getattr(_BLANK_ENTRY, key))
    return not value


def _date(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _pattern(content: Content) -> Content | str:
    kind = content["kind"]
    rest = {
        name: value
        for name, value in content.items()
        if name not in ("text", "kind")
        and value not in ("", getattr(_BLANK_PATTERN, name))
    }
    if kind == "phrase" and not rest:
        return str(content["text"])
    return {kind: content["text"], **rest} if content["text"] else rest


def _relation(slug: str, difference: dict[str, str]) -> Content:
    return _without_blanks({"entry": slug, "difference": difference}, keep={"entry"})


def _without_blanks(content: Content, keep: set[str]) -> Content:
    return {key: value for key, value in content.items() if value or key in keep}


class _Dumper(yaml.SafeDumper):
    """Writes what people write: texts of several lines as blocks, lists indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's signature
        return super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    tag = "tag:yaml.org,2002:str"
    if set(text) & set(
        "\r\x85\u2028\u2029"
    ):  # line ends that would come back as others
        return dumper.represent_scalar(tag, text, style='"')
    if "\n" in text:  # a block that ends in a line end is `|`, else `|-`
        return dumper.represent_scalar(tag, f"{text}\n", style="|")
    return dumper.represent_scalar(tag, text)


_Dumper.add_representer(str, _represent_text)


def _dump(document: Content) -> str:
    text: str = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6
    )
    return text
