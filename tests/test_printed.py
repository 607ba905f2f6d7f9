"""Published figures are read as printed: every word and mark means one thing, or reading stops with a sentence."""

import csv
from fractions import Fraction

import pytest

from analysis.data import ROOT
from analysis.printed import WORDS, UnreadableError, finer, in_words, matters, read_printed

# text as printed, its word among it: low, high (persons)
COUNTS = {
    "731.991": (731_991, 731_991),
    "731,991": (731_991, 731_991),
    "4072": (4072, 4072),
    "227000": (227_000, 227_000),
    "0": (0, 0),
    "898": (898, 898),
    "1.234.567": (1_234_567, 1_234_567),
    "1,234,567": (1_234_567, 1_234_567),
    "1.085 badan usaha": (1085, 1085),
    "13.245 perusahaan": (13_245, 13_245),
    "16 proyek": (16, 16),
    "731.991 tenaga kerja": (731_991, 731_991),
    "731,991 workers": (731_991, 731_991),
    "731.991\N{NO-BREAK SPACE}ORANG": (731_991, 731_991),
    "baru 731.991": (731_991, 731_991),
    "only 731,991 people": (731_991, 731_991),
    "sudah mencapai 731.991 jiwa": (731_991, 731_991),
    "a total of 731,991 participants": (731_991, 731_991),
    # words that change nothing
    "setara 731.991": (731_991, 731_991),
    "kini 731.991": (731_991, 731_991),
    "jumlah 731.991": (731_991, 731_991),
    "terdapat 731.991": (731_991, 731_991),
    "gap 389.534": (389_534, 389_534),
    "tepatnya 731.991 orang": (731_991, 731_991),
    "di angka 731.991": (731_991, 731_991),
    "dapat mencapai 731.991": (731_991, 731_991),
    "kini tinggal 731.991 orang": (731_991, 731_991),
    "sisanya 731.991": (731_991, 731_991),
    "bertambah 731.991": (731_991, 731_991),
    "saat ini dari total 731.991": (731_991, 731_991),
    # half a unit of the last printed digit each side
    "2,7 juta": (2_650_000, 2_750_000),
    "2.7 million": (2_650_000, 2_750_000),
    "2.7 juta": (2_650_000, 2_750_000),
    "2,7\N{NARROW NO-BREAK SPACE}juta\N{THIN SPACE}pekerja": (2_650_000, 2_750_000),
    "2,7jt": (2_650_000, 2_750_000),
    "22,1 ribu": (22_050, 22_150),
    "22,1 rb": (22_050, 22_150),
    "22.1 thousand": (22_050, 22_150),
    "687 ribu": (686_500, 687_500),
    "5,60 juta": (5_595_000, 5_605_000),
    "3,059 juta": (3_058_500, 3_059_500),
    "3.059 million": (3_058_500, 3_059_500),
    "3,0594 juta": (3_059_350, 3_059_450),
    "0.500 juta": (499_500, 500_500),  # no group of thousands starts with 0
    "1.234,5 ribu": (1_234_450, 1_234_550),
    "1,234.5 thousand": (1_234_450, 1_234_550),
    "1,86 miliar": (1_855_000_000, 1_865_000_000),
    "Rp1,86 milyar": (1_855_000_000, 1_865_000_000),
    "1.86 billion rupiah": (1_855_000_000, 1_865_000_000),
    "1,2 triliun": (1_150_000_000_000, 1_250_000_000_000),
    "1.2 trillion": (1_150_000_000_000, 1_250_000_000_000),
    "0 ribu": (0, 500),
    "dari total 2,8 juta": (2_750_000, 2_850_000),
    # about: one unit of the last digit that isn't zero
    "sekitar 227.000": (226_000, 228_000),
    "sekitar 46.000": (45_000, 47_000),
    "sekitar 465.940": (465_930, 465_950),
    "sekitar 389.534": (389_533, 389_535),
    "sekitar 2,8 juta": (2_700_000, 2_900_000),
    "sekitar 300 ribu": (270_000, 330_000),
    "sekitar 150 ribu": (140_000, 160_000),
    "sekitar 88 ribu": (87_000, 89_000),
    "sekitar 5,60 juta": (5_500_000, 5_700_000),
    "baru sekitar 687 ribu": (686_000, 688_000),
    "perkiraan ada sekitar 500 ribu": (450_000, 550_000),
    "baru mencapai +/- 400 ribu": (360_000, 440_000),
    "± 2,4 juta": (2_300_000, 2_500_000),
    "kurang lebih 46.000": (45_000, 47_000),
    "lebih kurang 46.000": (45_000, 47_000),
    "roughly 46,000": (45_000, 47_000),
    "sekira 46.000": (45_000, 47_000),
    "di angka sekitar 46.000": (45_000, 47_000),
    "di kisaran 46.000": (45_000, 47_000),
    "kisaran 46.000": (45_000, 47_000),
    "an estimated 2.8 million": (2_700_000, 2_900_000),
    "sekitar 0": (0, Fraction(1, 2)),
    # almost
    "hampir 17.000": (16_000, 17_000),
    "hampir 138 ribu": (137_000, 138_000),
    "mendekati 500 ribu": (450_000, 500_000),
    "nearly 17,000": (16_000, 17_000),
    "close to 2.7 million": (2_600_000, 2_700_000),
    "sekitar hampir 17.000": (16_000, 18_000),
    # at least
    "lebih dari 56 ribu": (56_000, None),
    "lebih 800.000": (800_000, None),
    "5 juta lebih": (5_000_000, None),
    "5 juta orang lebih": (5_000_000, None),
    "5 million or more": (5_000_000, None),
    "more than 800,000": (800_000, None),
    # sekitar … lebih: the figure and some more, as with -an; lebih dari and atau lebih stay without an end
    "sekitar 687 ribu lebih": (687_000, 688_000),
    "sekitar ... lebih 120 ribu": (120_000, 130_000),
    "sekitar 300 ribu orang lebih": (300_000, 400_000),
    "lebih kurang 300 ribu lebih": (300_000, 400_000),
    "sekitar lebih dari 300 ribu": (270_000, None),
    "about 300 thousand or more": (270_000, None),
    "no less than 4072": (4072, None),
    "menembus 1 juta": (1_000_000, None),
    "tembus 800.000": (800_000, None),
    "kini melampaui 800.000": (800_000, None),
    "melebihi 800.000": (800_000, None),
    "paling tidak 800.000": (800_000, None),
    # at most
    "sebanyak-banyaknya 46.000": (0, 46_000),
    "belum genap 46.000": (0, 46_000),
    "hingga 46.000": (0, 46_000),
    "sampai 2,7 juta": (0, 2_750_000),
    "kurang dari 46.000": (0, 46_000),
    "tidak lebih dari 46.000": (0, 46_000),
    "no more than 46,000": (0, 46_000),
    "up to 2.7 million": (0, 2_750_000),
    # ranges
    "65-68": (65, 68),
    "65 – 68 orang": (65, 68),
    "65 orang sampai 68 orang": (65, 68),
    "2,5-2,7 juta": (2_450_000, 2_750_000),
    "900 ribu hingga 1,1 juta": (899_500, 1_150_000),
    "between 2.5 and 2.7 million": (2_450_000, 2_750_000),
    "antara 1.200 dan 1.500 orang": (1200, 1500),
    "sekitar 200 sampai 300 ribu": (180_000, 330_000),
    # -an
    "300 ribuan": (300_000, 400_000),
    "6,1 jutaan": (6_100_000, 6_200_000),
    "2000-an orang": (2000, 3000),
    "300 thousand-odd": (300_000, 400_000),
    "300-odd thousand workers": (300_000, 400_000),
    "sekitar 300 ribuan": (270_000, 400_000),
}

