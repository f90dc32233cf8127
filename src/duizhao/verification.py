"""Verify a release: derive every field again from the raw files and the annotations, and compare (level 6).

The release is built once more, into a temporary folder, with the options that its manifest records. Then each
record is compared with the derived one, field by field. Without the raw files, only the conversion between
the two Chinese columns can be derived again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duizhao
from duizhao.builder import Tick, beside, build_release, describe_encoder, describe_environment
from duizhao.encoders import Encoder
from duizhao.errors import Finding, InputError, ReleaseError, counted
from duizhao.files import hash_file, show
from duizhao.records import derive_columns
from duizhao.release import (
    REJECTED,
    data_files,
    find_file,
    is_sharded,
    iterate_articles,
    read_layout,
    read_manifest,
    read_rows,
    validate_release,
)
from duizhao.schema import SPLIT, Record, Records

LEVEL = 6
"""The level of all findings of this module."""

ROUNDING = 0.001
"""Scores are rounded to three decimals. Another processor may round one to the next."""

SHARDS = "data/sentences"
"""The folder of the sentences in a release in shards."""

_SHOWN = 60  # characters of a text that a message shows
_NOT_FROM_RAW = (
    "not checked, because --raw is not given: whether the texts, labels, categories, beads, scores, roles, "
    "mentions, events, claims and questions come from the raw files and annotations"
)
_NOT_FROM_CORPUS = (
    "not checked: whether the records come from the corpus; to check that, "
    "build it again into another folder, with the same options, "
    "and compare manifest.json: all bytes are the same"
)
_BEFORE = 15  # characters before the first difference
_NOT_COMPARED = ("made_by", "files", "counts")  # parts of the manifest that other checks look at
_READ = ("sources", "annotations", "cues")  # parts of the manifest with hashes of what the build read


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found, the row counts, and notes: other versions, and what was not checked."""

    findings: Sequence[Finding]
    counts: Mapping[str, int]
    notes: Sequence[str]


def verify(
    dataset: Path | str,
    raw: Path | str | None = None,
    annotations: Path | str | None = None,
    *,
    card: Path | str | None = None,
    cues: Path | str | None = None,
    encoder: Encoder | None = None,
    tick: Tick = lambda what, done, total: None,
) -> Verification:
    """Check a release, and derive each of its fields again.

    ``raw`` is the folder of raw files. ``annotations`` and ``card`` default to those beside it, as in a
    build. ``cues`` is the file of cues, if the build had one. ``encoder`` is the object that gave the
    vectors, if the build had one; its name is in the manifest. Without ``raw``, only the conversion between
    the scripts is derived again; of a release in shards, that is all that can be. Findings of
    level 4 are warnings; all others say that the release is not what the raw files give. Raises the
    ReleaseErrors of `validate_release`, ``large-release``, ``missing-annotations``, ``missing-cues``, and
    the InputErrors of a build.
    """
    folder = Path(dataset)
    manifest = read_manifest(folder)
    sharded = is_sharded(manifest)
    if sharded and raw is not None:
        raise ReleaseError(
            "large-release",
            f"{show(folder)}: made from a corpus, and --raw compares only a release of a folder; "
            "build the corpus again into another folder, with the same options: manifest.json and all data "
            "have the same bytes. Without --raw, this command checks hashes, records and scripts",
        )
    findings, counts = validate_release(folder)
    if raw is None:
        broken = any(finding.level in (1, 5) for finding in findings)
        converted: list[Finding] = []
        notes: list[str] = []
        if sharded and not broken:
            converted = list(_check_shards(folder, manifest))
        elif not broken:
            records = {config: read_rows(folder, config, manifest)[0] for config in counts}
            converted, notes = check_conversion(records, manifest)
        unchecked = _NOT_FROM_CORPUS if sharded else _NOT_FROM_RAW
        return Verification([*findings, *converted], counts, [*_other_versions(manifest), *notes, unchecked])
    source = Path(raw)
    given = Path(annotations) if annotations is not None else None
    _check_inputs(manifest, source, given, cues)
    with TemporaryDirectory() as work:
        # A release without a card of its own gets a template that names the folder.
        derived = Path(work) / "release" / folder.resolve().name
        build_release(
            source,
            derived,
            given,
            Path(card) if card is not None else None,
            cues=Path(cues) if cues is not None else None,
            tick=tick,
            **{**recorded_options(manifest), **({} if encoder is None else {"encoder": encoder})},
        )
        different = list(compare_releases(folder, derived, cards=_has_card(source, card)))
    notes = _other_versions(manifest, encoder)
    if not _has_card(source, card):
        notes.append("not checked, because no card is there: README.md and the files that it links to")
    return Verification([*findings, *different], counts, notes)


