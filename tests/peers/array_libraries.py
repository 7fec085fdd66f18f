"""Published libraries whose numeric code is on numpy arrays, unmodified: derivatives beside differences, and time.

    python tests/peers/array_libraries.py [--hook] [--time] [NAME …]

The libraries: pip install -r tests/peers/array_libraries.txt. With --hook they are rewritten as they are imported,
without it calls are followed; --time adds the time of value and derivative beside that of the plain function. The last
line says how many functions have the right derivative.
"""

from __future__ import annotations

import itertools
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

RANDOM = np.random.default_rng(0)
JOINTS = np.array([0.3, -0.7, 1.1])
SCREWS = np.array([[0.0, 0.0, 1.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, -1.0, -6.0, 0.0, -0.1]]).T
HOME = np.array([[-1.0, 0, 0, 0], [0, 1, 0, 6], [0, 0, -1, 2], [0, 0, 0, 1]])
TURNS = np.array([0.2, -0.4, 0.5])
QUATERNION = np.array([0.8, 0.1, -0.3, 0.5])
MANY = 5000


def spread(low: float, high: float, size: int = MANY) -> Any:
    """Return random numbers between two."""
    return RANDOM.uniform(low, high, size)


def ocean() -> Iterator[Case]:
    import seawater

    water = np.stack([spread(33.0, 36.0), spread(2.0, 20.0), spread(0.0, 3000.0)])
    yield "seawater dens", lambda x: seawater.dens(*x), water
    yield "seawater svel", lambda x: seawater.svel(*x), water
    yield "seawater ptmp", lambda x: seawater.ptmp(*x), water
    yield "seawater cp", lambda x: seawater.cp(*x), water
    depths = np.linspace(0.0, 3000.0, 200)[:, None]
    profile = np.stack([34.5 + depths / 3e3, 15.0 - depths / 273.0])
    yield "seawater bfrq", lambda x: seawater.bfrq(x[0], x[1], depths, 40.0)[0], profile


def maps() -> Iterator[Case]:
    import pymap3d
    import utm

    places = np.stack([spread(41.0, 43.0), spread(-83.0, -81.0), spread(0.0, 900.0)])
    angles = np.stack([spread(20.0, 80.0), spread(10.0, 80.0), spread(500.0, 2000.0)])
    yield "pymap3d geodetic2ecef", lambda x: pymap3d.geodetic2ecef(*x), places
    yield "pymap3d ecef2geodetic", lambda x: pymap3d.ecef2geodetic(*x), np.stack(pymap3d.geodetic2ecef(*places))
    yield "pymap3d geodetic2enu", lambda x: pymap3d.geodetic2enu(*x, 42.0, -82.0, 200.0), places
    yield "pymap3d aer2ned", lambda x: pymap3d.aer2ned(*x), angles
    north = np.stack([spread(50.0, 52.0), spread(7.0, 10.0)])
    east = np.stack([spread(4.0e5, 6.0e5), spread(5.5e6, 5.9e6)])
    yield "utm from_latlon", lambda x: utm.from_latlon(x[0], x[1], 32, "U")[:2], north
    yield "utm to_latlon", lambda x: utm.to_latlon(x[0], x[1], 32, "U"), east


def finance() -> Iterator[Case]:
    import numpy_financial as npf

    rates = np.stack([spread(0.002, 0.01), spread(1e4, 3e4)])
    flows = np.concatenate([[-400.0], spread(10.0, 60.0, 24)])
    yield "numpy_financial pmt", lambda x: npf.pmt(x[0], 60.0, x[1]), rates
    yield "numpy_financial fv", lambda x: npf.fv(x[0], 24.0, -100.0, -x[1]), rates
    yield "numpy_financial ipmt", lambda x: npf.ipmt(x[0], 3, 60, x[1]), rates
    yield "numpy_financial ppmt", lambda x: npf.ppmt(x[0], 3, 60, x[1]), rates
    yield "numpy_financial mirr", lambda x: npf.mirr(x, 0.01, 0.02), flows


def lines() -> Iterator[Case]:
    from lmfit import lineshapes

    x = np.linspace(-2.0, 2.0, MANY)
    for name in ("gaussian", "lorentzian", "voigt", "pvoigt", "skewed_gaussian", "expgaussian"):
        yield f"lmfit {name}", lambda p, name=name: getattr(lineshapes, name)(x, *p), np.array([1.3, 0.2, 0.7])


