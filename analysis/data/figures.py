"""A file of printed figures from outside (a release, a table from a PDF), checked as `reported_claims` is.

Only some columns are needed, in any order, keys may look as one likes, and a figure needs no source. All
else is as strict as in `data/`: `files`, the same schema, the same rules, every problem at once.
"""

import csv
import os
import re
import select
import stat
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

import pandas as pd

from analysis.data import package, read, rules
from analysis.data.check import PATTERNS, by_schema, one_a_cell
from analysis.data.files import MOST_BYTES, Problem, Row, cell_problems, cleaned, contents, decoded, rows_of
from analysis.press.statements import NEEDED, PARTITIONS, SAME, Claim, ClaimError, claims_of
from analysis.schema import nearest

TABLE = "reported_claims"
# Segments that an identity joins with others; any other name stands for itself.
JOINED = ("total", *SAME, *dict.fromkeys(part for parts in PARTITIONS for part in parts), "unemployed")
# What else a cell may say, by column; spelling alone finds the wrong neighbour ("persen" is nearer to persons).
_MEANT = {
    "measure": {
        "coverage_rate": "rate, coverage, covered rate, cakupan, tingkat cakupan, persentase cakupan",
        "workers": "pekerja, tenaga kerja",
        "covered": "peserta, tercakup, terlindungi, participants",
        "gap_to_target": "gap, selisih, kekurangan",
        "uncovered": "belum tercakup, belum terlindungi, unprotected",
        "achievement_rate": "achievement, capaian",
    },
    "segment": {
        "total": "jumlah, semua, seluruhnya, all",
        "Jakon": "jasa konstruksi, construction",
        "male": "men, pria",
        "female": "women, wanita",
        "PU": "penerima upah, wage earners",
        "BPU": "bukan penerima upah, mandiri",
        "PMI": "pekerja migran, migrants",
    },
    "level": {
        "province": "provinsi, propinsi",
        "regency": "kabupaten, kab, district",
        "city": "kota",
        "national": "nasional, negara, country",
        "region": "wilayah",
    },
    "status": {
        "active": "aktif",
        "non_active": "non aktif, nonaktif, tidak aktif, inactive",
        "registered": "terdaftar",
    },
    "base": {"labour force": "angkatan kerja", "employed": "bekerja, yang bekerja"},
    "unit": {
        "persons": "orang, jiwa, people, person, workers, pekerja",
        "percent": "%, persen, per cent, pct",
        "projects": "proyek",
        "companies": "perusahaan",
    },
}
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
    rows = read(TABLE)
    return rows.loc[rows["article_id"] == article_id, _EXAMPLE].to_csv(index=False, lineterminator="\n")


def bytes_of(file: str, seconds: float = 60) -> tuple[bytes, list[Problem]]:
    """The bytes of an ordinary file, of what is piped (also through a named pipe), or of standard input ("-").

    At most `MOST_BYTES`. A named pipe is waited for so many seconds from one piece to the next (0: for ever), as one
    that nobody writes to would be waited for without end. A device isn't read at all.

    >>> bytes_of("/dev/zero")[1][0].message
    'it is a device; put an ordinary file in its place'
    """
    name = "<stdin>" if file == "-" else file
    wrong: tuple[str, str] | None = None
    if file == "-" and sys.stdin is None:
        raw, wrong = b"", ("unreadable file", "standard input is closed; pipe the file in, or name it")
    elif file == "-":
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    elif stat.S_ISFIFO(_mode(file)):
        raw, wrong = _piped(file, seconds)
    else:
        raw, wrong = contents(Path(file), MOST_BYTES)
    if len(raw) > MOST_BYTES:
        wrong = ("file too large", f"it has more than {MOST_BYTES:,} bytes; is it the right one?")
    return (b"", [Problem(name, 1, "", "", *wrong)]) if wrong else (raw, [])


def _mode(file: str) -> int:
    try:
        return Path(file).stat().st_mode
    except (OSError, ValueError):
        return 0


def _piped(file: str, seconds: float) -> tuple[bytes, tuple[str, str] | None]:
    """What comes out of a pipe until it is closed; or what is wrong with it."""
    found = bytearray()
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as stream:
            poll = select.poll()
            poll.register(stream, select.POLLIN)
            while len(found) <= MOST_BYTES:
                if not poll.poll(seconds * 1000 or None):
                    message = f"nothing came out of this pipe for {seconds:g} {'second' if seconds == 1 else 'seconds'}; is anything written to it?"
                    return b"", ("silent pipe", message)
                if not (piece := stream.read(2**20)):
                    break
                found += piece
    except OSError as error:
        message = f"it can't be read ({error.strerror}); mend its permissions or its name"
        return b"", ("unreadable file", message)
    return bytes(found), None


