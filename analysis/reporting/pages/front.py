"""What the index shows above its table: the nation, three Decembers, the map, and all by which a place can be found.

It comes from the tables of `data/`, by the functions that the pages call, so that the map is whole however many pages have been
rendered. All of it is of the month that the pages are of, and says so.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import pandas as pd

from analysis import data
from analysis.coverage import decembers, latest
from analysis.reporting.manifest import Report, slug
from analysis.reporting.pages.tiles import tiles
from analysis.schema import COUNTRY, NEW_MAP, OLD_MAP
from analysis.words.language import NBSP, count, decimal, missing, month, percent, points, term

# The classes of the map in per cent, from below; a province is in the class of its rate as it is printed on its tile.
CLASSES = (20, 25, 30, 40)


class Point(NamedTuple):
    """The rate of a place in one month, what it is of, and what it rests on."""

    period: str
    rate: float
    covered: int
    workers: int
    uncovered: int
    facts: Any


class Front(NamedTuple):
    """What the index takes from the tables: read when a render begins, as they may be broken when it ends.

    `rates` has the Decembers of each place by its code, the oldest first, those of which the rate is known.
    """

    regions: pd.DataFrame
    districts: pd.DataFrame
    workers: pd.DataFrame
    rates: Mapping[str, list[Point]]
    period: str
    territory: str
    edition: str

    @property
    def names(self) -> dict[str, str]:
        """The name of each place by its code."""
        return dict(zip(self.regions["province_code"], self.regions["province"], strict=True))

    @property
    def order(self) -> list[str]:
        """The names of all places in the order of their codes."""
        return list(self.regions["province"])


def gathered(reports: Sequence[Report] = ()) -> Front:
    """What there is today, of the month that `reports` are of; without rates where there are none of that month."""
    participants, workers, regions, districts = map(data.read, ("participants", "labour_force", "regions", "regencies"))
    months = [str(report.parameters.get("period", "")) for report in reports if report.folder]
    try:
        period = next(filter(re.compile(r"\d{4}-\d\d").fullmatch, months), "") or latest(participants, regions)
        rows = decembers(period, participants, workers, regions)
    except ValueError:
        return Front(regions, districts, workers, {}, "", OLD_MAP, data.package()["version"])
    rates: dict[str, list[Point]] = {}
    for row in rows[rows["rate_is"] == "known"].itertuples():
        counts = int(row.covered), int(row.workers), int(row.uncovered)
        rates.setdefault(row.province_code, []).append(Point(row.period, float(row.rate), *counts, row.facts))
    territory = OLD_MAP if rows["province_code"].nunique() - 1 <= int(OLD_MAP) else NEW_MAP
    return Front(regions, districts, workers, rates, period, territory, data.package()["version"])


def nation(front: Front, language: str) -> dict[str, Any] | None:
    """The country's rate, what it is of, how it moved, and its Decembers as points of a line; None where it isn't known."""
    course = front.rates.get(COUNTRY, [])
    if not course or course[-1].period != front.period:
        return None
    now, before = course[-1], course[-2] if len(course) > 1 else None
    facts = now.facts
    moved = None if before is None else now.rate - before.rate
    return {
        "rate": percent(now.rate, language, 1),
        "covered": _in_millions(now.covered, language),
        "workers": _in_millions(now.workers, language),
        "uncovered": _in_millions(now.uncovered, language),
        "moved": moved,
        "change": "" if moved is None else points(moved, language, 1, unit=False),
        "since": "" if before is None else month(before.period, language),
        "month": month(front.period, language),
        "workers_month": month(max(facts.workers_as_of, default=""), language),
        "confidence": term(facts.confidence, language),
        "line": _nations_line(course, language),
    }


def courses(front: Front, language: str) -> dict[str, dict[str, Any]]:
    """The Decembers of each place by its name: a small line, all on one scale, and its figures as text."""
    found = {}
    top = max([0.1, *(point.rate for course in front.rates.values() for point in course)])
    for code, name in front.names.items():
        course = front.rates.get(code, [])
        if len(course) > 1:
            at = [(6 + 52 * n / (len(course) - 1), 27 - 24 * row.rate / top) for n, row in enumerate(course)]
            text = ", ".join(f"{row.period[:4]}: {percent(row.rate, language, 1)}" for row in course)
            found[name] = {"points": _points(at), "last": at[-1], "text": text}
    return found


def years(front: Front) -> str:
    """The first and the last year of the Decembers; "" where there aren't two."""
    periods = sorted({point.period for course in front.rates.values() for point in course})
    return f"{periods[0][:4]}–{periods[-1][:4]}" if len(periods) > 1 else ""


