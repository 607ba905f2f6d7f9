"""Numbers and terms of one language: 731.991 and 26,79 % in Indonesian, 731,991 and 26.79% in English.

The terms stand in `glossary.toml`: one word for one thing, everywhere.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, cast

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from analysis.printed import SCALES
from analysis.schema import SEGMENTS, GlossaryError, one_of

LANGUAGES = ("id", "en")
_FILE = "analysis/words/glossary.toml"

# What no page, drawing or file of text can hold: control characters, halves of characters, and what is none.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_LOCALES = {language: Locale(language) for language in LANGUAGES}
NBSP = "\N{NO-BREAK SPACE}"
_PERCENT = {"id": f"{NBSP}%", "en": "%"}
ENGLISH_SCALES = {scale.id: scale.en for scale in SCALES}
_NAMES = {"id": "Indonesian", "en": "English"}


def glossary(raw: bytes) -> dict[str, tuple[str, str]]:
    r"""Each term of a glossary in Indonesian and English, by its key.

    Raises GlossaryError, which names file and term, where a translation is missing or a term has another key.

    >>> glossary(b'[uncovered]\nid = "Belum tercakup"\nen = "Uncovered"')
    {'uncovered': ('Belum tercakup', 'Uncovered')}
    """
    try:
        tables = tomllib.loads(raw.decode("utf-8-sig"))
    except ValueError as error:
        raise GlossaryError(f"{_FILE}: this isn't TOML in UTF-8: {error}") from None
    return {key: _both(key, table) for key, table in tables.items()}


def _both(key: str, table: object) -> tuple[str, str]:
    """A term in Indonesian and English."""
    if not isinstance(table, dict):
        raise GlossaryError(f"{_FILE}: {key!r} stands before the first term; write id and en below a [term]")
    for name, words in table.items():
        if isinstance(words, dict):
            raise GlossaryError(f'{_FILE}: the term {f"{key}.{name}"!r} has a dot; write ["{key}.{name}"]')
        one_of(f"{_FILE}: a key of the term {key!r}", name, LANGUAGES, GlossaryError)
    for language in LANGUAGES:
        if not isinstance(words := table.get(language), str) or not words.strip():
            raise GlossaryError(f'{_FILE}: the term {key!r} lacks its {_NAMES[language]}; write {language} = "…"')
    return table["id"], table["en"]


TERMS = glossary(Path(__file__).with_name("glossary.toml").read_bytes())


def term(key: object, language: str) -> str:
    """The glossary's word for `key`, or `key` itself where it is a name (a province, a title).

    >>> term("uncovered", "id"), term("uncovered", "en"), term("Lampung", "en")
    ('Belum tercakup', 'Uncovered', 'Lampung')
    """
    return TERMS[str(key)][LANGUAGES.index(language)] if str(key) in TERMS else str(key)


def harmless(text: str) -> str:
    r"""`text` with a replacement character for each that no page, drawing or file of text can hold.

    >>> harmless("satu\x00dua\x1b[1m\ud800"), harmless("baris\nkedua")
    ('satu�dua�[1m�', 'baris\nkedua')
    """
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def missing(value: object) -> bool:
    """Whether a value is none: None, NA or NaN."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def count(value: object, language: str) -> str:
    """A number of people or rupiah, whole, with the language's thousands mark.

    >>> count(731991, "id"), count(731991, "en"), count(None, "en")
    ('731.991', '731,991', 'unknown')
    """
    if missing(value):
        return term("unknown", language)
    if isinstance(value, str):
        return value
    return format_decimal(int(str(value)), "#,##0", locale=_LOCALES[language])


def percent(share: object, language: str, digits: int = 2) -> str:
    r"""A share between 0 and 1 as a percentage, halves rounded away from zero.

    A text stands for a rate that is none (`not defined`, `exceeds` …) and is translated.

    >>> percent(0.2679, "id"), percent(0.2679, "en"), percent("not defined", "en")
    ('26,79\xa0%', '26.79%', 'not defined')
    >>> percent(0.02345, "en")
    '2.35%'
    """
    if missing(share):
        return term("unknown", language)
    if isinstance(share, str):
        return term(share, language)
    return decimal(Decimal(str(share)) * 100, language, digits) + _PERCENT[language]


