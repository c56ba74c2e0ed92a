"""Where the built files are: reads the manifest that Vite wrote, with the hashed names."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

BASE = "/static/"


class Assets:
    """The front-end build of a folder; without a build pages come plain, and still work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> dict[str, Any]:
        file = self.folder / ".vite" / "manifest.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def url(self, source: str) -> str:
        """The address of a built file, by the name of its source; empty when it was not built."""
        found = self.manifest.get(source)
        return BASE + found["file"] if found else ""

    def styles(self, source: str) -> list[str]:
        """Style sheets of an entry, those of its imports first."""
        found = self.manifest.get(source, {})
        inherited = [sheet for part in found.get("imports", ()) for sheet in self.styles(part)]
        own = [BASE + sheet for sheet in found.get("css", ())]
        return list(dict.fromkeys(inherited + own))

    def fonts(self, *subsets: str) -> list[str]:
        """Font files worth fetching early, by a part of their name."""
        files = (entry["file"] for entry in self.manifest.values())
        return [BASE + f for f in files if f.endswith(".woff2") and any(s in f for s in subsets)]
