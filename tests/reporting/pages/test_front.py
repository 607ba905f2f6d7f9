"""What stands above the table of the index: of which provinces, in which class, and nothing that isn't known."""

import pytest

from analysis import data
from analysis.reporting.manifest import Report, reports
from analysis.reporting.pages import site
from analysis.reporting.pages.front import Point, courses, findable, gathered, legend, nation, the_map, young
from analysis.reporting.pages.tiles import tiles
from analysis.schema import Facts


@pytest.fixture(scope="module")
def front():
    return gathered(reports())


def point(rate: float, period: str = "2024-12") -> Point:
    return Point(period, rate, int(rate * 1000), 1000, 1000 - int(rate * 1000), Facts((period,), ("2024-08",), "low"))


@pytest.mark.parametrize("territory", ["34", "38"])
def test_every_province_of_a_map_has_one_tile_by_itself(territory):
    regions = data.read("regions")
    wanted = regions.loc[regions["territories"].str.split().map(lambda there: territory in there), "province_code"]
    drawn = tiles(territory)
    assert [tile.code for tile in drawn] == sorted(set(wanted) - {"00"}) and len(drawn) == int(territory)
    assert len({(tile.row, tile.column) for tile in drawn}) == len({tile.letters for tile in drawn}) == len(drawn)


def test_neighbours_stand_side_by_side():
    at = {tile.short: (tile.row, tile.column) for tile in tiles("38")}
    for one, other in (
        ("Banten", "Jakarta"),
        ("Riau", "Kepri"),
        ("Kalbar", "Kalteng"),
        ("Papua", "Papteng"),
        ("Papeg", "Papsel"),
    ):
        assert sum(abs(a - b) for a, b in zip(at[one], at[other], strict=True)) == 1, (one, other)
    assert at["Sumut"][1] < at["Kaltim"][1] < at["Sulut"][1] < at["Maluku"][1] < at["Papua"][1]


def test_a_province_is_in_the_class_of_the_rate_as_it_is_printed(front):
    rates = {
        "00": [point(0.27)],
        "11": [point(0.24951)],
        "12": [point(0.24949)],
        "13": [point(0.4)],
        "14": [point(0.19949)],
    }
    drawn = the_map(front._replace(rates=rates), "en")
    look = {tile["short"]: (tile["figure"], tile["look"]) for tile in drawn["tiles"]}
    assert look["Aceh"] == ("25.0", "c3") and look["Sumut"] == ("24.9", "c2")
    assert look["Sumbar"] == ("40.0", "c5") and look["Riau"] == ("19.9", "c1")
    assert look["Jambi"] == ("–", "none"), "what isn't known is in no class"
    assert (drawn["high"], drawn["low"]) == (1, 1)
    assert [text for at, text in legend(drawn, "en") if at == 3] == ["25–30% (Indonesia 27.0%)"]


def test_the_map_is_of_38_provinces_once_figures_are(front):
    rates = {code: [point(0.3)] for code in front.names}
    drawn = the_map(front._replace(rates=rates, territory="38"), "id")
    assert len(drawn["tiles"]) == 38 and young(front._replace(rates=rates, territory="38"), "id") == []
    assert len(the_map(front, "id")["tiles"]) == 34 and len(young(front, "id")) == 4


def test_a_rate_of_another_month_is_not_on_the_map_and_no_country_without_one(front):
    rates = front.rates | {"18": [point(0.15, "2023-12")], "00": [point(0.24, "2023-12")]}
    drawn = the_map(front._replace(rates=rates), "en")
    assert next(tile for tile in drawn["tiles"] if tile["short"] == "Lampung")["figure"] == "–"
    assert nation(front._replace(rates=rates), "en") is None and drawn["nation"] == ""
    assert "Lampung" not in courses(front._replace(rates=rates), "en")  # one December is no line


def test_without_rates_the_index_is_its_table(front, tmp_path):
    odd = gathered([Report("coverage", tmp_path, {"period": "2031-12", "province": "Lampung"}, "lampung", "coverage")])
    assert odd.rates == {} and nation(odd, "en") is None and the_map(odd, "en") is None
    text = site.index(tmp_path, reports(), front=odd).texts["en"]
    assert 'class="places"' in text and 'class="tiles' not in text and "None" not in text


def test_the_young_provinces_have_their_workers_and_no_rate(front):
    found = {one["name"]: one for one in young(front, "en")}
    # labour_force: 2025-08,94 790,239 employed, 15.28 % formal.
    assert found["Papua Tengah"] == {
        "name": "Papua Tengah",
        "folder": "papua-tengah",
        "code": "94",
        "parent": "Papua",
        "workers": "790,239",
        "formal": "15.3%",
        "month": "August 2025",
    }
    assert found["Papua Barat Daya"]["parent"] == "Papua Barat"


def test_a_place_can_be_found_by_all_its_names(front):
    found = {one["name"]: one["code"] for one in findable(front)}
    assert found["Jabar"] == found["West Java"] == "32" and found["DKJ"] == "31" and found["Kota Dumai"] == "14"
