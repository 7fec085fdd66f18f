"""Published libraries whose numeric code is on numpy arrays, unmodified: derivatives beside differences, and time.

    python tests/peers/array_libraries.py [--hook] [NAME …]

The libraries: pip install -r tests/peers/array_libraries.txt. With --hook they are rewritten as they are imported,
without it calls are followed. The last line says how many functions have the right derivative.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import minitorch

LIBRARIES = """ahrs ambiance control filterpy lmfit modern_robotics numpy_financial pymap3d pyquaternion pytransform3d
pvlib seawater skfuzzy skrf tmm transforms3d utm""".split()

if "--hook" in sys.argv:
    minitorch.install_import_hook(LIBRARIES)
warnings.simplefilter("ignore")

Case = tuple[str, Callable[[Any], Any], Any]

JOINTS = np.array([0.3, -0.7, 1.1])
SCREWS = np.array([[0.0, 0.0, 1.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, -1.0, -6.0, 0.0, -0.1]]).T
HOME = np.array([[-1.0, 0, 0, 0], [0, 1, 0, 6], [0, 0, -1, 2], [0, 0, 0, 1]])
ROTATION_VECTOR = np.array([0.2, -0.4, 0.5])
QUATERNION = np.array([0.8, 0.1, -0.3, 0.5])
PLACE = np.array([42.1, -82.3, 200.0])
OCEAN = np.array([35.1, 12.3, 850.0])
RISING = np.linspace(-2.0, 2.0, 50)


def robotics() -> Iterator[Case]:
    import modern_robotics as mr

    yield "modern_robotics FKinSpace", lambda x: mr.FKinSpace(HOME, SCREWS, x), JOINTS
    yield "modern_robotics JacobianSpace", lambda x: mr.JacobianSpace(SCREWS, x), JOINTS
    yield "modern_robotics MatrixExp6", lambda x: mr.MatrixExp6(mr.VecTose3(np.concatenate([x, x]))), JOINTS
    yield "modern_robotics MatrixLog3", lambda x: mr.MatrixLog3(mr.MatrixExp3(mr.VecToso3(x))), ROTATION_VECTOR
    yield "modern_robotics CubicTimeScaling", lambda x: mr.CubicTimeScaling(x[0], x[1]), np.array([2.0, 0.6])


def optics() -> Iterator[Case]:
    import tmm

    def stack(x: Any, what: str) -> Any:
        indices, layers = [1, 2.2 + 0.1j, x[0], 1], [np.inf, x[1], x[2], np.inf]
        return tmm.coh_tmm("s", indices, layers, x[3], 400.0)[what]

    x = np.array([3.3, 100.0, 300.0, 0.3])
    yield "tmm reflectance", lambda x: stack(x, "R"), x
    yield "tmm transmittance", lambda x: stack(x, "T"), x
    yield "tmm snell", lambda x: tmm.snell(x[0], x[1], x[2]), np.array([1.5, 1.1, 0.3])
    yield "tmm interface_r", lambda x: np.abs(tmm.interface_r("p", x[0], x[1], x[2], 0.3)), np.array([1.5, 1.1, 0.3])


def ocean() -> Iterator[Case]:
    import seawater

    for name in ("dens", "svel", "ptmp", "cp"):
        yield f"seawater {name}", lambda x, name=name: getattr(seawater, name)(x[0], x[1], x[2]), OCEAN
    profile = np.concatenate([np.linspace(34.5, 35.5, 20), np.linspace(15.0, 4.0, 20)])
    depths = np.linspace(0.0, 1000.0, 20)
    yield "seawater bfrq", lambda x: seawater.bfrq(x[:20], x[20:], depths, 40.0)[0], profile


def maps() -> Iterator[Case]:
    import pymap3d
    import utm

    yield "pymap3d geodetic2ecef", lambda x: pymap3d.geodetic2ecef(*x), PLACE
    yield "pymap3d ecef2geodetic", lambda x: pymap3d.ecef2geodetic(*x), np.array([6.6e5, -4.7e6, 4.2e6])
    yield "pymap3d geodetic2enu", lambda x: pymap3d.geodetic2enu(*x, 42.0, -82.0, 200.0), PLACE
    yield "pymap3d aer2ned", lambda x: pymap3d.aer2ned(*x), np.array([33.0, 70.0, 1000.0])
    grid = np.array([51.1, 51.2, 51.3])
    yield "utm from_latlon", lambda x: utm.from_latlon(x, np.array([7.1, 7.2, 7.3]))[:2], grid
    yield "utm to_latlon", lambda x: utm.to_latlon(x, x * 14.0, 32, "U"), np.array([4.0e5, 4.01e5])


def finance() -> Iterator[Case]:
    import numpy_financial as npf

    yield "numpy_financial npv", lambda x: npf.npv(x[0], x[1:]), np.array([0.08, -100.0, 39.0, 59.0, 55.0])
    yield "numpy_financial pmt", lambda x: npf.pmt(x[0], 60.0, x[1]), np.array([0.005, 2e4])
    yield "numpy_financial fv", lambda x: npf.fv(x[0], 24.0, x[1], x[2]), np.array([0.004, -100.0, -500.0])
    yield "numpy_financial mirr", lambda x: npf.mirr(x, 0.1, 0.12), np.array([-100.0, 39.0, 59.0, 55.0])
    yield "numpy_financial ipmt", lambda x: npf.ipmt(x[0], 3, 60, x[1]), np.array([0.005, 2e4])


def filters() -> Iterator[Case]:
    from filterpy.common import Q_discrete_white_noise
    from filterpy.kalman import KalmanFilter, MerweScaledSigmaPoints, UnscentedKalmanFilter

    def tracked(x: Any) -> Any:
        kf = KalmanFilter(dim_x=2, dim_z=1)
        kf.x = np.array([[0.0], [x[0]]])
        kf.F, kf.H = np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([[1.0, 0.0]])
        kf.P *= x[1]
        kf.R = np.array([[x[2]]])
        kf.Q = Q_discrete_white_noise(2, 0.1, x[3])
        for z in (0.1, 0.25, 0.28, 0.45):
            kf.predict()
            kf.update(z)
        return kf.x

    def unscented(x: Any) -> Any:
        points = MerweScaledSigmaPoints(2, 0.1, 2.0, 1.0)
        kf = UnscentedKalmanFilter(2, 1, 0.1, lambda s: s[:1], lambda s, dt: np.array([s[0] + dt * s[1], s[1]]), points)
        kf.x, kf.P, kf.R = np.array([0.0, x[0]]), np.eye(2) * x[1], np.array([[x[2]]])
        for z in (0.1, 0.25):
            kf.predict()
            kf.update(np.array([z]))
        return kf.x

    x = np.array([1.0, 2.0, 0.3, 0.2])
    yield "filterpy KalmanFilter", tracked, x
    yield "filterpy UnscentedKalmanFilter", unscented, x[:3]
    yield "filterpy Q_discrete_white_noise", lambda x: Q_discrete_white_noise(3, x[0], x[1]), np.array([0.5, 2.0])


def rotations() -> Iterator[Case]:
    import pytransform3d.rotations as pr
    import transforms3d
    from pyquaternion import Quaternion

    yield "transforms3d euler2mat", lambda x: transforms3d.euler.euler2mat(*x), ROTATION_VECTOR
    yield "transforms3d mat2euler", lambda x: transforms3d.euler.mat2euler(transforms3d.euler.euler2mat(*x)), JOINTS
    yield "transforms3d quat2mat", lambda x: transforms3d.quaternions.quat2mat(x), QUATERNION
    yield "transforms3d qmult", lambda x: transforms3d.quaternions.qmult(x, x[::-1]), QUATERNION
    yield "pyquaternion rotate", lambda x: Quaternion(x).rotate(np.array([1.0, 2.0, 3.0])), QUATERNION
    yield (
        "pyquaternion slerp",
        lambda x: Quaternion.slerp(Quaternion(x), Quaternion(axis=[1, 0, 0], angle=1.0), 0.3).q,
        QUATERNION,
    )
    yield "pyquaternion log", lambda x: Quaternion.log(Quaternion(x)).q, QUATERNION
    yield "pytransform3d matrix_from_compact_axis_angle", pr.matrix_from_compact_axis_angle, ROTATION_VECTOR
    yield (
        "pytransform3d concatenate_quaternions",
        lambda x: pr.concatenate_quaternions(x / np.linalg.norm(x), [1.0, 0, 0, 0]),
        QUATERNION,
    )
    yield "pytransform3d matrix_from_euler", lambda x: pr.matrix_from_euler(x, 0, 1, 2, True), ROTATION_VECTOR


def lines() -> Iterator[Case]:
    from lmfit import lineshapes

    for name in ("gaussian", "lorentzian", "voigt", "pvoigt", "skewed_gaussian", "expgaussian"):
        shape = getattr(lineshapes, name)
        yield f"lmfit {name}", lambda x, shape=shape: shape(RISING, *x), np.array([1.3, 0.2, 0.7])


def sun() -> Iterator[Case]:
    import pvlib

    angles = np.array([20.0, 45.0, 70.0])
    yield "pvlib aoi", lambda x: pvlib.irradiance.aoi(x[0], x[1], angles, 150.0), np.array([30.0, 180.0])
    yield "pvlib iam.physical", lambda x: pvlib.iam.physical(x), angles
    yield (
        "pvlib sapm_cell",
        lambda x: pvlib.temperature.sapm_cell(x[0], x[1], x[2], -3.47, -0.0594, 3.0),
        np.array([800.0, 20.0, 3.0]),
    )
    yield "pvlib pvwatts_dc", lambda x: pvlib.pvsystem.pvwatts_dc(x[0], x[1], 250.0, -0.003), np.array([800.0, 45.0])
    yield "pvlib kasten1996 airmass", lambda x: pvlib.atmosphere.get_relative_airmass(x), angles
    yield (
        "pvlib singlediode i_from_v",
        lambda x: pvlib.pvsystem.i_from_v(x[0], x[1], 1e-9, 0.3, 300.0, 1.5),
        np.array([20.0, 5.0]),
    )


def others() -> Iterator[Case]:
    import ambiance
    import skfuzzy
    import skrf
    from ahrs.common import orientation

    heights = np.array([1000.0, 9000.0, 15000.0])
    for name in ("density", "pressure", "speed_of_sound"):
        yield f"ambiance {name}", lambda x, name=name: getattr(ambiance.Atmosphere(x), name), heights
    x = np.linspace(0.0, 10.0, 41)
    yield "skfuzzy gaussmf", lambda p: skfuzzy.gaussmf(x, p[0], p[1]), np.array([4.0, 1.5])
    yield "skfuzzy trimf", lambda p: skfuzzy.trimf(x, p), np.array([1.1, 4.2, 8.3])
    yield (
        "skfuzzy defuzz",
        lambda p: skfuzzy.defuzz(x, skfuzzy.gaussmf(x, p[0], p[1]), "centroid"),
        np.array([4.0, 1.5]),
    )
    two_port = np.array([[[0.1 + 0.2j, 0.7], [0.7, 0.05 - 0.1j]]])
    yield "skrf s2z", lambda p: np.abs(skrf.network.s2z(two_port * p[0], p[1])), np.array([0.9, 50.0])
    yield "skrf s2abcd", lambda p: np.abs(skrf.network.s2a(two_port * p[0])), np.array([0.9])
    yield (
        "skrf cascade",
        lambda p: np.abs(
            skrf.network.cascade_list([]) if False else skrf.network.connect_s(two_port * p[0], 1, two_port, 0)
        ),
        np.array([0.9]),
    )
    yield "ahrs q2R", lambda q: orientation.q2R(q / np.linalg.norm(q)), QUATERNION
    yield "ahrs rotation", lambda p: orientation.rot_seq("xyz", p), ROTATION_VECTOR


def controllers() -> Iterator[Case]:
    import control

    def model(x: Any) -> tuple[Any, Any]:
        return np.array([[0.0, 1.0], [-x[0], -x[1]]]), np.array([[0.0], [x[2]]])

    x = np.array([2.0, 0.5, 1.5])
    yield "control lqr", lambda x: control.lqr(*model(x), np.eye(2), np.eye(1))[0], x
    yield "control lyap", lambda x: control.lyap(model(x)[0], np.eye(2)), x
    yield "control ctrb", lambda x: control.ctrb(*model(x)), x


GROUPS = (robotics, optics, ocean, maps, finance, filters, rotations, lines, sun, others, controllers)


def number(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make one number of all that a function returns, with other weights for all of them."""

    def weighted(x: Any) -> Any:
        total, weight = 0.0, 1.0
        result = f(x)
        for part in result if isinstance(result, (tuple, list)) else [result]:
            flat = np.ravel(part)
            total = total + np.sum(flat * (weight + np.arange(len(flat)) / len(flat)))
            weight += 1.0
        return total

    return weighted


