r"""Who is covered: counts and rates for any grouping, added up first and divided last.

With $C$ the covered (active participants) and $W$ the workers of a group of rows,

    rate = sum(C) / sum(W),    uncovered U = sum(W) - sum(C),    share of the uncovered = U_i / sum(U)

A rate is never averaged. A segment that is missing makes the total unknown, not the sum of the
rest; a base of zero makes the rate "not defined"; more covered than workers (participants counted
where the employer is registered) makes it "exceeds", because it is then no coverage rate.

Bases and splits are never mixed. `employed` is what BPS counts in August (Sakernas), formal = PU
and informal = BPU; `eligible` is the smaller base behind the press figures and is known only as
printed. `domicile` counts a participant where the worker lives, `registration` where the employer
is registered: below the country that is no coverage of the people who live there, whether it exceeds
the workers or not, and `place` and `splits` say so instead of giving a rate. Two territories exist, 34 and 38 provinces: a rate joins
equal ones.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from analysis.frames import columns_of
from analysis.names import public
from analysis.press.published import each_rate_once, eligible
from analysis.schema import (
    BASES,
    CONFIDENCE,
    COUNTRY,
    NEW_MAP,
    OLD_MAP,
    SEGMENTS,
    SPLITS,
    Facts,
    nearest,
    one_of,
    row_keys,
    suggestion,
)

__all__ = [
    "active",
    "all_provinces",
    "answers",
    "bases",
    "beside",
    "choose",
    "coverage_of",
    "decembers",
    "employed",
    "find_place",
    "gap",
    "labour_force_of",
    "latest",
    "left_out",
    "on_territory",
    "place",
    "rank",
    "rate_or_why",
    "splits",
    "standing",
    "successors",
    "workers_of",
    "workers_over_time",
]
__getattr__, __dir__ = public(__name__, {}, __all__)


class Choice(NamedTuple):
    """What a report is about, checked: see `choose`."""

    province_code: str
    province: str
    period: str
    workers_period: str
    base: str
    split: str
    territory: str

    @property
    def year(self) -> str:
        """The year of the period, which published figures are compared by."""
        return self.period[:4]


class MixError(ValueError):
    """Rows of two bases, splits, territories or dates were about to be added up."""


def choose(
    province: str,
    period: str,
    base: str,
    split: str,
    participants: pd.DataFrame,
    regions: pd.DataFrame,
    published: pd.DataFrame,
) -> Choice:
    """Check a notebook's parameters and say what they select.

    `province` is a name or a Kemendagri code; "Indonesia" or "00" is the country. Raises ValueError
    with a sentence that lists what there is when a name, period, base or split has no data.

    >>> regions = pd.DataFrame({"province_code": ["00", "18"], "province": ["Indonesia", "Lampung"],
    ...                         "also_known_as": ["", ""]})
    >>> p = pd.DataFrame({"period": ["2023-12"], "province_code": ["18"], "province": ["Lampung"],
    ...                   "territory": ["34"], "split": ["domicile"], "status": ["active"], "segment": ["PU"]})
    >>> choose("18", "2023-12", "employed", "domicile", p, regions, pd.DataFrame()).province
    'Lampung'
    >>> choose("Lampong", "2023-12", "employed", "domicile", p, regions, pd.DataFrame())
    Traceback (most recent call last):
    ...
    ValueError: there is no province 'Lampong'; did you mean Lampung? With participants: Lampung
    """
    return chooser(base, split, participants, regions, published)(province, period)


def chooser(
    base: str, split: str, participants: pd.DataFrame, regions: pd.DataFrame, published: pd.DataFrame
) -> Callable[[str, str], Choice]:
    """`choose` for many places and periods, going through the tables once: a function of province and period.

    >>> choose_one = chooser("employed", "domicile", participants, regions, published)
    >>> choose_one("18", "2023-12").province, choose_one("Aceh", "2024-12").period
    ('Lampung', '2024-12')
    """
    counted = _counted(participants)
    rows = counted[counted["split"] == split]
    find = finder(regions, rows, "participants")
    first = rows.drop_duplicates(["province_code", "period"])
    keys = zip(first["province_code"], first["period"], strict=True)
    territory = dict(zip(keys, first["territory"], strict=True))

    def choice(province: str, period: str) -> Choice:
        one_of("base", base, BASES)
        one_of("split", split, SPLITS)
        code, name = find(province)
        if (code, period) not in territory:
            periods = ", ".join(sorted(p for c, p in territory if c == code))
            at = (counted["province_code"] == code) & (counted["period"] == period)
            other = counted[at]["split"].unique()
            hint = f"; with split {other[0]} there is" if len(other) else ""
            raise ValueError(f"{name} has no participants by {split} for period {period!r}{hint}. There is: {periods}")
        if base == "eligible":
            _by_domicile(split)
            eligible(published, code, period, sorted(rows["period"].unique()))
        return Choice(code, name, period, f"{period[:4]}-08", base, split, territory[code, period])

    return choice


def _by_domicile(split: str) -> None:
    if split != "domicile":
        raise MixError(
            "base eligible goes with split domicile: the published figures count workers where they "
            f"live, and {split} would set them against workers counted elsewhere"
        )


def latest(participants: pd.DataFrame, regions: pd.DataFrame, split: str = "domicile") -> str:
    """The newest December that all have: Indonesia and every place of its territory, wage earners and non-wage workers.

    A December that some places have and others don't isn't it, so that all pages stand on one date. ValueError where there is none.

    >>> latest(participants, regions)
    '2024-12'
    """
    rows = _counted(participants)
    rows = rows[(rows["split"] == split) & rows["period"].str.endswith("-12") & rows["persons"].notna()]
    for (period, territory), there in sorted(
        rows.groupby(["period", "territory"]), key=lambda each: each[0], reverse=True
    ):
        found = set(zip(there["province_code"], there["segment"], strict=True))
        places = regions.loc[regions["territories"].str.contains(territory), "province_code"]
        if found >= {(code, segment) for code in (COUNTRY, *places) for segment in SEGMENTS}:
            return str(period)
    raise ValueError(f"there is no December of which Indonesia and every place have participants by {split}")


def find_place(province: str, regions: pd.DataFrame, rows: pd.DataFrame, of: str = "participants") -> tuple[str, str]:
    """Code and name of a province (or "Indonesia") given by either, if `rows` hold something of it.

    `rows` has columns province_code and province; `of` names them in the ValueError, which lists what there is.

    >>> find_place("18", regions, regions), find_place("indonesia", regions, regions)
    (('18', 'Lampung'), ('00', 'Indonesia'))
    """
    return finder(regions, rows, of)(province)


def finder(regions: pd.DataFrame, rows: pd.DataFrame, of: str = "participants") -> Callable[[str], tuple[str, str]]:
    """`find_place` for many places, going through the tables once: a function of the place.

    >>> find = finder(regions, participants)
    >>> find("18"), find("indonesia")
    (('18', 'Lampung'), ('00', 'Indonesia'))
    """
    of_places = rows[rows["province_code"] != ""].sort_values("province_code")
    present = list(dict.fromkeys(of_places["province"]))
    known = dict(zip(regions["province_code"], regions["province"], strict=True))
    meant = _province_by_name(regions)

    def place(province: str) -> tuple[str, str]:
        code = str(province).strip()
        wanted = known.get(code.zfill(2) if code.isdigit() else code, str(province))
        if (name := meant.get(_as_compared(wanted))) is None:
            hint = suggestion(wanted, regions, nearest_name)
            raise ValueError(f"there is no province {province!r}{hint} With {of}: {', '.join(present)}")
        if name not in present:
            parent = regions.set_index("province").get("parent_code", pd.Series(dtype=str)).get(name, "")
            within = f"; they are counted within {known[parent]}" if parent in known and of == "participants" else ""
            raise ValueError(f"{name} has no {of} of its own{within}. With {of}: {', '.join(present)}")
        return next(code for code, n in known.items() if n == name), name

    return place


def nearest_name(text: str, regions: pd.DataFrame) -> str:
    """The province whose name, or another name for it, is nearest to `text`; "" when none is near.

    Where `text` is how several names begin, all of them: nobody can say which one is meant.

    >>> regions = pd.DataFrame({"province": ["DI Yogyakarta", "Lampung"], "also_known_as": ["D.I. Yogyakarta; DIY", ""]})
    >>> nearest_name("LAMPUNG ", regions), nearest_name("diy", regions), nearest_name("Jumlah", regions)
    ('Lampung', 'DI Yogyakarta', '')
    """
    meant, plain = _province_by_name(regions), _as_compared(text)
    if plain.split(" ")[0] in ("kabupaten", "kab", "kota"):
        return ""  # a part of a province isn't the province
    for wanted in (plain, plain.removeprefix("kepulauan ")):  # Kep. Babel
        if wanted in meant:
            return meant[wanted]
    if begun := list(dict.fromkeys(name for known, name in meant.items() if plain and known.startswith(f"{plain} "))):
        return " or ".join(filter(None, [", ".join(begun[:-1]), begun[-1]]))
    return meant.get(nearest(plain, meant, 0.75), "")


def _province_by_name(regions: pd.DataFrame) -> dict[str, str]:
    """Every name of a province, and every other name for it, as `_as_compared` has it: which province it is."""
    others = regions["also_known_as"] if "also_known_as" in regions else [""] * len(regions)
    pairs = [
        (_as_compared(other), name)
        for name, more in zip(regions["province"], others, strict=True)
        for other in more.split(";")
    ]
    return {other: name for other, name in pairs if other} | {_as_compared(name): name for name in regions["province"]}


def _as_compared(place: str) -> str:
    """The name of a place as it is compared: small letters, single spaces, no signs; D.I. as DI, Kep. and Sumatra as in names.

    >>> _as_compared("Kep.  Riau"), _as_compared("Provinsi D.I. Yogyakarta")
    ('kepulauan riau', 'di yogyakarta')
    """
    words = re.findall(r"[^\W_]+", re.sub(r"\b(\w)\.\s*(?=\w\b)", r"\1", place.casefold()))
    in_full = [{"kep": "kepulauan", "sumatra": "sumatera"}.get(word, word) for word in words]
    return " ".join(in_full[1:] if in_full[:1] and in_full[0] in ("provinsi", "propinsi", "prov") else in_full)


def active(participants: pd.DataFrame, period: str | Sequence[str], split: str) -> pd.DataFrame:
    """Active participants, PU and BPU, of one split and one period (or several): one row a province and segment.

    Construction (Jakon) is left out, as in the press figures: BPS has no base for it. Columns: `an.columns("coverage.active")`.

    >>> p = pd.DataFrame({"period": "2023-12", "province_code": "18", "province": "Lampung", "territory": "34",
    ...                   "split": "domicile", "status": "active", "segment": ["PU", "BPU"],
    ...                   "persons": [564393, 168497], "confidence": "medium", "source_id": "s"})
    >>> active(p, "2023-12", "domicile")["covered"].sum()
    np.int64(732890)
    """
    counted = _counted(participants)
    rows = counted[counted["period"].isin(_list(period)) & (counted["split"] == split)]
    told = rows.assign(covered=rows["persons"], facts=_counted_facts(rows))
    return told[columns_of("coverage.active")].reset_index(drop=True)


def _counted_facts(rows: pd.DataFrame) -> list[Facts]:
    """What each row of the table participants says of itself."""
    said = zip(rows["period"], rows["confidence"], rows["source_id"], row_keys("participants", rows), strict=True)
    return [Facts((period,), (), level, (source,), key) for period, level, source, key in said]


def facts_of_counts(rows: pd.DataFrame) -> list[Facts]:
    """What each row of the table participants says of itself, where it is shown without workers: all is of its own month.

    >>> facts_of_counts(participants.head(1))[0].workers_as_of
    ('2022-12',)
    """
    return [replace(facts, workers_as_of=facts.as_of) for facts in _counted_facts(rows)]


def _counted(participants: pd.DataFrame) -> pd.DataFrame:
    """The participants that coverage counts: active, wage earners or non-wage."""
    return participants[(participants["status"] == "active") & participants["segment"].isin(SEGMENTS)]


def employed(labour_force: pd.DataFrame, period: str | Sequence[str]) -> pd.DataFrame:
    """Workers employed by BPS in one August (or several), formal as PU and informal as BPU.

    Formal = employed x formal share, rounded to whole persons; informal is the rest, so that both
    add up to the employed. The share is printed with two decimals of a percent, so formal workers
    of the country differ a little from the sum of its provinces (August 2023: 57,185,637 and
    57,186,927). Workers are missing where the formal share is. Columns: `an.columns("coverage.employed")`. ValueError for
    a month without rows, and for one that isn't August.

    >>> lf = pd.DataFrame({"period": ["2023-08"], "province_code": ["18"], "province": ["Lampung"],
    ...     "territory": ["34"], "employed": [4697658], "formal_share": [0.2933], "source_id": ["bps"]})
    >>> employed(lf, "2023-08")[["segment", "workers"]].values.tolist()
    [['PU', 1377823], ['BPU', 3319835]]
    """
    if other := [month for month in _list(period) if not month.endswith("-08")]:
        raise ValueError(
            f"coverage is taken of the workers of August; {', '.join(other)} is a smaller round of the survey, "
            "of another season, and its figures stand in labour_force_rounds to be read by themselves"
        )
    known = labour_force[labour_force["employed"].notna()]
    rows = known[known["period"].isin(_list(period))]
    if missing := sorted(set(_list(period)) - set(rows["period"])):
        there = ", ".join(sorted(known["period"].unique()))
        raise ValueError(f"labour_force has no employed workers for {', '.join(missing)}. There is: {there}")
    formal = formal_workers(rows["employed"].astype("Float64"), rows["formal_share"]).astype("Int64")
    by_segment = {"PU": formal, "BPU": rows["employed"] - formal}
    said = zip(rows["period"], rows["source_id"], row_keys("labour_force", rows), strict=True)
    facts = [Facts((), (period,), "", (source,), key) for period, source, key in said]
    keep = rows[["period", "province_code", "province", "territory"]].assign(facts=facts)
    frames = [keep.assign(segment=segment, workers=workers) for segment, workers in by_segment.items()]
    both = pd.concat(frames, ignore_index=True)
    both["workers"] = both["workers"].astype("Int64")
    return both.rename(columns={"period": "workers_period"})[columns_of("coverage.employed")]


def formal_workers(employed: Any, formal_share: Any) -> Any:
    """Formal workers in whole persons: of a number, or of a column of numbers.

    >>> formal_workers(4697658, 0.2933)
    1377823
    """
    return round(employed * formal_share)


def _list(period: str | Sequence[str]) -> list[str]:
    return [period] if isinstance(period, str) else list(period)


def on_territory(workers: pd.DataFrame, territory: str, regions: pd.DataFrame) -> pd.DataFrame:
    """The same workers on 34 or on 38 provinces.

    38 to 34 adds Papua, Papua Selatan, Papua Tengah and Papua Pegunungan (91+93+94+95) and Papua
    Barat and Papua Barat Daya (92+96). The other way there is no split to be had: MixError.
    Persons are added, so a share taken afterwards is weighted by the employed. Where a part has no
    row, the old province is missing.

    >>> regions = pd.DataFrame({"province_code": ["92", "96"], "province": ["Papua Barat", "Papua Barat Daya"],
    ...                         "parent_code": ["", "92"]})
    >>> w = pd.DataFrame({"workers_period": "2024-08", "province_code": ["92", "96"], "province": ["Papua Barat",
    ...     "Papua Barat Daya"], "territory": "38", "segment": "PU", "workers": [107706, 128149], "facts": Facts()})
    >>> on_territory(w, "34", regions)[["province", "workers"]].values.tolist()
    [['Papua Barat', 235855]]
    """
    have = set(workers["territory"])
    if have == {territory}:
        return workers
    if have != {NEW_MAP} or territory != OLD_MAP:
        raise MixError(
            f"workers stand on {' and '.join(sorted(have))} provinces and {territory} were asked for; "
            "38 can be added up to 34, and nothing else can be told apart"
        )
    young = regions[regions["parent_code"] != ""]
    parents = dict(zip(young["province_code"], young["parent_code"], strict=True))
    names = dict(zip(regions["province_code"], regions["province"], strict=True))
    code = workers["province_code"].map(lambda c: parents.get(c, c))
    old = workers.assign(province_code=code, province=code.map(names), territory=OLD_MAP)
    keys = ["workers_period", "province_code", "province", "territory", "segment"]
    groups = old.groupby(keys, sort=False)
    whole_provinces = groups.agg(workers=("workers", _add), facts=("facts", Facts.sum)).reset_index()
    # A province of which a part has no row is unknown, not the sum of the rest.
    parts = 1 + young["parent_code"].value_counts()
    complete = groups.size().values == whole_provinces["province_code"].map(parts).fillna(1)
    whole_provinces["workers"] = whole_provinces["workers"].where(complete)
    return whole_provinces[workers.columns.tolist()]


def workers_over_time(labour_force: pd.DataFrame, territory: str, regions: pd.DataFrame) -> pd.DataFrame:
    """The workers of every August there is, as `employed`, brought to one territory as `on_territory` does.

    >>> rows = workers_over_time(labour_force, "34", regions)
    >>> rows[rows["province_code"] == "18"].groupby("workers_period")["workers"].sum().tolist()
    [4387966, 4697658, 4787589, 4853377]
    """
    periods = sorted(labour_force.loc[labour_force["employed"].notna(), "period"].unique())
    each = [on_territory(employed(labour_force, period), territory, regions) for period in periods]
    return pd.concat(each, ignore_index=True)


def workers_of(choice: Choice, labour_force: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """The workers of all places that a choice is set against: `employed` in its August, on its territory.

    While that August isn't published, those of the last one before it; a column `year` then says for which year they stand.

    >>> rows = workers_of(choice, labour_force, regions)
    >>> rows.loc[rows["province_code"] == "18", "workers"].tolist()
    [1377823, 3319835]
    """
    august = choice.workers_period
    there = labour_force.loc[labour_force["employed"].notna() & (labour_force["period"] <= august), "period"]
    if august in set(there) or there.empty:
        return on_territory(employed(labour_force, august), choice.territory, regions)
    return on_territory(employed(labour_force, max(there)), choice.territory, regions).assign(year=choice.year)


def _year_of(workers: pd.DataFrame) -> pd.Series:
    """The year of the participants that workers are set against."""
    return workers["year"] if "year" in workers else workers["workers_period"].str[:4]


def labour_force_of(choice: Choice, labour_force: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """The rows of labour_force on the chosen place: every August; of one that was divided later those on its own territory.

    >>> labour_force_of(choice, labour_force, regions)["province"].unique().tolist()
    ['Lampung']
    """
    here = labour_force[labour_force["province_code"] == choice.province_code]
    return here[here["territory"] == choice.territory] if successors(choice, regions) else here


_GROUPS = ("province", "segment", "period", "split", "base")


def coverage_of(
    participants: pd.DataFrame, workers: pd.DataFrame, by: Sequence[str] = ("province", "segment")
) -> pd.DataFrame:
    """Covered, workers, uncovered and rate for each group of `by`: province, segment, period, split, base.

    `participants` comes from `active`, `workers` from `employed` (and `on_territory`); participants of
    a year are set against the workers of that year's August. Without province in `by`, those provinces
    are added up that `participants` hold. `base` is "employed", what `workers` hold (for the other base
    see `bases`).

    One row a group: the columns of `by` (province brings its code), then counts, missing when a part is missing, and rate;
    facts are those of the covered and the workers. Columns: `an.columns("coverage.coverage_of")`.

    Raises MixError when adding up would mix splits, territories or dates, would count the country
    beside its provinces, or when `participants` holds a segment that has no workers.

    >>> p = pd.DataFrame({"period": "2023-12", "province_code": "18", "province": "Lampung", "territory": "34",
    ...     "split": "domicile", "segment": ["PU", "BPU"], "covered": [564393, 168497]})
    >>> w = pd.DataFrame({"workers_period": "2023-08", "province_code": "18", "province": "Lampung",
    ...     "territory": "34", "segment": ["PU", "BPU"], "workers": [1377823, 3319835]})
    >>> coverage_of(p, w, by=["province"])[["covered", "workers", "rate"]].round(4).values.tolist()
    [[732890, 4697658, 0.156]]
    """
    by = list(by)
    if unknown := set(by) - set(_GROUPS):
        raise ValueError(f"cannot group by {', '.join(sorted(unknown))}; there is {', '.join(_GROUPS)}")
    _no_mix(participants, workers, by)
    rows = _every_part(participants, workers)
    keys = (["province_code", "province"] if "province" in by else []) + [k for k in by if k != "province"]
    groups = rows.assign(everyone="").groupby(keys or ["everyone"], sort=False)
    out = groups[["covered", "workers"]].sum(skipna=False).join(groups.agg(facts=("facts", Facts.sum))).reset_index()
    return _with_rate(out.drop(columns="everyone", errors="ignore"))


def _no_mix(participants: pd.DataFrame, workers: pd.DataFrame, by: list[str]) -> None:
    reasons = {
        "split": "the same participants counted twice, once where they live and once where the employer is registered",
        "period": "the same participants counted at two dates",
        "territory": "old Papua counted together with the provinces that came out of it",
    }
    for column, reason in reasons.items():
        found = sorted(participants[column].unique())
        if len(found) > 1 and column not in by:
            raise MixError(f"{column} holds {', '.join(found)}: adding them up would be {reason}. Choose one {column}")
    if len(found := sorted(workers["territory"].unique())) > 1:
        raise MixError(f"workers stand on {' and '.join(found)} provinces; choose one")
    years = [sorted(set(each)) for each in (participants["period"].str[:4], _year_of(workers))]
    if years[0] != years[1]:
        raise MixError(
            f"participants are of {', '.join(years[0])} and workers of {', '.join(years[1])}; "
            "December's participants are set against August's workers of the same year"
        )
    if set(participants["territory"]) != set(workers["territory"]):
        raise MixError(
            f"participants stand on {', '.join(set(participants['territory']))} provinces and workers on "
            f"{', '.join(set(workers['territory']))}; bring them together with on_territory"
        )
    if baseless := sorted(set(participants["segment"]) - set(workers["segment"])):
        raise MixError(f"{', '.join(baseless)} has no base among the workers; select {', '.join(SEGMENTS)}")
    codes = set(participants["province_code"])
    if "province" not in by and COUNTRY in codes and len(codes) > 1:
        raise MixError("Indonesia stands beside its provinces: adding them up would count everyone twice")


def _every_part(participants: pd.DataFrame, workers: pd.DataFrame) -> pd.DataFrame:
    """One row for every province, period and split that participants know and every segment, absent ones missing."""
    keys = ["province_code", "segment", "year"]
    places = participants[["province_code", "province", "split", "period"]].drop_duplicates()
    grid = places.merge(pd.DataFrame({"segment": SEGMENTS}), how="cross")
    grid["year"] = grid["period"].str[:4]
    counted = participants.drop(columns=["province", "territory"])
    base = workers.assign(year=_year_of(workers)).drop(columns=["province", "territory"])
    rows = grid.merge(counted, on=["province_code", "segment", "split", "period"], how="left")
    rows = rows.merge(base, on=keys, how="left", validate="many_to_one", suffixes=("", "_of_workers"))
    sides = [rows[name] if name in rows else [None] * len(rows) for name in ("facts", "facts_of_workers")]
    facts = [Facts.sum(side for side in pair if isinstance(side, Facts)) for pair in zip(*sides, strict=True)]
    return rows.assign(base="employed", facts=facts).astype({"covered": "Int64", "workers": "Int64"})


def _add(values: pd.Series) -> object:
    return values.sum(skipna=False)


def _with_rate(rows: pd.DataFrame) -> pd.DataFrame:
    out = rows.assign(covered=rows["covered"].astype("Int64"), workers=rows["workers"].astype("Int64"))
    known = out["covered"].notna() & out["workers"].notna()
    zero = (out["workers"] == 0).fillna(False)
    above = (out["covered"] > out["workers"]).fillna(False)
    out["uncovered"] = (out["workers"] - out["covered"]).mask(above | ~known)
    fair = (known & ~zero & ~above).astype(bool)
    out["rate"] = pd.array([pd.NA] * len(out), dtype="Float64")
    out.loc[fair, "rate"] = out.loc[fair, "covered"] / out.loc[fair, "workers"]
    out["rate_is"] = "known"
    out.loc[~known, "rate_is"] = "unknown"
    out.loc[known & above, "rate_is"] = "exceeds"
    out.loc[known & zero, "rate_is"] = "not defined"  # of nobody, whoever is counted as covered
    return out


def place(choice: Choice, participants: pd.DataFrame, workers: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The chosen place on the chosen base: one row for PU, one for BPU, one for all.

    `participants` from `active`, `workers` from `employed`, `published` the table reported_claims.
    Columns as `coverage_of` by segment; on base eligible as `eligible`, where a figure that isn't
    pinned down by print is missing. A province by registration has no rate ("not residents").

    >>> place(choice, covered, workers, published)[["segment", "covered", "rate"]].round(4).values.tolist()
    [['PU', 564393, 0.4096], ['BPU', 168497, 0.0508], ['all', 732890, 0.156]]
    """
    if choice.base == "eligible":
        _by_domicile(choice.split)
        return eligible(published, choice.province_code, choice.period)
    here = participants[participants["province_code"] == choice.province_code]
    both = [coverage_of(here, workers, [*by, "split"]) for by in (("province", "segment"), ("province",))]
    rows = pd.concat(both, ignore_index=True).fillna({"segment": "all"})
    return _residents_only(rows).assign(covered_printed="", workers_printed="", rate_printed="")


