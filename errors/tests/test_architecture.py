"""Who may import whom, as a table. An arrow points down the levels, never up or across."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

# Read from the top: what stands on a level may import every level above it.
LEVELS = (
    ("bounce.specificity", "bounce.labels"),
    ("bounce.values",),
    (
        "bounce.charsets",
        "bounce.dsn",
        "bounce.smtp",
        "bounce.layouts",
        "bounce.addressing",
        "bounce.folding",
        "bounce.phrases",
        "bounce.redacting",
        "bounce.highlighting",
        "bounce.tracing",
    ),
    (
        "bounce.hypertext",
        "bounce.replies",
        "bounce.grouping",
        "bounce.scoping",
        "bounce.suggesting",
        "bounce.repairing",
    ),
    ("bounce.mime",),
    ("bounce.outlook",),
    ("bounce.forwarding",),
    ("bounce.pasting",),
    ("bounce.dividing", "bounce.attributing", "bounce.recognising"),
    ("bounce.reading", "bounce.matching"),
    ("bounce.ranking", "bounce.patching"),
    ("bounce.explaining",),
    (
        "models",
        "box",
        "glossary",
        "markup",
        "wording",
        "colours",
        "branding",
        "throttling",
        "apikeys",
        "bodies",
        "origins",
        "protection",
        "mailstore",
        "picturing",
        "surveying",
        "comparing",
        "reasoning",
        "metrics",
        "logs",
        "rediscache",
    ),
    (
        "rows",
        "search",
        "purging",
        "tallying",
        "figures",
        "charts",
        "history",
        "roles",
        "sources",
    ),
    ("publishing",),
    ("translation", "catalog", "shipping"),
    (
        "contract",
        "checking",
        "listening",
        "codes",
        "versions",
        "rehearsing",
        "describing",
        "health",
    ),
    ("presentation", "cases", "reconciling", "trying"),
    ("forms", "access", "mailin"),
    ("views", "api", "admin", "templatetags", "management"),
    ("apps", "urls", "middleware"),
)
# Arrows within one level, each with its reason.
NEIGHBOURS = {
    ("bounce.phrases", "bounce.folding"): "a phrase is folded as the text will be",
    ("markup", "glossary"): "it marks the words that the glossary explains",
    ("branding", "colours"): "its check includes that of the colours",
    ("shipping", "catalog"): "a load bumps the revision once",
}
# Third-party engines: where each may be imported, and nowhere else in errors/.
ENGINES = {
    "ahocorasick": {"bounce.matching", "bounce.phrases"},
    "re2": {"bounce.matching", "bounce.phrases"},
    "selectolax": {"bounce.hypertext"},
    "oxmsg": {"bounce.outlook"},
    "charset_normalizer": {"bounce.charsets", "bounce.mime"},
    "sudachipy": {"search"},
    "snowballstemmer": {"search"},
    "rapidfuzz": {"search"},
    "PIL": {"picturing"},
}
# `models` checks an editor's pattern; of the rest of bounce/ it knows nothing.
MODELS_MAY_SEE = {"bounce.phrases", "bounce.values"}

LEVEL_OF = {unit: level for level, units in enumerate(LEVELS) for unit in units}
ROOT = Path(settings.BASE_DIR)
SOURCES = sorted(
    path
    for folder in ("errors", "faqsite")
    for path in (ROOT / folder).rglob("*.py")
    if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
)


def unit_of(module):
    """Name the unit of the table that a module of errors/ belongs to.

    >>> unit_of("errors.bounce.values"), unit_of("errors.admin.entries")
    ('bounce.values', 'admin')
    """
    parts = module.split(".")[1:]
    return ".".join(parts[:2] if parts[:1] == ["bounce"] else parts[:1])


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path) -> Iterator[str]:
    """Yield all that a file imports, also within functions and as a name of a package."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import absolutely"
            packages = node.module in {"errors", "errors.bounce"}
            yield from (
                f"{node.module}.{name.name}" if packages else node.module or ""
                for name in node.names
            )


def find_faults(unit, module, imported) -> Iterator[str]:
    """Say what is wrong with one import, if anything.

    >>> list(find_faults("bounce.dsn", "errors.bounce.dsn", "errors.models"))
    ['errors.bounce.dsn (level 1) imports errors.models (level 5)']
    """
    package, _, _ = imported.partition(".")
    if package in ENGINES and unit not in ENGINES[package]:
        yield f"{module} imports {package}, an engine of {sorted(ENGINES[package])}"
    if unit.startswith("bounce") and package in {"django", "faqsite"}:
        yield f"{module} imports {imported}, but bounce/ knows no Django"
    if package == "faqsite" and unit != "urls":
        yield f"{module} imports {imported}, but the project stands above its app"
    other = unit_of(imported) if package == "errors" else unit
    if other in {unit, ""} or (unit, other) in NEIGHBOURS:
        return
    if LEVEL_OF[other] >= LEVEL_OF[unit]:
        yield f"{module} (level {LEVEL_OF[unit]}) imports {imported} (level {LEVEL_OF[other]})"
    elif (
        unit == "models" and other.startswith("bounce") and other not in MODELS_MAY_SEE
    ):
        yield f"{module} imports {imported}, but models see phrases alone"


APP = [path for path in SOURCES if path.is_relative_to(ROOT / "errors")]


@pytest.mark.parametrize("path", APP, ids=module_of)
def test_module_has_a_level(path):
    unit = unit_of(module_of(path))
    assert unit in {"", "bounce"} or unit in LEVEL_OF, f"Give {unit} a place in LEVELS."


@pytest.mark.parametrize("path", APP, ids=module_of)
def test_module_imports_only_what_stands_above_it(path):
    module = module_of(path)
    unit = unit_of(module)
    if unit not in LEVEL_OF:  # errors/__init__ and errors/bounce/__init__
        assert list(imports_of(path)) == []
        return
    faults = [
        fault
        for imported in imports_of(path)
        for fault in find_faults(unit, module, imported)
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("errors.bounce.values", "errors.bounce.smtp"),
        ("errors.bounce.reading", "errors.bounce.matching"),
        ("errors.bounce.reading", "django.utils.translation"),
        ("errors.bounce.dsn", "errors.bounce.mime"),
        ("errors.bounce.ranking", "re2"),
        ("errors.models", "errors.bounce.reading"),
        ("errors.models", "errors.catalog"),
        ("errors.forms", "errors.views"),
        ("errors.views", "errors.admin.entries"),
        ("errors.management.commands.explain", "errors.views"),
        ("errors.catalog", "faqsite.settings"),
    ],
)
def test_import_that_breaks_the_table_is_noticed(module, imported):
    assert len([*find_faults(unit_of(module), module, imported)]) == 1