# text as printed: low, high in percent
PERCENTAGES = {
    "26,79": ("26.785", "26.795"),
    "26.79": ("26.785", "26.795"),
    "26,79 %": ("26.785", "26.795"),
    "26.79%": ("26.785", "26.795"),
    "22 persen": ("21.5", "22.5"),
    "22 per cent": ("21.5", "22.5"),
    "22 percent": ("21.5", "22.5"),
    "20,30": ("20.295", "20.305"),
    "0,37": ("0.365", "0.375"),
    "0": ("0", "0.5"),
    "133,6": ("133.55", "133.65"),  # more than 100 % may be printed
    "12.345": ("12.3445", "12.3455"),  # of a percentage any single mark is the decimal mark
    "sekitar 40 persen": ("36", "44"),
    "sekitar 43": ("42", "44"),
    "sekitar 21,44": ("21.43", "21.45"),
    "kira-kira 80": ("72", "88"),
    "hampir 50": ("45", "50"),
    "di atas 50": ("50", None),
    "over 50%": ("50", None),
    "hingga bisa mencapai 90": ("0", "90.5"),
    "under 50%": ("0", "50.5"),
    "65 sampai 68": ("64.5", "68.5"),
    "65 hingga 68 persen": ("64.5", "68.5"),
    "65–68": ("64.5", "68.5"),
    "antara 65 dan 68": ("64.5", "68.5"),
    "between 65% and 68%": ("64.5", "68.5"),
    "65 to 68": ("64.5", "68.5"),
    "sekitar 65 sampai 68": ("64", "69"),
}

