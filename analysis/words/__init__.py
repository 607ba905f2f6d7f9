"""Sentences and numbers in Indonesian and English.

Whatever a reader sees goes through here, so that both languages say the same thing with the same values: `sentence` fills one
Indonesian and one English sentence from one set of numbers, the number functions write them as each language does
(731.991 and 26,79 %; 731,991 and 26.79%), and `Shown` carries both to the page. `TERMS` is the glossary (`glossary.toml`).
"""

from analysis.words.language import (
    LANGUAGES,
    TERMS,
    count,
    decimal,
    growth,
    harmless,
    month,
    percent,
    points,
    rate,
    rupiah,
    rupiah_short,
    rupiah_span,
    signed,
    span,
    term,
    uncertain,
)
from analysis.words.press import (
    base_name,
    figure,
    identity,
    people_left,
    printed,
    printed_percent,
    statement,
    statements,
    taken,
    target_printed,
)
from analysis.words.sentences import cited, fields, fill, footnote, sentence
from analysis.words.shown import BILINGUAL, OTHER_SVG, Shown
