"""The columns of a bilingual record: the one list of them, and what each is.

A further column (say ``zh_hk``) is one entry here and its field in the schemas.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One text column of a record.

    ``key`` is the field's name, ``tag`` its BCP 47 language tag, ``language`` the file it is read from
    (``zh`` or ``en``), ``iso`` the language and script in ISO 639-3 and ISO 15924, as MTEB writes them. ``unit`` is what
    lengths are counted in: ``characters`` (Unicode code points) or ``words`` (divided by white space).
    """

    key: str
    tag: str
    language: str
    iso: str
    unit: str

    def length(self, text: str | None) -> int:
        """Length of a text of this column, in its unit; 0 for None."""
        return len((text or "").split()) if self.unit == "words" else len(text or "")


COLUMNS = (
    Column("zh_hans", "zh-Hans", "zh", "cmn-Hans", "characters"),
    Column("zh_hant", "zh-Hant", "zh", "cmn-Hant", "characters"),
    Column("en", "en", "en", "eng-Latn", "words"),
)
"""All columns, in the order of the schemas."""

KEYS = tuple(column.key for column in COLUMNS)
"""Field names of the columns: ``zh_hans``, ``zh_hant``, ``en``."""

CHINESE = tuple(column for column in COLUMNS if column.language == "zh")
"""The columns that are read from the Chinese file."""


BY_TAG = {column.tag: column for column in COLUMNS}
"""Columns by BCP 47 tag."""
