r"""How sure a projection is: its spread, what the spread comes from, and how forecasts fared.

A *draw* is one run with one value for every uncertain assumption; draws are the last axis of an array.

**Quantiles.** Of n draws in order $x_0 ≤ … ≤ x_{n-1}$ the quantile of level q lies at $q (n-1)$, between two
draws on the straight line (definition 7 of Hyndman & Fan 1996, numpy's "linear").

**Which assumption matters.** $Y = f(u_1 … u_d)$, each u uniform on [0, 1] and independent; the model turns u into
its assumptions. First-order and total index of input i (Saltelli et al. 2010, table 2, b and f):

    first = mean(f_B (f_ABi - f_A)) / V        share of the variance that goes if u_i were known
    total = mean((f_A - f_ABi)²) / (2 V)       share that stays if all others were known

A and B are two samples of n points, AB_i is A with input i from B, V the variance of f over A and B. The points
are a scrambled Sobol sequence. Interval: the n points drawn again with replacement, 2.5 % to 97.5 % of the indices.
It takes the points for independent ones, so it is rather too wide than too narrow. An index *has converged*
when both intervals are at most 0.1 wide (the statistic of Sarrazin, Pianosi & Wagener 2016, who ask for 0.05); others
aren't fit to be shown. Tornado: one input at a time goes from low to high while the others stay at their median.

**Scoring.** CRPS (Gneiting & Raftery 2007, equation 21): with X and X' two draws and y what came

    crps = E|X - y| - E|X - X'| / 2 = mean |x_i - y| - sum of (2i - n - 1) x_i / n²,   i = 1 … n, x in order

in the unit of y; 0 is perfect. A point forecast scores its absolute error, so that both can be compared.
The forecast of draws is their median, because it is what the absolute error rewards. Rates and errors are shares: 0.01
is one percentage point.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

# (inputs, n) uniform on [0, 1] in, one output for each of the n out
Model = Callable[[np.ndarray], np.ndarray]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
CONVERGED = 0.1  # the widest interval of an index that may be shown
INTERVAL = 0.9  # the central interval that is to hold what comes


def quantiles(values: np.ndarray, levels: Sequence[float] = LEVELS) -> np.ndarray:
    """Quantiles over the draws (last axis), as np.quantile gives them; float64 of shape (level, ...).

    Series by series, as numpy copies what it is given: 10,000 draws for 38 provinces are half a gigabyte.
    ValueError for a draw that isn't a finite number, for no draws, and for levels outside 0 to 1.

    >>> quantiles(np.array([[0.1, 0.4, 0.2], [0.5, 0.5, 0.5]]), [0, 0.5, 0.75]).round(3).tolist()
    [[0.1, 0.5], [0.2, 0.5], [0.3, 0.5]]
    """
    values, at = np.asarray(values), np.asarray(levels, dtype=float)
    if at.ndim != 1 or not ((at >= 0) & (at <= 1)).all():
        raise ValueError(f"levels of quantiles lie from 0 to 1, as in (0.05, 0.5, 0.95); these are {levels}")
    series = _all_finite(values).reshape(-1, _draws(values))
    found = np.empty((len(at), len(series)))
    for number, draws in enumerate(series):
        found[:, number] = np.quantile(draws.astype(float), at)
    return found.reshape(len(at), *values.shape[:-1])


def _draws(values: np.ndarray) -> int:
    if values.ndim == 0 or values.shape[-1] == 0:
        raise ValueError(f"the last axis has to hold draws; there are none in an array of shape {values.shape}")
    return values.shape[-1]


def _all_finite(values: np.ndarray) -> np.ndarray:
    """The values, if all are finite; else an error that names the first that isn't."""
    odd = np.argwhere(~np.isfinite(values))
    if len(odd):
        *series, draw = (int(i) for i in odd[0])
        of = f" of series {', '.join(map(str, series))}" if series else ""
        more = f", and so are {len(odd) - 1} more" if len(odd) > 1 else ""
        raise ValueError(f"draw {draw}{of} is {values[tuple(odd[0])]}{more}; every draw has to be a finite number")
    return values