def sun() -> Iterator[Case]:
    import pvlib

    angles, light = spread(10.0, 75.0), np.stack([spread(100.0, 900.0), spread(0.0, 30.0), spread(0.0, 9.0)])
    tilt = np.stack([spread(10.0, 40.0), spread(150.0, 210.0)])
    yield "pvlib aoi", lambda x: pvlib.irradiance.aoi(x[0], x[1], angles, 150.0), tilt
    yield "pvlib iam.physical", lambda x: pvlib.iam.physical(x), angles
    yield "pvlib sapm_cell", lambda x: pvlib.temperature.sapm_cell(*x, -3.47, -0.0594, 3.0), light
    yield "pvlib pvwatts_dc", lambda x: pvlib.pvsystem.pvwatts_dc(x[0], x[1], 250.0, -0.003), light
    yield "pvlib get_relative_airmass", lambda x: pvlib.atmosphere.get_relative_airmass(x), angles
    cells = np.stack([spread(5.0, 30.0), spread(4.0, 6.0)])
    yield "pvlib i_from_v", lambda x: pvlib.pvsystem.i_from_v(x[0], x[1], 1e-9, 0.3, 300.0, 1.5), cells


def air() -> Iterator[Case]:
    import ambiance

    heights = spread(500.0, 18000.0)
    for name in ("density", "pressure", "speed_of_sound", "dynamic_viscosity"):
        yield f"ambiance {name}", lambda x, name=name: getattr(ambiance.Atmosphere(x), name), heights


def fuzzy() -> Iterator[Case]:
    import skfuzzy

    x = np.linspace(0.0, 10.0, MANY)
    yield "skfuzzy gaussmf", lambda p: skfuzzy.gaussmf(x, p[0], p[1]), np.array([4.0, 1.5])
    yield "skfuzzy sigmf", lambda p: skfuzzy.sigmf(x, p[0], p[1]), np.array([4.0, 1.5])
    yield "skfuzzy psigmf", lambda p: skfuzzy.psigmf(x, *p), np.array([3.0, 1.1, 6.0, -0.8])
    yield "skfuzzy gbellmf", lambda p: skfuzzy.gbellmf(x, *p), np.array([2.1, 1.2, 5.3])


def networks() -> Iterator[Case]:
    import skrf

    ports = 0.3 * (RANDOM.standard_normal((MANY, 2, 2)) + 1j * RANDOM.standard_normal((MANY, 2, 2)))
    p = np.array([0.9, 50.0])
    yield "skrf s2z", lambda p: np.abs(skrf.network.s2z(ports * p[0], p[1])), p
    yield "skrf s2y", lambda p: np.abs(skrf.network.s2y(ports * p[0], p[1])), p
    yield "skrf s2a", lambda p: np.abs(skrf.network.s2a(ports * p[0], p[1])), p
    yield "skrf connect_s", lambda p: np.abs(skrf.network.connect_s(ports * p[0], 1, ports, 0)), p[:1]


def turning() -> Iterator[Case]:
    import ahrs
    import pytransform3d.batch_rotations as br

    turns, quaternions = RANDOM.standard_normal((MANY, 3)), RANDOM.standard_normal((MANY, 4))
    gravity = np.array([0.3, -0.2, 9.7, 21.0, 3.0, 42.0])
    units = quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)
    yield "pytransform3d matrices_from_compact_axis_angles", br.matrices_from_compact_axis_angles, turns
    yield (
        "pytransform3d active_matrices_from_extrinsic_euler_angles",
        lambda x: br.active_matrices_from_extrinsic_euler_angles(0, 1, 2, x),
        turns,
    )
    yield "pytransform3d batch_concatenate_quaternions", lambda x: br.batch_concatenate_quaternions(x, units), units
    yield "pytransform3d matrices_from_quaternions", br.matrices_from_quaternions, quaternions
    yield "ahrs ecompass", lambda x: ahrs.common.orientation.ecompass(x[:3], x[3:], frame="NED"), gravity
    yield "ahrs acc2q", lambda x: ahrs.common.orientation.acc2q(x[:3]), gravity
    yield "ahrs q2R", ahrs.common.orientation.q2R, units


