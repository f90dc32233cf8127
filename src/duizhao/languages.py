"""The columns of a bilingual record. They are declared here and nowhere else.

To add a column, for example ``zh_hk``, add one entry here and its field in the schemas.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One text column of a record.

    ``key`` is the name of the field. ``tag`` is its BCP 47 language tag. ``language`` says which file it is
    read from (``zh`` or ``en``). ``iso`` is the language and script in ISO 639-3 and ISO 15924, as MTEB
    writes them. ``unit`` is the unit of length: ``characters`` (Unicode code points) or ``words`` (separated
    by white space).
    """

    key: str
    tag: str
    language: str
    iso: str
    unit: str

    def length(self, text: str | None) -> int:
        """Return the length of a text in the column's unit; 0 for None."""
        return len((text or "").split()) if self.unit == "words" else len(text or "")


COLUMNS = (
    Column("zh_hans", "zh-Hans", "zh", "cmn-Hans", "characters"),
    Column("zh_hant", "zh-Hant", "zh", "cmn-Hant", "characters"),
    Column("en", "en", "en", "eng-Latn", "words"),
)
"""All columns, in the same order as in the schemas."""

KEYS = tuple(column.key for column in COLUMNS)
"""The field names of the columns: ``zh_hans``, ``zh_hant``, ``en``."""

CHINESE = tuple(column for column in COLUMNS if column.language == "zh")
"""The columns that are read from the Chinese file."""


BY_TAG = {column.tag: column for column in COLUMNS}
"""The columns by BCP 47 tag."""
