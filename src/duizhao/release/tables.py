"""Rows as a table of Arrow, made field by field.

It is what ``pyarrow.Table.from_pylist`` makes, and takes less time: that function asks for the type of each
value, and it loads pandas.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np
import pyarrow as pa

from duizhao.schema import Record

_NUMBERS = {pa.int64(): (np.int64, 0), pa.float64(): (np.float64, 0.0)}
"""Types of numbers: that of numpy, and the value that stands where there is none."""


def make_table(rows: Sequence[Record], columns: pa.Schema) -> pa.Table:
    """Return a table of rows with the types of ``columns``, which come from a schema of ``schema/``.

    The rows must be valid under that schema.
    """
    try:
        arrays = [_make_array([row[field.name] for row in rows], field.type) for field in columns]
    except OverflowError:  # the texts of a field have 2 GiB or more: pyarrow parts them
        return pa.Table.from_pylist(rows, schema=columns)
    return pa.Table.from_arrays(arrays, schema=columns)


def _make_array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return an array of values of a type; None is null."""
    valid = None
    if None in values:
        there = [value is not None for value in values]
        valid = pa.py_buffer(np.packbits(there, bitorder="little"))
    if kind in _NUMBERS:
        number, nothing = _NUMBERS[kind]
        filled = values if valid is None else [nothing if value is None else value for value in values]
        return _build(kind, values, [valid, pa.py_buffer(np.array(filled, dtype=number))])
    if pa.types.is_string(kind):
        texts = [b"" if text is None else text.encode() for text in values]
        return _build(kind, values, [valid, _ends(texts), pa.py_buffer(b"".join(texts))])
    if pa.types.is_list(kind):
        lists = values if valid is None else [() if value is None else value for value in values]
        inner = _make_array(list(chain.from_iterable(lists)), kind.value_type)
        return _build(kind, values, [valid, _ends(lists)], [inner])
    if pa.types.is_struct(kind):
        fields = [
            _make_array([None if value is None else value[field.name] for value in values], field.type)
            for field in kind
        ]
        return _build(kind, values, [valid], fields)
    return pa.array(values, kind)


def _build(
    kind: pa.DataType, values: Sequence[Any], buffers: list[Any], children: list[pa.Array] | None = None
) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), buffers, children=children)


def _ends(parts: Iterable[Sequence[Any]]) -> pa.Buffer:
    """Return the place where each of some parts begins among the values of all, and the end of the last."""
    return pa.py_buffer(array("i", accumulate(map(len, parts), initial=0)))
