"""Printed numbers, Indonesian and English, as the exact intervals they stand for.

By hand, because babel reads the digits of one locale and knows no half units, scale words or hedges
(*sekitar*, *hampir*), and number parsers from packages guess. Everything is a Fraction. Words before a figure are read
here and nowhere else.
"""

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from analysis.schema import nearest


class UnreadableError(ValueError):
    """A printed figure that can't be read: what was read, what is wrong with it, how to write it.

    >>> read_printed("puluhan ribu")
    Traceback (most recent call last):
    analysis.printed.UnreadableError: “puluhan ribu” can't be read: it has no digits; write the number in digits (“50 ribu”).
    """

    def __init__(self, read: str, wrong: str, write: str) -> None:
        super().__init__(f"“{_short(read)}” can't be read: {wrong}; {write}.")


def _short(text: str) -> str:
    """A text as a sentence can quote it."""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}… ({len(text):,} characters)"


class Printed(NamedTuple):
    """What a printed figure says: a closed interval, exact. Persons (companies, rupiah), or a share for a percentage."""

    value: Fraction  # the number itself; the middle of a range
    low: Fraction | None  # None is open on that side
    high: Fraction | None
    cut_low: Fraction | None  # if the press cut the figure off instead of rounding it; low and high where it can't have
    cut_high: Fraction | None
    unit: Fraction  # one unit of the last printed digit; of a range, the coarser one
    scale: Fraction  # 1, 1000, 10**6, 10**9, 10**12; for a percentage 1/100; of a range, that of its end
    decimals: int  # digits after the decimal mark; of a range, those of its end
    exact: bool  # a count printed in full that nothing widens
    widened: bool  # a word, -an or a range says more than the digits


class Word(NamedTuple):
    """A word beside a figure: in both languages, its effect, and what that does to the interval."""

    id: str
    en: str
    effect: str
    does: str
    does_id: str


class Scale(NamedTuple):
    """A scale word, its size, and how else the press of each language writes it."""

    id: str
    en: str
    size: int
    also_id: tuple[str, ...]
    also_en: tuple[str, ...]


_QUOTED = 120
_LONGEST = 30  # digits: more than anything counted has, in rupiah too

SCALES = (
    Scale("ribu", "thousand", 10**3, ("rb",), ()),
    Scale("juta", "million", 10**6, ("jt",), ("mn",)),
    Scale("miliar", "billion", 10**9, ("milyar",), ("bn",)),
    Scale("triliun", "trillion", 10**12, ("trilyun",), ("tn",)),
)

# “Its last digit that isn't zero”: of 227.000 the 7, so a thousand; of 300 ribu the 3, so a hundred thousand.
_DOES = {
    "none": ("nothing: the figure is read as printed", "tidak mengubah apa-apa: angka dibaca seperti tercetak"),
    "about": (
        "one unit of the last digit that isn't zero, a tenth of the figure at most, down and up: sekitar 227.000 is "
        "226,000 to 228,000, sekitar 300 ribu is 270 to 330 thousand, sekitar 40 persen is 36 to 44%",
        "satu satuan angka terakhir yang bukan nol, paling banyak sepersepuluh angkanya, ke bawah dan ke atas: sekitar "
        "227.000 berarti 226.000 sampai 228.000, sekitar 300 ribu berarti 270 sampai 330 ribu, sekitar 40 persen berarti 36 sampai 44 %",
    ),
    "almost": (
        "from as much below the figure (as for sekitar) up to the figure: hampir 17.000 is 16,000 to 17,000",
        "dari sebanyak itu di bawahnya (seperti sekitar) sampai angka itu: hampir 17.000 berarti 16.000 sampai 17.000",
    ),
    "at least": ("from the figure upwards, without an end", "dari angka itu ke atas, tanpa batas"),
    "at most": (
        "from zero to the figure, and to its half unit above where it is rounded: hingga 90 persen is 0 to 90.5%",
        "dari nol sampai angka itu, ditambah setengah satuan bila dibulatkan: hingga 90 persen berarti 0 sampai 90,5 %",
    ),
    "upwards": (
        "from the figure up by one unit of the last digit that isn't zero: 300 ribuan is 300 to 400 thousand, and so "
        "is sekitar 300 ribu lebih",
        "dari angka itu naik satu satuan angka terakhir yang bukan nol: 300 ribuan berarti 300 sampai 400 ribu, demikian juga "
        "sekitar 300 ribu lebih",
    ),
}

