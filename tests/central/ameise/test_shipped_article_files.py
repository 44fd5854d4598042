"""The files that come with branchgate are what they promise."""

from __future__ import annotations

import pytest

from central.ameise import ImportedArticle, ImportResult, read_articles
from central.ameise.gtin import is_gtin
from central.ameise.shipped import ShippedFile, shipped_articles, shipped_mapping


@pytest.fixture(scope="module")
def store() -> ImportResult:
    return read_articles(shipped_articles(ShippedFile.GENERAL_STORE), shipped_mapping())


@pytest.fixture(scope="module")
def groceries() -> ImportResult:
    return read_articles(shipped_articles(ShippedFile.GROCERIES), shipped_mapping())


def named(result: ImportResult, name: str) -> ImportedArticle:
    return next(article for article in result.articles if article.name == name)


@pytest.mark.parametrize("file", list(ShippedFile))
def test_a_shipped_file_imports_without_a_single_problem(file: ShippedFile) -> None:
    result = read_articles(shipped_articles(file), shipped_mapping())
    assert result.problems == ()
    assert len(result.articles) == result.rows_read


@pytest.mark.parametrize("file", list(ShippedFile))
def test_a_shipped_file_has_the_form_that_ameise_writes(file: ShippedFile) -> None:
    data = shipped_articles(file)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert read_articles(data, shipped_mapping()).separator == ";"


def test_the_general_store_has_what_a_village_sells(store: ImportResult) -> None:
    articles = store.articles
    assert len(articles) >= 320
    assert {article.vat_rate for article in articles} == {700, 1900}
    assert {article.vat_key for article in articles} == {1, 2}
    assert sum(article.weighed for article in articles) >= 40
    assert sum(article.deposit is not None for article in articles) >= 30
    assert sum(article.deposit_return for article in articles) >= 8
    assert sum(not article.active for article in articles) >= 3
    assert {len(article.category_path) for article in articles} == {3}


def test_its_gtins_are_valid_unique_and_set_aside_for_use_in_a_shop(store: ImportResult) -> None:
    gtins = [gtin for article in store.articles for gtin in article.gtins]
    assert len(gtins) >= 250
    assert len(set(gtins)) == len(gtins)
    assert all(is_gtin(gtin) and len(gtin) == 13 and gtin.startswith("200") for gtin in gtins)


def test_its_names_have_umlauts_and_the_euro_sign(store: ImportResult) -> None:
    names = "".join(article.name for article in store.articles)
    assert set("äöüßÄÖ€„“×") <= set(names)


def test_its_names_and_lookup_numbers_are_unique(store: ImportResult) -> None:
    names = [article.name for article in store.articles]
    lookups = [article.plu for article in store.articles if article.plu]
    assert len(set(names)) == len(names)
    assert len(set(lookups)) == len(lookups)


def test_deposit_is_charged_at_the_vat_of_the_goods(store: ImportResult) -> None:
    milk = named(store, "Frische Landmilch in der Glasflasche 1 l").deposit
    crate = named(store, "Pils, Kasten 20 × 0,5 l").deposit
    assert milk is not None
    assert crate is not None
    assert (milk.amount, milk.vat_key, milk.vat_rate) == (15_000, 2, 700)
    assert (crate.amount, crate.vat_key, crate.vat_rate) == (310_000, 1, 1900)


def test_weighed_goods_are_priced_per_kilogram_and_have_a_lookup_number(store: ImportResult) -> None:
    weighed = [article for article in store.articles if article.weighed]
    assert all(article.unit == "kg" and article.plu for article in weighed)


def test_only_the_parent_of_the_socks_cannot_be_sold(store: ImportResult) -> None:
    (parent,) = (article for article in store.articles if not article.sellable)
    children = [a for a in store.articles if a.parent_article_number == parent.article_number]
    assert parent.name == "Wollsocken Merino"
    assert len(children) == 3


def test_the_groceries_have_an_article_for_every_name_of_the_baskets(groceries: ImportResult) -> None:
    sold = [article.name for article in groceries.articles if not article.deposit_return]
    assert len(set(sold)) == len(sold) == 169
    assert {"whole milk", "other vegetables", "rolls/buns", "soda", "red/blush wine", "bottled beer"} <= set(sold)
    assert all(is_gtin(article.gtins[0]) for article in groceries.articles if not article.deposit_return)


def test_both_files_may_be_imported_side_by_side(store: ImportResult, groceries: ImportResult) -> None:
    both = (*store.articles, *groceries.articles)
    assert len({article.article_number for article in both}) == len(both)
    gtins = [gtin for article in both for gtin in article.gtins]
    assert len(set(gtins)) == len(gtins)
