"""The head of a paper inside its own data: number, revision, moment, what it replaces. Pure."""

from dataclasses import dataclass
from datetime import datetime

from reports.canonical import Json

#: Not named in the data: files from before there was another language say nothing of it.
RUSSIAN, ENGLISH = "ru", "en"
LANGUAGES = (RUSSIAN, ENGLISH)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The revision that this one replaces."""

    revision: int
    issued_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Heading:
    """`language` is that of a session's paper, "ru" or "en"; one for a period has it in its scope.
    The English edition has number, revision and moment of the Russian one."""

    kind: str
    number: str
    revision: int
    issued_at: datetime
    replaces: Replaced | None = None
    language: str = RUSSIAN

    @property
    def english(self) -> bool:
        return self.language != RUSSIAN

    @property
    def name(self) -> str:
        return f"{self.number}-r{self.revision}"


def heading_to_json(heading: Heading) -> Json:
    old = heading.replaces
    other = {"language": heading.language} if heading.english else {}
    return other | {
        "kind": heading.kind,
        "number": heading.number,
        "revision": heading.revision,
        "issued_at": heading.issued_at.isoformat(timespec="microseconds"),
        "replaces": old
        and {
            "revision": old.revision,
            "issued_at": old.issued_at.isoformat(timespec="microseconds"),
            "sha256": old.sha256,
        },
    }


def heading_from_json(head: Json) -> Heading:
    """Raises: KeyError, TypeError, ValueError."""
    old = head["replaces"]
    replaced = old and Replaced(
        old["revision"], datetime.fromisoformat(old["issued_at"]), old["sha256"]
    )
    issued_at = datetime.fromisoformat(head["issued_at"])
    language = head.get("language", RUSSIAN)
    if language not in LANGUAGES:
        raise ValueError(f"no paper is in {language}")
    plain = (head["kind"], head["number"], head["revision"], issued_at)
    return Heading(*plain, replaced or None, language)