# Effect by effect: Indonesian = English. Where a word has several, the first pair is how a page writes it.
_PAIRS = {
    "none": """
        baru = only, hanya = only, cuma = only, cuma = just, mencapai = reached, mencapai = reaching, capai = reached,
        telah = has, telah = have, sudah = already, menyentuh = touched, sebesar = amounting to, sebanyak = as many as,
        sejumlah = numbering, berjumlah = numbering, jumlahnya = numbering, total = a total of, total = total of,
        total = total, dari total = of a total of, dari total = out of a total of, ada = there are, ada = there were,
        masih = still, bisa = can, menjadi = to become, setara dengan = equal to, menyasar = targeting,
        terendah = the lowest, tercakup = covered, tercatat = recorded, yakni = namely, yaitu = namely,
        lagi = another, rp = rp, rp = idr, setara = equal to, kini = now, saat ini = currently, saat ini = at present,
        jumlah = the number of, terdapat = there are, gap = a gap of, tepat = exactly, tepatnya = exactly,
        persis = precisely, persisnya = precisely, genap = exactly, di angka = at, di angka = standing at, dapat = can,
        tinggal = remaining, tersisa = left, sisanya = the remaining, sisa = the rest, bertambah = increased by,
        capaian = a result of, dari = out of, dari = of, totalnya = totalling, adalah = is, adalah = are""",
    "about": """
        sekitar = about, sekitar = around, sekitar = some, sekitar = circa, berkisar = about, di kisaran = about,
        kira-kira = about, kira-kira = roughly, kira kira = about, kurang lebih = about, kurang lebih = more or less,
        kurang lebih = approximately, lebih kurang = about, sekira = about, sekitaran = about, kisaran = about,
        kisaran = in the region of, +/- = about, ± = about, perkiraan = about,
        perkiraan = an estimated, diperkirakan = about, diperkirakan = estimated""",
    "almost": """
        hampir = almost, hampir = nearly, nyaris = almost, mendekati = close to, mendekati = approaching""",
    "at least": """
        lebih dari = more than, lebih = more than, atau lebih = or more, di atas = above, di atas = over,
        minimal = at least, paling sedikit = at least, setidaknya = at least, sekurang-kurangnya = at least,
        sedikitnya = at least, sekurangnya = at least, paling tidak = at least, minimum = at least,
        melebihi = exceeding, melebihi = exceeded, melampaui = surpassing, melampaui = surpassed, melewati = passed,
        tembus = topped, menembus = topping, tak kurang dari = no less than, tidak kurang dari = no less than, tidak kurang dari = no fewer than,
        tidak kurang dari = not less than""",
    "at most": """
        hingga = up to, sampai = up to, sampai dengan = up to, kurang dari = less than, kurang dari = fewer than,
        di bawah = below, di bawah = under, paling banyak = at most, maksimal = at most, tidak lebih dari = no more than,
        tidak lebih dari = not more than, tak lebih dari = no more than, sebanyak-banyaknya = at most,
        setinggi-tingginya = at most, paling tinggi = at most, maksimum = at most, tak sampai = less than,
        belum genap = less than, tidak sampai = less than, belum sampai = less than, belum mencapai = less than""",
    "upwards": "-an = -odd",
}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _word_rows(effect: str, pairs: str) -> list[Word]:
    rows = (pair.split(" = ") for pair in _listed(pairs))
    return [Word(indonesian, english, effect, *_DOES[effect]) for indonesian, english in rows]


WORDS: tuple[Word, ...] = tuple(word for effect, pairs in _PAIRS.items() for word in _word_rows(effect, pairs))

_NOUNS = _listed("""
    orang, jiwa, pekerja, peserta, tenaga kerja, penduduk, perusahaan, badan usaha, pemberi kerja, proyek, rupiah,
    persons, person, people, workers, worker, participants, participant, employees, residents, companies, company,
    business entities, employers, projects""")


def _any(phrases: Iterable[str]) -> str:
    """Any of the phrases as a regex, the longest first, as whole words."""
    longest = sorted(phrases, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)"


_BY_PHRASE = {p: word for word in reversed(WORDS) for p in (word.en, word.id)}
_SIZES = {w: s.size for s in SCALES for w in (s.id, s.en, *s.also_id, *s.also_en)}
_DECIMAL_MARK = {w: "." for s in SCALES for w in (s.en, *s.also_en)}  # a comma with the Indonesian ones

