"""Roles of sentences, for example title or table. The roles of a release can be chosen."""

from __future__ import annotations

from duizhao.alignment import VERBATIM
from duizhao.errors import InputError
from duizhao.text import Block, read

__all__ = ["ROLES", "VERBATIM", "choose_roles", "role_of"]

ROLES = (
    "title",
    "heading",
    "body",
    "question",
    "answer",
    "quote",
    "caption",
    "list_item",
    "table",
    "code",
    "footnote",
)
"""All roles, as in the schema of the config ``sentences``."""
_OF_KIND = frozenset(("title", "heading", "quote", "caption", "list_item", "table", "code", "footnote"))


def role_of(raw: str, block: Block) -> str:
    """Return the role of the sentences of a block."""
    if block.speaker is not None:
        return "question" if block.asks else "answer"
    if block.kind == "paragraph" and _is_quotation(read(raw, block.spans)):
        return "quote"
    return block.kind if block.kind in _OF_KIND else "body"


def choose_roles(text: str | None) -> frozenset[str]:
    """Return the roles that a user chose.

    ``title,body`` means only these, ``-table,-code`` means all except these, and None means
    all. Raises DuizhaoError ``unknown-role``.
    """
    if text is None:
        return frozenset(ROLES)
    names = [name.strip() for name in text.split(",") if name.strip()]
    without = [name[1:] for name in names if name.startswith("-")]
    unknown = [name for name in names if name.removeprefix("-") not in ROLES]
    if unknown or not names or len(without) not in (0, len(names)):
        what = f"unknown role {unknown[0].removeprefix('-')!r}" if unknown else f"{text!r} names no roles"
        raise InputError(
            "unknown-role",
            f"--roles: {what}; name those to keep (title,body) or those to leave out (-table,-code); "
            f"allowed: {', '.join(ROLES)}",
        )
    return frozenset(ROLES) - frozenset(without) if without else frozenset(names)


def _is_quotation(text: str) -> bool:
    """Return whether a paragraph is one quotation from its first to its last character."""
    return text[:1] in "“「" and text[-1:] in "”」" and not any(mark in text[1:-1] for mark in "”」")