class Answers(NamedTuple):
    """What can be said of a place in a sentence: each one row, or none where it doesn't hold. See `answers`."""

    rate: pd.DataFrame
    low: pd.DataFrame
    last_august: pd.DataFrame
    as_published: pd.DataFrame
    registered: pd.DataFrame
    unknown: pd.DataFrame
    by_segment: pd.DataFrame
    published_too: pd.DataFrame


def answers(choice: Choice, here: pd.DataFrame, bases: pd.DataFrame) -> Answers:
    """What the rows of `place` and of `bases` come to, sentence by sentence.

    `rate` is a known rate of the employed; `low` is that row where its confidence is low, and `last_august` where its workers are
    of an earlier August than its year's (with `workers_month`). `as_published` is one of the eligible, `registered` a count that is no coverage rate,
    `unknown` none at all. `by_segment` has the rate of PU (formal) and BPU (informal), or why there is none, and the share of
    BPU among the uncovered; `published_too` the figure on the other base (`beside`) where the rate of the employed is known.

    >>> said = answers(choice, here, bases(choice, covered, workers, published))
    >>> len(said.unknown), said.by_segment[["formal", "informal", "share"]].round(3).values.tolist()
    (0, [[0.41, 0.051, 0.795]])
    """
    whole = here[here["segment"] == "all"]
    is_known, is_employed = whole["rate_is"] == "known", choice.base == "employed"
    shares = gap(here).set_index("segment")["share_of_uncovered"]
    by_segment = whole.head(int(shares.notna().all()))
    known = whole[is_known & is_employed]
    august = [max(facts.workers_as_of, default="") for facts in known["facts"]]
    return Answers(
        rate=known,
        low=known[[facts.confidence == CONFIDENCE[0] for facts in known["facts"]]],
        last_august=known.assign(workers_month=august)[[month < choice.workers_period for month in august]],
        as_published=whole.head(int(not is_employed)),
        registered=whole[whole["rate_is"].isin(["not residents", "exceeds"]) & (choice.split == "registration")],
        unknown=whole[whole["rate_is"].isin(["unknown", "not defined"])],
        by_segment=by_segment.assign(
            formal=rate_or_why(here, "PU"), informal=rate_or_why(here, "BPU"), share=shares.get("BPU", pd.NA)
        ),
        published_too=beside(bases).head(int(is_employed and is_known.all())),
    )


