"""Run autograd's own tests on plain numpy and scipy, with our derivatives; its source distribution is fetched.

    python tests/peers/autograd_own_tests.py [FOLDER with the unpacked distribution]

The last line says how many passed, and how many are left out with a reason.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

RELEASE = "autograd==1.9.1"
FILES = ("test_numpy", "test_linalg", "test_fft", "test_scipy", "test_systematic", "test_scalar_ops")

LEFT_OUT: dict[str, str] = {
    "test_fft.py::test_rfftn_odd_not_implemented": "expects autograd to refuse what has a derivative here",
    "test_linalg.py::test_pinv": "uses numpy.linalg.T of autograd's wrapper, which numpy has not",
    "test_numpy.py::test_make_diagonal": "make_diagonal is autograd's, not numpy's",
    "test_numpy.py::test_diagonal": "begins with autograd's make_diagonal",
    "test_numpy.py::test_scalar_array_box_attributes": "expects a float to have a shape, as none has",
    "test_scipy.py::test_convolve_generalization": "convolve by chosen axes is autograd's, not scipy's",
    "test_scipy.py::test_convolve_ignore": "convolve by chosen axes is autograd's, not scipy's",
    "test_scipy.py::test_convolve_ignore_dot": "convolve by chosen axes is autograd's, not scipy's",
}
"""Tests that are of autograd and no derivative of numpy's or scipy's functions, with the reason."""

CONFTEST = """
import sys
import numpy, pytest
sys.path[:0] = [{peers!r}]
import autograd_stand_in
autograd_stand_in.install()

@pytest.fixture(autouse=True)
def random_seed():
    numpy.random.seed(42)
"""


def fetch(folder: Path) -> Path:
    """Fetch the distribution and unpack it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", RELEASE]
    subprocess.run([*command, "--dest", str(folder)], check=True)
    with tarfile.open(next(folder.glob("autograd-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.glob("autograd-*") if path.is_dir())


def main() -> int:
    """Run the tests; return the exit code of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = Path(sys.argv[1]) if len(sys.argv) > 1 else fetch(folder)
        tests = folder / "run"
        tests.mkdir()
        for file in (*FILES, "numpy_utils"):
            (tests / f"{file}.py").write_text((source / "tests" / f"{file}.py").read_text())
        (tests / "conftest.py").write_text(CONFTEST.format(peers=str(Path(__file__).parent)))
        for test, reason in LEFT_OUT.items():
            print(f"left out: {test}: {reason}")
        left_out = [option for test in LEFT_OUT for option in ("--deselect", test)]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--tb=line"]
        return subprocess.run([*command, *left_out, "."], cwd=tests, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
