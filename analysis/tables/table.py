"""How rows and columns become a table in both languages.

The HTML is ten lines of template of our own, because pandas and Styler write no `scope`, no caption and random ids,
and don't escape what the data holds.
"""

from collections.abc import Sequence

import pandas as pd
from jinja2 import Environment
from markupsafe import escape

from analysis.schema import facts_of
from analysis.tables.column import Column
from analysis.words import LANGUAGES, Shown, footnote

_TEMPLATE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<table>
<caption>{{ title }}</caption>
<thead><tr>{% for head, numeric in heads %}<th scope="col"{% if numeric %} class="n"{% endif %}>{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr><th scope="row">{{ row[0] }}</th>{% for cell, numeric in row[1:] %}<td{% if numeric %} class="n"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
""")


def table(
    name: str,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    *,
    id: str,
    en: str,
    note: bool = True,
    data: pd.DataFrame | None = None,
) -> Shown:
    """A table with caption (`id`, `en`), header cells a screen reader can use, and its sources below.

    The first column heads the row. A table whose rows carry their own dates and sources goes without the `note`; one
    without rows shows nothing. `data` goes into the CSV file beside the page, where that isn't what the columns hold.

    >>> from analysis.tables.column import counted, text
    >>> rows = pd.DataFrame({"province": ["Aceh", "Bali"], "covered": [1200, 3400]})
    >>> print(table("x", rows, [text("province"), counted("covered")], id="Peserta", en="Participants").text["en"])
    Participants
    Province | Covered
    Aceh | 1,200
    Bali | 3,400
    """
    if rows.empty:
        return Shown("table", name, text={})
    titles = {"id": id, "en": en}
    records = rows.to_dict("records")
    html, text = {}, {}
    for language in LANGUAGES:
        heads = [(column.title(language), column.numeric) for column in columns]
        cells = [[column.write(row, language) for column in columns] for row in records]
        numbered = [
            [first, *zip(rest, (column.numeric for column in columns[1:]), strict=True)] for first, *rest in cells
        ]
        html[language] = _TEMPLATE.render(title=titles[language], heads=heads, rows=numbered)
        lines = [[head for head, _ in heads], *([str(escape(cell).striptags()) for cell in row] for row in cells)]
        text[language] = "\n".join([titles[language], *(" | ".join(line) for line in lines)])
    behind = held(rows, [column.name for column in columns]) if data is None else data
    facts = facts_of(rows)
    below = footnote(facts) if note else {}
    return Shown("table", name, text, html, title=titles, note=below, facts=facts, data=behind.to_dict("records"))


def held(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """What rows hold by some names, for a CSV file; dates, confidence and sources are those of their facts.

    >>> held(here.tail(1), ["segment", "as_of"]).to_dict("records")
    [{'segment': 'all', 'as_of': ('2023-12',)}]
    """
    own = set(names) & {"as_of", "workers_as_of", "confidence", "source_ids"} if "facts" in rows else set()
    return rows.assign(**{name: [getattr(facts, name) for facts in rows["facts"]] for name in own})[list(names)]
