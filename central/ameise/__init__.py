"""Articles from JTL-Ameise: the CSV form in which merchants' articles really come, read with every fault named."""

from __future__ import annotations

from central.ameise.articles import Repeated, read_articles
from central.ameise.imported import CategoryPath, Deposit, ImportedArticle, ImportResult
from central.ameise.mapping import ColumnMapping, MappingError, parse_mapping
from central.ameise.problems import Problem, Reason, Severity

__all__ = [
    "CategoryPath",
    "ColumnMapping",
    "Deposit",
    "ImportResult",
    "ImportedArticle",
    "MappingError",
    "Problem",
    "Reason",
    "Repeated",
    "Severity",
    "parse_mapping",
    "read_articles",
]
