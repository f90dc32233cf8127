from __future__ import annotations

from pathlib import Path

import pytest

from duizhao.errors import DuizhaoError
from duizhao.release.attachments import Attachments, find_pictures, read_attachments, read_citation


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder / "DATASET_CARD.md"


def test_a_folder_without_a_card_has_no_attachments(tmp_path: Path) -> None:
    assert read_attachments(write(tmp_path, ERRATA__md="none")) == Attachments()


def test_errata_licence_pictures_and_citation_go_with_the_card(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.svg").write_text("<svg/>", encoding="utf-8")
    card = write(
        tmp_path,
        DATASET_CARD__md="---\nlicense: other\nlicense_link: LICENSE-DATA\n---\n![A](docs/a.svg) ![again](docs/a.svg) ![b](https://example.org/b.png)\n",
        ERRATA__md="none",
        CITATION__cff="title: T\nversion: 1.0.0\n",
        **{"LICENSE-DATA": "terms"},
    )
    told = read_attachments(card)
    assert {name: file.is_file() for name, file in told.files.items()} == {
        "ERRATA.md": True,
        "CITATION.cff": True,
        "LICENSE-DATA": True,
        "docs/a.svg": True,
    }
    assert told.citation == {"title": "T", "version": "1.0.0"}
    assert told.card == card.read_text(encoding="utf-8")


def test_a_picture_that_is_missing_is_an_error_and_one_outside_is_not_shipped(tmp_path: Path) -> None:
    assert find_pictures(
        '![a](../a.png) ![b](/b.png) ![c](data:image/png;base64,AA) ![d](d.png "title")'
    ) == ["d.png"]
    with pytest.raises(DuizhaoError, match=r"links to d\.png, which is not there"):
        read_attachments(write(tmp_path, DATASET_CARD__md="![d](d.png)"))


def test_a_licence_that_is_missing_is_an_error_and_one_elsewhere_is_not_shipped(tmp_path: Path) -> None:
    with pytest.raises(DuizhaoError, match="links to TERMS, which is not there"):
        read_attachments(write(tmp_path, DATASET_CARD__md="---\nlicense_link: TERMS\n---\n"))
    assert (
        read_attachments(
            write(tmp_path, DATASET_CARD__md="---\nlicense_link: https://example.org/terms\n---\n")
        ).files
        == {}
    )


def test_what_is_generated_cannot_be_replaced_by_a_link(tmp_path: Path) -> None:
    card = write(tmp_path, DATASET_CARD__md="---\nlicense_link: README.md\n---\n", README__md="x")
    assert read_attachments(card).files == {}


@pytest.mark.parametrize("text", ["title: [", "- a\n- b\n", "authors: me\n", "authors:\n- me\n"])
def test_a_citation_that_cannot_be_used_is_an_error(tmp_path: Path, text: str) -> None:
    write(tmp_path, CITATION__cff=text)
    with pytest.raises(DuizhaoError, match=r"CITATION\.cff"):
        read_citation(tmp_path / "CITATION.cff")


def test_no_citation_is_none(tmp_path: Path) -> None:
    assert read_citation(tmp_path / "CITATION.cff") is None
