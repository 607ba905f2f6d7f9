"""Sentences and numbers in Indonesian and English.

Whatever a reader sees goes through here, so that both languages say the same thing with the same
values: `sentence` fills one Indonesian and one English sentence from one set of numbers, the number
functions write them as each language does (731.991 and 26,79 %; 731,991 and 26.79%), and `Shown`
carries both to the page. `TERMS` is the glossary: one word for one thing, everywhere.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from string import Formatter
from typing import Any, cast

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from analysis.printed import SCALES, WORDS, UnreadableError, in_words
from analysis.schema import NOTHING, SEGMENTS, Facts

LANGUAGES = ("id", "en")
BILINGUAL = "application/vnd.cakupan.bilingual+json"
OTHER_SVG = "application/vnd.cakupan.other-svg"

# What no page, drawing or file of text can hold: control characters, halves of characters, and what is none.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_LOCALES = {language: Locale(language) for language in LANGUAGES}
_NBSP = "\N{NO-BREAK SPACE}"

TERMS: dict[str, tuple[str, str]] = {
    "PU": ("Penerima upah (PU)", "Wage earners (PU)"),
    "BPU": ("Bukan penerima upah (BPU)", "Non-wage workers (BPU)"),
    "all": ("Semua segmen", "All segments"),
    "employed": ("bekerja menurut BPS", "employed, by BPS"),
    "employed, as published": ("bekerja, seperti diterbitkan", "employed, as published"),
    "labour force": ("angkatan kerja, seperti diterbitkan", "labour force, as published"),
    "base not stated": ("seperti diterbitkan, dasar tidak disebut", "as published, base not stated"),
    "eligible": ("memenuhi syarat, seperti diterbitkan", "eligible, as published"),
    "domicile": ("domisili pekerja", "the worker's domicile"),
    "registration": ("tempat pemberi kerja terdaftar", "where the employer is registered"),
    "high": ("tinggi", "high"),
    "medium": ("sedang", "medium"),
    "low": ("rendah", "low"),
    "segment": ("Segmen", "Segment"),
    "province": ("Provinsi", "Province"),
    "base": ("Dasar", "Base"),
    "split": ("Pembagian menurut", "Split by"),
    "covered": ("Tercakup", "Covered"),
    "workers": ("Pekerja", "Workers"),
    "uncovered": ("Belum tercakup", "Uncovered"),
    "rate": ("Cakupan", "Coverage rate"),
    "period": ("Waktu", "Period"),
    "share_of_uncovered": ("Bagian dari yang belum tercakup", "Share of the uncovered"),
    "confidence": ("Keandalan", "Confidence"),
    "caution": ("Perlu diketahui", "What to know"),
    "as_of": ("Per", "As of"),
    "page, in full": ("seluruh halaman", "the whole page"),
    "page, first part": ("bagian pertama halaman", "the first part of the page"),
    "data file in a public repository": ("berkas data di repositori publik", "a data file in a public repository"),
    "unknown": ("tidak diketahui", "unknown"),
    "not defined": ("tidak terdefinisi", "not defined"),
    "exceeds": ("melebihi dasar, bukan cakupan penduduk", "exceeds the base, not the residents' coverage"),
    "with caution": ("perlu kehati-hatian", "with caution"),
    "not residents": ("bukan cakupan penduduk", "not the residents' coverage"),
    "as printed": ("seperti tercetak", "as printed"),
    "not stated": ("tidak disebut", "not stated"),
    "coverage_rate": ("Tingkat cakupan", "Coverage rate"),
    "uncovered_rate": ("Bagian yang belum tercakup", "Share not covered"),
    "target_workers": ("Target (orang)", "Target (people)"),
    "target_rate": ("Target (tingkat)", "Target (rate)"),
    "gap_to_target": ("Selisih ke target", "Gap to the target"),
    "gap_rate": ("Selisih ke target (bagian pekerja)", "Gap to the target (share of workers)"),
    "achievement_rate": ("Capaian target", "Share of the target reached"),
    "workers_share": ("Bagian dari semua pekerja", "Share of all workers"),
    "covered_share": ("Bagian dari semua yang tercakup", "Share of all covered"),
    "covered_change": ("Perubahan yang tercakup", "Change of the covered"),
    "coverage_change": ("Perubahan tingkat cakupan", "Change of the coverage rate"),
    "male": ("laki-laki", "male"),
    "female": ("perempuan", "female"),
    "formal": ("formal (PU)", "formal (PU)"),
    "informal": ("informal (BPU)", "informal (BPU)"),
    "unemployed": ("penganggur", "unemployed"),
    "vulnerable": ("pekerja rentan", "vulnerable workers"),
    "non_active": ("tidak aktif", "non-active"),
    "registered": ("terdaftar", "registered"),
    "inconsistent": ("tidak dapat benar bersama-sama", "cannot all be true together"),
    "impossible for whole people": ("tidak mungkin dengan jumlah orang bulat", "impossible for whole people"),
    "consistent if figures were cut off": (
        "cocok bila angka dipotong, bukan dibulatkan",
        "consistent if figures were cut off, not rounded",
    ),
    "consistent if counts are rounded to thousands": (
        "cocok bila angka dibulatkan ke ribuan",
        "consistent if counts are rounded to thousands",
    ),
    "consistent if there are other segments": ("cocok bila ada segmen lain", "consistent if there are other segments"),
    "not tried": ("tidak diuji, karena batasnya tercapai", "not tried, because the limit was reached"),
    "consistent": ("dapat benar bersama-sama", "can be true together"),
    "nothing to test": ("tidak ada yang dapat diuji", "nothing to test"),
    "cut off": ("dipotong", "cut off"),
    "rounded to thousands": ("dibulatkan ke ribuan", "rounded to thousands"),
    "with other segments": ("dengan segmen lain", "with other segments"),
    "as corrected": ("dikoreksi", "corrected"),
    "not taken": ("tidak dipakai", "not taken"),
    "covered ≤ workers": ("yang tercakup tidak melebihi pekerja", "the covered are no more than the workers"),
    "male + female = total": ("laki-laki + perempuan = semua", "male + female = all"),
    "active + non-active = registered": ("aktif + tidak aktif = terdaftar", "active + non-active = registered"),
    "active ≤ registered": ("yang aktif tidak melebihi yang terdaftar", "the active are no more than the registered"),
    "employed ≤ labour force": (
        "yang bekerja tidak melebihi angkatan kerja",
        "the employed are no more than the labour force",
    ),
    "employed + unemployed = labour force": (
        "bekerja + menganggur = angkatan kerja",
        "employed + unemployed = labour force",
    ),
    "verdict": ("Hasil uji", "Verdict"),
    "place": ("Tempat", "Place"),
    "date": ("Waktu", "Date"),
    "figures": ("Angka", "Figures"),
    "tested": ("Diuji", "Tested"),
    "conflict": ("Angka yang bertentangan", "Figures in conflict"),
    "remove": ("Paling sedikit yang harus lain", "The fewest that must be others"),
    "printed": ("Tercetak", "Printed"),
    "how": ("Dibaca", "Read"),
    "component": ("Unsur", "Part"),
    "enrolment effect": ("Jumlah peserta", "Enrolment"),
    "base effect": ("Jumlah pekerja (dasar)", "Base: number of workers"),
    "mix effect": ("Susunan segmen", "Mix of segments"),
    "definition effect": ("Definisi", "Definition"),
    "rounding effect": ("Pembulatan", "Rounding"),
    "total effect": ("Seluruh perubahan", "Whole change"),
    "points": ("Poin persentase", "Percentage points"),
    "before": ("Awal", "Before"),
    "after": ("Akhir", "After"),
    "people": ("Perubahan (orang)", "Change (people)"),
    "share_of_workers": ("Bagian dari pekerja", "Share of workers"),
    "since": ("Dari", "From"),
    "until": ("Sampai", "To"),
    "growth": ("Pertumbuhan dasar terbitan", "Growth of the published base"),
    "employed_growth": ("Pertumbuhan penduduk bekerja, BPS", "Growth of the employed, BPS"),
    "redefined_is": ("Didefinisikan ulang?", "Redefined?"),
    "perhaps": ("mungkin", "perhaps"),
    "no sign of it": ("tidak ada tandanya", "no sign of it"),
    "none": ("tidak ada", "none"),
    "not known": ("tidak diketahui", "not known"),
    "cannot be separated": ("tidak dapat dipisahkan", "cannot be separated"),
    "same words": ("sebutannya sama, dasarnya mungkin tidak", "same words, perhaps not the same base"),
    "measure": ("Ukuran", "Measure"),
    "weighting": ("Bobot", "Weights"),
    "weighted": ("menurut jumlah pekerja", "by workers"),
    "unweighted": ("setiap provinsi sama", "each province as one"),
    "absolute gap": ("Selisih tertinggi dan terendah (poin persentase)", "Highest less lowest (percentage points)"),
    "relative gap": ("Tertinggi dibagi terendah (kali)", "Highest over lowest (times)"),
    "between-group variance": ("Varians antarprovinsi", "Between-province variance"),
    "between-group deviation": (
        "Simpangan baku antarprovinsi (poin persentase)",
        "Standard deviation between provinces (percentage points)",
    ),
    "Theil index": ("Indeks Theil", "Theil index"),
    "index of disparity": ("Indeks disparitas", "Index of disparity"),
    "concentration index": ("Indeks konsentrasi menurut upah", "Concentration index by wage"),
    # backtest
    "method": ("Cara", "Method"),
    "published workers": ("Model, jumlah pekerja seperti diterbitkan", "Model, workers as published"),
    "projected workers": ("Model, jumlah pekerja diproyeksikan", "Model, workers projected"),
    "no change": ("Cakupan tetap", "The rate stays as it was"),
    "same change": ("Perubahan yang sama terulang", "The same change again"),
    "mean_absolute_error": ("Rata-rata kesalahan mutlak", "Mean absolute error"),
    "bias": ("Kesalahan rata-rata (bias)", "Mean error (bias)"),
    "hits": ("Di dalam rentang 90 %", "Inside the 90% range"),
    "crps": ("CRPS", "CRPS"),
    # targets
    "gap": ("Jarak (poin persentase)", "Distance (percentage points)"),
    "missing": ("Orang yang masih kurang", "People still missing"),
    "probability_usual": ("Peluang seperti biasa", "Probability, as usual"),
    "probability_best": ("Peluang terbaik dari semua skenario", "Highest probability of all scenarios"),
    "probability": ("Peluang tercapai", "Probability of reaching it"),
    "median_rate": ("Nilai tengah", "Middle of the draws"),
    "best_median_rate": ("Tertinggi, dan tahunnya", "Highest, and its year"),
    "first_year": ("Pertama kali", "First in"),
    "of the nation": ("target nasional, sebagai pembanding", "a national target, for reference"),
    "year not stated": ("tahun tidak disebut", "year not stated"),
    "ahead": ("sesudah angka terakhir kami menurut segmen", "later than our last figure by segment"),
    "target base not stated": ("tidak dinilai, dasar tidak disebut", "not scored, base not stated"),
    "met": ("tercapai", "met"),
    "missed": ("tidak tercapai", "missed"),
    "within the bounds": ("di dalam rentang, tidak dapat dipastikan", "within the bounds, can't be told"),
    "never": ("tidak pernah", "never"),
    "reachable": ("terjangkau", "within reach"),
    "unreachable": ("tidak terjangkau", "out of reach"),
    "already reached": ("tercapai tanpa ini", "reached without it"),
    "cost": ("Biaya (rupiah)", "Cost (rupiah)"),
    # scenarios and projections
    "scenario": ("Skenario", "Scenario"),
    "assumption": ("Asumsi", "Assumption"),
    "lever": ("Langkah", "Lever"),
    "usual.enrolment": ("Pendaftaran", "Enrolment"),
    "usual.lapse": ("Berhenti menjadi peserta", "Lapse"),
    "usual.growth": ("Pertumbuhan pekerja", "Growth of workers"),
    "usual.moves": ("Pindah antarsegmen", "Moves between segments"),
    "usual.keep": ("Tetap tercakup saat pindah", "Keep cover when moving"),
    "usual.stay": ("Lanjut sendiri setelah dibiayai", "Go on alone after a paid place"),
    "usual.wage_growth": ("Kenaikan upah", "Wage growth"),
    "company_registration": ("Perusahaan mendaftarkan pekerjanya", "Companies register their workers"),
    "company_sponsorship": ("Perusahaan menanggung pekerja rentan", "Companies sponsor vulnerable workers"),
    "public_subsidy": ("Pemerintah membayar iuran", "Government pays"),
    "agency_mandate": ("Instansi mendaftarkan stafnya", "Agencies enrol their staff"),
    "retention": ("Lebih sedikit yang berhenti", "Retention"),
    "formalisation": ("Formalisasi", "Formalisation"),
    "company_registration.partly": ("Di perusahaan yang mendaftarkan sebagian", "In firms that register only some"),
    "company_registration.partly_enrolled": ("Didaftarkan perusahaan tersebut", "Enrolled by those firms"),
    "company_registration.others_enrolled": ("Didaftarkan perusahaan lain", "Enrolled by the other firms"),
    "company_sponsorship.companies": ("Perusahaan penanggung", "Sponsoring companies"),
    "company_sponsorship.places": ("Tempat per perusahaan", "Places per company"),
    "company_sponsorship.months": ("Bulan dibayar", "Months paid"),
    "company_sponsorship.december": ("Desember dibayar", "December is paid"),
    "public_subsidy.places": ("Tempat yang dibayar", "Places paid for"),
    "public_subsidy.budget": ("Anggaran", "Budget"),
    "public_subsidy.months": ("Bulan dibayar", "Months paid"),
    "public_subsidy.december": ("Desember dibayar", "December is paid"),
    "company_registration.capacity": ("Paling banyak per tahun", "At most a year"),
    "company_sponsorship.capacity": ("Tambahan tempat paling banyak", "Places added at most"),
    "public_subsidy.capacity": ("Tambahan tempat paling banyak", "Places added at most"),
    "agency_mandate.capacity": ("Tambahan staf paling banyak", "Staff added at most"),
    "persons per year": ("orang per tahun", "people a year"),
    "agency_mandate.staff": ("Staf yang dijangkau", "Staff reached"),
    "retention.kept": ("Berhenti yang dicegah", "Lapse avoided"),
    "formalisation.moved": ("Pindah ke kerja penerima upah", "Move to wage work"),
    "national_budget": ("APBN", "national budget (APBN)"),
    "local_budget": ("APBD", "local budgets (APBD)"),
    "village_funds": ("dana desa", "village funds"),
    "palm_oil_fund": ("bagi hasil sawit", "palm-oil revenue sharing"),
    "share of the uncovered per year": ("dari yang belum tercakup, per tahun", "of the uncovered, a year"),
    "share of the covered per year": ("dari yang tercakup, per tahun", "of the covered, a year"),
    "share of the workers per year": ("dari pekerja, per tahun", "of the workers, a year"),
    "share of the wage earners per year": ("dari penerima upah, per tahun", "of the wage earners, a year"),
    "share of the covered who move": ("dari yang tercakup dan pindah", "of the covered who move"),
    "share of those whose paid place ends": ("dari yang tempatnya berakhir", "of those whose paid place ends"),
    "share of the wage per year": ("dari upah, per tahun", "of the wage, a year"),
    "share of the uncovered wage earners": ("dari penerima upah yang belum tercakup", "of the uncovered wage earners"),
    "share of them per year": ("dari mereka, per tahun", "of them, a year"),
    "share of the non-wage workers": ("dari pekerja bukan penerima upah", "of the non-wage workers"),
    "share of the non-wage workers per year": (
        "dari pekerja bukan penerima upah, per tahun",
        "of the non-wage workers, a year",
    ),
    "share of the wage earners": ("dari penerima upah", "of the wage earners"),
    "share of the lapse avoided": ("dari yang biasanya berhenti", "of those who would lapse"),
    "persons": ("orang", "people"),
    "companies": ("perusahaan", "companies"),
    "companies per 100,000 covered wage earners": (
        "perusahaan per 100.000 penerima upah yang tercakup",
        "companies per 100,000 covered wage earners",
    ),
    "places per company": ("orang per perusahaan", "people per company"),
    "months per year": ("bulan per tahun", "months a year"),
    "rupiah per year": ("rupiah per tahun", "rupiah a year"),
    "assumed": ("asumsi", "assumption"),
    "yes": ("ya", "yes"),
    "no": ("tidak", "no"),
    "today.all": ("Jumlah pekerja saat ini", "Workers today"),
    "today.PU": ("Penerima upah saat ini", "Wage earners today"),
    # contributions and costs
    "payer": ("Pembayar", "Payer"),
    "programme": ("Program", "Programme"),
    "contribution": ("Iuran", "Contribution"),
    "base_amount": ("Dasar iuran", "Contribution base"),
    "fixed amount": ("jumlah tetap", "fixed amount"),
    "employer": ("Pemberi kerja", "Employers"),
    "worker": ("Pekerja, dipotong dari upah", "Workers, from their wages"),
    "self": ("Pekerja bukan penerima upah sendiri", "Non-wage workers themselves"),
    "sponsoring company": ("Perusahaan penyokong", "Sponsoring companies"),
    "national budget": ("APBN", "National budget (APBN)"),
    "local budget": ("APBD, termasuk dana desa dan sawit", "Local budgets (APBD, village and palm-oil funds)"),
    "company": ("perusahaan penyokong", "sponsoring companies"),
    "fund": ("Sumber dana", "Fund"),
    "JKK": ("Kecelakaan kerja (JKK)", "Work accident (JKK)"),
    "JKM": ("Kematian (JKM)", "Death (JKM)"),
    "JHT": ("Hari tua (JHT)", "Old-age savings (JHT)"),
    "JP": ("Pensiun (JP)", "Pension (JP)"),
    "JKP": ("Kehilangan pekerjaan (JKP)", "Job loss (JKP)"),
    "relief_is": ("Keringanan", "Relief"),
    "given": ("diberikan", "given"),
    "excluded": ("tidak berlaku bagi pembayar ini", "not for this payer"),
    "person_months": ("Orang-bulan", "Person-months"),
    "year": ("Tahun", "Year"),
    "additional": ("Tambahan orang tercakup", "People covered in addition"),
    "additional_cost": ("Tambahan iuran setahun", "Additional contributions a year"),
    "additional_public": ("Di antaranya APBN dan APBD", "Of it national and local budgets"),
    "per_person": ("Per tambahan orang tercakup setahun", "For one more person covered for a year"),
    "cases_expected": ("Kasus kecelakaan kerja", "Work-accident cases"),
    "claims_expected": ("Klaim JKK, rupiah 2023", "JKK claims, rupiah of 2023"),
    "too few": ("terlalu sedikit untuk dihitung", "too few to say"),
    "control": ("Angka", "Figure"),
    "ours": ("Hitungan kami", "Ours"),
    "agrees": ("Cocok?", "Agrees?"),
    "no, not used": ("tidak; tidak dipakai", "no; not used"),
    "package": ("BPU sebulan, JKK dan JKM", "BPU a month, JKK and JKM"),
    "package_jht": ("BPU sebulan, JKK, JKM, dan JHT", "BPU a month, JKK, JKM and JHT"),
    "discount_transport": ("BPU transportasi, dengan keringanan", "BPU in transport, with relief"),
    "discount_others": ("BPU lainnya, dengan keringanan", "Other BPU, with relief"),
    "discount_misquote": ("BPU lainnya, seperti dikutip keliru", "Other BPU, as misquoted"),
    "palm_oil_worker": ("Lampung, dana sawit: satu orang sebulan", "Lampung, palm-oil fund: one person a month"),
    "palm_oil_budget": ("Lampung, dana sawit: seluruh program", "Lampung, palm-oil fund: the whole programme"),
    "jp_cap": ("Batas upah JP", "Wage cap of JP"),
}


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


def count(value: object, language: str) -> str:
    """A number of people or rupiah, whole, with the language's thousands mark.

    >>> count(731991, "id"), count(731991, "en"), count(None, "en")
    ('731.991', '731,991', 'unknown')
    """
    if _missing(value):
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
    if _missing(share):
        return term("unknown", language)
    if isinstance(share, str):
        return term(share, language)
    text = decimal(Decimal(str(share)) * 100, language, digits)
    return f"{text}{_NBSP}%" if language == "id" else f"{text}%"


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
    if _missing(share):
        return term("not known", language)
    text = _signed(Decimal(str(share)) * 100, language, digits)
    return text + _NBSP + {"id": "poin persentase", "en": "percentage points"}[language] if unit else text


def growth(share: object, language: str) -> str:
    r"""A relative change as a percentage with its sign.

    >>> growth(0.1195, "id"), growth(-0.0833, "en")
    ('+12,0\xa0%', '−8.3%')
    """
    if _missing(share):
        return term("not known", language)
    text = _signed(Decimal(str(share)) * 100, language, 1)
    return f"{text}{_NBSP}%" if language == "id" else f"{text}%"


def signed(value: object, language: str) -> str:
    """A change of a number of people, with its sign.

    >>> signed(28477, "id"), signed(-73468, "en"), signed(0, "en")
    ('+28.477', '−73,468', '0')
    """
    return term("not known", language) if _missing(value) else _signed(Decimal(str(value)), language, 0)


def _signed(value: Decimal, language: str, digits: int) -> str:
    text = decimal(abs(value), language, digits)
    if not text.strip("0.,"):
        return text
    return ("−" if value < 0 else "+") + text


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


_SCALES = {scale.id: scale.en for scale in SCALES}
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
    return _as_printed(text, language, _number)


def printed_percent(text: object, language: str) -> str:
    r"""A percentage as the press printed it, with no more decimals than were printed.

    >>> printed_percent("24,5", "id"), printed_percent("lebih dari 50", "en"), printed_percent("65 sampai 68", "en")
    ('24,5\xa0%', 'more than 50%', '65 to 68%')
    """
    return _as_printed(text, language, _percentage)


def _as_printed(text: object, language: str, write: Callable[[str, str], str]) -> str:
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
    if scaled := re.fullmatch(rf"(\d+)(?:,(\d+))? ({'|'.join(_SCALES)})(an)?", digits):
        whole, fraction, scale, odd = scaled.groups(default="")
        number = decimal(Decimal(f"{whole}.{fraction}" if fraction else whole), language, len(fraction))
        word = f"{scale}{odd}" if language == "id" else f"{_SCALES[scale]}{_ODD.en if odd else ''}"
        return f"{number}{_NBSP}{word}"
    return _quoted(digits)


def _quoted(text: str) -> str:
    return "“" + text.replace(" ", _NBSP) + "”"


def _percentage(digits: str, language: str) -> str:
    if span := re.fullmatch(r"([\d,]+) sampai ([\d,]+)", digits):
        low, high = span.groups()
        return f"{low} sampai {high}{_NBSP}%" if language == "id" else f"{low} to {high}%".replace(",", ".")
    plain = digits.replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", plain):
        return f"{_quoted(digits)}{_NBSP}%"
    value = Decimal(plain)
    return percent(value / 100, language, max(0, -int(value.as_tuple().exponent)))


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


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


def span(low: Any, high: Any, share: bool, language: str, digits: int = 2) -> str:
    r"""What a figure can be, from `low` to `high`: persons, or a share with `digits` decimals of a percent.

    An end that is missing is open.

    >>> span(2731820, 2732839, False, "id"), span(0.5375, 0.5748, True, "en"), span(800000, None, False, "en")
    ('2.731.820–2.732.839', '53.75–57.48%', 'at least 800,000')
    """

    def write(value: Any, language: str) -> str:
        return percent(value, language, digits) if share else count(value, language)

    low = 0 if _missing(low) else low
    if _missing(high):
        return f"{'sekurang-kurangnya' if language == 'id' else 'at least'} {write(low, language)}"
    first, last = write(low, language), write(high, language)
    return first if first == last else f"{first.rstrip(' %' + _NBSP)}–{last}"


def statement(claim: Any, language: str) -> str:
    r"""A printed figure in words: what it is of, and how it was printed (a `press.articles.Statement`).

    >>> from analysis.press.articles import Statement
    >>> statement(Statement("workers", "BPU", "1,7 orang", "persons"), "en")
    'Workers, non-wage workers (BPU): “1,7\xa0orang”'
    """
    name = figure({"measure": claim.measure, "segment": claim.segment, "kind": claim.target_year}, language)
    write = printed_percent if claim.unit == "percent" else printed
    return f"{name}: {write(claim.printed, language)}"


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


def statements(claims: Any, language: str) -> str:
    """Printed figures in words, one after the other (`statement`s)."""
    return "; ".join(statement(claim, language) for claim in claims)


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
    if _missing(value) or isinstance(value, str):
        return term("unknown" if _missing(value) else value, language)
    whole = int(_exact(value).quantize(Decimal(1), ROUND_HALF_UP))
    return ("−" if whole < 0 else "") + "Rp" + count(abs(whole), language)


def rupiah_short(value: object, language: str) -> str:
    r"""An amount of money to three digits, with the word for its scale; below a million in full.

    >>> rupiah_short(1_856_400_000, "id"), rupiah_short(1_856_400_000, "en"), rupiah_short(12_345_678_901_234, "id")
    ('Rp1,86\xa0miliar', 'Rp1.86\xa0billion', 'Rp12,3\xa0triliun')
    >>> rupiah_short(999_960_000, "en"), rupiah_short(201600, "en"), rupiah_short(-3_000_000, "id")
    ('Rp1.00\xa0billion', 'Rp201,600', '−Rp3,00\xa0juta')
    """
    if _missing(value) or isinstance(value, str):
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
    word = name if language == "id" else _SCALES[name]
    number = decimal(rounded.scaleb(-size), language, digits)
    return f"{'−' if exact < 0 else ''}Rp{number}{_NBSP}{word}"


def rupiah_span(low: object, high: object, language: str) -> str:
    r"""From one amount to another, the scale's word and Rp once where they are the same.

    >>> rupiah_span(2_310_000_000, 2_800_000_000, "id"), rupiah_span(850_000_000, 1_200_000_000, "en")
    ('Rp2,31–2,80\xa0miliar', 'Rp850\xa0million to Rp1.20\xa0billion')
    """
    first, last = (rupiah_short(value, language) for value in (low, high))
    if first == last:
        return first
    (start, _, scale), (_, _, other) = (text.partition(_NBSP) for text in (first, last))
    if scale == other and first.startswith("Rp") and last.startswith("Rp"):
        return f"{start}–{last.removeprefix('Rp')}"
    return f"{first} {'sampai' if language == 'id' else 'to'} {last}"


def _exact(value: object) -> Decimal:
    return Decimal(str(value))


_KINDS: dict[str, Callable[[object, str], str]] = {
    "count": count,
    "percent": percent,
    "month": month,
    "term": term,
    "printed": printed,
    "printed_percent": printed_percent,
    "points": points,
    "points_alone": lambda share, language: points(share, language, unit=False),
    "growth": growth,
    "signed": signed,
    "rupiah": rupiah,
    "rupiah_short": rupiah_short,
    "statements": statements,
    "taken": taken,
    "both": lambda value, language: str(cast(Sequence[str], value)[LANGUAGES.index(language)]),
    "": lambda value, language: str(value),
}


@dataclass(frozen=True)
class Shown:
    """One thing on the page, in both languages: a sentence, a table or a chart.

    `html` and `text` hold it by language; `svg` a drawing by language (a chart has no html, so
    that JupyterLab shows the drawing); `note` what stands below it, by language. `values` are the
    published numbers by name, `facts` what they rest on, and `data` the rows behind it, for the record and
    the CSV file. `language` is the one that JupyterLab shows. Without any text it shows nothing.
    """

    kind: str
    name: str
    text: Mapping[str, str]
    html: Mapping[str, str] = field(default_factory=dict)
    svg: Mapping[str, str] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    alt: Mapping[str, str] = field(default_factory=dict)
    note: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    facts: Facts = NOTHING
    data: Sequence[Mapping[str, Any]] = ()
    language: str = "id"

    def __post_init__(self) -> None:
        for part in (self.text, self.html, self.svg, self.title, self.alt, self.note):
            if part and set(part) != set(LANGUAGES):
                raise ValueError(f"{self.kind} {self.name!r} is not in both languages: {sorted(part)}")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        reader, other = self.language, LANGUAGES[1 - LANGUAGES.index(self.language)]
        if not self.text:  # a sentence that doesn't hold for this place
            return {"text/plain": ""}
        both = {
            language: {
                part: harmless(values[language])
                for part, values in (
                    ("html", self.html),
                    ("text", self.text),
                    ("title", self.title),
                    ("alt", self.alt),
                    ("note", self.note),
                )
                if values
            }
            for language in LANGUAGES
        }
        bundle: dict[str, Any] = {
            BILINGUAL: {
                "kind": self.kind,
                "name": self.name,
                "language": reader,
                **both,
                "values": _plain(dict(self.values)),
                "about": self.facts.about() if self.facts != NOTHING else {},
                "data": _columns(self.data),
            },
            "text/plain": self.text[reader],
        }
        if self.svg:
            return bundle | {"image/svg+xml": self.svg[reader], OTHER_SVG: self.svg[other]}
        return bundle | {"text/html": self.html[reader] + self.note.get(reader, "")}


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list]:
    """Rows as columns and cells: a notebook file sorts the keys of an object, and order matters in a table."""
    columns = list(rows[0]) if rows else []
    return {"columns": _plain(columns), "rows": [[_plain(row[column]) for column in columns] for row in rows]}


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it: missing becomes null, numpy and pandas numbers become Python's."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if _missing(value):
        return None
    if isinstance(value, str):
        return harmless(value)
    item = value.item() if hasattr(value, "item") else value
    # Rounded to what can be published, so that the last bits of a division are not part of it.
    return round(item, 6) if isinstance(item, float) else item


def sentence(
    name: str, *, id: str, en: str, values: Mapping[str, Any] | None = None, facts: Facts | None = None
) -> Shown:
    r"""One sentence in Indonesian and English, filled from the same values; nothing without `values`.

    A value is placed as `{covered:count}`, `{rate:percent}`, `{as_of:month}`, `{base:term}`, `{title:both}` (a
    pair: Indonesian, English), `{place}`, or, of a row that was given by name, `{highest.rate:percent}`; `**bold**` is the only
    markup, and values are never taken as HTML. What `facts` hold stands below.

    Raises ValueError when a translation is missing or the two sentences use different values, and
    KeyError for a value that was not given.

    >>> s = sentence("answer", id="**{rate:percent}** dari {n:count}", en="**{rate:percent}** of {n:count}",
    ...              values={"rate": 0.2679, "n": 2732329})
    >>> s.text["en"], s.html["id"]
    ('26.79% of 2,732,329', '<p class="sentence"><strong>26,79\xa0%</strong> dari 2.732.329</p>')
    """
    templates = {"id": id, "en": en}
    used = {language: _fields(text) for language, text in templates.items()}
    if not id.strip() or not en.strip():
        raise ValueError(f"sentence {name!r} lacks its {'Indonesian' if not id.strip() else 'English'}")
    if used["id"] != used["en"]:
        odd = ", ".join(sorted(used["id"] ^ used["en"]))
        raise ValueError(f"the two languages of sentence {name!r} use different values: {odd}")
    if values is None:
        return Shown("sentence", name, text={})
    if missing := sorted(field for field in used["id"] if field.partition(".")[0] not in values):
        raise KeyError(f"sentence {name!r} needs a value for {', '.join(missing)}")
    filled = {field: _of_row(values, field) for field in sorted(used["id"])}
    html = {
        lang: Markup('<p class="sentence">{}</p>').format(_fill(text, filled, lang)) for lang, text in templates.items()
    }
    text = {lang: Markup(html[lang]).striptags() for lang in LANGUAGES}
    strings = {language: str(text) for language, text in html.items()}
    note = footnote(facts) if facts else {}
    return Shown("sentence", name, text, strings, note=note, values=filled, facts=facts or NOTHING)


def _of_row(values: Mapping[str, Any], field: str) -> Any:
    """A value, or a column of the first of the rows that were given as a value."""
    name, _, column = field.partition(".")
    value = values[name]
    if not column:
        return value
    return (value.iloc[0] if isinstance(value, pd.DataFrame) else value)[column]


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _fill(template: str, values: Mapping[str, object], language: str) -> Markup:
    out = Markup()
    for literal, name, kind, _ in Formatter().parse(
        harmless(template).replace("**", "\0")
    ):  # the marks survive escaping
        out += escape(literal)
        if name:
            if kind not in _KINDS:
                raise ValueError(f"{{{name}:{kind}}}: there is {', '.join(k for k in _KINDS if k)}")
            out += escape(harmless(_KINDS[kind or ""](values[name], language)))
    pieces = str(out).split("\0")
    bold = [piece if i % 2 == 0 else f"<strong>{piece}</strong>" for i, piece in enumerate(pieces)]
    return Markup("".join(bold))


def cited(source_ids: Iterable[str]) -> Markup:
    """Links to sources by their keys, beside each other; the page that shows them puts numbers in.

    >>> str(cited(["bps"]))
    '<a href="#cited-bps">[bps]</a>'
    """
    return Markup(" ").join(Markup('<a href="#cited-{0}">[{0}]</a>').format(key) for key in source_ids)


def footnote(facts: Facts) -> dict[str, str]:
    """Dates, confidence and sources as one line a language, to stand below what rests on them.

    >>> footnote(Facts(("2023-12",), ("2023-12",), "high", ("bps",)))["en"][:55]
    '<p class="note">As of December 2023 · confidence high ·'
    """
    if facts == NOTHING:
        return {}
    lines = {}
    for language, line, same, source in (
        (
            "id",
            "Peserta per {people}, pekerja per {workers} · keandalan {level}",
            "Per {people} · keandalan {level}",
            "sumber",
        ),
        (
            "en",
            "Participants as of {people}, workers as of {workers} · confidence {level}",
            "As of {people} · confidence {level}",
            "source",
        ),
    ):
        text = (same if facts.as_of == facts.workers_as_of else line).format(
            people=", ".join(month(date, language) for date in facts.as_of),
            workers=", ".join(month(date, language) for date in facts.workers_as_of),
            level=term(facts.confidence, language),
        )
        links = (
            Markup('<a href="#cited-{0}" aria-label="[{0}] {1} {0}">[{0}]</a>').format(key, source)
            for key in facts.source_ids
        )
        lines[language] = str(Markup('<p class="note">{} · {}</p>').format(text, Markup(" ").join(links)))
    return lines
