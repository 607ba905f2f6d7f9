"""Where the tile of each province stands on the map of the index: every one is as large as any other, and near its neighbours.

Outlines were tried: Java vanishes beside Papua, and there are none of the provinces made in 2022. Code of Kemendagri, the short
name that people use, and the two letters of ISO 3166-2, for a phone.
"""

from typing import NamedTuple

from analysis.schema import NEW_MAP, OLD_MAP


class Tile(NamedTuple):
    """A province on the map: its code, its short name, two letters, and its place, counted from 1."""

    code: str
    short: str
    letters: str
    row: int
    column: int


_NAMES = {
    "AC": (11, "Aceh"),
    "SU": (12, "Sumut"),
    "SB": (13, "Sumbar"),
    "RI": (14, "Riau"),
    "JA": (15, "Jambi"),
    "SS": (16, "Sumsel"),
    "BE": (17, "Bengkulu"),
    "LA": (18, "Lampung"),
    "BB": (19, "Babel"),
    "KR": (21, "Kepri"),
    "JK": (31, "Jakarta"),
    "JB": (32, "Jabar"),
    "JT": (33, "Jateng"),
    "YO": (34, "DIY"),
    "JI": (35, "Jatim"),
    "BT": (36, "Banten"),
    "BA": (51, "Bali"),
    "NB": (52, "NTB"),
    "NT": (53, "NTT"),
    "KB": (61, "Kalbar"),
    "KT": (62, "Kalteng"),
    "KS": (63, "Kalsel"),
    "KI": (64, "Kaltim"),
    "KU": (65, "Kaltara"),
    "SA": (71, "Sulut"),
    "ST": (72, "Sulteng"),
    "SN": (73, "Sulsel"),
    "SG": (74, "Sultra"),
    "GO": (75, "Gorontalo"),
    "SR": (76, "Sulbar"),
    "MA": (81, "Maluku"),
    "MU": (82, "Malut"),
    "PA": (91, "Papua"),
    "PB": (92, "Pabar"),
    "PS": (93, "Papsel"),
    "PT": (94, "Papteng"),
    "PE": (95, "Papeg"),
    "PD": (96, "PBD"),
}
_WEST = (
    "AC -- -- -- -- -- -- -- -- --",
    "-- SU RI KR -- KU -- GO SA --",
    "-- SB JA -- KB KI -- ST -- MU",
    "-- BE SS BB KT KS -- SR -- MA",
    "-- -- LA -- -- -- -- SN SG --",
    "-- -- -- BT JK JT JI -- -- --",
    "-- -- -- -- JB YO -- BA NB NT",
)
# Papua as the two provinces that it was until 2022, and as the six that it is.
_EAST = {
    OLD_MAP: ("-- --", "-- --", "PB --", "-- PA", "-- --", "-- --", "-- --"),
    NEW_MAP: ("-- -- --", "-- -- --", "PD PB --", "-- PT PA", "-- -- PE", "-- -- PS", "-- -- --"),
}


def tiles(territory: str) -> list[Tile]:
    """The provinces of a map, of 34 or of 38, in the order of their codes.

    >>> [tile.short for tile in tiles(OLD_MAP)][:2], len(tiles(OLD_MAP)), len(tiles(NEW_MAP))
    (['Aceh', 'Sumut'], 34, 38)
    """
    drawn = [f"{west} {east}".split() for west, east in zip(_WEST, _EAST[territory], strict=True)]
    found = [
        Tile(f"{_NAMES[letters][0]}", _NAMES[letters][1], letters, row, column)
        for row, line in enumerate(drawn, 1)
        for column, letters in enumerate(line, 1)
        if letters in _NAMES
    ]
    return sorted(found)
