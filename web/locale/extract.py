"""`python -m web.locale.extract`: brings the catalogues up to date with what the code says.

Reads `_()` and `ngettext()` in Python, in the templates and in the TypeScript. New messages come
without a text (English ones say themselves), those that nobody says any more go away.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from web.locale import LOCALES, read, source

ROOT = Path(__file__).resolve().parents[2]
METHODS = [
    ("web/**.py", "python"),
    ("web/templates/**.html", "jinja2.ext:babel_extract"),
    ("web/browser/src/**.test.ts", "ignore"),
    ("web/browser/src/**.ts", "javascript"),
]
OPTIONS = {
    "web/templates/**.html": {"silent": "false"},
    "web/browser/src/**.ts": {"parse_template_string": "true"},
}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def said() -> Catalog:
    """Every message of the code with the files that say it."""
    catalog = Catalog()
    found = extract_from_dir(
        ROOT / "web",
        [(pattern.removeprefix("web/"), method) for pattern, method in METHODS],
        {pattern.removeprefix("web/"): options for pattern, options in OPTIONS.items()},
        KEYWORDS,
        directory_filter=lambda path: not path.endswith(("node_modules", "static", "__pycache__")),
    )
    for file, _line, message, _comments, context in found:
        catalog.add(message, locations=[(f"web/{file}", 1)], context=context)
    return catalog


def main() -> int:
    template = said()
    for locale in LOCALES:
        catalog = read(locale) if source(locale).exists() else Catalog(locale)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        for message in catalog:
            message.flags.discard("fuzzy")
            if locale == "en" and message.id:
                message.string = message.id
        source(locale).parent.mkdir(exist_ok=True)
        with source(locale).open("wb") as file:
            write_po(
                file, catalog, sort_output=True, omit_header=False, include_lineno=False, width=100
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