# text: what the sentence names
UNREADABLE = {
    "": "nothing is printed",
    " \N{NO-BREAK SPACE}": "nothing is printed",
    "puluhan ribu": "no digits",
    "sejuta": "no digits",
    "setengah juta": "no digits",
    "-5": "negative",
    "−2,7 juta": "negative",
    "minus 5": "negative",
    "10.8e5": "more than one number",
    "716.375; 760.468": "more than one number",
    "65 dan 68": "more than one number",
    "dari 65 menjadi 68": "more than one number",
    "1 234 567": "more than one number",
    "1-2-3": "more than one number",
    "antara 65": "needs two figures",
    "68 sampai 65": "above its end",
    "500 juta sampai 2": "above its end",
    "3.059 juta": "3059 juta or 3 and 059 thousandths of a juta; write “3059 juta” or “3,059 juta”",
    "3,059 million": "write “3059 million” or “3.059 million”",
    "1.23.456": "groups of three",
    "12,34,567": "groups of three",
    "1234.567": "groups of three",
    "1.234,567.8": "groups of three",
    "731.991.": "groups of three",
    "007": "groups of three",
    "sekitr 5 juta": "“sekitr” is not in the table of words; the nearest known word is “sekitar”",
    "tidak mencapai 5 juta": "“tidak”",
    "5 juta sedikit": "“sedikit”",
    "7" * 5000: "it has 5,000 digits",
    "x" * 5000 + " 5": "(5,002 characters)",
    "22 poin persen": "“poin persen”",
    "5 juta hingga": "behind the figure",
    "lebih dari hampir 5 juta": "contradict",
    "2 juta persen": "a percentage has no “juta”",
    "1.234,5 persen": "one decimal mark",
    "٣": "no digits",
}


@pytest.mark.parametrize(("text", "ends"), COUNTS.items())
def test_a_count_is_the_interval_it_stands_for(text, ends):
    assert read_printed(text)[1:3] == ends


@pytest.mark.parametrize(("text", "ends"), PERCENTAGES.items())
def test_a_percentage_is_a_share_and_its_half_unit(text, ends):
    low, high = (None if end is None else Fraction(end) / 100 for end in ends)
    assert read_printed(text, unit="percent")[1:3] == (low, high)


@pytest.mark.parametrize(("text", "says"), UNREADABLE.items())
def test_what_can_not_be_read_gets_a_sentence_and_never_a_guess(text, says):
    with pytest.raises(UnreadableError) as error:
        read_printed(text)
    assert says in str(error.value)


