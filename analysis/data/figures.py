"""A file of printed figures from outside (a release, a table from a PDF), checked as `reported_claims` is.

Only some columns are needed, in any order, keys may look as one likes, and a figure needs no source. All
else is as strict as in `data/`: the same door, the same schema, the same rules, every problem at once.
"""

import csv
import re
from collections.abc import Iterator
from difflib import get_close_matches
from io import StringIO

import pandas as pd

from analysis.claims.statements import NEEDED, PARTITIONS, SAME, ClaimError, claims_of
from analysis.data import package, read, rules
from analysis.data.check import PATTERNS, by_schema, one_a_cell
from analysis.data.door import Problem, Row, cell_problems, decoded, rows_of

TABLE = "reported_claims"
# Segments that an identity joins with others; any other name stands for itself.
JOINED = ("total", *SAME, *dict.fromkeys(part for parts in PARTITIONS for part in parts), "unemployed")
_KEYS = ("claim_id", "article_id", "source_id")
_EXAMPLE = ["place", "period", "measure", "segment", "qualifier", "value_printed", "unit"]


def columns() -> list[str]:
    """The columns that a file of printed figures may have.

    >>> columns()[:3]
    ['claim_id', 'article_id', 'place']
    """
    return [field["name"] for field in _schema()["fields"]]


def example(article_id: str = "LPG-2023-SEED-ANTARA") -> str:
    """A file to start from: what an article printed on Lampung in 2023.

    >>> print(example()[:85])
    place,period,measure,segment,qualifier,value_printed,unit
    Lampung,2023,coverage_rate,
    """
    claims = read(TABLE)
    return claims.loc[claims["article_id"] == article_id, _EXAMPLE].to_csv(index=False, lineterminator="\n")


def figures_in(file: str, raw: bytes) -> tuple[pd.DataFrame, list[Problem]]:
    """The figures of a file, by line, for `claims_of`; or what is wrong with it, and then no figures.

    `claim_id` is the line, as text; the file's own is in `key`. A cell that is left out says: segment total,
    article "" (rows without one are one article). A province is completed by its code, and the other way round.

    >>> frame, problems = figures_in("release.csv", b"period,place,measure,value_printed\\n2023,Lampung,covered,731991\\n")
    >>> problems, frame.loc[2, ["measure", "segment", "claim_id"]].tolist()
    ([], ['covered', 'total', '2'])
    """
    text, problems = decoded(file, raw)
    text = _with_commas(text)
    rows: list[Row] = []
    if not problems:
        rows, problems = rows_of(file, text, columns(), list(NEEDED))
    if not rows:
        return pd.DataFrame(), problems
    fields = [_loosened(field) for field in _schema()["fields"] if field["name"] in rows[0].cells]
    resource = {"path": file, "schema": {"fields": fields, "primaryKey": ["claim_id"]}}
    problems += cell_problems(file, rows, fields)
    problems += by_schema(resource, rows)
    rows, found = _with_provinces(file, rows)
    problems = one_a_cell([*found, *problems, *_segments(file, rows)])
    if "claim_id" in rows[0].cells:
        problems += [problem for problem, _ in rules.keys({TABLE: rows}, {TABLE: resource})]
    unknown = {problem.line for problem in problems if problem.column == "measure"}
    typed = [
        {"line": row.line, "measure": row.cells["measure"], "target_year": row.cells.get("target_year", "")}
        for row in rows
        if row.line not in unknown
    ]
    problems += rules.target_years({TABLE: typed}, {TABLE: resource})
    frame = _frame(rows)
    try:
        claims_of(frame)
    except ClaimError as error:
        problems += [Problem(file, w.row, w.column, w.value, w.rule, w.message) for w in error.problems]
    first = {(problem.line, problem.column): problem for problem in reversed(problems)}
    return frame, sorted(first.values(), key=lambda p: (p.line, p.column))


def _with_commas(text: str) -> str:
    """A file separated by semicolons, as Excel saves it where the comma is decimal, with commas; others as they are."""
    head = text.partition("\n")[0]
    if head.count(";") <= head.count(","):
        return text
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows(csv.reader(StringIO(text, newline=""), delimiter=";"))
    return out.getvalue()


def _schema() -> dict:
    return next(table["schema"] for table in package()["resources"] if table["name"] == TABLE)


def _loosened(field: dict) -> dict:
    """The field as a file from outside must have it: only some are required, and keys are free."""
    limits = dict(field.get("constraints", {}))
    if field["name"] not in NEEDED:
        limits.pop("required", None)
    if field["name"] in _KEYS:
        limits.pop("pattern", None)
    return field | {"constraints": limits}


def _with_provinces(file: str, rows: list[Row]) -> tuple[list[Row], list[Problem]]:
    """The rows with province and code, each completed by the other, and where they don't agree."""
    if not {"province", "province_code"} & set(rows[0].cells):
        return rows, []
    regions = read("regions")
    known = dict(zip(regions["province_code"], regions["province"], strict=True))
    codes = {name: code for code, name in known.items()}
    completed, compared, problems = [], [], []
    for row in rows:
        code, name = row.cells.get("province_code", ""), row.cells.get("province", "")
        of_province = row.cells.get("level", "") in ("", "province", "national")
        place = row.cells["place"] if of_province and row.cells["place"] in codes else ""
        meant = [text for text in dict.fromkeys((name, place)) if text] or [known.get(code, "")]
        pair = {"province_code": code or codes.get(meant[0], ""), "province": name or known.get(code, "")}
        completed.append(row._replace(cells=row.cells | pair))
        if meant[0]:
            known_code = meant if pair["province_code"] else meant[:1]
            compared += [row._replace(cells=row.cells | pair | {"province": text}) for text in known_code]
        elif re.fullmatch("[0-9]{2}", code):
            message = f"there is no such province; {PATTERNS['^[0-9]{2}$'][1]}"
            problems.append(Problem(file, row.line, "province_code", code, "unknown province code", message))
    table = {"path": file, "schema": {"fields": [{"name": name} for name in ("province_code", "province")]}}
    there = [Row(0, cells) for cells in regions[["province_code", "province", "also_known_as"]].to_dict("records")]  # fmt: skip
    problems += rules.names({"regions": there, TABLE: compared}, {TABLE: table})
    return completed, problems


def _segments(file: str, rows: list[Row]) -> Iterator[Problem]:
    """A segment that is nearly one of those that are joined with others, and would go untested."""
    folded = {name.casefold(): name for name in JOINED}
    for row in rows:
        segment = row.cells.get("segment", "")
        if segment and segment not in JOINED and (near := get_close_matches(segment.casefold(), folded, 1, 0.85)):  # fmt: skip
            message = (
                f"did you mean {folded[near[0]]}? Segments that are joined with others: {', '.join(JOINED)}"
            )
            yield Problem(file, row.line, "segment", segment, "unknown value", message)


def _frame(rows: list[Row]) -> pd.DataFrame:
    lines = [row.line for row in rows]
    frame = pd.DataFrame([row.cells for row in rows], index=lines, dtype=object)
    return frame.assign(
        segment=frame["segment"].where(frame["segment"] != "", "total") if "segment" in frame else "total",
        article_id=frame.get("article_id", ""),
        key=frame.get("claim_id", ""),
        claim_id=[str(line) for line in lines],
    )
