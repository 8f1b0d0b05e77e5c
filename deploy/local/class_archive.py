"""The broker's classes as the JVM keeps them in memory (class data sharing, JEP 350): half the start, half its work.

A JVM that ends in good order writes the archive, once; each later one maps it. One that does not fit is ignored.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path


class ClassArchive:
    def __init__(self, jars: Path, program: Path) -> None:
        runtime = f"{program.resolve()} {program.stat().st_mtime_ns}"  # another Java needs another archive
        self._path = jars.with_name(f"{jars.name}-{hashlib.sha256(runtime.encode()).hexdigest()[:12]}.jsa")
        self._written = self._path.with_suffix(f".{os.getpid()}.partial")

    @property
    def known(self) -> Sequence[str]:
        """For another program of the same jars: use the archive if there is one."""
        return self.options if self._path.exists() else ()

    @property
    def options(self) -> Sequence[str]:
        """For the JVM: use the archive, or write it at the end."""
        quietly = ("-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr")
        if self._path.exists():
            return (f"-XX:SharedArchiveFile={self._path}", *quietly)
        return (f"-XX:ArchiveClassesAtExit={self._written}", *quietly)

    def keep(self, *, whole: bool) -> None:
        """After the JVM ended: what it wrote, if it was not killed meanwhile, is for the next ones."""
        if self._written.exists():
            if whole:
                self._written.replace(self._path)
            else:
                self._written.unlink()