def recorded_options(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of `build_release` that a manifest records. Older manifests record none."""
    options = {key: value for key, value in manifest.get("options", {}).items() if value is not None}
    return {**options, "hant": manifest.get("script_conversion", {}).get("traditional", "zh-Hant")}


def compare_releases(folder: Path, derived: Path, *, cards: bool = True) -> Iterator[Finding]:
    """Yield what differs between a release and the one that was derived again.

    ``cards`` says whether README.md and the files that it links to are compared.
    """
    told, made = read_manifest(folder), read_manifest(derived)
    yield from compare_manifests(told, made)
    same = True
    for config in dict.fromkeys((*made["counts"], *told["counts"])):
        for split in dict.fromkeys((*read_layout(made).splits, *read_layout(told).splits)):
            rows = [
                read_rows(place, config, part, split)[0] if has_part(part, config, split) else []
                for place, part in ((folder, told), (derived, made))
            ]
            for finding in compare_rows(config, rows[0], rows[1], split):
                same = False
                yield finding
    if same:  # otherwise the card differs too, because it states counts and hashes of the rows
        yield from _compare_files(folder, derived, made, cards=cards)


def has_part(manifest: Mapping[str, Any], config: str, split: str) -> bool:
    """Return whether a release has a config and a split."""
    return config in manifest["counts"] and split in read_layout(manifest).splits


def compare_manifests(told: Mapping[str, Any], made: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the parts of a manifest that differ. Versions and hashes of files of the release are left out."""
    for part in _READ:
        stands, derived = told.get(part, {}), made.get(part, {})
        for name in sorted({*stands, *derived}):
            if stands.get(name) != derived.get(name):
                message = f"{part}: {_hashes(stands.get(name), derived.get(name))}"
                yield Finding("other-source", LEVEL, name, "sha256", message)
    known = (*_NOT_COMPARED, *_READ, *_environment(told))
    for part in dict.fromkeys((*told, *made)):
        if part not in known and told.get(part) != made.get(part) and (part in told or part != "options"):
            yield _differs("manifest.json", "manifest.json", part, told.get(part), made.get(part))


def compare_rows(
    config: str, told: Sequence[Record], made: Sequence[Record], split: str = SPLIT
) -> Iterator[Finding]:
    """Yield what differs between the rows of a release and the derived rows, in the order
    of the derived rows.
    """
    file = data_files(config, split)[1]
    stands, derived = _by_id(told), _by_id(made)
    for key, row in derived.items():
        if key not in stands:
            yield Finding(
                "missing-record", LEVEL, key[0], "id", f"{file}: not there; derived is {_show(row)}"
            )
            continue
        # Values are compared one by one, because Python calls 1, 1.0 and True equal.
        for field, left, right in _differences(stands[key], row, ()):
            yield _differs(file, key[0], field, left, right)
    for key, row in stands.items():
        if key not in derived:
            yield Finding(
                "added-record",
                LEVEL,
                key[0],
                "id",
                f"{file}: no row that is derived has this id; there stands {_show(row)}",
            )
    common = [key for key in stands if key in derived]
    for left, right in zip(common, (key for key in derived if key in stands), strict=True):
        if left != right:
            message = f"{file}: stands here, derived is the row {right[0]}; the rows are in another order"
            yield Finding("other-order", LEVEL, left[0], "id", message)
            return


def check_conversion(
    records: Records, manifest: Mapping[str, Any], file: str = "sentences/test.jsonl"
) -> tuple[list[Finding], list[str]]:
    """Derive both Chinese columns again from the text in the ledger. Return findings and notes.

    A correction by hand (``annotations/script.jsonl``) may change a character of ``zh_hant``. The release
    does not hold these lines. If the manifest names the file, such places are noted, and no finding. ``file``
    is where the records stand, for messages.
    """
    hant, absent = recorded_options(manifest)["hant"], read_layout(manifest).absent
    corrected = "script.jsonl" in manifest.get("annotations", {})
    findings, places = [], []
    for row, columns in derive_columns(records, hant):
        for column, text in columns.items():
            stands = row[column] or ""
            if stands == text or column in absent:
                continue
            if corrected and column == "zh_hant" and len(stands) == len(text):
                places.append(f"{row['id']} ({_changes(stands, text)})")
            else:
                findings.append(_differs(file, row["id"], column, row[column], text, "not-converted"))
    if not places:
        return findings, []
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    note = (
        f"not checked: {counted(len(places), 'rows')} with characters in zh_hant that the conversion does "
        f"not give; "
        f"the release was made with annotations/script.jsonl, which may say so: {', '.join(places[:3])}{more}"
    )
    return findings, [note]


def _check_shards(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what `check_conversion` finds in a release in shards, one article after the other."""
    for records in iterate_articles(folder, manifest, []):
        yield from check_conversion(records, manifest, SHARDS)[0]


def _check_inputs(
    manifest: Mapping[str, Any], raw: Path, annotations: Path | None, cues: Path | str | None
) -> None:
    """Raise an InputError if something that the manifest names is not given."""
    folder = annotations or beside(raw) / "annotations"
    if manifest.get("annotations") and not folder.is_dir():
        names = ", ".join(manifest["annotations"])
        raise InputError(
            "missing-annotations",
            f"{show(folder)}: no such folder, and the release was made with annotations ({names}); "
            "give --annotations",
        )
    if manifest.get("cues") and cues is None:
        names = ", ".join(manifest["cues"])
        raise InputError("missing-cues", f"the release was made with a file of cues ({names}); give --cues")


def _has_card(raw: Path, card: Path | str | None) -> bool:
    return card is not None or (beside(raw) / "DATASET_CARD.md").is_file()


def _other_versions(manifest: Mapping[str, Any], encoder: Encoder | None = None) -> list[str]:
    """Return a note on each version that differs from the recorded one. The version
    of Duizhao comes first. ``encoder`` is the object that the caller gave.
    """
    recorded = manifest.get("made_by", {})
    notes = []
    made_by = recorded.get("duizhao", "an unknown version")
    if made_by != duizhao.__version__:
        notes.append(
            f"made by duizhao {made_by}, and {duizhao.__version__} is installed: "
            f"a difference may come from that; to be sure, install duizhao {made_by}"
        )
    used = encoder or manifest.get("options", {}).get("encoder", "default")
    now = describe_environment()
    if used != "default":
        now = {**now, "sentence_encoder": describe_encoder(used)}
    elif "version" not in manifest.get("sentence_encoder", {"version": ""}):
        name = manifest["sentence_encoder"].get("name")
        notes.append(
            f"the release was made with an encoder of one's own ({name}): "
            "to derive its beads again, give it to verify as encoder, in Python"
        )
    for part in ("made_by", "script_conversion", "sentence_encoder", "dictionary", "models"):
        for name, value in manifest.get(part, {}).items():
            present = now[part].get(name)
            if (part, name) not in (
                ("made_by", "duizhao"),
                ("made_by", "datasketch"),  # it decides what is left out, and nothing is left out again here
                ("script_conversion", "traditional"),
            ) and present != value:
                notes.append(
                    f"{part}: {name} is {_show(value)} in the manifest, and {_show(present)} is installed"
                )
    if "options" not in manifest and not is_sharded(manifest):
        notes.append("the manifest does not record the options of the build: the defaults are used")
    return notes


def _environment(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts of a manifest that describe the installed packages: notes tell their differences."""
    return ("script_conversion", "sentence_encoder", "dictionary", "models")


def _by_id(rows: Sequence[Record]) -> dict[tuple[str, int], Record]:
    """Return rows by id. If an id stands twice, the number of the row among them is part of the key."""
    counts: Counter[str] = Counter()
    found = {}
    for row in rows:
        id = str(row.get("id"))
        found[id, counts[id]] = row
        counts[id] += 1
    return found


def _differences(left: Any, right: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    """Yield the fields in which two values differ, with both values."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in dict.fromkeys((*left, *right)):
            if (key in left) != (key in right):
                yield (
                    ".".join((*path, key)),
                    left.get(key, "(no such field)"),
                    right.get(key, "(no such field)"),
                )
            else:
                yield from _differences(left[key], right[key], (*path, key))
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from _differences(one, other, (*path, str(number)))
    elif not _is_same(left, right, path):
        yield ".".join(path), left, right


def _is_same(left: Any, right: Any, path: tuple[str, ...]) -> bool:
    if path[-1:] == ("score",) and isinstance(left, float) and isinstance(right, float):
        return abs(left - right) < 1.5 * ROUNDING
    return type(left) is type(right) and bool(left == right)


def _differs(file: str, record: str, field: str, left: Any, right: Any, id: str = "not-derived") -> Finding:
    if isinstance(left, str) and isinstance(right, str):
        left, right = _around(left, right)
    message = f"{file}: there stands {_show(left)}; derived is {_show(right)}"
    return Finding(id, LEVEL, record, field, message)


def _around(left: str, right: str) -> tuple[str, str]:
    """Return the part of two long texts where the first difference is."""
    if max(len(left), len(right)) <= _SHOWN:
        return left, right
    at = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    start = max(0, at - _BEFORE)
    return tuple(
        ("…" if start else "") + text[start : start + _SHOWN] + ("…" if start + _SHOWN < len(text) else "")
        for text in (left, right)
    )  # type: ignore[return-value]


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 3 * _SHOWN else f"{text[: 3 * _SHOWN]} …"


def _changes(left: str, right: str) -> str:
    """Return the characters in which two texts of the same length differ, the derived ones first."""
    pairs = (f"{b}→{a}" for a, b in zip(left, right, strict=True) if a != b)
    return ", ".join(dict.fromkeys(pairs))


def _hashes(stands: str | None, derived: str | None) -> str:
    if stands is None:
        return "is read, and the manifest does not name it"
    if derived is None:
        return "the manifest names it, and it is not there"
    return (
        f"is not the file that the release was made from: the manifest has {stands[:12]}…, the file "
        f"{derived[:12]}…"
    )


def _compare_files(folder: Path, derived: Path, made: Mapping[str, Any], *, cards: bool) -> Iterator[Finding]:
    """Compare the files that hold no rows: rejected.jsonl, and with ``cards`` the card, what it links to,
    Croissant.

    Croissant states hashes of Parquet files, which depend on the version of pyarrow.
    """
    rows = {
        name
        for config in made["counts"]
        for split in read_layout(made).splits
        for name in data_files(config, split)
    }
    hashes = {
        name: hash_file(file) for name in made["files"] if (file := find_file(folder, name)) is not None
    }
    same_bytes = all(hashes.get(name) == made["files"][name] for name in rows)
    for name, sha256 in made["files"].items():
        if name in rows or (name == "croissant.json" and not same_bytes):
            continue
        if not cards and name != REJECTED:
            continue
        if hashes.get(name) != sha256:
            message = "is not what the card and the rows give" if name in hashes else "is not there"
            yield Finding("other-file", LEVEL, name, "bytes", message)
    for name in read_manifest(folder)["files"]:
        if name not in made["files"] and (cards or name == REJECTED):
            yield Finding(
                "other-file", LEVEL, name, "bytes", "does not belong to the release that is derived"
            )
