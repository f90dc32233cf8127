from __future__ import annotations

import os
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
        DATASET_CARD__md=(
            "---\nlicense: other\nlicense_link: LICENSE-DATA\n---\n![A](docs/a.svg) ![again](docs/a.svg) "
            "![b](https://example.org/b.png)\n"
        ),
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


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("./README.md", "is no picture"),
        ("notes.txt", "is no picture"),
        ("sentences/a.png", "a release keeps its rows in sentences"),
        ("SENTENCES/a.png", "a release keeps its rows in SENTENCES"),
        (".cache/a.png", "is hidden"),
        ("./.a.png", "is hidden"),
        ("elsewhere.png", "leads out of its folder"),
        ("linked/a.png", "leads out of its folder"),
        ("circle.png", "cannot be read"),
        ("fifo.png", "is not there"),
        ("a%00b.png", "cannot be the name"),
        ("a%5Cb.png", "cannot be the name"),
        ("<gone away.png>", "is not there"),
    ],
)
def test_a_link_that_leads_elsewhere_ships_nothing(link: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.png").write_bytes(b"secret")
    home = tmp_path / "home"
    for folder in ("", "sentences", "SENTENCES", ".cache"):
        (home / folder).mkdir(exist_ok=True)
        (home / folder / "a.png").write_bytes(b"x")
    for name in ("README.md", "notes.txt", ".a.png"):
        (home / name).write_text("x", encoding="utf-8")
    (home / "elsewhere.png").symlink_to(tmp_path / "other" / "a.png")
    (home / "linked").symlink_to(tmp_path / "other")
    (home / "circle.png").symlink_to("circle.png")
    os.mkfifo(home / "fifo.png")
    with pytest.raises(DuizhaoError, match=message) as caught:
        read_attachments(write(home, DATASET_CARD__md=f"![a]({link})"))
    assert caught.value.id == "bad-card"


@pytest.mark.parametrize(
    "link",
    [
        "../other/a.png",
        "/etc/passwd",
        "%2e%2e/other/a.png",
        "file:///etc/passwd",
        "C:/a.png",
        "//host/a.png",
        "#a.png",
    ],
)
def test_a_link_out_of_the_folder_is_no_picture_of_the_card(link: str) -> None:
    assert find_pictures(f"![a]({link})") == []


def test_a_picture_is_shipped_under_the_name_that_its_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a b.PNG").write_bytes(b"x")
    card = write(tmp_path, DATASET_CARD__md="![a](./docs/a%20b.PNG) ![b](<docs/a b.PNG>)")
    assert list(read_attachments(card).files) == ["docs/a b.PNG"]


def test_all_bad_links_of_a_card_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(DuizhaoError) as caught:
        read_attachments(write(tmp_path, DATASET_CARD__md="![a](a.png) ![b](b.png) ![c](c.txt)"))
    assert len(str(caught.value).splitlines()) == 4
