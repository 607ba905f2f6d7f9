r"""Why a rate moved: enrolment, base, mix of segments, definition, and what rounding hides.

**Effects of factors** (Das Gupta 1993, US Census P23-186). For a rate $R(a, b, c, …)$ of any named
factors, numbers or arrays, the effect of one factor is the difference it makes, averaged over which of
the others have changed already (n factors, S a set of s others that have):

    effect_a = sum over S of  s! (n-1-s)! / n!  *  [R(a after, S after, others before) - R(a before, S after, others before)]

They add up to $R_{after} - R_{before}$ exactly. For a product these are Das Gupta's formulas (his
chapters 2 to 4), for two factors Kitagawa's (1955).

**Structures** (his chapter 5). N cells by classifiers 1 … K, T their rates: $R = Σ T N_{cell}/N$. The
share of a cell is split into one factor a classifier, $N_{cell}/N = A B C…$ (his equation 5.36):

    A = product over sets S of the other classifiers of  (N_{iS} / N_S) ^ (s! (K-1-s)! / K!)

The effect of the rates is $Σ mean(N_{cell}/N) ΔT$; the rest, $Σ mean(T) Δ(N_{cell}/N)$, is shared among
A, B, C… as the effects of a product under the mean rates. (Effects of A, B, … and T all at once differ:
their structures don't add up to Kitagawa's.)

**The ledger of a rate.** Covered $C_s$ and workers $W_s$ of segment s, $C = ΣC_s$, $W = ΣW_s$,
$m_s = W_s/W$, $r_s = C_s/W_s$, $R = Σ m_s r_s = C/W$; mean() is of the two dates, Δ after minus before:

    mix       = sum of  mean(r_s) Δm_s
    enrolment = sum of  mean(m_s) mean(1/W_s) ΔC_s
    base      = sum of  mean(m_s) mean(C_s) Δ(1/W_s)

and where only the total is known  enrolment = mean(1/W) ΔC,  base = mean(C) Δ(1/W), mix not known.
Both add up to ΔR. *Base* with the mix apart is each segment's own workers: newcomers to a segment are
uncovered until somebody enrols them. A worker without cover who moves from BPU to PU therefore adds
r_PU − r_BPU to mix and takes as much from base, as it must be, because R didn't move. So mix and base
are read together; to first order their sum is the base of the total alone, and enrolment is the same.

Figures known only as an interval (rounded in print) give an interval of each effect. With one total the
effects are linear in C before, C after, 1/W before and 1/W after one at a time, so that the extremes lie
at corners of the box and all corners are tried; the box forgets that a base may have been worked out
from covered, so the interval is an outer one. With segments they are not (W_s is in m_s, too): then
the total alone is split. *Rounding* is the printed change minus the sum of the effects.

*Definition* (base, split, territory) is no growth. Where it differs between the dates, a `bridge`, one
of the dates by the other definition, gives  definition = rate by the new − rate by the old  and the rest
is split within one definition. Without it nothing can be separated.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product
from math import ceil, factorial, floor
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.coverage import Choice, MixError, active, all_provinces, coverage_of, workers_of
from analysis.frames import columns_of
from analysis.names import public
from analysis.printed import UnreadableError, in_thousands, read_printed
from analysis.schema import COUNTRY, NEW_WEIGHTS, UNKNOWN, Facts, Interval, facts_of, row_keys

__all__ = [
    "against_nation",
    "answers",
    "at_date",
    "bases_compared",
    "by_provinces",
    "das_gupta",
    "ledger",
    "ledgers",
    "new_weights",
    "published_dates",
    "redefined",
    "standardised",
    "structure",
]
__getattr__, __dir__ = public(__name__, {}, __all__)

Factor = float | np.ndarray
_MOST_FACTORS = 12  # 2^12 rates are evaluated; more factors than this are no explanation either
# BPS weighted its survey anew between these months: workers before and after aren't quite comparable.
# A published base that grows this much faster or slower than BPS's employed is pointed out. From August 2023 to
# August 2025 no province's employed grew by more than 4.4 percentage points a year above or below the country's.
PERHAPS_REDEFINED = 0.05
_DEFINITION = ("base", "split", "territory")
_COMPONENTS = ("enrolment", "base", "mix", "definition", "rounding", "total")
_POINTS = ("points", "points_low", "points_high")
_PEOPLE = ("before", "after", "people", "people_low", "people_high")


class Date(NamedTuple):
    """A place at one date, and all others beside it. See `at_date`."""

    here: pd.DataFrame
    whole: pd.DataFrame
    nation: pd.DataFrame
    cells: pd.DataFrame
    provinces: pd.DataFrame


def at_date(choice: Choice, participants: pd.DataFrame, labour_force: pd.DataFrame, regions: pd.DataFrame) -> Date:
    """The chosen place at its date: `here` by segment and `whole` in one row, as `coverage_of` gives them.

    Beside it `nation` (Indonesia by segment), `cells` (every province and Indonesia by segment) and `provinces` (`all_provinces`).

    >>> then = at_date(choice, participants, labour_force, regions)
    >>> then.here["covered"].tolist(), then.whole["covered"].tolist()
    ([564393, 168497], [732890])
    """
    covered, workers = active(participants, choice.period, choice.split), workers_of(choice, labour_force, regions)
    cells = coverage_of(covered, workers, ["province", "segment", "period", "split", "base"])
    own = covered[covered["province_code"] == choice.province_code]
    return Date(
        here=cells[cells["province_code"] == choice.province_code],
        whole=coverage_of(own, workers, ["province", "period", "split", "base"]),
        nation=cells[cells["province_code"] == COUNTRY],
        cells=cells,
        provinces=all_provinces(choice, participants, workers, regions),
    )


def das_gupta(before: Mapping[str, Factor], after: Mapping[str, Factor], rate: Callable[..., float]) -> pd.Series:
    """The effect of each factor on a rate: what it changed, averaged over which others had changed.

    `rate` takes the factors by name. The effects add up to rate(after) - rate(before). ValueError for
    unlike names or shapes, and for more than 12 factors.

    Kitagawa's two factors: mean earnings of those who earn and their share (Das Gupta's example 2.1).

    >>> effects = das_gupta({"earnings": 10930, "earners": 0.717892}, {"earnings": 16591, "earners": 0.825974},
    ...                     lambda earnings, earners: earnings * earners)
    >>> effects.round(2).to_dict()
    {'earnings': 4369.91, 'earners': 1487.26}
    """
    if set(before) != set(after):
        odd = ", ".join(sorted(set(before) ^ set(after)))
        raise ValueError(f"both dates need the same factors; only one has {odd}")
    names = list(before)
    if not 1 <= len(names) <= _MOST_FACTORS:
        raise ValueError(f"there are {len(names)} factors; 1 to {_MOST_FACTORS} can be separated")
    for name in names:
        shapes = np.shape(before[name]), np.shape(after[name])
        if shapes[0] != shapes[1]:
            raise ValueError(f"factor {name} has shape {shapes[0]} before and {shapes[1]} after; they must be alike")
    n = len(names)
    # One rate for each set of changed factors; bit i of the number says whether factor i has changed.
    rates = [
        float(rate(**{name: (after if changed >> i & 1 else before)[name] for i, name in enumerate(names)}))
        for changed in range(2**n)
    ]
    weight = [factorial(s) * factorial(n - 1 - s) / factorial(n) for s in range(n)]
    effects = {
        name: sum(
            weight[changed.bit_count()] * (rates[changed | 1 << i] - rates[changed])
            for changed in range(2**n)
            if not changed >> i & 1
        )
        for i, name in enumerate(names)
    }
    return pd.Series(effects, name="effect", dtype=float)


def structure(
    before: pd.DataFrame, after: pd.DataFrame, by: Sequence[str], size: str = "workers", rate: str = "rate"
) -> pd.Series:
    """Rate effect and one structure effect for each classifier in `by`, for one row a cell and date.

    The first entry, "rates", is the effect of the cells' rates; the others carry the classifiers' names.
    They add up to the change of the rate of all cells. A cell that is empty at one date counts as a
    share of 0. A rate may be given for it, as the mean of both is taken; without one (nobody is in it, so there is
    none) it is taken to be that of the other date. Nothing is known to have changed in it, then, and its coming or
    going is all structure. (Whatever rate is taken there, the effects add up; only their split depends on it.)

    Where a size, or a rate of somebody, isn't known every effect is missing. ValueError for unlike cells, for no
    people at all at a date (a rate of nobody isn't defined), and for a category that is empty at a date while there
    are several classifiers (its make-up isn't defined then).

    >>> before = pd.DataFrame({"segment": ["PU", "BPU"], "workers": [40, 60], "rate": [0.5, 0.1]})
    >>> after = pd.DataFrame({"segment": ["PU", "BPU"], "workers": [50, 50], "rate": [0.5, 0.2]})
    >>> structure(before, after, ["segment"]).round(4).to_dict()  # Kitagawa: 0.55 * 0.1 and 0.1 * (0.5 - 0.15)
    {'rates': 0.055, 'segment': 0.035}
    """
    by = list(by)
    cells = [rows.set_index(by)[[size, rate]].astype("Float64") for rows in (before, after)]
    for rows in cells:
        if rows.index.has_duplicates:
            raise MixError(f"a cell of {', '.join(by)} stands twice; add its rows up first")
    if set(cells[0].index) != set(cells[1].index):
        odd = sorted(set(cells[0].index) ^ set(cells[1].index), key=str)[0]
        raise ValueError(f"both dates need the same cells; only one has {odd}. Give an empty cell a size of 0")
    cells[1] = cells[1].reindex(cells[0].index)
    cells = [_rates_of_nobody(rows, other, size, rate) for rows, other in (cells, cells[::-1])]
    if any(rows.isna().any(axis=None) for rows in cells):
        return pd.Series(pd.NA, index=["rates", *by], name="effect", dtype="Float64")
    if any((rows[size] < 0).any() or rows[size].sum() <= 0 for rows in cells):
        raise ValueError(f"{size} must be positive in sum and nowhere negative; the rate of nobody isn't defined")
    share = [(rows[size] / rows[size].sum()).to_numpy(float) for rows in cells]
    rates = [rows[rate].to_numpy(float) for rows in cells]
    mean_rate = (rates[0] + rates[1]) / 2
    effect = float(((share[0] + share[1]) / 2 * (rates[1] - rates[0])).sum())
    factors = [_share_factors(rows[size], by) for rows in cells]
    structures = das_gupta(
        factors[0], factors[1], lambda **f: float((mean_rate * np.prod(list(f.values()), axis=0)).sum())
    )
    return pd.concat([pd.Series({"rates": effect}), structures]).rename("effect")


def _rates_of_nobody(rows: pd.DataFrame, other: pd.DataFrame, size: str, rate: str) -> pd.DataFrame:
    """Where nobody is in a cell and no rate is given, the rate of the other date; any will do if it is empty at both."""
    nobody = (rows[size] == 0).fillna(False) & rows[rate].isna()
    both = nobody & (other[size] == 0).fillna(False)
    return rows.assign(**{rate: rows[rate].mask(nobody, other[rate]).mask(both & other[rate].isna(), 0.0)})


def _share_factors(size: pd.Series, by: list[str]) -> dict[str, Factor]:
    """N_cell/N as a product of one factor a classifier (Das Gupta's equation 5.36)."""
    if len(by) == 1:
        return {by[0]: (size / size.sum()).to_numpy(float)}
    margins = {
        chosen: (size.groupby(level=list(chosen)).transform("sum") if chosen else size * 0 + size.sum())
        for s in range(len(by) + 1)
        for chosen in combinations(by, s)
    }
    for chosen, margin in margins.items():
        if len(chosen) < len(by) and (margin == 0).any():
            empty = margin.index[margin == 0][0]
            raise ValueError(
                f"nobody is in {' and '.join(chosen)} of {empty} at one date, so its make-up by the other "
                "classifiers isn't defined; join that category with another"
            )
    k = len(by)
    factors: dict[str, Factor] = {}
    for name in by:
        others = [other for other in by if other != name]
        factor = np.ones(len(size))
        for s in range(k):
            weight = factorial(s) * factorial(k - 1 - s) / factorial(k)
            for chosen in combinations(others, s):
                joint = tuple(other for other in by if other == name or other in chosen)
                factor = factor * (margins[joint] / margins[chosen]).to_numpy(float) ** weight
        factors[name] = factor
    return factors


def ledger(before: pd.DataFrame, after: pd.DataFrame, bridge: pd.DataFrame | None = None) -> pd.DataFrame:
    """Of the change of a coverage rate between two dates: enrolment, base, mix, definition, rounding, total.

    `before`, `after` and `bridge` hold one place at one date each, as `coverage_of` by segment, period,
    split and base gives it (or one row "all"): segment, covered, workers, base, facts; where a figure is known only as an interval also covered_low, covered_high,
    workers_low, workers_high; and rate, rate_low, rate_high where the rate itself is a printed one.
    `bridge` is one of the two dates by the other date's definition.

    One row a component (`an.columns("change.ledger")`). What isn't known is missing, never 0. `known_is` is "not defined" where
    nobody works at a date, or in a segment at one of them, and "same words" where the base is called the same and nobody vouches
    that it is.

    ValueError when the second date isn't after the first, MixError when a frame holds several dates or places.

    >>> press = {"segment": "all", "base": "eligible"}
    >>> then = pd.DataFrame(press | {"covered": 731991, "workers": 2732329, "facts": [Facts(("2023",))]})
    >>> now = pd.DataFrame(press | {"covered": 760468, "workers": 3058943, "facts": [Facts(("2024-09",))]})
    >>> ledger(then, now)[["component", "points", "known_is"]].round(4).values.tolist()[:3]
    [['enrolment', 0.0099, 'known'], ['base', -0.0292, 'known'], ['mix', <NA>, 'not known']]
    """
    since, until = _period(before), _period(after)
    _check_order(before, after)
    start, end = before, after
    parts = {name: _Part() for name in _COMPONENTS}
    changed = _definitions_differ(before, after)
    if not changed:
        words = before["base"].iloc[0] != "employed"
        parts["definition"] = _Part(known_is="same words") if words else _Part(Interval.exactly(0.0), "none")
    elif bridge is not None:
        start, end = _bridged(before, after, bridge)
        old, new = (before, bridge) if start is bridge else (bridge, after)
        parts["definition"] = _total(old, new)
    parts["total"] = _total(before, after)
    if changed and bridge is None:
        for name in ("enrolment", "base", "mix", "definition", "rounding"):
            parts[name] = _Part(known_is="cannot be separated")
    else:
        within = _total(start, end)
        parts |= _effects(start, end)
        parts["rounding"] = _rounding(start, end, within, parts)
    counts = {"enrolment": "covered", "base": "workers"}
    rows = []
    for name in _COMPONENTS:
        first, last = ((_box(frame, counts[name]) if name in counts else UNKNOWN) for frame in (before, after))
        same = not changed and first.known and last.known
        people = (last - first if same else UNKNOWN).columns("people")
        rows.append({"component": name, **parts[name].columns(), "before": first.point, "after": last.point, **people})
    out = pd.DataFrame(rows).astype(dict.fromkeys(_POINTS, "Float64") | dict.fromkeys(_PEOPLE, "Int64"))
    ends = [_rate(rows).point for rows in (before, after)]
    out["rate_before"], out["rate_after"] = (pd.array([rate] * len(out), "Float64") for rate in ends)
    return out.assign(since=since, until=until, facts=facts_of(before, after))[columns_of("change.ledger")]


class Answers(NamedTuple):
    """What a ledger says, sentence by sentence: rows of one, or none where it doesn't hold. See `answers`."""

    change: pd.DataFrame
    parts: pd.DataFrame
    is_lower: bool
    is_known: bool


def answers(rows: pd.DataFrame) -> Answers:
    """What a `ledger` says: `change` where both rates are known, `parts` where enrolment, base and mix are.

    Their one row has the points of total, enrolment, base and mix, and by how many covered and workers changed. `is_lower`
    says that there are more participants and yet a lower rate.

    >>> press = {"segment": "all", "base": "eligible"}
    >>> then = pd.DataFrame(press | {"covered": 731991, "workers": 2732329, "facts": [Facts(("2023",))]})
    >>> now = pd.DataFrame(press | {"covered": 760468, "workers": 3058943, "facts": [Facts(("2024-09",))]})
    >>> said = answers(ledger(then, now))
    >>> said.change[["total", "covered", "workers"]].round(4).values.tolist(), said.is_known
    ([[-0.0193, 28477.0, 326614.0]], False)
    """
    by_name = rows.set_index("component")
    points, people = by_name["points"], by_name["people"]
    effects = ["enrolment", "base", "mix"]
    is_known = bool((by_name.loc[effects, "known_is"] == "known").all())
    row = rows.head(1).assign(
        covered=people["enrolment"], workers=people["base"], total=points["total"], **points[effects].to_dict()
    )
    return Answers(
        change=row.dropna(subset=["rate_before", "rate_after"]),
        parts=row.head(int(is_known)),
        is_lower=is_known and bool(people["enrolment"] > 0 and points["total"] < 0),
        is_known=is_known,
    )


class _Part(NamedTuple):
    """One component: its points, and whether they are known."""

    points: Interval = UNKNOWN
    known_is: str = "not known"

    def columns(self) -> dict[str, Any]:
        return self.points.columns("points") | {"known_is": self.known_is}


def _known_part(points: Interval) -> _Part:
    return _Part(points, "known")


def _period(rows: pd.DataFrame) -> str:
    periods = set(rows["period"]) if "period" in rows else set(facts_of(rows).as_of)
    if len(periods) != 1:
        raise MixError(f"a ledger needs one date at a time; there is {', '.join(sorted(periods)) or 'none'}")
    if "province_code" in rows and rows["province_code"].nunique() > 1:
        raise MixError("a ledger is of one place; these rows hold several. Choose one or use `structure`")
    return str(next(iter(periods)))


def _days_of(period: str) -> tuple[str, str]:
    """First and last day of a period such as 2023, 2023-12, 2024-09-24, 2024-H1 or 2017-2018."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", period):
        return period, period
    if half := re.fullmatch(r"(\d{4})-H([12])", period):
        first, last = ("01-01", "06-30") if half[2] == "1" else ("07-01", "12-31")
        return f"{half[1]}-{first}", f"{half[1]}-{last}"
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        return f"{period}-01", f"{period}-31"
    if years := re.fullmatch(r"(\d{4})(?:-(\d{4}))?", period):
        return f"{years[1]}-01-01", f"{years[2] or years[1]}-12-31"
    raise ValueError(f"{period!r} is no period; write 2023, 2023-12, 2024-09-24, 2024-H1 or 2017-2018")


def _check_order(before: pd.DataFrame, after: pd.DataFrame) -> None:
    first, second = _period(before), _period(after)
    if _days_of(second)[0] <= _days_of(first)[1]:
        names = [
            f"{period} ({', '.join(facts_of(rows).source_ids)})" for period, rows in ((first, before), (second, after))
        ]
        raise ValueError(f"the second date must be after the first: {names[1]} isn't after {names[0]}")


def _definitions_differ(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """The parts of the definition in which two frames differ; a base that isn't stated is like none."""
    for rows in (one, other):
        for column in _DEFINITION:
            if column in rows and rows[column].nunique() > 1:
                raise MixError(
                    f"{column} holds {', '.join(sorted(set(rows[column])))} at one date; choose one {column}"
                )
    shared = [column for column in _DEFINITION if column in one and column in other]
    differ = [column for column in shared if one[column].iloc[0] != other[column].iloc[0]]
    return differ or (["base"] if one["base"].iloc[0] == "base not stated" else [])


def _bridged(before: pd.DataFrame, after: pd.DataFrame, bridge: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two frames of one definition between which the rest of the change is split."""
    period = _period(bridge)
    if period == _period(before) and not _definitions_differ(bridge, after):
        return bridge, after
    if period == _period(after) and not _definitions_differ(before, bridge):
        return before, bridge
    raise ValueError(
        f"the bridge must be {_period(before)} by the definition of {_period(after)}, or the other way round; "
        f"it is {period} by {', '.join(str(bridge[c].iloc[0]) for c in _DEFINITION if c in bridge)}"
    )


def _all(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["segment"] == "all"]


def _segment_rows(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["segment"] != "all"]


def _added_up(rows: pd.DataFrame, column: str) -> Any:
    """Covered or workers of all segments: as given for "all", else added up; missing where a part is."""
    is_whole = rows["segment"] == "all"
    whole, parts = rows[column][is_whole], rows[column][~is_whole]
    added = parts.astype("Int64").sum(skipna=False) if len(parts) else pd.NA
    if not len(whole):
        return added
    if whole.notna().all() and added is not pd.NA and int(whole.iloc[0]) != added:
        raise MixError(f"{column} of the segments come to {added}, that of all to {whole.iloc[0]}")
    return int(whole.iloc[0]) if whole.notna().all() else added


def _box(rows: pd.DataFrame, column: str) -> Interval:
    """Covered or workers of all."""
    point, whole = _added_up(rows, column), rows["segment"] == "all"
    low, high = (
        rows[end][whole].iloc[0] if end in rows and whole.any() else pd.NA
        for end in (f"{column}_low", f"{column}_high")
    )
    return Interval.exactly(point) if pd.isna(low) or pd.isna(high) else Interval(low, point, high)


def _has_printed_rate(rows: pd.DataFrame) -> bool:
    if "rate_low" not in rows:
        return False
    whole = _all(rows)
    return len(whole) == 1 and bool(whole[["rate", "rate_low", "rate_high"]].notna().all(axis=None))


def _rate(rows: pd.DataFrame) -> Interval:
    """The rate of all: the printed one, else covered / workers; missing where that is no rate."""
    if _has_printed_rate(rows):
        whole = _all(rows)[["rate", "rate_low", "rate_high"]].iloc[0]
        return Interval(*(float(whole[name]) for name in ("rate_low", "rate", "rate_high")))
    c, w = _box(rows, "covered"), _box(rows, "workers")
    elsewhere = (
        "split" in rows
        and (rows["split"] == "registration").any()
        and ("province_code" not in rows or (rows["province_code"] != COUNTRY).any())
    )  # participants registered in a province may live and work elsewhere: no rate
    return UNKNOWN if elsewhere or not (c.known and w.known) or w.low <= 0 or c.point > w.point else c / w


def _total(before: pd.DataFrame, after: pd.DataFrame) -> _Part:
    first, last = _rate(before), _rate(after)
    if not (first.known and last.known):
        return _Part(known_is=_why_not(before, after))
    return _known_part(last - first)


def _why_not(*frames: pd.DataFrame) -> str:
    """Why a rate at one of the dates is missing: it is of nobody, or something isn't known."""
    workers = [_added_up(rows, "workers") for rows in frames]
    return "not defined" if any(count is not pd.NA and count == 0 for count in workers) else "not known"


def _effects(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, _Part]:
    """Enrolment, base and mix between two frames of one definition."""
    boxes = [_box(rows, column) for column in ("covered", "workers") for rows in (before, after)]
    unknown = not all(box.known for box in boxes) or any(box.low <= 0 for box in boxes[2:])
    if unknown or not all(_rate(rows).known for rows in (before, after)):  # or more covered than workers
        return {name: _Part(known_is=_why_not(before, after)) for name in ("enrolment", "base", "mix")}
    if all(box.exact for box in boxes) and (split := _from_segments(before, after)):
        return split
    point = _of_total(*(box.point for box in boxes))
    corners = [_of_total(*corner) for corner in product(*((box.low, box.high) for box in boxes))]
    lows, highs = (tuple(f(values) for values in zip(*corners, strict=True)) for f in (min, max))
    enrolment, base = (_known_part(Interval(*part)) for part in zip(lows, point, highs, strict=True))
    return {"enrolment": enrolment, "base": base, "mix": _Part(known_is=_why_no_mix(before, after))}


def _of_total(C0: float, C1: float, W0: float, W1: float) -> tuple[float, float]:
    """Enrolment and base of a total: mean(1/W) ΔC and mean(C) Δ(1/W)."""
    return (1 / W0 + 1 / W1) / 2 * (C1 - C0), (C0 + C1) / 2 * (1 / W1 - 1 / W0)


def _from_segments(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, _Part]:
    """Enrolment, base and mix from the segments, or nothing where a segment isn't known or has no rate."""
    tables = _peopled(before, after)
    if not len(tables[0]):
        return {}
    if any(
        rows.isna().any(axis=None) or (rows["workers"] <= 0).any() or (rows["covered"] > rows["workers"]).any()
        for rows in tables
    ):
        return {}
    (C0, W0), (C1, W1) = ((t["covered"].to_numpy(float), t["workers"].to_numpy(float)) for t in tables)
    m0, m1 = W0 / W0.sum(), W1 / W1.sum()
    m, r, C = (m0 + m1) / 2, (C0 / W0 + C1 / W1) / 2, (C0 + C1) / 2
    return {
        "enrolment": _known_part(Interval.exactly(float((m * (1 / W0 + 1 / W1) / 2 * (C1 - C0)).sum()))),
        "base": _known_part(Interval.exactly(float((m * C * (1 / W1 - 1 / W0)).sum()))),
        "mix": _known_part(Interval.exactly(float((r * (m1 - m0)).sum()))),
    }


def _peopled(before: pd.DataFrame, after: pd.DataFrame) -> list[pd.DataFrame]:
    """Covered and workers by segment at both dates, without segments in which nobody is at either; no rows if unlike."""
    one, other = (_segment_rows(rows).set_index("segment")[["covered", "workers"]] for rows in (before, after))
    if set(one.index) != set(other.index) or one.index.has_duplicates:
        return [one.head(0), other.head(0)]
    tables = [rows.reindex(one.index).astype("Float64") for rows in (one, other)]
    nobody = [((rows["workers"] == 0) & (rows["covered"] == 0)).fillna(False) for rows in tables]
    return [rows[~(nobody[0] & nobody[1])] for rows in tables]


def _why_no_mix(before: pd.DataFrame, after: pd.DataFrame) -> str:
    """Why the segments tell no mix: nobody works in one of them at one date only, or something isn't known."""
    tables = _peopled(before, after)
    empty = any((rows["workers"] == 0).fillna(False).any() for rows in tables)
    return "not defined" if empty and all(rows.notna().all(axis=None) for rows in tables) else "not known"


def _rounding(before: pd.DataFrame, after: pd.DataFrame, total: _Part, parts: Mapping[str, _Part]) -> _Part:
    """The change as printed minus the sum of the effects; nothing to hide where the rates are computed."""
    if total.known_is != "known" or parts["enrolment"].known_is != "known":
        return _Part()
    if not (_has_printed_rate(before) or _has_printed_rate(after)):
        return _Part(Interval.exactly(0.0), "none")
    (C0, C1), (W0, W1) = ([_box(rows, column) for rows in (before, after)] for column in ("covered", "workers"))
    return _known_part(total.points - (C1 / W1 - C0 / W0))


def redefined(
    before: pd.DataFrame, after: pd.DataFrame, employed_before: object, employed_after: object
) -> pd.DataFrame:
    """Whether a base grew unlike BPS's employed, so that it may have been redefined between two dates.

    `before` and `after` as for `ledger`; the employed are those of August of the two years. One row, whose `redefined_is` is
    "perhaps" when the growths differ by more than 5 percentage points whatever the exact base is, and "not defined" where one of
    the two grew from nobody. Columns: `an.columns("change.redefined")`.

    >>> press = {"segment": "all", "base": "eligible"}
    >>> then = pd.DataFrame(press | {"covered": 731991, "workers": 2732329, "facts": [Facts(("2023",))]})
    >>> now = pd.DataFrame(press | {"covered": 760468, "workers": 3058943, "facts": [Facts(("2024-09",))]})
    >>> redefined(then, now, 4697658, 4787589)[["growth", "employed_growth", "redefined_is"]].round(3).values.tolist()
    [[0.12, 0.019, 'perhaps']]
    """
    first, last = _box(before, "workers"), _box(after, "workers")
    nobody = any(not pd.isna(count) and count == 0 for count in (first.low, employed_before))  # nothing grows from 0
    known = first.known and last.known and first.low != 0
    growth = last / first - Interval.exactly(1) if known else UNKNOWN
    theirs: Any = pd.NA
    if not (pd.isna(employed_before) or pd.isna(employed_after) or employed_before == 0):
        theirs = float(employed_after) / float(employed_before) - 1  # type: ignore[arg-type]
    is_known = known and theirs is not pd.NA
    apart = is_known and (growth.low - theirs > PERHAPS_REDEFINED or theirs - growth.high > PERHAPS_REDEFINED)
    row = {
        "since": _period(before),
        "until": _period(after),
        "before": first.point,
        "after": last.point,
        **growth.columns("growth"),
        "employed_growth": theirs,
        "difference": growth.point - theirs if is_known else pd.NA,
        "redefined_is": "not defined"
        if nobody
        else "not known"
        if not is_known
        else "perhaps"
        if apart
        else "no sign of it",
    }
    shares = ("growth", "growth_low", "growth_high", "employed_growth", "difference")
    out = pd.DataFrame([row]).astype(dict.fromkeys(shares, "Float64") | {"before": "Int64", "after": "Int64"})
    return out.assign(facts=facts_of(before, after))


def new_weights(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The two months between which BPS weighted its survey anew, if the workers of two dates lie on either side.

    One row (weights_before, weights_after), or none.

    >>> then, now = (pd.DataFrame({"facts": [Facts(workers_as_of=(month,))]}) for month in ("2022-08", "2024-08"))
    >>> new_weights(then, now)[["weights_before", "weights_after"]].values.tolist()
    [['2022-08', '2023-08']]
    """
    first, last = (sorted(facts_of(rows).workers_as_of) for rows in (before, after))
    old, new = NEW_WEIGHTS
    crosses = bool(first and last) and first[0] <= old and last[-1] >= new
    rows = pd.DataFrame({"weights_before": [old], "weights_after": [new]}).head(int(crosses))
    return rows.assign(facts=facts_of(before, after))


def published_dates(articles: pd.DataFrame) -> pd.DataFrame:
    """The printed figures that can be compared over time: covered and a rate for all segments, one row a date.

    `articles` as `press.published_rates` gives them. A figure with a word that changes it (about, more
    than) or that calls for caution isn't taken; of several for one time the one that pins down its base best is.
    Rounded figures become intervals of half a unit of their last printed digit each side; a count that ends in
    000 is taken as rounded to thousands (`printed.in_thousands`). The base lies between covered/rate_high and
    covered/rate_low and, where it is printed too, within that.

    Workers is the base as printed in full, else covered/rate. Columns: `an.columns("change.published_dates")`.

    >>> from analysis.press.published import published_rates
    >>> published_dates(published_rates(published, "18")).head(2)[["period", "workers_low", "workers_high"]].values.tolist()
    [['2023', 2731820, 2732839], ['2024-09-24', 3058943, 3058943]]
    """
    rows = articles[(articles["segment"] == "all") & (articles["caution"] == "")]
    found = [read for read in (_read_print(row) for row in rows.to_dict("records")) if read]
    found.sort(key=lambda row: (row["width"], -len(row["period"]), row["period"]))
    chosen: list[dict] = []
    for row in found:
        first, last = _days_of(row["period"])
        if all(last < _days_of(other["period"])[0] or first > _days_of(other["period"])[1] for other in chosen):
            chosen.append(row)
    chosen.sort(key=lambda row: _days_of(row["period"]))
    new = ["covered_low", "covered_high", "workers_low", "workers_high", "rate_low", "rate_high"]
    out = pd.DataFrame(chosen, columns=[*articles.columns, *new])
    counts = ["covered", "workers", *new[:4]]
    return out.astype(dict.fromkeys(counts, "Int64") | dict.fromkeys(("rate", *new[4:]), "Float64"))


def _read_print(row: Mapping[Any, Any]) -> dict | None:
    covered, rate = _as_interval(row["covered_printed"], "persons"), _as_interval(row["rate_printed"], "percent")
    if covered is None or rate is None or rate.low <= 0 or rate.high > 1:
        return None
    low, point, high = covered / rate
    if printed := _as_interval(row["workers_printed"], "persons"):
        low, high = max(low, printed.low), min(high, printed.high)
        point = printed.point if printed.exact else point
    if ceil(low) > floor(high):  # what is printed can't be true together
        return None
    if not low <= point <= high:
        point = (low + high) / 2
    return dict(row) | {
        **Interval(ceil(covered.low), int(covered.point), floor(covered.high)).columns("covered"),
        **Interval(ceil(low), round(point), floor(high)).columns("workers"),
        **Interval(*(float(end) for end in rate)).columns("rate"),
        "width": float((high - low) / low),
    }


def _as_interval(text: str, unit: str) -> Interval | None:
    """A printed figure; None for one that isn't a plain number."""
    try:
        read = read_printed(text, unit=unit)
    except UnreadableError:
        return None
    read = in_thousands(read)  # at once, as nothing here would show that an exact reading conflicts
    if read.widened or read.low is None or read.high is None:
        return None
    return Interval(read.low, read.value, read.high)


def ledgers(dates: pd.DataFrame) -> pd.DataFrame:
    """The `ledger` between each of `published_dates` and the next, below each other; no row for fewer than two.

    >>> from analysis.press.published import published_rates
    >>> rows = ledgers(published_dates(published_rates(published, "18")))
    >>> rows[rows["component"] == "total"][["since", "until", "points"]].round(4).values.tolist()[0]
    ['2023', '2024-09-24', -0.0193]
    """
    pairs = [(dates.iloc[[i]], dates.iloc[[i + 1]]) for i in range(len(dates) - 1)]
    if not pairs:
        return pd.DataFrame(columns=columns_of("change.ledger"))
    return pd.concat([ledger(*pair) for pair in pairs], ignore_index=True)


def bases_compared(dates: pd.DataFrame, labour_force: pd.DataFrame) -> pd.DataFrame:
    """The `redefined` of each of `published_dates` and the next, with BPS's employed of August of those years.

    `labour_force` is the table of that name for the one place, on one territory.

    >>> from analysis.press.published import published_rates
    >>> here = labour_force[labour_force["province_code"] == "18"]
    >>> bases_compared(published_dates(published_rates(published, "18")), here)["redefined_is"].tolist()[0]
    'perhaps'
    """
    known = labour_force[labour_force["employed"].notna()].drop_duplicates("period")
    employed = known.set_index("period")["employed"]
    surveyed = dict(
        zip(known["period"], zip(known["source_id"], row_keys("labour_force", known), strict=True), strict=True)
    )
    out = []
    for i in range(len(dates) - 1):
        pair = [dates.iloc[[j]] for j in (i, i + 1)]
        augusts = [f"{_days_of(_period(rows))[1][:4]}-08" for rows in pair]
        row = redefined(*pair, *(employed.get(august, pd.NA) for august in augusts))
        of_bps = [Facts(source_ids=(surveyed[a][0],), keys=surveyed[a][1]) for a in augusts if a in surveyed]
        facts = Facts.sum([facts_of(row), *of_bps])
        out.append(row.assign(facts=[facts], employed_as_of=[tuple(augusts)]))
    return pd.concat(out, ignore_index=True) if out else pd.DataFrame(columns=columns_of("change.bases_compared"))


def standardised(here: pd.DataFrame, nation: pd.DataFrame) -> pd.DataFrame:
    """A place against the nation with the other's mix of segments, and their gap split into mix and rates.

    Both are rows by segment of one date, as `coverage_of` gives them. With m, r the shares and rates of
    the place and M, Q those of the nation:  with_nation_mix = Σ M r,  nation_with_mix = Σ m Q,
    gap = Σ m r - Σ M Q = from_rates Σ mean(m, M)(r - Q) + from_mix Σ mean(r, Q)(m - M)  (Kitagawa).

    One row (`an.columns("change.standardised")`), with everything missing where it is "not known", as a segment is unknown or has
    no rate, or "not defined", as nobody works in one of them, here or there.

    >>> parts = {"segment": ["PU", "BPU"], "facts": Facts(("2023-12",), ("2023-08",))}
    >>> here = pd.DataFrame(parts | {"covered": [20, 8], "workers": [40, 80]})
    >>> nation = pd.DataFrame(parts | {"covered": [300, 40], "workers": [500, 500]})
    >>> standardised(here, nation)[["rate", "with_nation_mix", "nation_with_mix"]].round(4).values.tolist()
    [[0.2333, 0.3, 0.2533]]
    """
    if set(here["segment"]) - {"all"} != set(nation["segment"]) - {"all"}:
        raise MixError("a place and the nation need the same segments")
    _one_base(here, nation)
    split = _from_segments(nation, here)
    figures = ["rate", "nation_rate", "with_nation_mix", "nation_with_mix", "gap", "from_mix", "from_rates"]
    values = dict.fromkeys(figures, pd.NA)
    if split:
        one, other = (rows.sort_index() for rows in _peopled(here, nation))
        (m, r), (M, Q) = (
            (t["workers"].to_numpy(float) / float(t["workers"].sum()), (t["covered"] / t["workers"]).to_numpy(float))
            for t in (one, other)
        )
        rate, nation_rate = float((m * r).sum()), float((M * Q).sum())
        from_rates = split["enrolment"].points.point + split["base"].points.point
        values = dict(
            zip(
                figures,
                (
                    rate,
                    nation_rate,
                    float((M * r).sum()),
                    float((m * Q).sum()),
                    rate - nation_rate,
                    split["mix"].points.point,
                    from_rates,
                ),
                strict=True,
            )
        )
    out = pd.DataFrame([values]).astype("Float64")
    return out.assign(known_is="known" if split else _why_no_mix(here, nation), facts=facts_of(here, nation))


def against_nation(now: Date) -> pd.DataFrame:
    """The `standardised` of a province at a date; no row for the country itself, nor where a rate or the nation isn't known.

    >>> against_nation(at_date(choice, participants, labour_force, regions))[["rate", "gap"]].round(4).values.tolist()
    [[0.156, -0.0885]]
    """
    if now.nation.empty:  # a place may have its figures before the nation has
        return pd.DataFrame(columns=columns_of("change.against_nation"))
    rows = standardised(now.here, now.nation)
    return rows[(rows["known_is"] == "known") & (now.here["province_code"] != COUNTRY).all()]


def by_provinces(then: Date, now: Date, rows: pd.DataFrame) -> pd.DataFrame:
    """Of the country's change (its `ledger`): the points of rates, of segments, and of workers between provinces.

    The `structure` of all provinces and segments: one row (rates, segment, between); none for a province.

    >>> date = at_date(choice, participants, labour_force, regions)
    >>> by_provinces(date, date, pd.DataFrame({"facts": [Facts()]})).empty
    True
    """
    if (now.here["province_code"] != COUNTRY).any():
        return rows.head(0)
    before, after = (date.cells[date.cells["province_code"] != COUNTRY] for date in (then, now))
    effects = structure(before, after, ["province", "segment"]).rename({"province": "between"})
    return rows.head(1).assign(**effects.to_dict())


def _one_base(here: pd.DataFrame, nation: pd.DataFrame) -> None:
    for column in (*_DEFINITION, "period"):
        if column in here and column in nation and set(here[column]) != set(nation[column]):
            raise MixError(f"{column} of the place and of the nation differ; compare like with like")
