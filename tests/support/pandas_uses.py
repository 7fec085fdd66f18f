"""Uses of pandas in a function of an array of six numbers, which tests differentiate."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

AT = np.array([0.5, 1.2, 0.9, 2.2, 1.7, 0.35])
B = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
DAYS = pd.date_range("2020", periods=6)
GROUPS = list("uvuvuw")


def frame(x: Any) -> Any:
    return pd.DataFrame({"a": x, "b": B, "g": GROUPS})


def num(x: Any) -> Any:
    return pd.DataFrame({"a": x, "b": B, "c": x * 2.1})


def S(x: Any) -> Any:
    return pd.Series(x, index=DAYS, name="s")


def holes(x: Any) -> Any:
    s = pd.Series(x)
    return s.where(s.index != 2)


def helper(v: Any) -> Any:
    return math.sin(v) * v


def column_of_one(x: Any) -> Any:
    d = pd.DataFrame({"b": B})
    d["c"] = x[0]
    return (d["c"] * d["b"]).sum()


def columns_set(x: Any) -> Any:
    d = pd.DataFrame({"b": B})
    d["c"] = x
    d["e"] = x * 2
    d["e"] += 1
    return (d["c"] * d["b"]).mean() + d["e"].std()


def column_located(x: Any) -> Any:
    d = pd.DataFrame({"b": B})
    d.loc[:, "c"] = x
    return d["c"].mean()


def masked(x: Any) -> Any:
    d = frame(x)
    d.loc[d["b"] > 3, "a"] = d["a"] * 2
    return d["a"].sum()


def elements_set(x: Any) -> Any:
    s = pd.Series(x)
    s.iloc[0] = x[1] * 2
    s[3] = 0.0
    return (s**2).sum()


def inserted(x: Any) -> Any:
    d = pd.DataFrame({"b": B})
    d.insert(0, "c", x)
    return (d["c"] * d["b"]).sum()


def updated(x: Any) -> Any:
    s = pd.Series(x)
    s.update(pd.Series([5.0, 6.0]))
    return (s**2).sum()


def in_place(x: Any) -> Any:
    s = pd.Series(B)
    s *= x
    s -= 1.0
    return (s**2).sum()


def averaged(x: Any) -> Any:
    s = pd.Series(x)
    v = 0.0
    for i in range(len(s)):
        v = 0.9 * v + 0.1 * s.iloc[i] ** 2
    return v


USES: dict[str, Callable[[Any], Any]] = {
    "a column of one": column_of_one,
    "columns set": columns_set,
    "column located": column_located,
    "masked": masked,
    "elements set": elements_set,
    "inserted": inserted,
    "updated": updated,
    "in place": in_place,
    "averaged": averaged,
    "g.shift": lambda x: (frame(x).groupby("g")["a"].shift(1).fillna(0) * B).sum(),
    "g.diff": lambda x: (frame(x).groupby("g")["a"].diff().fillna(0) * B).sum(),
    "g.pct": lambda x: (frame(x).groupby("g")["a"].pct_change().fillna(0) * B).sum(),
    "g.first": lambda x: frame(x).groupby("g")["a"].first().sum(),
    "g.last": lambda x: frame(x).groupby("g")["a"].last().sum(),
    "g.nth": lambda x: frame(x).groupby("g")["a"].nth(0).sum(),
    "g.head": lambda x: frame(x).groupby("g")["a"].head(1).sum(),
    "g.quantile": lambda x: frame(x).groupby("g")["a"].quantile(0.3).sum(),
    "g.apply": lambda x: frame(x).groupby("g")["a"].apply(lambda s: (s * s).sum()).sum(),
    "g.apply frame": lambda x: (
        frame(x).groupby("g")[["a", "b"]].apply(lambda d: (d["a"] * d["b"]).sum() / d["b"].sum()).sum()
    ),
    "g.agg lambda": lambda x: frame(x).groupby("g")["a"].agg(lambda s: s.max() - s.min()).sum(),
    "g.agg list": lambda x: frame(x).groupby("g")["a"].agg(["sum", "mean"]).sum().sum(),
    "g.agg named": lambda x: frame(x).groupby("g").agg(t=("a", "sum"), m=("b", "max"))["t"].iloc[0],
    "g.transform lambda": lambda x: (frame(x).groupby("g")["a"].transform(lambda s: s - s.mean()) * B).sum(),
    "g.iter": lambda x: sum(d["a"].mean() for _, d in frame(x).groupby("g")),
    "g.size*": lambda x: (frame(x).groupby("g")["a"].sum() * frame(x).groupby("g").size()).sum(),
    "g.rolling": lambda x: (frame(x).groupby("g")["a"].rolling(2).mean().dropna() ** 2).sum(),
    "g.rollingf": lambda x: (frame(x).groupby("g").rolling(2)["a"].sum().dropna() ** 2).sum(),
    "g.ewm": lambda x: (frame(x).groupby("g")["a"].ewm(alpha=0.5).mean().dropna() ** 2).sum(),
    "g.cumcount": lambda x: (frame(x).groupby("g").cumcount() * frame(x)["a"]).sum(),
    "g.rank": lambda x: (frame(x).groupby("g")["a"].rank() * frame(x)["a"]).sum(),
    "g.idxmax": lambda x: frame(x)["a"][frame(x).groupby("g")["a"].idxmax()].sum(),
    "g two": lambda x: (
        frame(x).assign(h=[0, 0, 1, 1, 0, 1]).groupby(["g", "h"])["a"].sum().unstack().fillna(0.0).sum().sum()
    ),
    "g level": lambda x: pd.Series(x, index=pd.Index(GROUPS, name="k")).groupby(level="k").mean().sum(),
    "g as_index": lambda x: frame(x).groupby("g", as_index=False)["a"].mean()["a"].sum(),
    "r.apply raw": lambda x: pd.Series(x).rolling(3).apply(lambda w: (w * w).sum(), raw=True).dropna().sum(),
    "r.apply": lambda x: pd.Series(x).rolling(3).apply(lambda w: w.max() - w.min()).dropna().sum(),
    "r.agg": lambda x: pd.Series(x).rolling(3).agg(["mean", "std"]).dropna().sum().sum(),
    "r.quantile": lambda x: pd.Series(x).rolling(3).quantile(0.3).dropna().sum(),
    "r.center": lambda x: pd.Series(x).rolling(3, center=True).mean().fillna(0.0).sum(),
    "r.closed": lambda x: S(x).rolling("3D", closed="left").sum().fillna(0.0).sum(),
    "r.time": lambda x: (S(x).rolling("3D").mean() * B).sum(),
    "r.minp": lambda x: (pd.Series(x).rolling(3, min_periods=1).mean() * B).sum(),
    "r.step": lambda x: (pd.Series(x).rolling(2, step=2).sum().dropna()).sum(),
    "r.std0": lambda x: (pd.Series(x).rolling(3).std(ddof=0).dropna()).sum(),
    "r.on": lambda x: frame(x).assign(t=DAYS).rolling("2D", on="t")["a"].sum().sum(),
    "r.corr": lambda x: pd.Series(x).rolling(4).corr(pd.Series(B)).dropna().sum(),
    "r.cov": lambda x: pd.Series(x).rolling(4).cov(pd.Series(B)).dropna().sum(),
    "r.count": lambda x: (pd.Series(x).rolling(2).count() * pd.Series(x)).sum(),
    "r.iter": lambda x: sum(w.sum() for w in pd.Series(x).rolling(2)),
    "bollinger": lambda x: (
        ((pd.Series(x) - pd.Series(x).rolling(3).mean()) / pd.Series(x).rolling(3).std()).dropna().sum()
    ),
    "ewm span": lambda x: (pd.Series(x).ewm(span=3).mean() * B).sum(),
    "ewm adj": lambda x: (pd.Series(x).ewm(alpha=0.3, adjust=False).mean() * B).sum(),
    "ewm std": lambda x: pd.Series(x).ewm(span=3).std().dropna().sum(),
    "ewm frame": lambda x: (num(x).ewm(halflife=2).mean()["c"] * B).sum(),
    "ewm holes": lambda x: (holes(x).ewm(com=1).mean() * B).sum(),
    "interp": lambda x: (holes(x).interpolate() * B).sum(),
    "interp time": lambda x: (S(x).where(np.arange(6) != 3).interpolate("time") * B).sum(),
    "interp frame": lambda x: (num(x).where(np.arange(18).reshape(6, 3) != 7).interpolate()["c"] * B).sum(),
    "ffill": lambda x: (holes(x).ffill() * B).sum(),
    "bfill": lambda x: (holes(x).bfill() * B).sum(),
    "fillna mean": lambda x: (lambda s: (s.fillna(s.mean()) * B).sum())(holes(x)),
    "fillna scalar": lambda x: (pd.Series([1.0, np.nan, 3.0]).fillna(x[0]) ** 2).sum(),
    "dropna": lambda x: holes(x).dropna().sum(),
    "shift frame": lambda x: num(x).shift(1).dropna()["c"].sum(),
    "shift fill": lambda x: (pd.Series(x).shift(-1, fill_value=0.0) * B).sum(),
    "pct frame": lambda x: num(x).pct_change().dropna().sum().sum(),
    "diff2": lambda x: (pd.Series(x).diff(2).fillna(0) * B).sum(),
    "diff frame": lambda x: (num(x).diff().fillna(0)["c"] * B).sum(),
    "corr": lambda x: pd.Series(x).corr(pd.Series(B)),
    "cov": lambda x: pd.Series(x).cov(pd.Series(B)),
    "cov ddof": lambda x: pd.Series(x).cov(pd.Series(x * x), ddof=0),
    "corr plain self": lambda x: pd.Series(B).corr(pd.Series(x)),
    "corr spearman": lambda x: pd.Series(x).corr(pd.Series(B), method="spearman") + x[0],
    "fcorr": lambda x: num(x * x).assign(c=x**3)[["a", "b", "c"]].corr().loc["a", "c"],
    "fcov": lambda x: (num(x).cov()).loc["a", "c"],
    "corrwith": lambda x: num(x).corrwith(pd.Series(B)).sum(),
    "autocorr": lambda x: pd.Series(x).autocorr(),
    "describe": lambda x: pd.Series(x).describe()["std"] + pd.Series(x).describe()["25%"],
    "dot": lambda x: pd.Series(x).dot(pd.Series(B)),
    "matmul": lambda x: pd.Series(x) @ pd.Series(B),
    "dot nd": lambda x: pd.Series(x).dot(np.array(B)),
    "fdot": lambda x: num(x)[["a", "b", "c"]].dot(np.array([1.0, 2.0, 3.0])).sum(),
    "fdot s": lambda x: (num(x) @ pd.Series([1.0, 2.0, 3.0], index=list("abc"))).sum(),
    "f@x": lambda x: (pd.DataFrame(np.arange(12.0).reshape(2, 6)) @ x).sum(),
    "x@f": lambda x: (x @ pd.DataFrame(np.arange(12.0).reshape(6, 2))).sum(),
    "np.dot": lambda x: np.dot(num(x), np.array([1.0, 2.0, 3.0])).sum(),
    "values@": lambda x: (num(x).values @ np.array([1.0, 2.0, 3.0])).sum(),
    "to_numpy@": lambda x: (num(x).to_numpy().T @ x).sum(),
    "quantile": lambda x: pd.Series(x).quantile(0.3),
    "quantiles": lambda x: pd.Series(x).quantile([0.3, 0.6]).sum(),
    "quantile nearest": lambda x: pd.Series(x).quantile(0.3, interpolation="nearest"),
    "fquantile": lambda x: num(x).quantile(0.3).sum(),
    "clip": lambda x: (pd.Series(x).clip(0.6, 1.5) * B).sum(),
    "clip upper": lambda x: (pd.Series(x).clip(upper=x[2]) * B).sum(),
    "fclip": lambda x: num(x).clip(0.6, 2.0).sum().sum(),
    "rsub": lambda x: (1 - pd.Series(x)).sum(),
    "rdiv": lambda x: (1 / pd.Series(x)).sum(),
    "rpow": lambda x: (2 ** pd.Series(x)).sum(),
    "fill_value": lambda x: pd.Series(x).add(pd.Series([1.0, 2.0]), fill_value=0.0).sum(),
    "f*s": lambda x: (num(x) * 2 + 1).sum().sum(),
    "f*scalar": lambda x: (pd.DataFrame({"a": B, "b": B}) * x[0]).sum().sum(),
    "scalar*f": lambda x: (x[0] * pd.DataFrame({"a": B, "b": B})).sum().sum(),
    "f*series": lambda x: (num(x) * pd.Series([1.0, 2.0, 3.0], index=list("abc"))).sum().sum(),
    "f.mul axis": lambda x: num(x).mul(pd.Series(x), axis=0).sum().sum(),
    "f.div axis": lambda x: num(x).div(num(x).sum(axis=1), axis=0)["a"].sum(),
    "f-mean": lambda x: ((num(x) - num(x).mean()) / num(x).std()).iloc[0].sum(),
    "f+f": lambda x: (num(x) + num(x * x)).sum().sum(),
    "f*2d": lambda x: (pd.DataFrame(np.ones((3, 2))) * x.reshape(3, 2)).sum().sum(),
    "frame 2d": lambda x: (pd.DataFrame(x.reshape(3, 2), columns=["p", "q"])["q"] ** 2).sum(),
    "frame dict list": lambda x: (pd.DataFrame({"p": [x[0], x[1]], "q": [1.0, 2.0]})["p"] * 3).sum(),
    "frame records": lambda x: (pd.DataFrame([{"p": x[0], "q": 1.0}, {"p": x[1], "q": 2.0}])["p"] * 3).mean(),
    "frame rows": lambda x: (pd.DataFrame([[x[0], 1.0], [x[1], 2.0]], columns=["p", "q"])["p"] * 3).mean(),
    "series dict": lambda x: pd.Series({"p": x[0], "q": x[1]}).mean(),
    "series list mean": lambda x: pd.Series([x[0], x[1], 2.0]).mean(),
    "series scalar": lambda x: pd.Series(x[0], index=[0, 1, 2]).sum(),
    "assign": lambda x: pd.DataFrame({"b": B}).assign(c=x, d=lambda d: d["c"] * d["b"])["d"].sum(),
    "concat": lambda x: pd.concat([pd.Series(x), pd.Series(B)]).mean(),
    "concat plain first": lambda x: (pd.concat([pd.Series(B), pd.Series(x)]) ** 2).mean(),
    "concat f": lambda x: pd.concat([num(x), num(x * x)]).mean().sum(),
    "merge": lambda x: (
        frame(x).merge(pd.DataFrame({"g": ["u", "v"], "k": [1.0, 2.0]}), on="g").pipe(lambda d: (d["a"] * d["k"]).sum())
    ),
    "merge left": lambda x: (
        frame(x)
        .merge(pd.DataFrame({"g": ["u", "v"], "k": [1.0, 2.0]}), on="g", how="left")
        .pipe(lambda d: (d["a"] * d["k"].fillna(0.0)).sum())
    ),
    "join": lambda x: num(x).join(pd.DataFrame({"z": B})).pipe(lambda d: (d["a"] * d["z"]).sum()),
    "pivot": lambda x: (
        frame(x)
        .assign(h=list("ppqqpq"))
        .pivot_table(values="a", index="g", columns="h", aggfunc="mean")
        .fillna(0)
        .sum()
        .sum()
    ),
    "stack": lambda x: num(x).stack().mean(),
    "unstack": lambda x: pd.Series(x, index=pd.MultiIndex.from_product([[0, 1], list("abc")])).unstack()["b"].sum(),
    "T sum": lambda x: (num(x).T.sum() * np.arange(6.0)).sum(),
    "sort_values": lambda x: (pd.Series(x).sort_values().reset_index(drop=True) * B).sum(),
    "fsort": lambda x: (frame(x).sort_values("a", ascending=False)["a"].to_numpy() * np.array(B)).sum(),
    "sort_index": lambda x: (pd.Series(x, index=[3, 1, 2, 0, 5, 4]).sort_index().to_numpy() * np.array(B)).sum(),
    "reindex": lambda x: (pd.Series(x).reindex([5, 4, 7]).fillna(1.0)).sum(),
    "nlargest": lambda x: pd.Series(x).nlargest(2).sum(),
    "nsmallest": lambda x: pd.Series(x).nsmallest(2).sum(),
    "fnlargest": lambda x: frame(x).nlargest(2, "a")["a"].sum(),
    "rank": lambda x: (pd.Series(x).rank() * x).sum(),
    "idxmax": lambda x: pd.Series(x)[pd.Series(x).idxmax()],
    "argmax": lambda x: pd.Series(x).iloc[pd.Series(x).argmax()],
    "argsort": lambda x: (x * pd.Series(x).argsort()).sum(),
    "isin/between": lambda x: pd.Series(x)[pd.Series(x).between(0.6, 2.0)].sum(),
    "query": lambda x: frame(x).query("b > 2")["a"].sum(),
    "query a": lambda x: frame(x).query("a > 1")["a"].sum(),
    "eval": lambda x: frame(x).eval("a*b").sum(),
    "where self": lambda x: pd.Series(x).where(lambda s: s > 1, 0.0).sum(),
    "where plain": lambda x: pd.Series(B).where(pd.Series(B) > 2, pd.Series(x)).sum(),
    "np.where": lambda x: np.where(frame(x)["a"] > 1, frame(x)["a"] ** 2, frame(x)["b"]).sum(),
    "combine_first": lambda x: holes(x).combine_first(pd.Series(B)).sum(),
    "combine": lambda x: pd.Series(x).combine(pd.Series(B), lambda a, b: a * b).sum(),
    "map": lambda x: pd.Series(x).map(lambda v: v**3).sum(),
    "map math": lambda x: pd.Series(x).map(math.exp).sum(),
    "apply helper": lambda x: pd.Series(x).apply(helper).sum(),
    "apply branch": lambda x: pd.Series(x).apply(lambda v: v * v if v > 1 else -v).sum(),
    "fapply": lambda x: num(x).apply(lambda c: (c * c).sum()).sum(),
    "fapply np": lambda x: num(x).apply(np.sqrt).sum().sum(),
    "fapply np.sum": lambda x: num(x).apply(np.sum, axis=1).sum(),
    "fapply1": lambda x: num(x).apply(lambda r: r["a"] * r["b"] + math.sin(r["c"]), axis=1).sum(),
    "fapply1 mean": lambda x: (num(x).apply(lambda r: r.mean(), axis=1) * B).sum(),
    "fapply1 mixed": lambda x: frame(x).apply(lambda r: r["a"] * r["b"] if r["g"] == "u" else r["a"], axis=1).mean(),
    "fapply1 series": lambda x: num(x).apply(lambda r: pd.Series({"p": r["a"] * 2, "q": r["b"]}), axis=1)["p"].sum(),
    "applymap": lambda x: (
        num(x).map(lambda v: v * v).sum().sum()
        if hasattr(pd.DataFrame, "map")
        else num(x).applymap(lambda v: v * v).sum().sum()
    ),
    "agg list": lambda x: pd.Series(x).agg(["sum", "mean"]).sum(),
    "agg dict": lambda x: num(x).agg({"a": "sum", "b": "mean"}).sum(),
    "fagg": lambda x: num(x).agg("mean").sum(),
    "fagg list": lambda x: num(x).agg(["mean", "std"]).loc["std", "c"],
    "np.exp f": lambda x: np.exp(num(x)).sum().sum(),
    "np.log": lambda x: np.log(pd.Series(x)).mean(),
    "np.sqrt": lambda x: np.sqrt(pd.Series(x)).std(),
    "np.maximum": lambda x: np.maximum(pd.Series(x), 1.0).sum(),
    "np.mean": lambda x: np.mean(pd.Series(x)),
    "np.sum": lambda x: np.sum(pd.Series(x)),
    "np.std": lambda x: np.std(pd.Series(x)),
    "np.cumsum": lambda x: np.cumsum(pd.Series(x)).iloc[2],
    "np.diff": lambda x: (np.diff(pd.Series(x)) ** 2).sum(),
    "np.array": lambda x: (np.array(pd.Series(x)) ** 2).sum(),
    "np.asarray f": lambda x: (np.asarray(num(x)) ** 2).sum(),
    "np.clip": lambda x: np.clip(pd.Series(x), 0.6, 1.5).sum(),
    "np.abs": lambda x: np.abs(pd.Series(x) - 1).sum(),
    "np.interp": lambda x: np.interp(1.5, pd.Series(B), pd.Series(x)),
    "np.polyfit": lambda x: np.polyfit(pd.Series(B), pd.Series(x), 1)[0],
    "np.linalg": lambda x: np.linalg.norm(pd.Series(x)),
    "np.average": lambda x: np.average(pd.Series(x), weights=pd.Series(B)),
    "values slices": lambda x: (lambda v: (v[1:] / v[:-1]).prod())(pd.Series(x).values),
    "values mean": lambda x: pd.Series(x).values.mean() + pd.Series(x).values.std(),
    "values reshape": lambda x: pd.Series(x).values.reshape(2, 3).sum(axis=0)[1],
    "values loop": lambda x: sum(v * v for v in pd.Series(x).values),
    "tolist": lambda x: sum(v * v for v in pd.Series(x).tolist()),
    "items": lambda x: sum(v * i for i, v in pd.Series(x).items()),
    "to_dict": lambda x: sum(pd.Series(x).to_dict().values()),
    "to_records": lambda x: sum(r["a"] for r in frame(x).to_dict("records")),
    "max builtin": lambda x: max(pd.Series(x)),
    "at": lambda x: frame(x).at[1, "a"] * frame(x).iat[2, 0],
    "iloc slice": lambda x: frame(x).iloc[1:4]["a"].sum(),
    "loc label": lambda x: S(x).loc["2020-01-02":"2020-01-04"].sum(),
    "iterrows": lambda x: sum(r["a"] * r["b"] for _, r in num(x).iterrows()),
    "itertuples": lambda x: sum(r.a * r.b for r in num(x).itertuples()),
    "item": lambda x: pd.Series(x[:1]).item(),
    "astype": lambda x: pd.Series(x).astype("float64").sum(),
    "astype int": lambda x: (pd.Series(x).astype(int) * pd.Series(x)).sum(),
    "astype bool": lambda x: (pd.Series(x).astype(bool) * pd.Series(x)).sum(),
    "numeric": lambda x: pd.to_numeric(pd.Series(x)).sum(),
    "select_dtypes": lambda x: frame(x).select_dtypes("number")["a"].sum(),
    "numeric_only": lambda x: frame(x).mean(numeric_only=True)["a"],
    "set_index": lambda x: num(x).set_index("b")["a"].loc[2.0],
    "cut": lambda x: (frame(x).groupby(pd.cut(frame(x)["b"], [0, 2, 6]), observed=True)["a"].mean()).sum(),
    "cut a": lambda x: (frame(x).groupby(pd.cut(frame(x)["a"], [0, 1, 6]), observed=True)["a"].mean()).sum(),
    "qcut": lambda x: (frame(x).groupby(pd.qcut(frame(x)["b"], 2), observed=True)["a"].mean()).sum(),
    "asfreq": lambda x: S(x).asfreq("2D").sum(),
    "resample apply": lambda x: S(x).resample("3D").apply(lambda s: s.iloc[-1] - s.iloc[0]).sum(),
    "resample agg": lambda x: S(x).resample("3D").agg(["mean", "sum"]).sum().sum(),
    "resample ffill": lambda x: S(x).resample("12h").ffill().sum(),
    "dt group": lambda x: S(x).groupby(S(x).index.day % 2).mean().sum(),
    "drawdown": lambda x: (lambda c: (c / c.cummax() - 1).min())((1 + pd.Series(x).pct_change().fillna(0.0)).cumprod()),
    "sharpe": lambda x: (lambda r: r.mean() / r.std() * 252**0.5)(np.log(pd.Series(x)).diff().dropna()),
    "ifcmp": lambda x: pd.Series(x).sum() if (pd.Series(x) > 0).all() else 0.0,
    "cmp x": lambda x: pd.Series(B)[pd.Series(B) > x[3]].sum() * x[0],
    "cmp arr": lambda x: pd.Series(B)[pd.Series(B) > x].sum() * x[0],
    "eq": lambda x: (pd.Series(B) == x[0]).sum() + x[0],
    "unique": lambda x: pd.Series(x).unique().sum(),
    "drop_dup": lambda x: pd.Series(x).drop_duplicates().sum(),
    "groupby a": lambda x: frame(x).groupby("a")["b"].sum().sum() * x[0],
    "searchsorted": lambda x: pd.Series(B).searchsorted(x[3]) * x[3],
    "cumulative apply": lambda x: pd.Series(x).expanding().apply(lambda w: w.sum()).sum(),
    "weighted": lambda x: (
        (frame(x)["a"] * frame(x)["b"]).groupby(frame(x)["g"]).sum().div(frame(x).groupby("g")["b"].sum()).sum()
    ),
    "math.fsum": lambda x: math.fsum(pd.Series(x)),
    "float": lambda x: math.sqrt(pd.Series(x).sum()),
    "trapezoid": lambda x: (
        np.trapezoid(pd.Series(x), pd.Series(B)) if hasattr(np, "trapezoid") else np.trapz(pd.Series(x), pd.Series(B))
    ),
}

REDUCTIONS = "sum mean median min max prod var std sem skew kurt".split()
GROUPED = REDUCTIONS[:-2]
WINDOWED = [how for how in REDUCTIONS if how != "prod"]

for how in REDUCTIONS:
    USES |= {
        f"Series.{how}": lambda x, how=how: getattr(pd.Series(x), how)(),
        f"Series.{how} with holes": lambda x, how=how: getattr(holes(x), how)(),
        f"DataFrame.{how}": lambda x, how=how: getattr(num(x), how)().sum(),
        f"DataFrame.{how} of rows": lambda x, how=how: (getattr(num(x), how)(axis=1) * B).sum(),
    }
for how in GROUPED:
    USES |= {
        f"groups' {how}": lambda x, how=how: (
            (getattr(frame(x).groupby("g"), how)()[["a", "b"]].fillna(0.0) ** 2).sum().sum()
        ),
        f"agg {how}": lambda x, how=how: frame(x).groupby("g").agg({"a": how, "b": "mean"})["a"].fillna(0.0).sum(),
        f"transform {how}": lambda x, how=how: frame(x).groupby("g")["a"].transform(how).fillna(0.0).sum(),
        f"resample {how}": lambda x, how=how: getattr(S(x).resample("2D"), how)().fillna(0).iloc[1],
    }
for how in WINDOWED:
    USES |= {
        f"rolling {how}": lambda x, how=how: (getattr(pd.Series(x).rolling(4), how)().dropna() ** 2).sum(),
        f"expanding {how}": lambda x, how=how: (getattr(pd.Series(x).expanding(4), how)().dropna() ** 2).sum(),
        f"rolling {how} of frames": lambda x, how=how: (getattr(num(x).rolling(4), how)().dropna() ** 2).sum().sum(),
        f"rolling {how} with holes": lambda x, how=how: (
            getattr(holes(x).rolling(5, min_periods=4), how)().dropna() ** 2
        ).sum(),
    }
for how in "cumsum cumprod cummax cummin".split():
    USES |= {
        f"Series.{how}": lambda x, how=how: (getattr(pd.Series(x), how)() * B).sum(),
        f"{how} with holes": lambda x, how=how: (getattr(holes(x), how)() * B).sum(),
        f"DataFrame.{how}": lambda x, how=how: (getattr(num(x), how)()["c"] * B).sum(),
        f"groups' {how}": lambda x, how=how: (getattr(frame(x).groupby("g")["a"], how)() * B).sum(),
    }
for op in "add sub mul div truediv pow radd rsub rdiv".split():
    USES |= {
        f"{op} a number": lambda x, op=op: getattr(pd.Series(x), op)(2.0).sum(),
        f"{op} a Series": lambda x, op=op: getattr(pd.Series(B), op)(pd.Series(x)).sum(),
        f"{op} an element": lambda x, op=op: getattr(pd.Series(B), op)(x[0]).sum(),
        f"{op} an array": lambda x, op=op: getattr(pd.Series(B), op)(x).sum(),
        f"{op} an element to a frame": lambda x, op=op: getattr(pd.DataFrame({"a": B}), op)(x[0]).sum().sum(),
    }