def rate(row: Mapping[Any, Any], language: str) -> str:
    r"""The rate of a row of `coverage`, or in words why it has none.

    >>> rate({"rate": 0.156, "rate_is": "known"}, "en"), rate({"rate": None, "rate_is": "exceeds"}, "id")
    ('15.60%', 'melebihi dasar, bukan cakupan penduduk')
    """
    return percent(row["rate"] if row["rate_is"] == "known" else row["rate_is"], language)


def decimal(value: Decimal | float, language: str, digits: int) -> str:
    """A number with a fixed count of decimals. Babel alone would round halves to even.

    >>> decimal(2.345, "id", 2), decimal(2.345, "en", 2)
    ('2,35', '2.35')
    """
    exact = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(rounded, pattern, locale=_LOCALES[language])


def points(share: object, language: str, digits: int = 2, unit: bool = True) -> str:
    r"""A difference of two shares in percentage points, with its sign; what rounds to 0 has none.

    >>> points(0.009866, "id"), points(-0.02916, "en"), points(-0.000005, "en", unit=False)
    ('+0,99\xa0poin persentase', '−2.92\xa0percentage points', '0.00')
    """
    if missing(share):
        return term("not known", language)
    text = _signed(Decimal(str(share)) * 100, language, digits)
    return text + NBSP + {"id": "poin persentase", "en": "percentage points"}[language] if unit else text


def growth(share: object, language: str) -> str:
    r"""A relative change as a percentage with its sign.

    >>> growth(0.1195, "id"), growth(-0.0833, "en")
    ('+12,0\xa0%', '−8.3%')
    """
    if missing(share):
        return term("not known", language)
    return _signed(Decimal(str(share)) * 100, language, 1) + _PERCENT[language]


def signed(value: object, language: str) -> str:
    """A change of a number of people, with its sign.

    >>> signed(28477, "id"), signed(-73468, "en"), signed(0, "en")
    ('+28.477', '−73,468', '0')
    """
    return term("not known", language) if missing(value) else _signed(Decimal(str(value)), language, 0)


def _signed(value: Decimal, language: str, digits: int) -> str:
    text = decimal(abs(value), language, digits)
    if not text.strip("0.,"):
        return text
    return ("−" if value < 0 else "+") + text


def span(low: Any, high: Any, share: bool, language: str, digits: int = 2) -> str:
    r"""What a figure can be, from `low` to `high`: persons, or a share with `digits` decimals of a percent.

    An end that is missing is open.

    >>> span(2731820, 2732839, False, "id"), span(0.5375, 0.5748, True, "en"), span(800000, None, False, "en")
    ('2.731.820–2.732.839', '53.75–57.48%', 'at least 800,000')
    """

    def write(value: Any, language: str) -> str:
        return percent(value, language, digits) if share else count(value, language)

    low = 0 if missing(low) else low
    if missing(high):
        return f"{'sekurang-kurangnya' if language == 'id' else 'at least'} {write(low, language)}"
    first, last = write(low, language), write(high, language)
    return first if first == last else f"{first.rstrip(' %' + NBSP)}–{last}"


def month(period: object, language: str) -> str:
    """A period such as `2023-12`, `2024-09-24`, `2024-H1` or `2023` in words.

    >>> month("2023-12", "id"), month("2023-08", "en"), month("2024-09-24", "id"), month("2023", "en")
    ('Desember 2023', 'August 2023', '24 September 2024', '2023')
    """
    text = str(period)
    if half := re.fullmatch(r"(\d{4})-H([12])", text):
        word = "semester" if language == "id" else "half"
        return f"{word} {half[2]}, {half[1]}"
    if not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text):
        return text
    pattern = "MMMM y" if len(text) == 7 else "d MMMM y"
    return format_date(pd.Timestamp(text).date(), pattern, locale=_LOCALES[language])


