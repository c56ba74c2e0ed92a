"""`python -m web.locale.compile`: makes `messages.mo` of each language, or says what is missing."""

import sys

from web.locale import LOCALES, compiled, read, source


def main() -> int:
    """Write the .mo files. Answers 1 when a message has no text in some language."""
    silent = []
    for locale in LOCALES:
        catalog = read(locale)
        silent += [f"{locale}: {m.id}" for m in catalog if m.id and not _told(m.string)]
        source(locale).with_suffix(".mo").write_bytes(compiled(catalog))
    for line in silent:
        print("untranslated", line, file=sys.stderr)
    return 1 if silent else 0


def _told(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
