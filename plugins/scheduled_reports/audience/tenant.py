"""Whom a tenant's reports may be mailed to: a tenant is a brand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scheduled_reports import settings
from scheduled_reports.audience.domains import is_in
from scheduled_reports.brands import brand_for


@dataclass(frozen=True)
class Tenant:
    """The domains that a report may be mailed to.

    Attributes:
        domains: The only ones; None for no limit.
        said_by: What says so, in words.
    """

    domains: tuple[str, ...] | None
    said_by: str

    def require(self, address: str) -> None:
        """Raise ValueError where an address is in none of them."""
        if self.domains is not None and not is_in(address, self.domains):
            raise ValueError(f"{address!r} is outside of the domains that {self.said_by} allows: "
                             + ", ".join(self.domains))  # fmt: skip


def tenant_of(brand: str | None, include: Path) -> Tenant:
    """Return whom reports of the brand that a spec names, or of the usual one, may be mailed to.

    Raises:
        BrandError: The brand cannot be read.
        SettingError: The setting `brand` or `allowed_domains` cannot be used.
    """
    found = brand_for(brand, include)
    if found.allowed_domains is not None:
        return Tenant(found.allowed_domains, f"the brand {found.key!r}")
    return Tenant(settings.allowed_domains(), "the setting `allowed_domains`")