def months(dates: object, language: str) -> str:
    """From one date to another in words; one of them alone where they are equal.

    >>> months(("2023-12", "2024-12"), "id"), months(("2025-07", "2025-07"), "en")
    ('Desember 2023 sampai Desember 2024', 'July 2025')
    """
    first, last = (month(date, language) for date in cast(Sequence[str], dates))
    return first if first == last else f"{first} {'sampai' if language == 'id' else 'to'} {last}"


def uncertain(name: str, language: str) -> str:
    """An uncertain value in words: `usual.lapse.PU` as in the tables.

    >>> uncertain("usual.lapse.PU", "en"), uncertain("today.all", "id")
    ('Lapse, PU', 'Jumlah pekerja saat ini')
    """
    if name in TERMS:
        return term(name, language)
    lever, parameter, part = name.split(".")
    return f"{term(f'{lever}.{parameter}', language)}, {part if part in SEGMENTS else term(part, language)}"


def rupiah(value: object, language: str) -> str:
    """An amount of money in full, in whole rupiah.

    >>> rupiah(16800, "id"), rupiah(16800, "en"), rupiah(-500, "id"), rupiah(None, "en")
    ('Rp16.800', 'Rp16,800', '−Rp500', 'unknown')
    """
    if missing(value) or isinstance(value, str):
        return term("unknown" if missing(value) else value, language)
    whole = int(_exact(value).quantize(Decimal(1), ROUND_HALF_UP))
    return ("−" if whole < 0 else "") + "Rp" + count(abs(whole), language)


def rupiah_short(value: object, language: str) -> str:
    r"""An amount of money to three digits, with the word for its scale; below a million in full.

    >>> rupiah_short(1_856_400_000, "id"), rupiah_short(1_856_400_000, "en"), rupiah_short(12_345_678_901_234, "id")
    ('Rp1,86\xa0miliar', 'Rp1.86\xa0billion', 'Rp12,3\xa0triliun')
    >>> rupiah_short(999_960_000, "en"), rupiah_short(201600, "en"), rupiah_short(-3_000_000, "id")
    ('Rp1.00\xa0billion', 'Rp201,600', '−Rp3,00\xa0juta')
    """
    if missing(value) or isinstance(value, str):
        return rupiah(value, language)
    exact = _exact(value)
    rounded = abs(exact).quantize(Decimal(1), ROUND_HALF_UP)
    rounded = rounded.quantize(Decimal(1).scaleb(max(rounded.adjusted() - 2, 0)), ROUND_HALF_UP)
    size = max(rounded.adjusted(), 0) // 3 * 3
    if size < 6:
        return rupiah(value, language)
    size = min(size, 12)
    digits = max(0, 2 - (rounded.adjusted() - size))
    name = {6: "juta", 9: "miliar", 12: "triliun"}[size]
    word = name if language == "id" else ENGLISH_SCALES[name]
    number = decimal(rounded.scaleb(-size), language, digits)
    return f"{'−' if exact < 0 else ''}Rp{number}{NBSP}{word}"


def rupiah_span(low: object, high: object, language: str) -> str:
    r"""From one amount to another, the scale's word and Rp once where they are the same.

    >>> rupiah_span(2_310_000_000, 2_800_000_000, "id"), rupiah_span(850_000_000, 1_200_000_000, "en")
    ('Rp2,31–2,80\xa0miliar', 'Rp850\xa0million to Rp1.20\xa0billion')
    """
    first, last = (rupiah_short(value, language) for value in (low, high))
    if first == last:
        return first
    (start, _, scale), (_, _, other) = (text.partition(NBSP) for text in (first, last))
    if scale == other and first.startswith("Rp") and last.startswith("Rp"):
        return f"{start}–{last.removeprefix('Rp')}"
    return f"{first} {'sampai' if language == 'id' else 'to'} {last}"


def _exact(value: object) -> Decimal:
    return Decimal(str(value))
