"""Acts in one file of EnterpriseData, written act by act."""

from datetime import UTC, datetime
from pathlib import Path

from reports.enterprise_data import FOOT, Objects, head
from reports.exchange import act_in

_NEVER = datetime(2020, 1, 1, tzinfo=UTC)  # what a file of no acts is dated by


class OneCFile:
    """`add` sealed acts, then `close`; the file is complete only then.

    It is dated by its first act, so the same acts give the same bytes.
    """

    def __init__(self, path: Path, version: str) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._version, self._objects, self._begun = version, Objects(), False

    def add(self, pdf: bytes) -> int:
        """How many documents of sale it gave: none when nothing was kept of the act.

        Raises: NotASession; UpdIncomplete for what is no act.
        """
        act = act_in(pdf)
        text = self._objects.of(act)
        self._begin(act.heading.issued_at.astimezone(act.issuer.zone))
        self._file.write(text)
        return bool(text)

    def close(self) -> None:
        with self._file:
            self._begin(_NEVER)
            self._file.write(FOOT)

    def _begin(self, at: datetime) -> None:
        if not self._begun:
            self._file.write(head(self._version, at))
            self._begun = True