def differences(f: Callable[[Any], Any], x: Any) -> Any:
    """Return central differences, extrapolated once (Richardson)."""
    slopes = []
    for step in (1e-4, 5e-5):
        rows = []
        for index in range(len(x)):
            h = np.zeros_like(x)
            h[index] = step * max(1.0, abs(x[index]))
            rows.append((f(x + h) - f(x - h)) / (2 * h[index]))
        slopes.append(np.array(rows))
    return (4 * slopes[1] - slopes[0]) / 3


def seconds(call: Callable[[Any], Any], x: Any) -> float:
    """Return the CPU seconds of one call, the least of some."""
    found = []
    for _ in range(5):
        count, start = 0, time.process_time()
        while time.process_time() - start < 0.02:
            call(x)
            count += 1
        found.append((time.process_time() - start) / count)
    return min(found)


def main() -> int:
    """Check every function; return 1 if one fails."""
    wanted = [word for word in sys.argv[1:] if not word.startswith("--")]
    passed = failed = 0
    for group in GROUPS:
        for name, f, x in group():
            if wanted and not any(word in name for word in wanted):
                continue
            plain = number(f)
            try:
                value, derivative = minitorch.value_and_grad(plain)(x)
            except Exception as error:
                print(f"error  {name}: {type(error).__name__}: {error}"[:400])
                failed += 1
                continue
            expected = differences(plain, x)
            scale = np.max(np.abs(expected))
            good = np.allclose(derivative, expected, rtol=1e-6, atol=1e-7 * scale) and value == plain(x)
            ratio = seconds(minitorch.value_and_grad(plain), x) / seconds(plain, x)
            print(
                f"{'right' if good else 'WRONG'}  {name}: {ratio:.1f} times the plain function"
                + ("" if good else f"; {derivative} for {expected}, value {value} for {plain(x)}")
            )
            passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