# The grammar. Text is in lower case, with single spaces.
_FIGURE = re.compile(
    rf"""(?P<digits> [0-9][0-9.,]*)  (?P<odd> -?an\b | -odd\b)?
         (?:\ ? (?P<scale> {"|".join(sorted(_SIZES, key=len, reverse=True))}) (?P<odd_scale> -?an | -odd)? (?!\w))?
         (?:\ ? (?P<percent> % | (?:persen|per\ ?cent)\b))?""",
    re.VERBOSE,
)
_BETWEEN = re.compile(r"\b(?:antara|between)\b")
_RANGE = re.compile(r"sampai|sampai dengan|hingga|s/d|s\.d\.|to|[-\u2010\u2011\u2012–—]")
_AND = re.compile(r"dan|and")
_MINUS = re.compile(r"(?:[-\u2010\u2011\u2012–—−]|\bminus|\bnegative|\bnegatif) ?$")
_NOUN = re.compile(_any(_NOUNS))
_PHRASE = re.compile(_any(_BY_PHRASE))
# Digits: whole part and decimals, once it is known which mark is which.
_PLAIN = re.compile(r"(?P<whole>0|[1-9]\d*)")
_DECIMAL = re.compile(r"(?P<whole>0|[1-9]\d*)(?P<mark>[.,])(?P<part>\d+)")
_GROUPED = re.compile(r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*)")
_GROUPED_DECIMAL = re.compile(r"(?P<whole>[1-9]\d{0,2}(?:(?:\.\d{3})+(?=,)|(?:,\d{3})+(?=\.)))[.,](?P<part>\d+)")


@cache
def read_printed(text: str, word: str = "", unit: str = "persons") -> Printed:
    """A printed figure as the interval it stands for; `word` is what stood before it.

    `unit` is `percent`, or what is counted; a percentage (also one known by its sign) is a share, 26,79 is
    0.2679. A count printed in full is exact; a scale word or a percentage means half a unit of the last
    printed digit each side; what a word does is in `WORDS`, and several make the widest of their intervals.

    Raises UnreadableError for whatever could be read in two ways or not at all.

    >>> [int(end) for end in read_printed("2,7 juta")[1:3]], [int(end) for end in read_printed("46.000", "sekitar")[1:3]]
    ([2650000, 2750000], [45000, 47000])
    >>> read_printed("26,79", "sudah mencapai", "percent")[:3]
    (Fraction(2679, 10000), Fraction(5357, 20000), Fraction(5359, 20000))
    """
    full = _lower_spaced(f"{word} {text}")
    figures = list(_FIGURE.finditer(full))
    _refuse_what_is_no_figure(full, figures)
    percent = unit == "percent" or any(figure["percent"] for figure in figures)
    words = _words_around(full, figures, unit)
    ends = [_one_figure(figure, figures[-1]["scale"], percent, words, full) for figure in figures]
    first, last = ends[0], ends[-1]
    if first.value > last.value:
        wrong = "the range starts above its end"
        raise UnreadableError(full, wrong, "write both figures in full, the smaller one first")
    return last._replace(
        value=(first.value + last.value) / 2,
        low=first.low,
        cut_low=first.cut_low,
        unit=max(first.unit, last.unit),
        exact=last.exact and first is last,
        widened=last.widened or first is not last,
    )


def finer(printed: Printed, decimals: int) -> Printed:
    """A figure with a scale word, read as if so many digits after the decimal mark had been printed.

    *1 juta* beside *1,7 juta* is read to the nearest 100,000. Unchanged: what has as many digits already,
    counts in full, percentages, and whatever a word widened.

    >>> [int(end) for end in finer(read_printed("1 juta"), 1)[1:5]]
    [950000, 1050000, 1000000, 1100000]
    >>> finer(read_printed("731.991"), 1) == read_printed("731.991")
    True
    """
    if printed.scale <= 1 or printed.widened or decimals <= printed.decimals:
        return printed
    return _rounded(printed.value, printed.scale, decimals)


def in_thousands(printed: Printed) -> Printed:
    """A count printed with 000 at its end, read as rounded to thousands: 573.000 as *573 ribu*.

    An exact count ends in 000 once in a thousand times, a rounded one always. Unchanged: any other figure, nobody
    (0), and whatever a word widened.

    >>> [int(end) for end in in_thousands(read_printed("573.000"))[1:5]]
    [572500, 573500, 573000, 574000]
    >>> in_thousands(read_printed("573.100")) == read_printed("573.100")
    True
    """
    thousand = SCALES[0].size
    if not printed.exact or not printed.value or printed.value % thousand:
        return printed
    return _rounded(printed.value, Fraction(thousand), 0)._replace(scale=printed.scale)


