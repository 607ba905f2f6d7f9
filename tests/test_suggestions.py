"""What is suggested for a word that isn't there: the right one, never the very same, never nonsense."""

import pytest

from analysis.coverage import find_place, nearest_name
from analysis.data import read
from analysis.reporting.manifest import ManifestError, matching, own, reports
from analysis.schema import nearest

FOUND = {
    "18": "Lampung",
    "00": "Indonesia",
    "lampung": "Lampung",
    " LAMPUNG ": "Lampung",
    "lampung\u00a0": "Lampung",
    "Provinsi Lampung": "Lampung",
    "dki-jakarta": "DKI Jakarta",
    "Jakarta": "DKI Jakarta",
    "DKI": "DKI Jakarta",
    "DI Yogyakarta": "DI Yogyakarta",
    "D.I. Yogyakarta": "DI Yogyakarta",
    "D. I. Yogyakarta": "DI Yogyakarta",
    "DIY": "DI Yogyakarta",
    "Yogya": "DI Yogyakarta",
    "Jogja": "DI Yogyakarta",
    "NTB": "Nusa Tenggara Barat",
    "NTT": "Nusa Tenggara Timur",
    "Sulsel": "Sulawesi Selatan",
    "Kalbar": "Kalimantan Barat",
    "Babel": "Kepulauan Bangka Belitung",
    "Kep Bangka Belitung": "Kepulauan Bangka Belitung",
    "Kep.Bangka-Belitung": "Kepulauan Bangka Belitung",
    "Kep. Riau": "Kepulauan Riau",
    "Kepri": "Kepulauan Riau",
    "Riau": "Riau",
    "Papua Barat Daya": "Papua Barat Daya",
    "Papua": "Papua",
    "Sumatra Utara": "Sumatera Utara",
    "North Sumatra": "Sumatera Utara",
    "nasional": "Indonesia",
}
SUGGESTED = {
    "Kep. Babel": "Kepulauan Bangka Belitung",
    "Kepulauan Babel": "Kepulauan Bangka Belitung",
    "Bangka": "Kepulauan Bangka Belitung",
    "Lampong": "Lampung",
    "Riua": "Riau",
    "Jakrta": "DKI Jakarta",
    "Sulawesi Seltan": "Sulawesi Selatan",
    "Jawa": "Jawa Barat, Jawa Tengah or Jawa Timur",
    "Nusa Tenggara": "Nusa Tenggara Barat or Nusa Tenggara Timur",
    "Sumatra": "Sumatera Utara, Sumatera Barat or Sumatera Selatan",
}
NOTHING = ["", "Jumlah", "total", "97", "Kota Jambi", "Kab. Lampung", "Kabupaten Bangka", "---", "x" * 100_000]


@pytest.fixture(scope="module")
def regions():
    return read("regions")


@pytest.mark.parametrize("text, place", FOUND.items(), ids=map(repr, FOUND))
def test_a_place_is_found_by_any_name_that_is_its_own(regions, text, place):
    assert find_place(text, regions, regions)[1] == place


@pytest.mark.parametrize("text, place", SUGGESTED.items(), ids=map(repr, SUGGESTED))
def test_the_place_that_was_meant_is_suggested_and_all_where_nobody_can_tell(regions, text, place):
    assert nearest_name(text, regions) == place
    with pytest.raises(ValueError, match=f"did you mean {place}"):
        find_place(text, regions, regions)


@pytest.mark.parametrize("text", NOTHING, ids=[repr(text[:20]) for text in NOTHING])
def test_nothing_is_suggested_where_nothing_is_near(regions, text):
    assert nearest_name(text, regions) == ""
    with pytest.raises(ValueError, match="there is no province") as refused:
        find_place(text, regions, regions)
    assert "did you mean" not in str(refused.value)


def test_no_two_provinces_share_a_name(regions):
    names = [name.strip() for row in regions.itertuples() for name in [row.province, *row.also_known_as.split(";")]]
    for name in filter(None, names):
        (owner,) = {
            row.province
            for row in regions.itertuples()
            if name in [row.province, *map(str.strip, row.also_known_as.split(";"))]
        }
        assert find_place(name, regions, regions)[1] == owner


def test_the_very_same_word_is_never_suggested():
    assert nearest("lampung", ["lampung"]) == "" and nearest("Lampung", ["lampung"]) == "lampung"


@pytest.fixture(scope="module")
def all_reports():
    return reports()


@pytest.mark.parametrize(
    "name, says",
    [
        ("lampung", "'lampung' is a place; write: cakupan render coverage -p province lampung"),
        ("DKI Jakarta", "'DKI Jakarta' is a place; write: cakupan render coverage -p province dki-jakarta"),
        ("lampung/costs", "'lampung/costs' is a page; write: cakupan render costs -p province lampung"),
        ("coverag", "there is no report 'coverag'; did you mean coverage?"),
        ("lampong", "there is no report 'lampong'. There is: coverage"),
    ],
)
def test_parameters_go_with_a_reports_name_and_what_to_write_instead_is_said(all_reports, name, says):
    with pytest.raises(ManifestError) as refused:
        own(name, [("period", "2022-12")], all_reports)
    assert says in str(refused.value)


def test_capitals_of_a_report_dont_matter(all_reports):
    assert own("Coverage", [("province", "Bali")], all_reports).path == "bali/coverage"
    assert [report.path for report in matching(["LAMPUNG/Coverage"], all_reports)] == ["lampung/coverage"]


def test_the_language_isnt_suggested_as_a_page_has_both(all_reports):
    with pytest.raises(ManifestError) as refused:
        own("coverage", [("langauge", "en")], all_reports)
    assert "language" not in str(refused.value).replace("langauge", "")
