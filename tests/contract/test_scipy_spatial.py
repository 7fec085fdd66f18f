"""scipy.spatial inside differentiated functions: rotations, distances, and what is found by points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import constants, ndimage, spatial
from scipy.cluster import vq
from scipy.spatial import distance
from scipy.spatial.transform import Rotation, Slerp

import minitorch
from tests.support.array_derivatives import check_array_derivatives

V = np.array([0.53, 1.3, 2.15, 0.92])
R3 = np.array([0.3, -0.5, 0.8])
RHS = np.array([1.0, 2.0, 3.0])
M = np.array([[2.0, 0.3, -0.5], [0.7, 1.5, 0.4], [-0.2, 0.6, 3.0], [1.1, -0.4, 0.2]])
KM = np.array([[1.0, 2.0, 0.5], [0.2, -1.0, 0.7], [0.3, 0.1, 2.0]])
ROT = Rotation.from_rotvec([0.2, 0.1, -0.4])
MANY = Rotation.from_rotvec(KM)

CASES: list[Any] = [
    *[
        (f"cdist {metric}", lambda x, m=metric: distance.cdist(x, KM, m), M)
        for metric in """euclidean sqeuclidean cityblock chebyshev minkowski cosine correlation canberra
        seuclidean mahalanobis""".split()
    ],
    ("cdist braycurtis", lambda x: distance.cdist(x + 5.1, KM, "braycurtis"), M),
    ("cdist both", lambda x: distance.cdist(x[:2], x[2:]), M),
    ("cdist minkowski p w", lambda x: distance.cdist(x, KM, "minkowski", p=3, w=x[0] ** 2), M),
    ("cdist euclidean w", lambda x: distance.cdist(x, KM, w=[1.0, 2.0, 0.5]), M),
    ("cdist mahalanobis VI", lambda x: distance.cdist(x, KM, "mahalanobis", VI=np.eye(3) + 0.1), M),
    ("cdist seuclidean V", lambda x: distance.cdist(x, KM, "seuclidean", V=[1.0, 2.0, 3.0]), M),
    ("cdist jensenshannon", lambda x: distance.cdist(np.abs(x), np.abs(KM), "jensenshannon"), M),
    ("cdist callable", lambda x: distance.cdist(x, KM, lambda u, v: ((u - v) ** 4).sum()), M),
    *[
        (f"pdist {m}", lambda x, m=m: distance.pdist(x, m), M)
        for m in ("euclidean", "cityblock", "cosine", "mahalanobis", "seuclidean")
    ],
    ("squareform", lambda x: distance.squareform(x), V[:3]),
    ("squareform back", lambda x: distance.squareform(distance.squareform(x) ** 2), V[:3]),
    ("squareform pdist", lambda x: distance.squareform(distance.pdist(x)), M),
    *[
        (name, lambda x, n=name: getattr(distance, n)(x, RHS), R3)
        for name in """euclidean cityblock chebyshev sqeuclidean cosine correlation canberra braycurtis
        minkowski""".split()
    ],
    ("euclidean w", lambda x: distance.euclidean(x, RHS, w=[1.0, 2.0, 0.5]), R3),
    ("minkowski p", lambda x: distance.minkowski(x, RHS, 3), R3),
    ("mahalanobis", lambda x: distance.mahalanobis(x, RHS, np.eye(3) + 0.1), R3),
    ("seuclidean", lambda x: distance.seuclidean(x, RHS, [1.0, 2.0, 3.0]), R3),
    ("jensenshannon", lambda x: distance.jensenshannon(x, [0.2, 0.3, 0.5]), np.abs(R3)),
    ("directed_hausdorff", lambda x: distance.directed_hausdorff(x, KM)[0], M),
    ("KDTree distances", lambda x: spatial.KDTree(KM).query(x, k=2)[0], M),
    ("KDTree of points", lambda x: spatial.KDTree(x).query(KM)[0], M),
    ("KDTree p", lambda x: spatial.KDTree(x).query(KM[0], p=1)[0], M),
    ("KDTree indices", lambda x: x[spatial.KDTree(x).query_ball_point(KM[0], 2.0)], M),
    ("cKDTree distances", lambda x: spatial.cKDTree(x).query(KM)[0], M),
    ("cKDTree from outside", lambda x: TREE.query(x)[0], M),
    ("minkowski_distance", lambda x: spatial.minkowski_distance(x[:3], KM, 3), M),
    ("procrustes", lambda x: spatial.procrustes(x, np.roll(M, 1, 0) + 0.1)[1], M),
    ("procrustes disparity", lambda x: spatial.procrustes(x, np.roll(M, 1, 0) + 0.1)[2], M),
    ("geometric_slerp", lambda x: spatial.geometric_slerp(np.array([1.0, 0.0]), np.array([0.0, 1.0]), x), V[:1]),
    ("hull", lambda x: x[spatial.ConvexHull(M[:, :2]).vertices], M),
    ("vq", lambda x: vq.vq(x, KM)[1], M),
    ("kmeans", lambda x: vq.kmeans(x, x[:2])[0], M),
    ("whiten", lambda x: vq.whiten(x), M),
    ("generic_filter", lambda x: ndimage.generic_filter(x, lambda w: (w**3).sum(), size=(2, 3)), M),
    ("constants", lambda x: x * constants.g + constants.convert_temperature(x, "C", "K"), V),
    ("lambda2nu", lambda x: constants.lambda2nu(x) * 1e-8 + constants.nu2lambda(x) * 1e-8, V),
]
TREE = spatial.cKDTree(KM)

ROTATIONS: list[Any] = [
    ("from_rotvec apply", lambda x: Rotation.from_rotvec(x).apply(RHS), R3),
    ("from_rotvec many", lambda x: Rotation.from_rotvec(x).apply(RHS), M),
    ("from_rotvec degrees", lambda x: Rotation.from_rotvec(50 * x, degrees=True).as_matrix(), R3),
    ("from_rotvec small", lambda x: Rotation.from_rotvec(x).as_quat(), R3 * 1e-4),
    ("from_euler", lambda x: Rotation.from_euler("xyz", x).as_matrix(), R3),
    ("from_euler intrinsic", lambda x: Rotation.from_euler("ZYX", x * 40, degrees=True).as_quat(), R3),
    ("from_euler one", lambda x: Rotation.from_euler("z", x[0]).as_rotvec(), R3[:1]),
    ("from_quat", lambda x: Rotation.from_quat(x).as_matrix(), V),
    ("from_matrix", lambda x: Rotation.from_matrix(Rotation.from_rotvec(x).as_matrix()).as_quat(), R3),
    ("from_mrp", lambda x: Rotation.from_mrp(x).as_mrp(), R3),
    ("as_rotvec", lambda x: Rotation.from_quat(x).as_rotvec(), V),
    ("as_euler", lambda x: Rotation.from_rotvec(x).as_euler("zyx"), R3),
    ("as_euler intrinsic", lambda x: Rotation.from_rotvec(x).as_euler("XYX", degrees=True), R3),
    ("apply points", lambda x: ROT.apply(x), M),
    ("apply inverse", lambda x: Rotation.from_rotvec(x).apply(M, inverse=True), R3),
    ("inv", lambda x: Rotation.from_rotvec(x).inv().as_matrix(), R3),
    ("product", lambda x: (Rotation.from_rotvec(x) * ROT).as_quat(), R3),
    ("product of outside", lambda x: (ROT * Rotation.from_rotvec(x)).as_rotvec(), R3),
    ("power", lambda x: (Rotation.from_rotvec(x) ** 1.5).as_matrix(), R3),
    ("magnitude", lambda x: Rotation.from_rotvec(x).magnitude(), M),
    ("index", lambda x: Rotation.from_rotvec(x)[1].as_quat(), M),
    ("concatenate", lambda x: Rotation.concatenate([Rotation.from_rotvec(x), ROT]).as_matrix(), R3),
    ("mean", lambda x: Rotation.from_rotvec(x).mean().as_matrix(), M / 3),
    (
        "Slerp",
        lambda x: Slerp([0.0, 1.0], Rotation.from_rotvec(x.reshape(2, 3)))(0.3).as_quat(),
        np.append(R3, -R3 + 1),
    ),
    ("Slerp times", lambda x: Slerp([0.0, 1.0, 2.0], MANY)(x).as_matrix(), np.array([0.3, 1.2])),
]

# Until scipy 1.17 a Rotation is an object in C, which says that it takes plain numbers.
CASES += ROTATIONS if Rotation.__flags__ & 1 << 9 else []


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_derivatives(case: Any) -> None:
    name, function, x = case
    again = name in {
        "from_rotvec apply",
        "from_euler",
        "as_euler",
        "cdist euclidean",
        "pdist cosine",
        "cdist minkowski p w",
    }
    check_array_derivatives(function, x, step=1e-3 if "small" not in name else 1e-5, second=1e-6 if again else None)


REFUSED: list[Any] = [
    ("sparse_distance_matrix", lambda x: spatial.KDTree(x).sparse_distance_matrix(spatial.KDTree(KM), 2.0).sum()),
    ("weights", lambda x: spatial.KDTree(KM).count_neighbors(spatial.KDTree(KM), 2.0, weights=x[:3, 0])),
    ("hull", lambda x: spatial.ConvexHull(x[:, :2]).volume),
    ("Delaunay", lambda x: spatial.Delaunay(x[:, :2]).points.sum()),
    ("Voronoi", lambda x: spatial.Voronoi(x[:, :2]).vertices.sum()),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case[0] for case in REFUSED])
def test_what_has_no_rule_says_so(case: Any) -> None:
    with pytest.raises(minitorch.HistoryLostError, match="would lose the derivative of"):
        minitorch.grad(case[1])(M)
