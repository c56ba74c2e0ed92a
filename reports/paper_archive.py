"""Issued papers in one ZIP: the sealed files byte for byte, an index, and their digests.

The digests are a file that `sha256sum -c` reads, so the archive can be checked without us.
"""

import zipfile
from datetime import datetime, tzinfo
from pathlib import Path

from reports.register import Paper

INDEX, DIGESTS = "index.csv", "SHA256SUMS"


class PaperArchive:
    """`add` papers, let `index` grow, then `close`; the file is complete only then."""

    def __init__(self, path: Path, zone: tzinfo, index: str) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)  # sealed files do not shrink
        self._zone, self.index, self._digests = zone, index, ""
        self._newest: datetime | None = None

    def add(self, paper: Paper) -> None:
        name, at = f"{paper.issued.name}.pdf", paper.issued.issued_at
        self._newest = max(at, self._newest or at)
        self._digests += f"{paper.issued.sha256}  {name}\n"
        self._zip.writestr(self._info(name, at), paper.pdf)

    def close(self) -> None:
        """The index and the digests are dated by the newest paper: same papers, same bytes."""
        with self._zip:
            for name, text in ((INDEX, self.index), (DIGESTS, self._digests)):
                info = self._info(name, self._newest)
                self._zip.writestr(info, text.encode(), zipfile.ZIP_DEFLATED)

    def _info(self, name: str, at: datetime | None) -> zipfile.ZipInfo:
        if at is None:
            return zipfile.ZipInfo(name)
        local = at.astimezone(self._zone)
        return zipfile.ZipInfo(name, local.timetuple()[:6])