def all_provinces(
    choice: Choice, participants: pd.DataFrame, workers: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """All provinces of the chosen territory by domicile, whatever split was chosen, and Indonesia: one row each, as `coverage_of`.

    A province without a row is there as unknown, so that nothing is ranked or shared out among some.

    >>> all_provinces(choice, participants, workers, regions)[["province", "covered"]].head(2).values.tolist()
    [['Indonesia', 34197138], ['Aceh', 460121]]
    """
    rows = coverage_of(active(participants, choice.period, "domicile"), workers, ["province"])
    standing = regions.loc[regions["territories"].str.contains(choice.territory), ["province_code", "province"]]
    every = standing.merge(rows, how="left").fillna({"rate_is": "unknown"})
    return every.assign(facts=[facts if isinstance(facts, Facts) else Facts() for facts in every["facts"]])


def decembers(
    period: str, participants: pd.DataFrame, labour_force: pd.DataFrame, regions: pd.DataFrame, years: int = 3
) -> pd.DataFrame:
    """Indonesia and all provinces by domicile, in the month `period` and the same month of the years before it: one row each.

    The oldest first, at most `years` of them; all on the map (34 or 38 provinces) of the participants of `period`. A year of
    which there are no participants or workers on that map is left out. Columns: `an.columns("coverage.decembers")`. ValueError
    where `period` itself has none.

    >>> rows = decembers("2024-12", participants, labour_force, regions)
    >>> rows.loc[rows["province"] == "Indonesia", ["period", "rate"]].round(4).values.tolist()
    [['2022-12', 0.2132], ['2023-12', 0.2445], ['2024-12', 0.2711]]
    """
    newest = active(participants, period, "domicile")
    if newest.empty:
        raise ValueError(f"there are no participants by domicile of {period}")
    territory = str(newest["territory"].iloc[0])
    choice = Choice(COUNTRY, "Indonesia", period, f"{period[:4]}-08", "employed", "domicile", territory)
    there = set(
        active(participants[participants["territory"] == territory], _since(period, years), "domicile")["period"]
    )
    counted = set(labour_force.loc[labour_force["employed"].notna(), "period"])
    periods = [one for one in _since(period, years) if one in there and f"{one[:4]}-08" in counted]
    if period not in periods:
        raise ValueError(f"there are no workers of {period[:4]}-08 to set the participants of {period} against")
    then = [choice._replace(period=one, workers_period=f"{one[:4]}-08") for one in periods]
    workers = pd.concat([workers_of(one, labour_force, regions) for one in then], ignore_index=True)
    covered = active(participants[participants["territory"] == territory], periods, "domicile")
    standing = regions.loc[regions["territories"].str.contains(territory), ["province_code", "province"]]
    every = pd.DataFrame({"period": periods}).merge(standing, how="cross")
    rows = every.merge(coverage_of(covered, workers, ["province", "period"]), how="left").fillna({"rate_is": "unknown"})
    rows["facts"] = [facts if isinstance(facts, Facts) else Facts() for facts in rows["facts"]]
    return rows[columns_of("coverage.decembers")]


def _since(period: str, years: int) -> list[str]:
    """The month and the same of the years before it, the oldest first."""
    return [f"{year}{period[4:]}" for year in range(int(period[:4]) - years + 1, int(period[:4]) + 1)]


def _residents_only(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the rate from provinces counted by registration: their participants may live and work elsewhere."""
    other = (rows["split"] == "registration") & (rows["province_code"] != COUNTRY)
    out = rows.copy()
    out.loc[other, ["rate", "uncovered"]] = pd.NA
    out.loc[other & (rows["rate_is"] == "known"), "rate_is"] = "not residents"
    return out


def splits(
    choice: Choice, participants: pd.DataFrame, labour_force: pd.DataFrame, regions: pd.DataFrame
) -> pd.DataFrame:
    """The chosen place by domicile and by registration: one row each, of the chosen month or of the last one that has both.

    Columns as `coverage_of` by split. The two are the same participants counted in two ways; only
    the row by domicile is the coverage of those who live there. Where no month has both, what the chosen one has.

    >>> splits(choice, participants, labour_force, regions)[["split", "covered", "rate"]].round(4).values.tolist()
    [['domicile', 732890, 0.156], ['registration', 453853, <NA>]]
    """
    counted = _counted(participants)
    mine = counted[(counted["province_code"] == choice.province_code) & (counted["period"] <= choice.period)]
    ways = mine.groupby("period")["split"].nunique()
    both = [period for period in ways.index if ways[period] == len(SPLITS)]
    then = choice._replace(period=max(both), workers_period=f"{max(both)[:4]}-08") if both else choice
    rows = pd.concat([active(mine, then.period, split) for split in SPLITS], ignore_index=True)
    return _residents_only(coverage_of(rows, workers_of(then, labour_force, regions), by=["province", "split"]))


def left_out(choice: Choice, participants: pd.DataFrame) -> pd.DataFrame:
    """Active construction participants (Jakon) of the chosen place, of the chosen month or the last one known: one row, or none.

    They are counted by registration only, and BPS counts them among the employed without telling
    them apart. Columns: `an.columns("coverage.left_out")`.

    >>> left_out(choice, participants)["covered"].tolist()
    [125036]
    """
    rows = participants[
        (participants["province_code"] == choice.province_code)
        & (participants["period"] <= choice.period)
        & (participants["segment"] == "Jakon")
        & (participants["status"] == "active")
    ]
    rows = rows[rows["period"] == rows["period"].max()]
    return rows.assign(covered=rows["persons"], facts=facts_of_counts(rows))


def bases(choice: Choice, participants: pd.DataFrame, workers: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The chosen place on both bases: employed by BPS, then each article that prints a rate for that year.

    Columns: `an.columns("coverage.bases")`.

    >>> bases(choice, covered, workers, published)[["base", "covered_printed", "workers_printed"]].values.tolist()
    [['employed', '732890', '4697658'], ['eligible', '731.991', '2,7 juta']]
    """
    here = participants[participants["province_code"] == choice.province_code]
    ours = _residents_only(coverage_of(here, workers, by=["province", "split"])).assign(
        base="employed", rate_printed="", caution="", caution_id=""
    )
    for figure in ("covered", "workers"):
        ours[f"{figure}_printed"] = ["" if count is pd.NA else str(count) for count in ours[figure]]
    theirs = each_rate_once(published, choice.province_code)
    year = theirs[(theirs["period"].str[:4] == choice.period[:4]) & (theirs["segment"] == "all")]
    both = [rows[columns_of("coverage.bases")] for rows in (ours, year) if not rows.empty]
    return pd.concat(both, ignore_index=True)


def beside(rows: pd.DataFrame) -> pd.DataFrame:
    """The published figure to stand beside ours: of `bases`, the last that prints covered, workers and rate.

    One row, or none. A figure that calls for caution isn't taken.

    >>> beside(bases(choice, covered, workers, published))["rate_printed"].tolist()
    ['26,79']
    """
    printed = (rows[["covered_printed", "workers_printed", "rate_printed"]] != "").all(axis=1)
    return rows[(rows["base"] == "eligible") & printed & (rows["caution"] == "")].tail(1)


def successors(choice: Choice, regions: pd.DataFrame) -> str:
    """The provinces that came out of the chosen one and that its figures still hold, or "".

    >>> regions = pd.DataFrame({"province": ["Papua Barat Daya"], "parent_code": ["92"]})
    >>> successors(Choice("92", "Papua Barat", "2023-12", "2023-08", "employed", "domicile", "34"), regions)
    'Papua Barat Daya'
    """
    inside = regions["parent_code"] == choice.province_code
    return ", ".join(regions.loc[inside, "province"]) if choice.territory == OLD_MAP else ""


def rate_or_why(rows: pd.DataFrame, segment: str) -> float | str:
    """The rate of one segment of a place, or the word of `rate_is` for why it has none; a rate that isn't one is never 0.

    >>> rows = pd.DataFrame({"segment": ["PU", "BPU"], "rate": pd.array([pd.NA, 0.05], dtype="Float64"),
    ...                      "rate_is": ["not defined", "known"]})
    >>> rate_or_why(rows, "PU"), rate_or_why(rows, "BPU")
    ('not defined', 0.05)
    """
    here = rows[rows["segment"] == segment]
    if len(here) != 1:
        raise MixError(f"one row of segment {segment} was expected; there are {len(here)}")
    row = here.iloc[0]
    return row["rate_is"] if pd.isna(row["rate"]) else float(row["rate"])


def gap(rows: pd.DataFrame) -> pd.DataFrame:
    """Which rows the uncovered consist of: `rows` of `coverage_of` or `all_provinces`, largest gap first.

    Adds share_of_uncovered (`an.columns("coverage.gap")`). The country is left out where it stands beside its provinces, and all
    segments beside each.

    >>> rows = pd.DataFrame({"segment": ["PU", "BPU"], "uncovered": pd.array([813430, 3151338], dtype="Int64")})
    >>> gap(rows)[["segment", "share_of_uncovered"]].round(4).values.tolist()
    [['BPU', 0.7948], ['PU', 0.2052]]
    """
    parts = _provinces(rows[rows["segment"] != "all"] if "segment" in rows else rows)
    total = parts["uncovered"].sum(skipna=False)
    known = total is not pd.NA and total > 0
    share = parts["uncovered"] / total if known else pd.array([pd.NA] * len(parts), dtype="Float64")
    return parts.assign(share_of_uncovered=share).sort_values(
        "uncovered", ascending=False, kind="stable", ignore_index=True
    )


def rank(rows: pd.DataFrame) -> pd.DataFrame:
    """Provinces from the highest rate to the lowest, with `rank` (equal rates share the better one).

    When the rate of one of them isn't known, or not defined, nobody has a rank: the missing one could stand anywhere.

    >>> rows = pd.DataFrame({"province_code": ["18", "92"], "rate": pd.array([0.156, 0.4931], dtype="Float64")})
    >>> rank(rows)[["province_code", "rank"]].values.tolist()
    [['92', 1], ['18', 2]]
    """
    parts = _provinces(rows)
    if parts["province_code"].duplicated().any():
        raise MixError("a ranking of provinces needs one row a province; these rows are grouped further")
    places = parts["rate"].rank(ascending=False, method="min").astype("Int64")
    if parts["rate"].isna().any():
        places[:] = pd.NA
    return parts.assign(rank=places).sort_values(["rank", "province_code"], kind="stable", ignore_index=True)


class Standing(NamedTuple):
    """Where a place stands among the provinces: rows whose first is said, or none where it doesn't hold. See `standing`."""

    ranked: pd.DataFrame
    country: pd.DataFrame
    unknown: pd.DataFrame
    on_old_map: bool


def standing(choice: Choice, provinces: pd.DataFrame) -> Standing:
    """Where the chosen place stands among `provinces` (rows of `all_provinces`), sentence by sentence.

    `ranked` is its row of `rank`, `country` that of Indonesia, which has no rank; both with `of` (how many provinces), highest,
    highest_rate, lowest and lowest_rate. `unknown` has a province without a rate, and how many there are (missing): then
    nobody is ranked. `on_old_map` is whether those ranked stand on the territory before Papua was divided.

    >>> standing(choice, provinces).ranked[["rank", "of", "highest"]].values.tolist()
    [[33, 34, 'Papua Barat']]
    """
    rows = rank(provinces)
    is_known = bool(rows["rank"].notna().all())
    first, last = rows.iloc[0], rows.iloc[-1]
    told = {
        "of": len(rows),
        "highest": first["province"],
        "highest_rate": first["rate"],
        "lowest": last["province"],
        "lowest_rate": last["rate"],
    }
    own = rows[(rows["province"] == choice.province) & rows["rank"].notna()]
    country = provinces.head(len(provinces) if is_known and own.empty else 0)
    unknown = rows[rows["rate"].isna()]
    return Standing(
        ranked=own.assign(**told),
        country=country.assign(**told),
        unknown=unknown.assign(missing=len(unknown)),
        on_old_map=is_known and choice.territory == OLD_MAP,
    )


def _provinces(rows: pd.DataFrame) -> pd.DataFrame:
    if "province_code" in rows and (rows["province_code"] != COUNTRY).any():
        return rows[rows["province_code"] != COUNTRY]
    return rows
