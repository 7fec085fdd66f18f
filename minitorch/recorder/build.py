"""Build the recorder in C: for `pip install`, as hatchling's build hook, and in place for who changes it.

    python minitorch/recorder/build.py      leaves minitorch/recorder/_native.<this Python>.so beside its sources

The backend is hatchling, since it makes all else of the distribution and a wheel of either kind: one with a platform's
tag where the extension was built, one for any platform where it was not. scikit-build-core has that, too, but brings
CMake for one C file and could not place `minitorch_child.pth` without it; meson-python wants its file in the top
folder; setuptools' optional extensions keep the platform's tag when they fail. The compiler is driven by setuptools,
whose classes know those of Linux, macOS and Windows.

`MINITORCH_NATIVE=1` makes a failed build an error, so that no wheel for publication goes out without the extension;
`MINITORCH_NATIVE=0` leaves it out. Without either a machine without a compiler gets Python's recorder, and is told so.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["fingerprint", "get_build_hook", "main"]

FOLDER = Path(__file__).resolve().parent
SOURCES = FOLDER / "c"
FILE_NAME = f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"
"""It carries the ABI, so that builds for several Pythons lie side by side."""

# No fused multiplication and addition: results are Python's to the last bit. Nothing of the building machine's own
# processor: a wheel runs on every machine of its platform.
FLAGS = ["-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Wno-missing-field-initializers"]
FLAGS_OF_MSVC = ["/O2", "/fp:precise", "/std:c11"]


class NotBuilt(Exception):
    """The extension could not be built; the text says why, and what to do."""


def fingerprint() -> int:
    """Return 31 bits that name the C sources as they are; the extension has those that it was built from."""
    digest = hashlib.sha256()
    for file in sorted(SOURCES.glob("*.[ch]")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return int.from_bytes(digest.digest()[:4], "big") >> 1


def compile_extension(folder: Path) -> Path:
    """Return the extension's file, built for the running Python into a folder.

    Raises:
        NotBuilt: There is no compiler, or it failed.
    """
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise NotBuilt("it is for CPython with the global interpreter lock.")
    try:
        from setuptools import Distribution, Extension
        from setuptools.command.build_ext import build_ext
        from setuptools.errors import BaseError, CCompilerError
    except ImportError:
        raise NotBuilt("setuptools, which drives the compiler, is not installed: pip install setuptools") from None

    class BuildExtension(build_ext):  # type: ignore[misc]
        def build_extension(self, extension: Any) -> None:
            extension.extra_compile_args = FLAGS_OF_MSVC if self.compiler.compiler_type == "msvc" else FLAGS
            super().build_extension(extension)

    extension = Extension(
        "_native",
        [str(SOURCES / "_native.c")],
        define_macros=[("RECORDER_FINGERPRINT", str(fingerprint()))],
        libraries=["m"] if os.name == "posix" else [],
    )
    command = BuildExtension(Distribution({"name": "minitorch", "ext_modules": [extension]}))
    command.build_lib, command.build_temp, command.force = str(folder), str(folder / "objects"), True
    try:
        command.ensure_finalized()
        command.run()
    except (BaseError, CCompilerError, OSError) as error:
        raise NotBuilt(failure(error)) from error
    built = folder / FILE_NAME
    if not built.is_file():
        raise NotBuilt(failure(None))
    return built


def failure(error: Exception | None) -> str:
    """Return why there is no extension, and what to install."""
    if os.name != "posix":
        # setuptools says it well: Microsoft's compiler, and where to get it.
        return str(error)
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        return (
            f"there is no C compiler `{compiler}`: apt-get install gcc libc6-dev, dnf install gcc, or xcode-select"
            " --install, then install minitorch again."
        )
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        return (
            "Python's header files are missing: apt-get install python3-dev or dnf install python3-devel, then install"
            " minitorch again."
        )
    return f"the C compiler `{compiler}` failed, and what it said is above."


def build(folder: Path) -> Path:
    """Return the extension's file, beside its sources, or in a folder where that place cannot be written to.

    Raises:
        NotBuilt: There is no compiler, or it failed. An older build beside the sources is gone then, too.
    """
    place = FOLDER / FILE_NAME
    try:
        built = compile_extension(folder)
    except NotBuilt:
        # It may be from other sources. In a tree that nobody may write to, it was not left by this script.
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
        raise
    # Processes that have loaded an older build keep their file: it is replaced, not written over.
    beside = place.with_name(f"{FILE_NAME}.{os.getpid()}")
    try:
        shutil.copy(built, beside)
        beside.replace(place)
    except OSError:
        return built
    finally:
        beside.unlink(missing_ok=True)
    return place


def get_build_hook() -> type:
    """Return the build hook, for hatchling alone, which is not needed in place."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class Recorder(BuildHookInterface):  # type: ignore[misc]
        """Adds the extension to a wheel, or says why it is left out."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build the extension, and tell hatchling of it."""
            wanted = os.environ.get("MINITORCH_NATIVE")
            self.folder = tempfile.TemporaryDirectory(prefix="minitorch-")
            try:
                if wanted == "0":
                    raise NotBuilt("the environment has MINITORCH_NATIVE=0.")
                built = build(Path(self.folder.name))
            except NotBuilt as reason:
                if wanted == "1":
                    raise
                self.app.display_warning(
                    f"minitorch's recorder in C is left out, and Python records, some ten times slower: {reason}"
                )
                return
            # An editable installation takes it from where it was built.
            if version != "editable":
                build_data["force_include"][str(built)] = f"minitorch/recorder/{FILE_NAME}"
                build_data.update(pure_python=False, infer_tag=True)

        def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
            """Remove the folder of the build."""
            self.folder.cleanup()

    return Recorder


def main() -> None:
    """Build in place."""
    with tempfile.TemporaryDirectory(prefix="minitorch-") as folder:
        try:
            print(build(Path(folder)))
        except NotBuilt as reason:
            sys.exit(f"The recorder in C was not built: {reason}")


if __name__ == "__main__":
    main()