def fan(
    rates: np.ndarray, scenarios: Sequence[str], years: Sequence[int], levels: Sequence[float] = LEVELS
) -> pd.DataFrame:
    """The spread of each scenario in each year: scenario, year, and one column a level (p05, p25, p50, …).

    `rates` is an array (scenario, year, draw) of shares or whatever else was drawn. ValueError where it
    doesn't have these scenarios and years.

    >>> rates = np.array([[[0.2, 0.2, 0.2], [0.2, 0.3, 0.5]]])
    >>> fan(rates, ["steady"], [2023, 2024], [0.5, 0.95]).round(3).values.tolist()
    [['steady', 2023, 0.2, 0.2], ['steady', 2024, 0.3, 0.48]]
    """
    if np.shape(rates)[:-1] != (len(scenarios), len(years)):
        raise ValueError(
            f"{len(scenarios)} scenarios and {len(years)} years need an array ({len(scenarios)}, {len(years)}, "
            f"draws); this one is {np.shape(rates)}"
        )
    columns = {
        f"p{round(level * 100, 6):02g}": pd.array(values.ravel(), "Float64")
        for level, values in zip(levels, quantiles(rates, levels), strict=True)
    }
    places = [(scenario, year) for scenario in scenarios for year in years]
    return pd.DataFrame(places, columns=["scenario", "year"]).assign(**columns)


_INDICES = ["first", "first_low", "first_high", "total", "total_low", "total_high"]


def sobol(model: Model, inputs: Sequence[str], n: int = 4096, seed: int = 0, resamples: int = 500) -> pd.DataFrame:
    """What the variance of a model's output comes from: Sobol indices of its inputs, with 95 % intervals.

    `model` is called once with an array (inputs, n * (inputs + 2)) of values from 0 to 1, in the order of
    `inputs`, and returns one output for each column. One row an input: input, first, first_low,
    first_high, total, total_low, total_high, converged (both intervals at most 0.1 wide; don't show an
    index that hasn't, raise `n` instead). Where the output is the same everywhere, the indices are missing.

    The indices are scipy's. The interval isn't: scipy's bootstrap takes its randomness from the
    operating system, so that no two pages would agree.

    ValueError when `n` isn't a power of two from 64 on, or the model doesn't give one finite number a column.

    Y = 2 u + v has the variances 4/12 and 1/12, so the indices 0.8 and 0.2:

    >>> sobol(lambda u: 2 * u[0] + u[1], ("lapse", "growth"))[["input", "first", "total"]].round(2).values.tolist()
    [['lapse', 0.8, 0.8], ['growth', 0.2, 0.2]]
    """
    from scipy.stats import sobol_indices  # takes a second to import: only those who need it pay

    if n < 64 or n & (n - 1):
        raise ValueError(f"n has to be a power of two from 64 on, such as 1024 or 4096; it is {n}")
    again = np.random.default_rng([seed, 1])
    a, b, ab = _evaluated(model, _number_of_inputs(inputs), n, seed)
    every = np.concatenate([a, b, ab.ravel()])
    rows = pd.DataFrame({"input": list(inputs)})
    # A spread that is rounding of the sums inside the model isn't one.
    if np.ptp(every) <= 1e-12 * np.abs(every).max():
        return rows.assign(**{name: _all_missing(len(rows)) for name in _INDICES}, converged=False)
    # The output goes in twice: scipy 1.17 fails where there is one input and one output.
    outputs = {"f_A": [a, a], "f_B": [b, b], "f_AB": [[page, page] for page in ab]}
    indices = sobol_indices(func={name: np.array(f) for name, f in outputs.items()}, n=n)
    low, high = _resampled_ends(a, b, ab, again, resamples)
    first, total = np.ravel(indices.first_order[0]), np.ravel(indices.total_order[0])
    d = len(rows)
    columns = (first, low[:d], high[:d], total, low[d:], high[d:])
    narrow = high - low <= CONVERGED
    figures = {name: pd.array(values, "Float64") for name, values in zip(_INDICES, columns, strict=True)}
    return rows.assign(**figures, converged=narrow[:d] & narrow[d:])


def _number_of_inputs(inputs: Sequence[str]) -> int:
    if isinstance(inputs, str) or not len(inputs) or len(set(inputs)) < len(inputs):
        raise ValueError(f"inputs are the different names of a model's inputs, one or more; these are {inputs!r}")
    return len(inputs)


def _all_missing(rows: int) -> pd.api.extensions.ExtensionArray:
    return pd.array([pd.NA] * rows, "Float64")


