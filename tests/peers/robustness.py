"""Run the programs that the recorder in C has to stand, also under what looks at every access to memory.

    python tests/peers/robustness.py [--debug PYTHON] [SETTING ...]

The settings: `plain`, `checked` (PYTHONMALLOC=debug, and Python's development mode), `address` (AddressSanitizer),
`valgrind`, and `debug`, a debug build of CPython: that of `--debug`, such as Debian's python3-dbg. Each has a copy of
the package with a recorder built for it. The last line says how many programs held.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]

SUPPRESSIONS: Final = ROOT / "tests/support/valgrind.supp"

PROGRAMS: Final = "tests/support/robust_programs.py"

CONFIGURATION: Final = """
import sysconfig
print(sysconfig.get_config_var("EXT_SUFFIX"))
print(sysconfig.get_path("include"))
print(sysconfig.get_path("platinclude"))
"""


class Setting(NamedTuple):
    """How programs run.

    Args:
        scale: how much they do.
        flags: what the compiler is told besides.
        environment: what processes are told.
        before: what runs Python.
        options: what Python is told.
        not_here: programs that say nothing there.
    """

    scale: float = 1.0
    flags: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    before: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    not_here: tuple[str, ...] = ()


OWN_MEMORY: Final = "-DRECORDER_WITHOUT_POOLS"
"""What looks at accesses to memory has to see each Variable come and go."""

SETTINGS: Final = {
    "plain": Setting(),
    "checked": Setting(0.5, (OWN_MEMORY,), (("PYTHONMALLOC", "debug"),), options=("-X", "dev")),
    "address": Setting(
        0.1,
        (OWN_MEMORY, "-fsanitize=address", "-fno-omit-frame-pointer"),
        # A process ends with what it has; a large allocation fails as it does elsewhere.
        (("PYTHONMALLOC", "malloc"), ("ASAN_OPTIONS", "detect_leaks=0:allocator_may_return_null=1")),
        # The sanitizer keeps what was freed.
        not_here=("nothing_leaks",),
    ),
    "valgrind": Setting(
        0.02,
        (OWN_MEMORY,),
        (("PYTHONMALLOC", "malloc"),),
        # CPython's own functions, compiled with all optimizations, seem to it to use what has no value.
        ("valgrind", "-q", "--error-exitcode=99", "--undef-value-errors=no", f"--suppressions={SUPPRESSIONS}"),
        # Limits are valgrind's own, and its threads take turns too seldom.
        not_here=("nothing_leaks", "under_a_limit", "interrupted", "interrupted_by_keyboard", "forked"),
    ),
    "debug": Setting(0.3, (OWN_MEMORY,)),
}


def copy_of_package(folder: Path, python: str, flags: tuple[str, ...]) -> None:
    """Copy the package and its programs into a folder, with a recorder built for a Python."""
    for name in ("minitorch", "transformer", "tests/support", "tests/soak"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    suffix, *includes = subprocess.check_output([python, "-c", CONFIGURATION], text=True).split()
    sys.path.insert(0, str(ROOT / "minitorch/recorder"))
    import build

    recorder = folder / "minitorch/recorder"
    told = [*flags, f"-DRECORDER_FINGERPRINT={build.fingerprint()}", *(f"-I{each}" for each in includes)]
    files = [str(recorder / "c/_native.c"), "-o", str(recorder / f"_native{suffix}"), "-lm"]
    command = ["gcc", "-g", "-O1", "-shared", "-fPIC", "-ffp-contract=off", *told, *files]
    subprocess.run(command, check=True)


def run(folder: Path, python: str, name: str, setting: Setting) -> str:
    """Run a program; return what is wrong, nothing where it held."""
    environment = os.environ | {"PYTHONPATH": str(folder), **dict(setting.environment)}
    if "-fsanitize=address" in setting.flags:
        library = subprocess.check_output(["gcc", "-print-file-name=libasan.so"], text=True).strip()
        environment["LD_PRELOAD"] = library
    program = [python, "-X", "faulthandler", *setting.options, str(folder / PROGRAMS), name, str(setting.scale)]
    try:
        process = subprocess.run(
            [*setting.before, *program], env=environment, capture_output=True, text=True, timeout=900, check=False
        )
    except subprocess.TimeoutExpired:
        return "does not end"
    if process.returncode == 0 and process.stdout == "held in C\n":
        return ""
    return f"status {process.returncode}\n{process.stdout[-500:]}{process.stderr[-3000:]}"


def names() -> list[str]:
    """Return the names of all programs."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.check_output([sys.executable, str(ROOT / PROGRAMS)], env=environment, text=True).split()


def main() -> int:
    """Run everything that is asked for; return 1 if something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", nargs="*", choices=[[], *SETTINGS], help="all by default")
    parser.add_argument("--debug", metavar="PYTHON", help="a debug build of CPython")
    parser.add_argument("--only", nargs="*", help="these programs")
    arguments = parser.parse_args()
    held = failed = 0
    for label in arguments.settings or SETTINGS:
        setting = SETTINGS[label]
        python = arguments.debug if label == "debug" else sys.executable
        if python is None:
            print("debug: left out, no --debug PYTHON")
            continue
        with tempfile.TemporaryDirectory(prefix="minitorch-") as folder:
            copy_of_package(Path(folder), python, setting.flags)
            for name in arguments.only or names():
                if name in setting.not_here:
                    continue
                wrong = run(Path(folder), python, name, setting)
                print(f"{label:10}{name:26}{wrong or 'held'}", flush=True)
                held, failed = held + (not wrong), failed + bool(wrong)
    print(f"{held} held, {failed} failed")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