def the_map(front: Front, language: str) -> dict[str, Any] | None:
    """The tiles of all provinces with rate and class, and what they come to; None where no rate is known."""
    now = {code: course[-1].rate for code, course in front.rates.items() if course[-1].period == front.period}
    if not now:
        return None
    shown = []
    for tile in tiles(front.territory):
        share = now.get(tile.code)
        rate = None if share is None else _per_cent(share)
        shown.append(
            tile._asdict()
            | {"name": front.names.get(tile.code, tile.short)}
            | {"said": term("not known", language) if share is None else percent(share, language, 1)}
            | {"look": "none" if rate is None else f"c{_class(rate)}"}
            | {"figure": "–" if rate is None else decimal(rate, language, 1), "rate": rate}
        )
    rates = [tile["rate"] for tile in shown if tile["rate"] is not None]
    whole = now.get(COUNTRY)
    return {
        "tiles": shown,
        "territory": front.territory,
        "high": sum(rate >= CLASSES[-1] for rate in rates),
        "low": sum(rate < CLASSES[0] for rate in rates),
        "top": percent(CLASSES[-1] / 100, language, 0),
        "bottom": percent(CLASSES[0] / 100, language, 0),
        "month": month(front.period, language),
        "nation": "" if whole is None else percent(whole, language, 1),
        "nation_class": None if whole is None else _class(_per_cent(whole)),
    }


def young(front: Front, language: str) -> list[dict[str, str]]:
    """The provinces that have no participants of their own, with what is known of them: their workers, and within which they are counted."""
    if not front.rates or front.territory != OLD_MAP:
        return []
    names = front.names
    found = []
    counted = front.workers[front.workers["employed"].notna()]
    for row in front.regions[front.regions["parent_code"] != ""].itertuples():
        mine = counted[counted["province_code"] == row.province_code]
        last = None if mine.empty else mine.loc[mine["period"].idxmax()]
        formal = None if last is None else last["formal_share"]
        found.append(
            {
                "name": row.province,
                "folder": slug(row.province),
                "code": row.province_code,
                "parent": names[row.parent_code],
                "workers": "" if last is None else count(last["employed"], language),
                "formal": "" if missing(formal) else percent(formal, language, 1),
                "month": "" if last is None else month(last["period"], language),
            }
        )
    return found


def findable(front: Front) -> list[dict[str, Any]]:
    """Every name by which a place is found, with the code of its province: of places, then of regencies and cities."""
    found = [
        {"name": name, "code": row.province_code, "within": "" if name == row.province else row.province}
        for row in front.regions.itertuples()
        for name in dict.fromkeys([row.province, *filter(None, map(str.strip, row.also_known_as.split(";")))])
    ]
    return found + [
        {"name": row.place, "code": row.province_code, "within": row.province}
        for row in front.districts.sort_values("place").itertuples()
    ]


def scale(front: Front) -> float:
    """The share that the bars of all places reach up to: the next ten per cent above the highest rate."""
    highest = max([0.0, *(course[-1].rate for course in front.rates.values())])
    return min((int(highest * 10) + 1) / 10, 1.0)


def _nations_line(course: Sequence[Point], language: str) -> dict[str, Any]:
    """The nation's line with a label at each point: where they stand in a box of 320 by 92, and in words."""
    low, high = min(p.rate for p in course), max(p.rate for p in course)
    across = [36 + 248 * n / max(len(course) - 1, 1) for n in range(len(course))]
    up = [58 - 28 * ((p.rate - low) / (high - low) if high > low else 0.5) for p in course]
    labels = [
        {
            "x": _coordinate(x),
            "y": _coordinate(y),
            "rate": percent(p.rate, language, 1),
            "month": _month_in_short(p.period, language),
        }
        for x, y, p in zip(across, up, course, strict=True)
    ]
    text = "; ".join(f"{month(p.period, language)}: {percent(p.rate, language, 1)}" for p in course)
    return {"points": _points(zip(across, up, strict=True)), "labels": labels, "text": text}


def _month_in_short(period: str, language: str) -> str:
    name, _, year = month(period, language).partition(" ")
    return f"{name[:3]} {year}"


def _points(at: Any) -> str:
    return " ".join(f"{_coordinate(x)},{_coordinate(y)}" for x, y in at)


def _coordinate(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _in_millions(persons: int, language: str) -> str:
    word = {"id": "juta", "en": "million"}[language]
    return f"{decimal(persons / 1e6, language, 1)}{NBSP}{word}" if persons >= 1_000_000 else count(persons, language)


def _per_cent(rate: float) -> Decimal:
    """A share in per cent as its tile shows it."""
    return (Decimal(str(rate)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _class(rate: Decimal) -> int:
    """Which class of the map a rate is of, 1 for the lowest."""
    return 1 + sum(rate >= bound for bound in CLASSES)


def legend(known: Mapping[str, Any], language: str) -> list[tuple[int, str]]:
    """The classes with their text, the nation's with its rate."""
    under, over = {"id": ("di bawah ", " atau lebih"), "en": ("under ", " and over")}[language]
    ends = [percent(bound / 100, language, 0) for bound in CLASSES]
    texts = [under + ends[0], *(f"{low}–{high}" for low, high in zip(CLASSES, ends[1:], strict=False)), ends[-1] + over]
    own = known["nation_class"]
    return [(at, f"{text} (Indonesia {known['nation']})" if at == own else text) for at, text in enumerate(texts, 1)]