def _evaluated(model: Model, d: int, n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The model at A, at B (n each) and at every AB_i (input, n), by one call."""
    from scipy.stats import qmc

    points = qmc.Sobol(2 * d, bits=64, rng=np.random.default_rng([seed, 0])).random(n).T
    a, b = points[:d], points[d:]
    ab = np.repeat(a[:, None, :], d, axis=1)  # input, page, point
    own = np.arange(d)
    ab[own, own] = b
    out = _outputs(model, np.concatenate([a, b, ab.reshape(d, d * n)], axis=1))
    return out[:n], out[n : 2 * n], out[2 * n :].reshape(d, n)


def _outputs(model: Model, u: np.ndarray) -> np.ndarray:
    out = np.asarray(model(u), dtype=float)
    if out.shape not in {(u.shape[1],), (1, u.shape[1])}:
        raise ValueError(
            f"the model was given {u.shape[1]} columns and has to give one number for each; it gave {out.shape}"
        )
    out = out.reshape(-1)
    odd = np.flatnonzero(~np.isfinite(out))
    if len(odd):
        at = ", ".join(f"{value:.4g}" for value in u[:, odd[0]])
        raise ValueError(f"the model gives {out[odd[0]]} where its inputs are at {at}; it has to be a number")
    return out


def _resampled_ends(
    a: np.ndarray, b: np.ndarray, ab: np.ndarray, rng: np.random.Generator, resamples: int
) -> tuple[np.ndarray, np.ndarray]:
    """2.5 % and 97.5 % of all first and then all total indices, when the points are drawn again.

    Every index is a ratio of means over the points, so that a resample is a product with how often each
    point was drawn.
    """
    n = len(a)
    middle = (a.mean() + b.mean()) / 2
    a, b, ab = a - middle, b - middle, ab - middle
    terms = np.vstack([b * (ab - a), (a - ab) ** 2 / 2, [(a + b) / 2, (a**2 + b**2) / 2]])
    means = np.array([terms @ np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(resamples)]) / n
    # In a resample where the output happens not to vary no index is defined, and neither is then the interval.
    with np.errstate(divide="ignore", invalid="ignore"):
        indices = means[:, :-2] / (means[:, -1] - means[:, -2] ** 2)[:, None]
        low, high = np.quantile(indices, [0.025, 0.975], axis=0)
    return low, high


def tornado(model: Model, inputs: Sequence[str], low: float = 0.05, high: float = 0.95) -> pd.DataFrame:
    """What each input does alone, from its level `low` to `high`, while the others stay at their median.

    `model` as in `sobol`, called once. One row an input, the largest swing first: input, at_low, at_high,
    middle (the output with every input at its median), swing (the highest of the three less the lowest;
    for an input that only raises or only lowers the output it is the distance of at_low and at_high).

    >>> tornado(lambda u: u[0] - 4 * u[1], ("wage", "lapse"), 0, 1).values.tolist()
    [['lapse', 0.5, -3.5, -1.5, 4.0], ['wage', -2.0, -1.0, -1.5, 1.0]]
    """
    if not 0 <= low < 0.5 < high <= 1:
        raise ValueError(f"low and high lie on either side of 0.5, within 0 to 1; they are {low} and {high}")
    d = _number_of_inputs(inputs)
    u = np.full((d, 2 * d + 1), 0.5)
    own = np.arange(d)
    u[own, own], u[own, d + own] = low, high
    out = _outputs(model, u)
    three = np.stack([out[:d], out[d : 2 * d], np.full(d, out[-1])])
    rows = pd.DataFrame({"input": list(inputs)}).assign(
        **{
            name: pd.array(values, "Float64")
            for name, values in zip(("at_low", "at_high", "middle"), three, strict=True)
        },
        swing=pd.array(np.ptp(three, axis=0), "Float64"),
    )
    return rows.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def crps(draws: np.ndarray, observed: float | np.ndarray) -> float | np.ndarray:
    """Continuous ranked probability score of draws (last axis) against what came, in its unit; 0 is perfect.

    `observed` is a number or one for each series; so is the result. Three lines by hand: a package for
    them (properscoring, scoringrules) would be one more dependency. ValueError for what isn't a number.

    >>> crps(np.array([0.2, 0.4]), 0.3)  # 0.1 - 0.1 / 2: two draws of two are 0.2 apart, on average 0.1
    0.05
    """
    values, came = np.asarray(draws, dtype=float), np.asarray(observed, dtype=float)
    n = _draws(values)
    if not np.isfinite(came).all():
        raise ValueError("what was observed has to be a number everywhere; leave out what isn't known")
    distance = np.sort(_all_finite(values) - came[..., None], axis=-1)
    pairs = 2 * np.arange(1, n + 1) - n - 1
    score = np.abs(distance).mean(axis=-1) - (distance * pairs).sum(axis=-1) / n**2
    return float(score) if score.ndim == 0 else score


_SCORES = ["forecast", "low", "high", "observed", "error", "inside", "crps"]
_OF_RANGES = ["inside_50", "inside_80", "pit", "interval_score", "dispersion", "overprediction", "underprediction"]


def scored(forecasts: np.ndarray, observed: np.ndarray) -> pd.DataFrame:
    """How forecasts fared, one row a case: draws (case, draw) or points (case) against what came (case).

    Columns: forecast (the median of the draws, or the point), low and high (the central 90 % of the draws),
    observed, error (forecast less observed), inside (low to high holds what came), crps. Also inside_50 and inside_80 (the central half
    and four fifths), pit (the share of draws below what came, half of those equal to it), and the interval score of the 90 % range with
    its parts (Gneiting & Raftery 2007): its width, and 20 times how far it lay above and below what came. Points
    have no interval: low, high, inside and all of these are missing, and crps is the absolute error. Shares in, shares out.

    ValueError for unlike numbers of cases and for what isn't a number.

    >>> scored(np.array([[0.2, 0.4], [0.5, 0.5]]), np.array([0.3, 0.4]))[["error", "inside", "crps"]].round(2).values.tolist()
    [[0.0, True, 0.05], [0.1, False, 0.1]]
    """
    values, came = np.asarray(forecasts, dtype=float), np.asarray(observed, dtype=float)
    if came.ndim != 1 or values.ndim not in (1, 2) or len(values) != len(came):
        raise ValueError(
            f"every case needs its forecast and what came; there are forecasts {values.shape}, "
            f"(case, draw) or (case), and observed {came.shape}, (case)"
        )
    drawn = values.ndim == 2
    each = values if drawn else values[:, None]
    score = np.asarray(crps(each, came))
    low, tenth, quarter, forecast, high_quarter, high_tenth, high = quantiles(
        each, [(1 - INTERVAL) / 2, 0.1, 0.25, 0.5, 0.75, 0.9, (1 + INTERVAL) / 2]
    )
    rows = pd.DataFrame(
        {"forecast": forecast, "low": low, "high": high, "observed": came, "error": forecast - came, "crps": score}
    ).astype("Float64")
    rows["inside"] = pd.array((low <= came) & (came <= high), "boolean")
    rows["inside_50"] = pd.array((quarter <= came) & (came <= high_quarter), "boolean")
    rows["inside_80"] = pd.array((tenth <= came) & (came <= high_tenth), "boolean")
    below, equal = (of.mean(axis=1) for of in (each < came[:, None], each == came[:, None]))
    dear = 2 / (1 - INTERVAL)
    parts = {
        "pit": below + equal / 2,
        "dispersion": high - low,
        "overprediction": dear * np.maximum(low - came, 0.0),
        "underprediction": dear * np.maximum(came - high, 0.0),
    }
    rows = rows.assign(**{name: pd.array(values, "Float64") for name, values in parts.items()})
    rows["interval_score"] = rows["dispersion"] + rows["overprediction"] + rows["underprediction"]
    if not drawn:
        rows[["low", "high", "inside", *_OF_RANGES]] = pd.NA
    return rows[[*_SCORES, *_OF_RANGES]]


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """All cases of `scored` in one row: cases, mean_absolute_error, bias, hits, crps, and, if there, of the ranges.

    bias is the mean error (positive: too high), hits, hits_50 and hits_80 the numbers of cases inside the 90, 50 and 80 % intervals
    (missing for points), the others means. Cases of one date aren't independent: few hits can be one surprise.

    >>> summary(scored(np.array([0.2, 0.5]), np.array([0.3, 0.4])))[["cases", "bias", "hits"]].values.tolist()
    [[2, 0.0, <NA>]]
    """
    row = {
        "cases": pd.array([len(scores)], "Int64"),
        "mean_absolute_error": pd.array([scores["error"].abs().mean()], "Float64"),
        "bias": pd.array([scores["error"].mean()], "Float64"),
        "hits": pd.array([scores["inside"].sum(min_count=1)], "Int64"),
        "crps": pd.array([scores["crps"].mean()], "Float64"),
    }
    for name in ("inside_50", "inside_80"):
        if name in scores:
            row[name.replace("inside", "hits")] = pd.array([scores[name].sum(min_count=1)], "Int64")
    for name in ("interval_score", "dispersion", "overprediction", "underprediction"):
        if name in scores:
            row[name] = pd.array([scores[name].mean()], "Float64")
    return pd.DataFrame(row)