def figures_in(file: str, raw: bytes) -> tuple[list[Claim], list[Problem]]:
    """The figures of a file, read; or what is wrong with it, and then no figures.

    `claim_id` is the line, as text; the file's own is in `key`. A cell that is left out says: segment total,
    article "" (rows without one are one article). A province is completed by its code, and the other way round.
    What a spreadsheet leaves is taken as it is meant: UTF-16 with its mark, semicolons or tabs between the columns,
    a first line `sep=;`, and capitals or spaces in the names of columns.

    >>> raw = b"sep=;\\nPeriod;place;measure;value_printed\\n2023;Lampung;covered;731991\\n"
    >>> [claim], problems = figures_in("release.csv", raw)
    >>> problems, claim.measure, claim.segment, claim.claim_id
    ([], 'covered', 'total', '3')
    """
    text, problems = _decoded(file, raw)
    rows: list[Row] = []
    if not problems:
        rows, problems = _rows(file, text)
    if not rows:
        return [], problems
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
    claims: list[Claim] = []
    try:
        claims = claims_of(_frame(rows))
    except ClaimError as error:
        problems += [Problem(file, w.row, w.column, w.value, w.rule, w.message) for w in error.problems]
    problems = [_with_meant(problem, fields) for problem in problems]
    first = {(problem.line, problem.column): problem for problem in reversed(problems)}
    return claims, sorted(first.values(), key=lambda p: (p.line, p.column))


def _decoded(file: str, raw: bytes) -> tuple[str, list[Problem]]:
    """As `files.decoded`; UTF-16 is taken, too, where the file begins with its mark."""
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            raw = raw.decode("utf-16").encode("utf-8")
        except UnicodeError:  # cut in the middle of a character: that one says what to do
            return decoded(file, raw)
    elif len(raw) > 3 and not raw[1::2].strip(b"\0"):
        return "", [Problem(file, 1, "", "", "encoding", "the file is UTF-16 without its mark; save it as CSV UTF-8")]
    return decoded(file, raw)


def _rows(file: str, text: str) -> tuple[list[Row], list[Problem]]:
    """The rows by line, whatever stands between the columns and however the columns are capitalised."""
    text = text if "\n" in text else text.replace("\r", "\n")  # lines as old Macs end them
    head, _, below = text.partition("\n")
    mark = re.fullmatch(r"sep=(.)\s*", head, re.IGNORECASE)
    above, mark_of = (1, mark[1]) if mark else (0, "")
    try:
        plain = _with_commas(below if mark else text, mark_of)
    except csv.Error:
        message = "a cell is too long to be one; is a quote missing, or another file in it?"
        return [], [Problem(file, 1, "", head, "cell too long", message)]
    rows, problems = rows_of(file, plain, columns(), list(NEEDED))
    return (
        [row._replace(line=row.line + above) for row in rows],
        [problem._replace(line=problem.line + above) for problem in problems],
    )


def _with_commas(text: str, mark: str = "") -> str:
    """The text with commas between the columns, and the columns named as ours are; cells and lines as they are."""
    head, _, below = text.partition("\n")
    mark = mark or max(",;\t", key=head.count)
    names = next(csv.reader([head], delimiter=mark), [])
    meant = [cleaned(name).casefold().replace(" ", "_") for name in names]
    if '"' not in head or head.count('"') % 2 == 0:
        names = [ours if ours in columns() else name for name, ours in zip(names, meant, strict=True)]
    elif mark == ",":
        return text  # a quote that isn't closed: `rows_of` names it
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    if mark == ",":
        return out.getvalue() + below
    writer.writerows(csv.reader(StringIO(below, newline=""), delimiter=mark))
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
    there = [Row(0, cells) for cells in regions[["province_code", "province", "also_known_as"]].to_dict("records")]
    problems += rules.names({"regions": there, TABLE: compared}, {TABLE: table})
    return completed, problems


def _segments(file: str, rows: list[Row]) -> Iterator[Problem]:
    """A segment that is meant to be one of those that are joined with others, and would go untested."""
    there = f"Segments that are joined with others: {', '.join(JOINED)}"
    for row in rows:
        segment = row.cells.get("segment", "")
        if segment and segment not in JOINED and (meant := _meant("segment", segment, JOINED)):
            message = f"did you mean {meant}? {there}"
            yield Problem(file, row.line, "segment", segment, "unknown value", message)


def _meant(column: str, value: str, allowed: Iterable[str]) -> str:
    """The allowed word that a cell means: by other spelling, by another name, or else the nearest; "" if none is near."""
    if len(value) > 60:
        return ""
    plain = {_plain(word): word for word in allowed}
    for word, others in _MEANT.get(column, {}).items():
        plain |= {_plain(other): word for other in others.split(", ")}
    return plain.get(_plain(value)) or plain.get(nearest(_plain(value), plain, 0.85), "")


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", cleaned(word).casefold())


def _with_meant(problem: Problem, fields: list[dict]) -> Problem:
    """The problem with the word that is meant, where the cell holds one that isn't allowed."""
    field: dict = next((field for field in fields if field["name"] == problem.column), {})
    allowed = field.get("constraints", {}).get("enum", [])
    if problem.rule != "unknown value" or not allowed or not (meant := _meant(problem.column, problem.value, allowed)):
        return problem
    rest = re.sub(r"^did you mean [^?]*\? ", "", problem.message)
    return problem._replace(message=f"did you mean {meant}? {rest[:1].upper()}{rest[1:]}")


def _frame(rows: list[Row]) -> pd.DataFrame:
    lines = [row.line for row in rows]
    frame = pd.DataFrame([row.cells for row in rows], index=lines, dtype=object)
    return frame.assign(
        segment=frame["segment"].where(frame["segment"] != "", "total") if "segment" in frame else "total",
        article_id=frame.get("article_id", ""),
        key=frame.get("claim_id", ""),
        claim_id=[str(line) for line in lines],
    )