def controllers() -> Iterator[Case]:
    import control

    size = 40
    drift, drive = RANDOM.standard_normal((size, size)) - 9.0 * np.eye(size), RANDOM.standard_normal((size, 2))
    yield "control lqr", lambda a: control.lqr(a, drive, np.eye(size), np.eye(2))[0], drift
    yield "control lyap", lambda a: control.lyap(a, np.eye(size)), drift
    yield "control dlyap", lambda a: control.dlyap(0.05 * a, np.eye(size)), drift


def robotics() -> Iterator[Case]:
    import modern_robotics as mr

    yield "modern_robotics FKinSpace", lambda x: mr.FKinSpace(HOME, SCREWS, x), JOINTS
    yield "modern_robotics JacobianSpace", lambda x: mr.JacobianSpace(SCREWS, x), JOINTS
    yield "modern_robotics MatrixExp6", lambda x: mr.MatrixExp6(mr.VecTose3(np.concatenate([x, x]))), JOINTS
    yield "modern_robotics MatrixLog3", lambda x: mr.MatrixLog3(mr.MatrixExp3(mr.VecToso3(x))), TURNS
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
    import transforms3d
    from pyquaternion import Quaternion

    other = np.array([0.5, 0.5, -0.5, 0.5])
    yield "transforms3d euler2mat", lambda x: transforms3d.euler.euler2mat(*x), TURNS
    yield "transforms3d mat2euler", lambda x: transforms3d.euler.mat2euler(transforms3d.euler.euler2mat(*x)), JOINTS
    yield "transforms3d quat2mat", lambda x: transforms3d.quaternions.quat2mat(x), QUATERNION
    yield "transforms3d qmult", lambda x: transforms3d.quaternions.qmult(x, x[::-1]), QUATERNION
    yield "pyquaternion rotate", lambda x: Quaternion(x).rotate(np.array([1.0, 2.0, 3.0])), QUATERNION
    yield "pyquaternion slerp", lambda x: Quaternion.slerp(Quaternion(x), Quaternion(other), 0.3).q, QUATERNION
    yield "pyquaternion log", lambda x: Quaternion.log(Quaternion(x)).q, QUATERNION


ON_ARRAYS = (ocean, maps, finance, lines, sun, air, fuzzy, networks, turning, controllers)
ON_FEW_NUMBERS = (robotics, optics, filters, rotations)
"""Libraries that compute on arrays of three or four numbers, where what is done beside numpy's work is most of it."""


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


def slope(f: Callable[[Any], Any], x: Any, direction: Any) -> float:
    """Return central differences along a direction, extrapolated twice (Richardson)."""
    steps = (4e-4, 2e-4, 1e-4)
    first = [(f(x + h * direction) - f(x - h * direction)) / (2 * h) for h in steps]
    second = [(4 * fine - coarse) / 3 for coarse, fine in itertools.pairwise(first)]
    return float((16 * second[1] - second[0]) / 15)


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


def checked(name: str, f: Callable[[Any], Any], x: Any, timed: bool) -> bool:
    """Compare the derivative of a function with differences along three directions, and say how that went."""
    plain = number(f)
    try:
        value, derivative = minitorch.value_and_grad(plain)(x)
    except Exception as error:
        print(f"error  {name}: {type(error).__name__}: {error}"[:400])
        return False
    good = value == plain(x)
    for _ in range(3):
        direction = RANDOM.standard_normal(x.shape) * np.maximum(1e-3, np.abs(x)) / np.sqrt(x.size)
        along, expected = np.sum(derivative * direction), slope(plain, x, direction)
        size = np.sqrt(np.sum((derivative * direction) ** 2))
        good = good and abs(along - expected) <= 1e-6 * max(size, abs(expected))
    ratio = f"{seconds(minitorch.value_and_grad(plain), x) / seconds(plain, x):.1f} times plain" if timed else ""
    print(f"{'right' if good else 'WRONG'}  {name}  {ratio}")
    return bool(good)


def main() -> int:
    """Check every function; return 1 if one fails."""
    wanted = [word for word in sys.argv[1:] if not word.startswith("--")]
    outcomes = [
        checked(name, f, x, "--time" in sys.argv)
        for group in (*ON_ARRAYS, *ON_FEW_NUMBERS)
        for name, f, x in group()
        if not wanted or any(word in name for word in wanted)
    ]
    print(f"{sum(outcomes)} passed, {len(outcomes) - sum(outcomes)} failed")
    return int(not all(outcomes))


if __name__ == "__main__":
    sys.exit(main())
