"""A closing with the figures that closings had while template 4 was the newest."""

from __future__ import annotations

from branchgate.figures import (
    ArticleFigure,
    BusinessCaseFigure,
    CategoryFigure,
    Closing,
    Figures,
    HourFigure,
    PaymentFigure,
    UserFigure,
)
from branchgate.vat import VatSum

FIGURES = Figures(
    receipt_count=41,
    line_count=120,
    gross_cents=153_450,
    first_receipt_number="K1-000101",
    last_receipt_number="K1-000141",
    vat=(
        VatSum(1, 1900, 119_000, 100_000, 19_000),
        VatSum(3, 780, 14_450, 13_404, 1_046),
        VatSum(5, 0, 20_000, 20_000, 0),
        VatSum(6, 0, 0, 0, 0),
    ),
    payments=(PaymentFigure("Bar", "", "EUR", 30, 83_450), PaymentFigure("ECKarte", "girocard", "EUR", 11, 70_000)),
    business_cases=(BusinessCaseFigure("Umsatz", 119, 133_450), BusinessCaseFigure("Anfangsbestand", 1, 20_000)),
    categories=(CategoryFigure("", "", 450), CategoryFigure("kaese", "Käse", 133_000)),
    users=(UserFigure("anna", 40, 133_450),),
    hours=(HourFigure(9, 12, 33_450), HourFigure(23, 28, 100_000)),
    top_articles=(ArticleFigure("A1", "Bergkäse", 12_486, 99_900),),
    return_count=2,
    return_cents=-1_500,
    void_count=1,
    void_cents=-990,
    line_void_count=3,
    discount_cents=-250,
    training_count=4,
    cash_cents=83_450,
    finding_count=5,
    no_sale_count=6,
)

CLOSING = Closing("kasse-1", 17, "2026-10-16", 1_792_181_400_000, 4_711, FIGURES, "anna", "2.4", bytes(range(32)))
