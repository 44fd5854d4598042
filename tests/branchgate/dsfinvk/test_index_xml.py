"""The grammar of index.xml, and lxml as a judge of it."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from branchgate.dsfinvk import gdpdu
from branchgate.dsfinvk.facts import tables
from branchgate.dsfinvk.faults import Faults
from branchgate.dsfinvk.index_xml import read_index
from branchgate.dsfinvk.xml_tree import parsed
from tests.branchgate.dsfinvk.exports import right_export


def test_every_element_that_a_model_names_has_a_model_itself() -> None:
    waiting, seen = ["DataSet"], set[str]()
    while waiting:
        element = waiting.pop()
        seen.add(element)
        model = gdpdu.model_of(element)
        assert model is not None, element
        waiting.extend(set(re.findall(r"\b[A-Z](?!CDATA|MPTY)\w+", model)) - seen - {"EMPTY"})
    assert {"VariablePrimaryKey", "ForeignKey", "ImpliedAccuracy", "AcceptNoTables"} <= seen


@pytest.mark.parametrize(
    ("element", "children", "right"),
    [
        ("Media", ["Name"], True),
        ("Media", ["Name", "Command", "Table", "Table", "Command", "AcceptNoTables"], True),
        ("Media", ["Table", "Name"], False),
        ("Range", ["From"], True),
        ("Range", ["From", "To", "Length"], False),
        ("Numeric", [], True),
        ("Numeric", ["Accuracy", "ImpliedAccuracy"], False),
        ("VariableColumn", ["Name", "AlphaNumeric", "MaxLength"], True),
        ("VariableColumn", ["Name", "Numeric", "MaxLength"], False),
        ("Table", ["URL", "Name", "DecimalSymbol", "DigitGroupingSymbol", "VariableLength"], True),
        ("Table", ["URL", "Name", "DecimalSymbol", "VariableLength"], False),
        ("UTF8", [], True),
        ("Verfahren", [], False),
    ],
)
def test_what_an_element_may_hold(element: str, children: list[str], right: bool) -> None:
    assert gdpdu.fits(element, children, "\n") is right


def test_text_between_elements_is_against_the_grammar() -> None:
    assert gdpdu.fits("Name", [], "Laden")
    assert not gdpdu.fits("Media", ["Name"], "Laden")


def test_own_columns_behind_the_tables_are_taken_over_from_the_index() -> None:
    export = right_export()
    export.own_columns["lines.csv"] = ["FARBE", "GROESSE"]
    faults = Faults(10)
    files = export.files()
    index = read_index(files["index.xml"], files.keys(), faults)
    assert index is not None
    assert index.own_columns["lines.csv"] == ("FARBE", "GROESSE")
    assert index.files == tuple(tables())
    assert faults.kept == []


@cache
def right_index() -> bytes:
    return right_export().files()["index.xml"]


@cache
def lxml_dtd() -> etree.DTD:
    """The grammar as a DTD."""
    lines = []
    for name in [*gdpdu.MODELS, *gdpdu.TEXT, *gdpdu.EMPTY]:
        model = gdpdu.model_of(name)
        lines.append(f"<!ELEMENT {name} {model if model == 'EMPTY' else f'({model})'}>")
    return etree.DTD(io.StringIO("\n".join(lines)))


@given(st.data())
def test_lxml_and_our_grammar_agree(data: st.DataObject) -> None:
    tree = etree.fromstring(right_index(), etree.XMLParser(load_dtd=False, resolve_entities=False))
    elements = list(tree.iter())
    victim = data.draw(st.sampled_from(elements[1:]))
    parent = victim.getparent()
    match data.draw(st.sampled_from(["remove", "double", "last", "keep"])):
        case "remove":
            parent.remove(victim)
        case "double":
            parent.insert(parent.index(victim), etree.fromstring(etree.tostring(victim)))
        case "last":
            parent.append(victim)
    root = parsed(etree.tostring(tree)).root
    waiting, ours = [root], True
    while waiting:
        element = waiting.pop()
        ours = ours and gdpdu.fits(element.name, [child.name for child in element.children], element.text)
        waiting.extend(element.children)
    assert lxml_dtd().validate(tree) is ours


def test_the_description_may_be_checked_without_the_files(tmp_path: Path) -> None:
    faults = Faults(100)
    assert read_index(right_export().files()["index.xml"], set(), faults) is not None
    assert faults.found.keys() == {"DTD_MISSING", "FILE_MISSING"}
