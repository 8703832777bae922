"""What unit tests start from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_base import FILES, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the small base with some files replaced, added or (None) left out, and returns its folder."""

    def written(changes: Mapping[str, str | bytes | None]) -> Path:
        root = tmp_path / "knowledge"
        for name, content in {**FILES, **changes}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return written
