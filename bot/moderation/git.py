"""Git, told what to do as a list of words and never by way of a shell, in one folder and until a deadline."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Literal

Fault = Literal["", "no-git", "no-checkout", "ignored", "locked", "slow", "refused"]

# Hooks are a developer's, and may ask, reformat or refuse; a moderator could do nothing about it.
# The same goes for signing, for line endings git would rather have otherwise, and for helpers it may start.
_SETTINGS = {
    "commit.gpgSign": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.safecrlf": "false",
    "i18n.commitEncoding": "UTF-8",
    "log.showSignature": "false",
}
_INHERITED = {
    *("GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"),
    *("GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH"),
}
_LOCKED = re.compile(r"\.lock': File exists|cannot lock ref")
_GIVING_UP = ("fatal: ", "error: ")


class GitError(Exception):
    """Git did not do as it was told."""

    def __init__(self, fault: Fault, said: str = "") -> None:
        super().__init__(fault, said)
        self.fault = fault
        self.said = clean(said, 200)


class Git:
    """Runs git in one folder, in a session of its own, until a deadline."""

    def __init__(self, root: Path, seconds: float) -> None:
        program = shutil.which("git")
        settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
        self._command = [program, "-C", str(root), *settings] if program else None
        self._deadline = time.monotonic() + seconds
        self._environment = {k: v for k, v in os.environ.items() if k[:4] != "GIT_" or k in _INHERITED}
        self._environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}

    def __call__(self, *arguments: str, **environment: str) -> str:
        """What git prints."""
        if self._command is None:
            raise GitError("no-git")
        try:
            running = subprocess.Popen(  # noqa: S603 - a list, git found on PATH, no option is typed by anybody
                [*self._command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**self._environment, **environment},
                start_new_session=True,  # Ctrl-C, or the end of this program, leaves git to finish
            )
        except OSError as error:
            raise GitError("no-git", str(error.strerror)) from error
        with running:
            out, err = self._awaited(running)
        printed = out.decode("utf-8", "replace")
        if running.returncode:
            raise _refusal(err.decode("utf-8", "replace") or printed)
        return printed

    def _awaited(self, running: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        """What a git prints; one that takes too long is asked to tidy up and go, then made to."""
        try:
            return running.communicate(timeout=max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            with suppress(ProcessLookupError, PermissionError):  # it may have ended by now
                os.killpg(running.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    running.wait(1)
                os.killpg(running.pid, signal.SIGKILL)
            raise GitError("slow") from error


def _refusal(complaint: str) -> GitError:
    """Why git gave up, from the line in which it says so."""
    fault: Fault = "locked" if _LOCKED.search(complaint) else "refused"
    if "not a git repository" in complaint:
        fault = "no-checkout"
    lines = complaint.strip().splitlines()
    return GitError(fault, next((line for line in lines if line.startswith(_GIVING_UP)), "".join(lines[:1])))


def clean(text: str, length: int) -> str:
    """Text on one line that git takes as it is: no controls, no marks nobody sees, no brackets of an address."""
    seen = "".join(" " if c in "<>" or unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(seen.split())[:length].strip()
