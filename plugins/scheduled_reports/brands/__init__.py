"""Brands: how reports look. A file in `include/brands/` each; `HOUSE` where nobody gave another."""

from scheduled_reports.brands.brand import Brand, Picture
from scheduled_reports.brands.errors import BrandError
from scheduled_reports.brands.fonts import FontFile, font_family
from scheduled_reports.brands.house import HOUSE
from scheduled_reports.brands.load import brand_files, brand_findings, brand_for, brand_of, brand_problems

__all__ = [
    "HOUSE",
    "Brand",
    "BrandError",
    "FontFile",
    "Picture",
    "brand_files",
    "brand_findings",
    "brand_for",
    "brand_of",
    "brand_problems",
    "font_family",
]
