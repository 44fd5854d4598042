from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from branchgate.catalogue import Article, BranchSettings, Category
from branchgate.register.catalogue import RegisterCatalogue
from branchgate.sync.damaged import open_or_begin_again
from tests.rigs.clock import TurnedClock

ARTICLE, CATEGORY, SETTINGS = 1, 2, 3

APPLE = Article("100", "Apfel Elstar", 199_000, 2, 700, gtins=("4006381333931",), category_key="obst")
JUICE = Article("200", "Apfelsaft", 149_000, 1, 1900, gtins=("96385074",), category_key="trinken")
CHEESE = Article("300", "KÄSE, mild", 249_000, 2, 700, category_key="")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[RegisterCatalogue]:
    catalogue = RegisterCatalogue(tmp_path / "catalogue.db")
    put(catalogue, APPLE, JUICE, CHEESE)
    yield catalogue
    catalogue.close()


def put(catalogue: RegisterCatalogue, *articles: Article) -> None:
    for article in articles:
        catalogue.sink.put(ARTICLE, article.article_number, article.encode())
    catalogue.sink.commit(b"cursor")


def test_an_article_is_found_by_its_number(catalogue: RegisterCatalogue) -> None:
    assert catalogue.article("100") == APPLE
    assert catalogue.article("999") is None
    assert catalogue.article_count() == 3


@pytest.mark.parametrize("scanned", ["4006381333931", "04006381333931"])
def test_a_gtin_is_found_in_any_length(catalogue: RegisterCatalogue, scanned: str) -> None:
    assert catalogue.by_gtin(scanned) == (APPLE,)


def test_one_gtin_on_several_articles_gives_the_choice(catalogue: RegisterCatalogue) -> None:
    other = Article("101", "Apfel, Ware von gestern", 99_000, 2, 700, gtins=APPLE.gtins)
    put(catalogue, other)
    assert catalogue.by_gtin("4006381333931") == (APPLE, other)


def test_a_name_is_found_whatever_its_case(catalogue: RegisterCatalogue) -> None:
    assert catalogue.by_name("käse, MILD") == (CHEESE,)
    assert catalogue.by_name("käse") == ()


def test_search_finds_what_begins_like_this_by_name_and_then_what_holds_it(catalogue: RegisterCatalogue) -> None:
    assert catalogue.search("apfel") == (APPLE, JUICE)
    assert catalogue.search("apfel", limit=1) == (APPLE,)
    assert catalogue.search("Apfels") == (JUICE,)
    assert catalogue.search("saft") == (JUICE,)


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\"])
def test_search_takes_every_character_for_itself(catalogue: RegisterCatalogue, text: str) -> None:
    assert catalogue.search(text) == ()


def test_categories_come_from_the_top(catalogue: RegisterCatalogue) -> None:
    for category in (
        Category("kern", "Kernobst", 2, "obst"),
        Category("trinken", "Getränke", 1),
        Category("obst", "Frisches", 1),
    ):
        catalogue.sink.put(CATEGORY, category.category_key, category.encode())
    catalogue.sink.commit(b"c")
    assert [category.name for category in catalogue.categories()] == ["Frisches", "Getränke", "Kernobst"]
    assert catalogue.in_category("obst") == (APPLE,)


def test_a_changed_article_is_found_by_its_new_name_and_gtin_only(catalogue: RegisterCatalogue) -> None:
    renamed = Article("100", "Birne", 1, 2, 700, gtins=("96385074",))
    put(catalogue, renamed)
    assert catalogue.by_name("Apfel Elstar") == ()
    assert catalogue.by_gtin("4006381333931") == ()
    assert catalogue.by_gtin("96385074") == (renamed, JUICE)


def test_a_deleted_article_is_found_by_nothing(catalogue: RegisterCatalogue) -> None:
    catalogue.sink.delete(ARTICLE, "100")
    catalogue.sink.commit(b"c")
    assert catalogue.article("100") is None
    assert catalogue.by_gtin("4006381333931") == ()
    assert catalogue.search("apfel") == (JUICE,)


def test_the_till_sells_from_the_old_set_until_the_new_one_is_swapped_in(
    catalogue: RegisterCatalogue, tmp_path: Path
) -> None:
    till = RegisterCatalogue(tmp_path / "catalogue.db")
    catalogue.sink.begin_snapshot()
    catalogue.sink.put(ARTICLE, "400", Article("400", "Quark", 1, 2, 700).encode())
    catalogue.sink.commit(b"shadow")
    assert till.article_count() == 3
    assert till.article("400") is None
    catalogue.sink.swap(b"new")
    assert till.article_count() == 1
    assert till.search("quark")[0].article_number == "400"
    assert till.by_gtin("96385074") == ()
    till.close()


def test_a_load_in_progress_survives_a_restart(catalogue: RegisterCatalogue, tmp_path: Path) -> None:
    catalogue.sink.begin_snapshot()
    catalogue.sink.put(ARTICLE, "400", Article("400", "Quark", 1, 2, 700).encode())
    catalogue.sink.commit(b"shadow")
    again = RegisterCatalogue(tmp_path / "catalogue.db")
    assert again.sink.in_snapshot
    assert again.sink.cursor() == b"shadow"
    assert again.sink.seal().entries == 1
    again.sink.abandon()
    assert again.sink.cursor() == b""
    assert again.article_count() == 3
    again.close()


def test_settings_are_there_after_the_first_sync(catalogue: RegisterCatalogue) -> None:
    assert catalogue.settings() is None
    catalogue.sink.put(SETTINGS, "branch", BranchSettings("mitte", "Filiale Mitte").encode())
    catalogue.sink.commit(b"c")
    settings = catalogue.settings()
    assert settings is not None
    assert settings.name == "Filiale Mitte"


def test_a_damaged_catalogue_is_set_aside_and_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").write_bytes(b"no database at all" * 400)
    anew = open_or_begin_again(tmp_path / "catalogue.db", RegisterCatalogue, TurnedClock())
    put(anew, APPLE)
    assert anew.article("100") == APPLE
    anew.close()
    (kept,) = tmp_path.glob("catalogue.db.set-aside-*")
    assert kept.read_bytes().startswith(b"no database")