@pytest.mark.parametrize(("text", "says"), {"2 juta": "no “juta”", "22 orang": "counts orang"}.items())
def test_a_percentage_that_counts_is_an_error(text, says):
    with pytest.raises(UnreadableError, match=says):
        read_printed(text, unit="percent")


@pytest.mark.parametrize("words", ["", "baru", "only", "sudah mencapai"])
def test_half_a_person_is_read_as_printed(words):
    figure = read_printed("1,7 orang", words)
    assert figure[:3] == (Fraction(17, 10),) * 3 and figure.exact and figure.decimals == 1


def test_a_figure_may_have_been_cut_off_and_not_rounded():
    assert read_printed("2,7 juta")[3:5] == (2_700_000, 2_800_000)
    assert read_printed("26,79", unit="percent")[3:5] == (Fraction(2679, 10**4), Fraction(2680, 10**4))
    assert read_printed("65-68", unit="percent")[3:5] == (Fraction(65, 100), Fraction(69, 100))
    for text in ("731.991", "sekitar 2,7 juta", "hampir 2,7 juta", "2,7 juta lebih", "2,7 jutaan", "sampai 50%"):
        figure = read_printed(text)
        assert figure[3:5] == figure[1:3]


def test_unit_scale_and_decimals_are_those_of_the_print():
    assert read_printed("2,70 juta")[5:] == (10_000, 10**6, 2, False, False)
    assert read_printed("731.991")[5:] == (1, 1, 0, True, False)
    assert read_printed("sekitar 731.000")[5:] == (1, 1, 0, False, True)
    assert read_printed("26,8 %")[5:] == (Fraction(1, 1000), Fraction(1, 100), 1, False, False)
    assert read_printed("65-68")[5:] == (1, 1, 0, False, True) and read_printed("65-68").value == Fraction(133, 2)
    assert read_printed("900 ribu-1,1 juta")[5:] == (100_000, 10**6, 1, False, True)


def test_everything_is_a_fraction():
    for text in (*COUNTS, "sekitar 0,5 %"):
        figure = read_printed(text)
        assert all(isinstance(number, Fraction) for number in figure[:7] if number is not None)


def test_a_figure_beside_a_finer_one_is_read_as_finely():
    assert finer(read_printed("1 juta"), 1)[1:5] == (950_000, 1_050_000, 1_000_000, 1_100_000)
    assert finer(read_printed("1 juta"), 1) == read_printed("1,0 juta")
    for text in ("sekitar 1 juta", "1 jutaan", "1-2 juta", "1.000.000", "1,70 juta", "26 %"):
        assert finer(read_printed(text), 1) == read_printed(text)


def test_each_word_has_one_effect_and_both_languages_have_the_same():
    effects = {}
    for word in WORDS:
        for phrase in (word.id, word.en):
            effects.setdefault(phrase, set()).add(word.effect)
        assert word.does and word.does_id
    assert not {phrase: found for phrase, found in effects.items() if len(found) > 1}


@pytest.mark.parametrize("word", [word for word in WORDS if word.effect != "upwards"], ids=lambda word: word.en)
def test_a_word_does_the_same_in_both_languages(word):
    assert read_printed("46.000", word.id) == read_printed("46.000", word.en)
    assert read_printed("46.000", word.id).exact == (word.effect == "none") == (not matters(word.id))


def test_the_english_of_words_keeps_what_changes_the_figure():
    assert in_words("perkiraan ada sekitar", "en") == in_words("cuma berkisar", "en") == "about"
    assert in_words("sekitar ... lebih", "en") == "more than about"
    assert in_words("hingga bisa mencapai", "en") == "up to" and in_words("masih ada", "en") == in_words("", "en") == ""
    with pytest.raises(UnreadableError, match="nearest known word is “mencapai”"):
        matters("mencapi")


def test_every_published_figure_can_be_read():
    with (ROOT / "data" / "reported_claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        read_printed(row["value_printed"], row["qualifier"], row["unit"])