def matters(word: str) -> bool:
    """Whether the words before a figure change what it says. Raises UnreadableError for one that isn't in `WORDS`.

    >>> matters("baru sekitar"), matters("sudah mencapai")
    (True, False)
    """
    return bool(_effects_together(_looked_up(_lower_spaced(word))))


def in_words(word: str, language: str) -> str:
    """The words before a figure in Indonesian (id) or English (en); nothing for those that change nothing.

    Raises UnreadableError for one that isn't in `WORDS`.

    >>> in_words("baru sekitar", "en"), in_words("sudah mencapai", "en"), in_words("sekitar ... lebih", "en")
    ('about', '', 'more than about')
    >>> in_words("baru sekitar", "id")
    'sekitar'
    """
    by_effect: dict[str, str] = {}
    for known in _looked_up(_lower_spaced(word)):
        by_effect.setdefault(known.effect, known.id if language == "id" else known.en)
    order = [effect for effect in ("at most", "at least", "almost", "about") if effect in by_effect]
    return " ".join(by_effect[effect] for effect in order)


def _lower_spaced(text: str) -> str:
    """In lower case, with one ordinary space for any space, also one that doesn't break or a thin one."""
    return " ".join(text.lower().split())


def _refuse_what_is_no_figure(full: str, figures: list[re.Match[str]]) -> None:
    if not figures:
        wrong = "it has no digits" if full else "nothing is printed"
        raise UnreadableError(full, wrong, "write the number in digits (“50 ribu”)")
    before = full[: figures[0].start()].replace("+/-", "")
    if _MINUS.search(before):
        raise UnreadableError(full, "it is negative", "write a count or percentage of zero or more")
    apart = _BETWEEN.search(before)
    if len(figures) == 1 and apart:
        raise UnreadableError(full, f"“{apart[0]}” needs two figures", "write both (“antara 65 dan 68”)")
    between = full[figures[0].end() : figures[-1].start()]
    link = _NOUN.sub("", between).strip()
    is_range = _RANGE.fullmatch(link) or (apart and _AND.fullmatch(link))
    if len(figures) > 2 or (len(figures) == 2 and not is_range):
        wrong = "it has more than one number and is no range"
        raise UnreadableError(full, wrong, "write one number, or a range such as “65 sampai 68”")


def _words_around(full: str, figures: list[re.Match[str]], unit: str) -> set[str]:
    """The effects of the words before and after the figures; an error for what isn't known."""
    before = _BETWEEN.sub(" ", full[: figures[0].start()])
    after = full[figures[-1].end() :]
    if unit == "percent" and not any(f["percent"] for f in figures) and (noun := _NOUN.search(after)):
        raise UnreadableError(full, f"it counts {noun[0]}, and its unit is percent", "correct one of them")
    behind = _looked_up(_NOUN.sub(" ", after), full)
    if late := [known for known in behind if known.effect not in ("none", "at least")]:
        wrong = f"“{late[0].id}” ({late[0].en}) stands behind the figure"
        raise UnreadableError(full, wrong, "write it before the figure, or complete the range")
    effects = _effects_together((*_looked_up(before, full), *behind))
    if "at least" in effects and effects & {"almost", "at most"}:
        raise UnreadableError(full, "its words contradict each other", "keep the one that was printed")
    return effects


def _looked_up(words: str, full: str = "") -> list[Word]:
    """Each word as its row of the table, in their order."""
    rest = re.sub(r"\.\.\.|…", " ", _PHRASE.sub(" ", words)).split()
    if rest:
        near = nearest(rest[0], _BY_PHRASE) if len(rest[0]) <= _QUOTED else ""
        hint = f"the nearest known word is “{near}”" if near else "no known word is near it"
        raise UnreadableError(
            full or words,
            f"“{_short(' '.join(rest))}” is not in the table of words",
            f"{hint}; write a known word, or add it to WORDS with what it does",
        )
    return [_BY_PHRASE[phrase] for phrase in _PHRASE.findall(words)]


