"""Expressions with numpy's functions, each of arrays that derivatives are asked by.

`s` has no axes, `v` one (4 elements), `x` two (2 by 3), `a` is a square matrix, `p` a positive definite one, and `z` is
complex.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXPRESSIONS", "POLYNOMIAL_EXPRESSIONS"]

EXPRESSIONS: Final = """
np.sum(x, axis=0); np.sum(x, (0, 1), keepdims=True); np.sum(x, where=x > 1, initial=2.0); np.sum(z, 0); np.mean(x)
np.mean(x, 1, where=x > 0.2); np.average(x, weights=v[:3], axis=1); np.average(x, weights=x, returned=True)
np.std(x, ddof=1); np.std(z); np.var(x, 1); np.var(z, 0); np.prod(x, 1); np.prod(x - x[0, 0]); np.median(x, 1)
np.median(v); np.percentile(x, 30.0, axis=0); np.percentile(v, [10, 60], method="hazen"); np.quantile(x, 0.3)
np.quantile(v, [0.2, 0.7], method="median_unbiased"); np.quantile(v, 0.4, method="lower"); np.nansum(x, 0)
np.nanmean(x); np.nanstd(x); np.nanvar(x, 1); np.nanprod(x, 0); np.nanmax(x, 1); np.nanmin(x); np.nanmedian(x, 1)
np.nanpercentile(x, 40); np.nanquantile(x, 0.6, axis=1); np.nancumsum(x); np.nancumprod(x, 1); np.max(x, 0)
np.min(x); np.amax(x, 1, keepdims=True); np.amin(x, 0, initial=0.5); np.ptp(x, 1); np.cumsum(x, 1); np.cumsum(x)
np.cumprod(x, 0); np.cumprod(v); np.cumulative_sum(x, axis=1, include_initial=True); np.cumulative_prod(x, axis=0)
np.diff(x); np.diff(x, 2, 1); np.diff(v, prepend=0.5, append=s); np.ediff1d(v, s, [1.0]); np.trapezoid(x, dx=0.5)
np.trapezoid(x, x=v[:3]); np.gradient(x); np.gradient(v, 0.3); np.gradient(x, axis=1, edge_order=2)
np.gradient(v, np.cumsum(v)); np.interp(s, np.cumsum(v), v); np.interp([0.1, 9.0], np.cumsum(v), v, left=s)
np.interp(v, [0.0, 1.0, 2.0, 3.0], v * v, period=2.5); np.convolve(v, x[0]); np.convolve(x[1], v, "same")
np.convolve(v, x[0], "valid"); np.correlate(v, x[0], "full"); np.correlate(x[0], v); np.correlate(v, x[0], "same")
np.dot(x, a); np.dot(v, v); np.dot(s, x); np.dot(x, a.reshape(1, 3, 3)); np.vdot(x, x * 2); np.vdot(z, 1j * z)
np.inner(x, a); np.inner(v, 2.0); np.outer(v, x); np.tensordot(x, a, 1); np.tensordot(x, x, ((0, 1), (0, 1)))
np.kron(x, a); np.cross(x, x[::-1] * v[:3]); np.einsum("ij,jk->ik", x, a); np.einsum("ij->j", x); np.einsum("ii", a)
np.einsum("ij,ij", x, x); np.einsum(x, [0, 1], a, [1, 2], [0, 2]); np.einsum("...j,j", x, v[:3])
np.einsum("ij,jk,kl->il", x, a, p, optimize=True); np.matmul(x, a); np.matvec(a, v[:3]); np.vecmat(v[:3], a)
np.vecdot(x, x * 2); np.vecdot(x, z, axis=0); np.matmul(x, a, axes=[(0, 1), (1, 0), (1, 0)]); np.vecdot(z, z * 2)
np.clip(x, 0.5, 1.2); np.clip(x, None, s); np.clip(x, v[:3] - 1, v[:3] + 1); np.where(x > 1, x, x * x)
np.select([x > 1, x > 0.5], [x, x**2], s); np.piecewise(v, [v > 1, v <= 1], [lambda t: t * t, lambda t: -t])
np.choose([0, 1, 1], [x[0], x[1]]); np.nan_to_num(x); np.real_if_close(x); np.real(z); np.imag(z); np.angle(z)
np.angle(z, deg=True); np.unwrap(v * 5); np.unwrap(x * 7, axis=0, period=3.0); np.sinc(x); np.i0(x); np.fix(x)
np.round(x, 1) * x; np.around(x) * x; np.fabs(-x); np.reshape(x, (3, 2)); np.reshape(x, -1, order="F"); np.ravel(x)
np.ravel(x, "F"); np.transpose(x); np.permute_dims(x, (1, 0)); np.matrix_transpose(x); np.swapaxes(x, 0, 1)
np.moveaxis(x, 0, 1); np.rollaxis(x, 1); np.squeeze(x[None]); np.expand_dims(x, (0, 2))
np.broadcast_to(v[:3], (2, 3)); np.broadcast_arrays(x, v[:3]); np.atleast_1d(s, x); np.atleast_2d(v)
np.atleast_3d(x); np.concatenate([x, x * 2]); np.concatenate([x, a], axis=0); np.concatenate([x, v], axis=None)
np.concat([v, v]); np.stack([x, x * 2], -1); np.vstack([x, v[:3]]); np.hstack([x, x]); np.dstack([x, x * 2])
np.column_stack([v, v * v]); np.block([[a, p], [p, a]]); np.append(v, x); np.append(x, x * 2, axis=0)
np.insert(v, 1, s); np.insert(x, [0, 2], v[:2, None], axis=1); np.delete(v, 1); np.delete(x, 0, 1); np.split(v, 2)
np.array_split(v, 3); np.hsplit(x, 3); np.vsplit(x, 2); np.dsplit(x[None], 3); np.unstack(x, axis=1)
np.tile(v, (2, 2)); np.repeat(x, 2, axis=1); np.repeat(v, [1, 0, 2, 3]); np.resize(v, (2, 5)); np.flip(x, 1)
np.fliplr(x); np.flipud(x); np.roll(x, 1); np.roll(x, (1, 2), (0, 1)); np.rot90(x); np.pad(v, 2, mode="edge")
np.pad(x, 1); np.pad(x, 1, constant_values=s); np.pad(v, 2, mode="reflect")
np.pad(v, 2, mode="reflect", reflect_type="odd"); np.pad(v, 2, mode="linear_ramp", end_values=s)
np.pad(v, 2, mode="mean"); np.pad(v, 2, mode="maximum"); np.pad(v, (1, 2), mode="wrap"); np.pad(v, 3, "symmetric")
np.pad(v, 2, "median"); np.diag(v); np.diag(a); np.diagflat(v); np.diagonal(a, 1); np.tril(a); np.triu(a, 1)
np.trace(a); np.vander(v, 3); np.tri(3) * a; np.take(v, [1, 1, 0]); np.take(x, [0, 5], mode="wrap")
np.take_along_axis(x, np.argsort(x, 1), 1); np.compress([True, False, True], x, axis=1); np.extract(v > 0.5, v)
np.sort(x); np.sort(x, axis=None); np.partition(v, 2); np.sort_complex(z); np.trim_zeros(v); np.unique(v)
np.unique_values(v); np.unique_all(v); np.unique_counts(v); np.unique_inverse(v); np.union1d(v, x)
np.intersect1d(v, v); np.setdiff1d(v, x); np.setxor1d(v, x); np.array([s, s * 2]); np.array(x); np.asarray([v, v])
np.asanyarray(x); np.ascontiguousarray(x.T); np.asfortranarray(x); np.asarray_chkfinite(x); np.copy(x)
np.full((2, 2), s); np.full_like(x, s); np.linspace(s, 3.0, 4); np.linspace(0.0, v, 3, axis=1)
np.logspace(s, 2.0, 4); np.geomspace(s, 3.0, 4); np.arange(4.0) * s; np.fromiter([s, s * 2], float)
np.fromfunction(lambda i, j: i * s + j, (2, 3)); np.require(x); np.meshgrid(v, x[0]); np.zeros_like(x) + x
np.ones_like(x) * x; np.empty_like(x) * 0 + x; np.eye(2) @ x; np.identity(2) @ x; np.zeros(3) + x; np.ones(3) * x
np.empty(3) * 0 + x; np.ix_([0, 1], [0, 2]) and x[np.ix_([0, 1], [0, 2])]; np.r_[v, s, x[0]]; np.c_[v, v * 2]
np.r_["0,2", x, x]; np.r_[s:3.0:4j]; np.apply_along_axis(lambda r: r.sum() * r, 1, x)
np.apply_over_axes(np.sum, x, [0, 1]); np.vectorize(lambda t: t * t)(x)
np.frompyfunc(lambda t: t * 3, 1, 1)(v).astype(float); np.bincount([0, 1, 1, 3], weights=v)
np.histogram([0.1, 0.6, 0.7, 0.9], 3, weights=v); np.histogram([0.1, 0.6, 0.7, 0.9], 3, weights=v, density=True)
np.histogram2d([0.1, 0.6], [0.2, 0.7], 2, weights=v[:2]); np.histogramdd([[0.1, 0.2], [0.6, 0.9]], 2, weights=v[:2])
np.cov(x); np.cov(v, x[0, 0] * v * v); np.cov(x, rowvar=False, bias=True); np.cov(x, aweights=v[:3]); np.corrcoef(x)
np.astype(x, np.float64); np.einsum_path("ij,jk->ik", x, a) and x; np.iterable(x) and x; np.bitwise_count([3]) * s
np.hanning(4) * v; np.hamming(4) * v; np.bartlett(4) * v; np.blackman(4) * v; np.kaiser(4, s) * v; np.emath.sqrt(x)
np.emath.sqrt(-x); np.emath.log(x); np.emath.log2(-x); np.emath.log10(x); np.emath.logn(2, x); np.emath.power(x, 1.5)
np.emath.arccos(x * 0.1); np.emath.arcsin(x * 0.1); np.emath.arctanh(x * 0.1); np.linalg.solve(a, v[:3])
np.linalg.solve(a, x.T); np.linalg.inv(a); np.linalg.pinv(x); np.linalg.pinv(x, 1e-9); np.linalg.det(a)
np.linalg.slogdet(a); np.linalg.cholesky(p); np.linalg.eigh(p); np.linalg.eigvalsh(p, "U"); np.linalg.eigvals(a)
np.linalg.eigvals(p); np.abs(np.linalg.eig(a)[1]); np.linalg.svd(x, False); np.linalg.svd(x)[1]; np.linalg.svdvals(x)
np.linalg.qr(a); np.linalg.qr(x); np.linalg.qr(x.T); np.linalg.qr(a, "r"); np.linalg.matrix_power(a, 3)
np.linalg.matrix_power(a, -2); np.linalg.lstsq(x.T, v[:3]); np.linalg.lstsq(a, x.T, 1e-9)[0]
np.linalg.multi_dot([x, a, p]); np.linalg.tensorsolve(a, v[:3]); np.linalg.tensorinv(a, 1); np.linalg.norm(x)
np.linalg.norm(x, 1); np.linalg.norm(x, -1); np.linalg.norm(x, 2); np.linalg.norm(x, -2); np.linalg.norm(x, "nuc")
np.linalg.norm(x, np.inf); np.linalg.norm(x, -np.inf); np.linalg.norm(v, 3); np.linalg.norm(v, 1)
np.linalg.norm(v, np.inf); np.linalg.norm(v, -np.inf); np.linalg.norm(v, 0.5); np.linalg.norm(x, axis=1)
np.linalg.norm(x, 3, axis=0, keepdims=True); np.linalg.norm(z); np.linalg.norm(z, 3, 1); np.linalg.norm(z, 1, 0)
np.linalg.matrix_norm(x); np.linalg.matrix_norm(x, ord=1); np.linalg.vector_norm(x)
np.linalg.vector_norm(x, axis=0, ord=4); np.linalg.cond(a); np.linalg.cond(a, 1); np.linalg.cond(a, "fro")
np.linalg.cond(a, -2); np.linalg.cond(a, np.inf); np.linalg.cross(x, x[::-1]); np.linalg.outer(v, v)
np.linalg.trace(a); np.linalg.diagonal(a); np.linalg.vecdot(x, x); np.linalg.matmul(x, a)
np.linalg.tensordot(x, a, axes=1); np.linalg.matrix_transpose(x); np.linalg.matrix_rank(a) * s; np.fft.fft(v)
np.fft.fft(z, 5); np.fft.ifft(v, 3); np.fft.fft(x, axis=0, norm="ortho"); np.fft.fft2(x); np.fft.ifft2(z)
np.fft.fftn(x, (3, 3)); np.fft.ifftn(x, norm="forward"); np.fft.rfft(v); np.fft.rfft(x, 5, 0); np.fft.irfft(z)
np.fft.irfft(z, 5); np.fft.irfft(v, norm="ortho"); np.fft.rfft2(x); np.fft.irfft2(z); np.fft.rfftn(x)
np.fft.rfftn(x, (3, 4), norm="ortho"); np.fft.irfftn(z); np.fft.irfftn(z, (3, 5)); np.fft.hfft(z); np.fft.ihfft(v)
np.fft.fftshift(x); np.fft.ifftshift(v); np.fft.fftfreq(4) * v; np.fft.rfftfreq(4) * v[:3]
np.lib.stride_tricks.sliding_window_view(v, 2); np.lib.stride_tricks.as_strided(v, (2, 2), (8, 8))
np.nan_to_num(x, nan=1.0); np.poly1d(v)(s); (np.poly1d(v) * np.poly1d(x[0])).coeffs; np.poly1d(v).deriv().coeffs
np.poly1d(v).integ(k=s).coeffs; (np.poly1d(v) / np.poly1d(x[0]))[1].coeffs; np.polyval(v, s)
np.polyval(np.poly1d(v), x); np.polyadd(v, x[0]); np.polysub(v, x[0]); np.polymul(v, x[0]); np.polydiv(v, x[0])
np.polyder(v, 2); np.polyint(v, 1, s); np.polyfit(np.arange(4.0), v, 2); np.polyfit(v, v * v * v, 1, w=x.ravel()[:4])
np.poly(v); np.poly(a); np.roots(v); np.polyval(np.poly1d(v), np.poly1d(x[0])).coeffs; np.add.reduce(x)
np.add.reduce(x, axis=None); np.hypot.reduce(x, axis=None)
np.hypot.reduce(x, axis=(0, 1)); np.hypot.reduce(x, axis=1, keepdims=True, initial=0.5); np.fmax.reduce(x, axis=None)
np.logaddexp.reduce(x, axis=1, initial=0.1, where=x > 0.5); np.minimum.reduce(x, axis=None, keepdims=True)
np.ndarray.dot(x, a)
np.add.accumulate(x, 1); np.multiply.reduce(x, 1); np.multiply.outer(v, x); np.maximum.reduce([x, x * x])
np.minimum.accumulate(x, 1); np.add.reduceat(v, [0, 2]); np.logaddexp.reduce(x, 1); np.subtract.outer(v, v)
np.hypot.reduce(x, 1); np.divide.outer(v, x); np.ndarray.sum(x) if False else x.sum(0); x.mean(); x.std(1); x.var()
x.prod(0); x.max(1); x.min(); x.cumsum(0); x.cumprod(1); x.trace(); x.diagonal(); x.repeat(2, 1); x.take([0, 2])
x.squeeze(); x.swapaxes(0, 1); x.ravel(); x.flatten("F"); x.reshape(3, 2); x.transpose(1, 0); x.copy()
x.astype(float); x.clip(0.3, 1.0); x.round(1) * x; x.dot(a); x.conj(); x.conjugate(); x.real; x.imag + x; z.real
z.imag; x.T; a.mT; x.compress([True, False], 0); v.choose([0, 0]) if False else v; x.view() * 2
np.asarray(x.tolist()); x[0].item(1) * x; np.sort(v).searchsorted(0.5) * s; x.flat[2] * x; v.nonzero()[0] * v
x.argmax() * s; x.__abs__(); x.__neg__(); divmod(x, 0.7)[1]; x // 0.3 * x; x % v[:3]; x ** v[:3]; 2.0 ** x; x @ a
abs(-x); +x; x.searchsorted if False else x
np.histogram_bin_edges(v, 3); np.histogram(v, 3)[1]; np.histogram(v, 3, density=True)
np.histogram(v, [0.0, 1.0, 3.0], density=True, weights=v); np.polynomial.polynomial.polyvalfromroots(s, v)
np.polynomial.chebyshev.chebpts1(3) * s; np.polynomial.chebyshev.chebpts2(3) * s
np.polynomial.chebyshev.chebinterpolate(lambda t: t * t, 2) * s; np.polynomial.chebyshev.cheb2poly(v)
np.polynomial.chebyshev.poly2cheb(v); np.polynomial.chebyshev.chebgauss(3)[0] * s
np.polynomial.chebyshev.chebweight(x * 0.1); np.polynomial.legendre.leg2poly(v); np.polynomial.legendre.poly2leg(v)
np.polynomial.legendre.leggauss(3)[0] * s; np.polynomial.legendre.legweight(x); np.polynomial.hermite.herm2poly(v)
np.polynomial.hermite.poly2herm(v); np.polynomial.hermite.hermgauss(3)[0] * s; np.polynomial.hermite.hermweight(x)
np.polynomial.hermite_e.herme2poly(v); np.polynomial.hermite_e.poly2herme(v)
np.polynomial.hermite_e.hermegauss(3)[0] * s; np.polynomial.hermite_e.hermeweight(x)
np.polynomial.laguerre.lag2poly(v); np.polynomial.laguerre.poly2lag(v); np.polynomial.laguerre.laggauss(3)[0] * s
np.polynomial.laguerre.lagweight(x); [t * t for t in np.nditer(v)]; [t * (i + 1) for (i,), t in np.ndenumerate(v)]
np.putmask(v.copy(), v > 1, v) or v
np.polynomial.legendre.leggauss(4)[1] @ np.exp(s * np.polynomial.legendre.leggauss(4)[0])
(lambda c: (np.put(c, [0, 2], v[1:3]), c)[1])(v * 2); (lambda c: (np.place(c, c > 1, v[:2]), c)[1])(v * 2)
(lambda c: (np.putmask(c, c > 1, v), c)[1])(v * 2); (lambda c: (np.copyto(c, v[:3], where=c > 1), c)[1])(x * 2)
(lambda c: (np.fill_diagonal(c, s), c)[1])(a * 2)
(lambda c: (np.put_along_axis(c, np.array([[0], [1]]), s, 1), c)[1])(x * 2)
np.divmod(x, 0.7)[1] * np.divmod(x, v[:3])[1]; np.modf(x * 3); np.frexp(x)[0]
(lambda c: (np.add.at(c, [0, 0, 2], v[:3]), c)[1])(v * 2); (lambda c: (np.multiply.at(c, [0, 0], s), c)[1])(v * 2)
(lambda c: (c.sort(), c)[1])(v * 2); (lambda c: (c.fill(s), c)[1])(v * 2); (lambda c: (c.put([0], s), c)[1])(v * 2)
(lambda c: (c.partition(2), c)[1])(v * 2)
"""
"""One function each or more, with its usual options."""

POLYNOMIAL_EXPRESSIONS: Final = """
M.C(v)(s); M.C(v)(x); (M.C(v) * M.C(x[0])).coef; (M.C(v) + x[0, 0]).coef; (M.C(v) - M.C(x[0])).coef
(M.C(v) // M.C(x[0])).coef; (M.C(v) ** 2).coef; M.C(v).deriv(2).coef; M.C(v).integ(1, k=s).coef; M.C(v).roots()
M.C.fit(v, v * x[0, 0] + v**2, 2).coef; M.C.fit(v, v**3, 2)(s); M.C.fromroots(v).coef
M.C.fit(v, v**2, 1).convert().coef; M.C(v).convert().coef
M.C(v).truncate(2).coef; M.C(v, domain=[-2, 2], window=[-1, 1])(s); (s * M.C(v)).coef; (-M.C(v)).coef
M.C(v).linspace(3); divmod(M.C(v), M.C(x[0]))[1].coef; M.C.identity()(s); M.C.basis(2)(s); M.Nval(s, v)
M.Nval2d(s, s, a); M.Nvalnd((s, s), a); M.Ngridnd((v, v), a); M.Nval3d(s, s, s, a[None]); M.Ngrid2d(v, v, a)
M.Ngrid3d(v, v, v, a[None]); M.Nadd(v, x[0])
M.Nsub(v, x[0]); M.Nmul(v, x[0]); M.Nmulx(v); M.Ndiv(v, x[0]); M.Npow(v, 2); M.Nder(v); M.Nder(x, 1, axis=1)
M.Nint(v, 2, [s, 1.0]); M.Nfit(v, v**2, 2); M.Nfromroots(v); M.Nroots(v); M.Nvander(v, 3); M.Nvander2d(v, v, [1, 2])
M.Nvander3d(v, v, v, [1, 1, 1]); M.Ncompanion(v); M.Nline(s, 2.0); M.Ntrim(v)
"""
"""Of each module of polynomials: `M` is the module, `C` its class, `N` the prefix of its functions."""
