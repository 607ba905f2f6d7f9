"""Published figures in words: as they were printed, what they are of, and how they are taken."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from analysis.printed import WORDS, UnreadableError, in_words
from analysis.schema import SEGMENTS
from analysis.words.language import ENGLISH_SCALES, LANGUAGES, NBSP, TERMS, count, decimal, percent, span, term

_ODD = next(word for word in WORDS if word.effect == "upwards")


def printed(text: object, language: str) -> str:
    r"""A count as the press printed it, no more exact and no less.

    Printed in full it is written as the language writes numbers; scale words and words such as
    *lebih dari* are translated, and those that change nothing dropped (`printed.WORDS`); what
    can't be read as a number stays in quotes.

    >>> printed("731.991", "en"), printed("lebih dari 2,7 juta", "en"), printed("1,7 orang", "en")
    ('731,991', 'more than 2.7\xa0million', '“1,7\xa0orang”')
    >>> printed("lebih dari 2,7 juta", "id"), printed("", "en")
    ('lebih dari 2,7\xa0juta', 'not stated')
    """
    return _value_by_value(text, language, _number)


def printed_percent(text: object, language: str) -> str:
    r"""A percentage as the press printed it, with no more decimals than were printed.

    >>> printed_percent("24,5", "id"), printed_percent("lebih dari 50", "en"), printed_percent("65 sampai 68", "en")
    ('24,5\xa0%', 'more than 50%', '65 to 68%')
    """
    return _value_by_value(text, language, _percentage)


def _value_by_value(text: object, language: str, write: Callable[[str, str], str]) -> str:
    if not text:
        return term("not stated", language)
    parts = []
    for part in str(text).split("; "):  # an article with several values for one figure
        word, digits = re.fullmatch(r"(\D*?)\s*(\d.*)?", part).groups(default="")  # type: ignore[union-attr]
        try:
            about = in_words(word, language)
        except UnreadableError:
            about, digits = "", part
        parts.append(f"{about} {write(digits or part, language)}".lstrip())
    return " / ".join(parts)


def _number(digits: str, language: str) -> str:
    if re.fullmatch(r"\d{1,3}(\.\d{3})+|\d+", digits):
        return count(int(digits.replace(".", "")), language)
    if scaled := re.fullmatch(rf"(\d+)(?:,(\d+))? ({'|'.join(ENGLISH_SCALES)})(an)?", digits):
        whole, fraction, scale, odd = scaled.groups(default="")
        number = decimal(Decimal(f"{whole}.{fraction}" if fraction else whole), language, len(fraction))
        word = f"{scale}{odd}" if language == "id" else f"{ENGLISH_SCALES[scale]}{_ODD.en if odd else ''}"
        return f"{number}{NBSP}{word}"
    return _quoted(digits)


def _quoted(text: str) -> str:
    return "“" + text.replace(" ", NBSP) + "”"


def _percentage(digits: str, language: str) -> str:
    if span := re.fullmatch(r"([\d,]+) sampai ([\d,]+)", digits):
        low, high = span.groups()
        return f"{low} sampai {high}{NBSP}%" if language == "id" else f"{low} to {high}%".replace(",", ".")
    plain = digits.replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", plain):
        return f"{_quoted(digits)}{NBSP}%"
    value = Decimal(plain)
    return percent(value / 100, language, max(0, -int(value.as_tuple().exponent)))


def figure(row: Mapping[Any, Any], language: str) -> str:
    """The name of a figure: what it measures, of which segment, and its status or target year where that matters.

    >>> figure({"measure": "workers", "segment": "PU", "kind": ""}, "en")
    'Workers, wage earners (PU)'
    >>> figure({"measure": "target_rate", "segment": "total", "kind": "2025"}, "id")
    'Target (tingkat), 2025'
    """
    segment = term(row["segment"], language) if row["segment"] != "total" else ""
    if row["segment"] in SEGMENTS:
        segment = segment[0].lower() + segment[1:]
    kind = term(row["kind"], language) if row["kind"] not in ("", "active") else ""
    return ", ".join(part for part in (term(row["measure"], language), segment, kind) if part)


def statement(claim: Any, language: str) -> str:
    r"""A printed figure in words: what it is of, and how it was printed (a `press.articles.Statement`).

    >>> from analysis.press.articles import Statement
    >>> statement(Statement("workers", "BPU", "1,7 orang", "persons"), "en")
    'Workers, non-wage workers (BPU): “1,7\xa0orang”'
    """
    name = figure({"measure": claim.measure, "segment": claim.segment, "kind": claim.target_year}, language)
    write = printed_percent if claim.unit == "percent" else printed
    return f"{name}: {write(claim.printed, language)}"


def statements(claims: Any, language: str) -> str:
    """Printed figures in words, one after the other (`statement`s)."""
    return "; ".join(statement(claim, language) for claim in claims)


def taken(readings: Any, language: str) -> str:
    r"""How figures are taken that aren't taken as printed (`press.articles.Reading`s), to stand behind "if".

    >>> from analysis.press.articles import Reading
    >>> taken((Reading("scale", "1,7 orang", "1,7 juta", "persons"),), "en"), taken((), "id")
    ('“1,7\xa0orang” is read as 1.7\xa0million', 'semuanya dibaca seperti tercetak')
    """
    said = []
    for kind, before, text, unit in readings:
        write = printed_percent if unit == "percent" else printed
        if kind == "gap":
            words = {"id": "dibaca sebagai selisih ke target", "en": "is read as the gap to the target of"}
            said.append(f"{write(before, language)} {words[language]} {printed_percent(text, language)}")
        elif kind == "target":
            words = {"id": "dibaca sebagai jumlah orang dari target", "en": "is read as the people of the target of"}
            said.append(f"{write(before, language)} {words[language]} {target_printed(text, language)}")
        elif kind == "base":
            words = {"id": "dibaca sebagai bagian dari", "en": "is read as a share of"}
            said.append(f"{write(before, language)} {words[language]} {base_name(text, language)}")
        elif kind == "cut":
            words = {"id": "dipotong, bukan dibulatkan", "en": "was cut off, not rounded"}
            said.append(f"{write(before, language)} {words[language]}")
        elif kind in _OF_ALL:
            said.append(_OF_ALL[kind][language])
        else:
            words = {"id": "dibaca", "en": "is read as"}
            said.append(f"{write(before, language)} {words[language]} {write(text, language)}")
    joined = {"id": " dan ", "en": " and "}[language].join(said)
    return joined or {"id": "semuanya dibaca seperti tercetak", "en": "all are read as printed"}[language]


_OF_ALL = {
    "rounded": {
        "id": "angka yang berakhir dengan 000 dibulatkan ke ribuan",
        "en": "counts that end in 000 are rounded to thousands",
    },
    "more": {"id": "ada segmen yang tidak tercetak", "en": "there are segments that were not printed"},
}


def base_name(base: str, language: str) -> str:
    """Workers by the name that an article gives them, within a sentence.

    >>> base_name("employed", "en"), base_name("labour force", "id")
    ('the employed', 'angkatan kerja')
    """
    names = {
        "eligible": ("pekerja yang layak", "the eligible"),
        "employed": ("penduduk bekerja", "the employed"),
        "labour force": ("angkatan kerja", "the labour force"),
    }
    return names.get(base, (base, base))[LANGUAGES.index(language)]


def target_printed(text: str, language: str) -> str:
    r"""A target as printed: people where it has a scale word or groups of thousands, else a percentage.

    >>> target_printed("38,39", "id"), target_printed("53,96 juta", "en"), target_printed("912.000", "en")
    ('38,39\xa0%', '53.96\xa0million', '912,000')
    """
    people = re.search(r"[a-z]", text) or re.fullmatch(r"\d{1,3}([.,]\d{3})+|\d{4,}", text)
    return (printed if people else printed_percent)(text, language)


def people_left(left: Any, language: str) -> str:
    """How many people are in segments that weren't printed (a `press.verdict.Left`).

    >>> from analysis.press.verdict import Left
    >>> people_left(Left(None, 6465000, 6675000), "en"), people_left(Left(None, 1, 1), "id")
    ('6,465,000–6,675,000 people', '1 orang')
    """
    one = left.low == left.high == 1
    word = {"id": "orang", "en": "person" if one else "people"}[language]
    return f"{span(left.low, left.high, False, language)} {word}"


def identity(name: str, language: str) -> str:
    """What joins figures in a conflict, in words.

    >>> identity("PU + BPU = total", "en"), identity("places = Lampung", "id")
    ('PU + BPU = all, if there are no other segments', 'jumlah bagian wilayah = Lampung')
    """
    if name in TERMS:
        return term(name, language)
    every, parts = {"id": ("semua", "jumlah bagian wilayah"), "en": ("all", "the places within, added up,")}[language]
    if name.endswith("= total"):  # printed segments are taken for all there are
        return (
            name.replace("= total", f"= {every}")
            + {"id": ", bila tidak ada segmen lain", "en": ", if there are no other segments"}[language]
        )
    return name.replace("= total", f"= {every}").replace("≤ total", f"≤ {every}").replace("places", parts)