def _effects_together(words: tuple[Word, ...] | list[Word]) -> set[str]:
    effects = {word.effect for word in words} - {"none"}
    if "about" in effects and any(word.id == "lebih" for word in words):
        # "Sekitar 300 ribu lebih" is 300 thousand and some more, as *300 ribuan*: not less, and not any number above.
        others = {word.effect for word in words if word.id != "lebih"} - {"none", "about"}
        return others | {"upwards"}
    return effects


def _one_figure(figure: re.Match[str], last_scale: str | None, percent: bool, words: set[str], full: str) -> Printed:
    """One figure, alone or as an end of a range, whose scale word may stand once at the end of the range."""
    scale = figure["scale"] or last_scale
    if percent and scale:
        raise UnreadableError(full, f"a percentage has no “{scale}”", "correct the figure or its unit")
    whole, part = _digits(figure["digits"], scale, percent, full)
    size = Fraction(1, 100) if percent else Fraction(_SIZES[scale] if scale else 1)
    value = Fraction(int(whole + part), 10 ** len(part)) * size
    effects = words | ({"upwards"} if figure["odd"] or figure["odd_scale"] else set())
    rounded = _rounded(value, size, len(part))
    if not (percent or scale):
        rounded = rounded._replace(low=value, high=value, cut_low=value, cut_high=value, exact=True)
    return _widened(rounded, effects) if effects else rounded


def _digits(digits: str, scale: str | None, percent: bool, full: str) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    if (many := sum(map(str.isdigit, digits))) > _LONGEST:
        raise UnreadableError(full, f"it has {many:,} digits", "no figure has so many; check where it ends")
    decimal, grouped = _DECIMAL.fullmatch(digits), _GROUPED.fullmatch(digits)
    if found := _PLAIN.fullmatch(digits):
        return found["whole"], ""
    if percent and decimal:
        return decimal["whole"], decimal["part"]
    if scale and decimal and grouped and decimal["mark"] != _DECIMAL_MARK.get(scale, ","):
        raise _two_readings(decimal, scale, full)
    if grouped and not (scale and decimal):
        return re.sub("[.,]", "", grouped["whole"]), ""
    if decimal and (scale or len(decimal["part"]) != 3 or decimal["whole"] == "0"):
        return decimal["whole"], decimal["part"]
    if not percent and (found := _GROUPED_DECIMAL.fullmatch(digits)):
        return re.sub("[.,]", "", found["whole"]), found["part"]
    write = "with one decimal mark at most (“26,79”)" if percent else "with thousands in groups of three (“1.234.567”)"
    raise UnreadableError(full, f"“{digits}” is no number as either language writes it", f"write it {write}")


def _two_readings(decimal: re.Match[str], scale: str, full: str) -> UnreadableError:
    whole, part, mark = decimal["whole"], decimal["part"], _DECIMAL_MARK.get(scale, ",")
    return UnreadableError(
        full,
        f"it could be {whole}{part} {scale} or {whole} and {part} thousandths of a {scale}",
        f"write “{whole}{part} {scale}” or “{whole}{mark}{part} {scale}”",
    )


def _rounded(value: Fraction, size: Fraction, decimals: int) -> Printed:
    """Half a unit of the last printed digit each side; or cut off, one unit upwards."""
    unit = size / 10**decimals
    low = max(Fraction(0), value - unit / 2)
    return Printed(value, low, value + unit / 2, value, value + unit, unit, size, decimals, False, False)


def _widened(printed: Printed, effects: set[str]) -> Printed:
    """The widest of the intervals that the words make of it."""
    value, step = printed.value, _last_digit(printed.value, printed.unit)
    # Of a round figure a tenth at most ("sekitar 1 juta" as 0 to 2 million would test nothing), but no less than the
    # rounding that stands in it anyway.
    near = max(min(step, value / 10), printed.unit / 2)
    reach = {
        "about": (value - near, value + near),
        "almost": (value - near, value),
        "at least": (value, None),
        "at most": (Fraction(0), printed.high),
        "upwards": (value, value + step),
    }
    low = max(Fraction(0), min(reach[effect][0] for effect in effects))
    highs = [high for effect in effects if (high := reach[effect][1]) is not None]
    high = None if "at least" in effects else max(highs)
    return printed._replace(low=low, high=high, cut_low=low, cut_high=high, exact=False, widened=True)


def _last_digit(value: Fraction, unit: Fraction) -> Fraction:
    """One unit of the last printed digit that isn't zero."""
    while value and (value / (unit * 10)).denominator == 1:
        unit *= 10
    return unit
