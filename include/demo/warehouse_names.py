"""The people and campaigns of the demo call centre.

The names are awkward on purpose: quotes, commas, umlauts, CJK, emoji, a leading `=` and something that looks
like HTML. A report that prints them all correctly will print yours too.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Campaign:
    """One campaign and its character.

    `share` is its weight in a day's calls, `contact` the share of calls that reach somebody, `conversion` the
    share of contacts that buy, and `offers` lists each product with its price in EUR, the best seller first.
    """

    id: int
    name: str
    client: str
    product: str
    team: str
    started_on: date
    ended_on: date | None
    share: float
    contact: float
    conversion: float
    offers: tuple[tuple[str, float], ...]

    def active_on(self, day: date) -> bool:
        """Return whether calls are made for this campaign on `day`; its last day counts."""
        return self.started_on <= day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True)
class Agent:
    """One agent; `left_on` is the first day without them."""

    id: int
    name: str
    team: str
    site: str
    hired_on: date
    left_on: date | None

    def employed_on(self, day: date) -> bool:
        """Return whether the agent belongs to the centre on `day`."""
        return self.hired_on <= day and (self.left_on is None or day < self.left_on)


TEAMS = ("Energie", "Telco & Medien", "Versicherung")
SITES = ("Leipzig", "Köln", "Homeoffice")

CAMPAIGNS = (
    Campaign(
        1, "Energy, Gas & Water", "Stadtwerke Süd GmbH", "Energietarif", TEAMS[0],
        date(2023, 4, 3), None, 22, 0.41, 0.080,
        (("Strom Fix 24", 189.90), ("Gas Fix 24", 219.90), ("Strom, Gas & Wasser", 359.00)),
    ),
    Campaign(
        2, "Solar ☀️ Upgrade", "Sonnenhaus AG", "Solaranlage", TEAMS[0],
        date(2025, 3, 17), None, 9, 0.36, 0.042,
        (("Balkonkraftwerk 800 W", 649.00), ("Speicher-Nachrüstung", 1490.00)),
    ),
    Campaign(
        3, "=Premium+ Renewal", "Lichtblick Media", "Streaming-Abo", TEAMS[1],
        date(2024, 9, 2), None, 17, 0.45, 0.122,
        (("=Premium+", 119.88), ("=Premium+ Family", 179.88)),
    ),
    Campaign(
        4, "Fiber <100 Mbit> & TV", "Kabel & Co. KG", "Glasfaser", TEAMS[1],
        date(2024, 1, 8), None, 20, 0.39, 0.075,
        (("Fiber <100 Mbit>", 359.88), ("Fiber <100 Mbit> & TV", 479.88), ("Fiber 1000", 599.88)),
    ),
    Campaign(
        5, 'Win-Back "Sommer \'26"', "Nordlicht Energie", "Rückgewinnung", TEAMS[0],
        date(2026, 6, 1), date(2026, 10, 15), 10, 0.34, 0.090,
        (("Willkommen zurück 12", 149.00), ('Bonus "Sommer"', 199.00)),
    ),
    Campaign(
        6, "Zahnzusatz für Familien", "Müßig & Söhne Versicherungsmakler", "Zahnversicherung", TEAMS[2],
        date(2024, 5, 6), None, 14, 0.40, 0.068,
        (("Zahn Komfort", 262.80), ("Zahn Spitze", 394.80)),
    ),
    Campaign(
        7, "Kundenrückgewinnung Tageszeitung: Probeabo mit Treueprämie und Geschenk", "Märkische Blätter",
        "Zeitungsabo", TEAMS[1],
        date(2025, 1, 13), None, 7, 0.42, 0.085,
        (("Probeabo 3 Monate", 39.90), ("Jahresabo Digital", 155.88)),
    ),
    Campaign(
        8, "Wärmepumpe 2030", "Çelik Isıtma 暖通", "Beratungspaket", TEAMS[0],
        date(2026, 2, 2), None, 8, 0.37, 0.055,
        (("Energieberatung vor Ort", 249.00), ("Wärmepumpe: Planung", 890.00)),
    ),
    Campaign(
        9, "Mobilfunk Plus", "Telco \"O'Hara\" Ltd.", "Mobilfunkvertrag", TEAMS[1],
        date(2024, 11, 4), date(2026, 3, 31), 12, 0.38, 0.070,
        (("Plus M", 239.88), ("Plus L", 359.88)),
    ),
    Campaign(
        10, "Weihnachtsspende 🎄", "Stiftung Kinderlachen", "Spende", TEAMS[2],
        date(2025, 11, 3), date(2025, 12, 23), 11, 0.44, 0.100,
        (("Einzelspende", 35.00), ("Patenschaft", 180.00)),
    ),
)  # fmt: skip

_NAMES = (
    "Jörg Müßig", "Zoë Çelik", "王小明", "Siobhán O'Neill", 'Ana "Ani" Kovačević', "Nguyễn Thị Ánh",
    "Lena Hoffmann", "Mehmet Yılmaz", "Katarzyna Wiśniewska", "Paul Schröder", "Aylin Demir",
    "Jonas Becker", "Sophie Großmann", "Tomáš Dvořák", "Fatima El-Amrani", "Markus Vogel", "Ingrid Løvstad",
    "Dmytro Шевченко", "Clara Weiß", "Luis Fernández Núñez", "Hannah Köhler", "Ben Richter",
    "Élodie Lefèvre", "Omar Haddad", "Marie Lehmann", "Felix Krüger", "Giulia D'Angelo", "Tim Neumann",
    "Nadja Petrović", "Stefan Jäger", "Amelie Braun", "Karl-Heinz von der Lühe", "Yuki 田中", "Sven Åkesson",
    "Laura Schäfer", "Emre Şahin", "Charlotte Maier", "Piotr Łukasik", "Anja Böhm", "David Kim",
    "Greta Sørensen", "Max Winkler", "Oksana Коваль", "Rita Simões", "Till Zimmermann",
)  # fmt: skip
_HIRED_LATER = {
    8: date(2026, 1, 12), 17: date(2026, 3, 2), 23: date(2026, 5, 4), 30: date(2026, 7, 13),
    38: date(2026, 9, 1), 44: date(2026, 2, 16),
}  # fmt: skip
_LEFT = {10: date(2026, 1, 1), 19: date(2026, 4, 1), 27: date(2026, 7, 1), 36: date(2026, 10, 1)}
_TEAM_ROTA = (0, 1, 0, 1, 0, 1, 2)


def _agent(number: int, name: str) -> Agent:
    """Return agent `number`, hired on the first of some month from 2019 to 2024 unless listed as later."""
    month = number * 7 % 72
    hired = _HIRED_LATER.get(number, date(2019 + month // 12, month % 12 + 1, 1))
    team = TEAMS[_TEAM_ROTA[number % len(_TEAM_ROTA)]]
    return Agent(number, name, team, SITES[number % 7 % len(SITES)], hired, _LEFT.get(number))


AGENTS = tuple(_agent(number, name) for number, name in enumerate(_NAMES, start=1))

REGIONS = (
    ("Nordrhein-Westfalen", 21.5), ("Bayern", 15.8), ("Baden-Württemberg", 13.4), ("Niedersachsen", 9.6),
    ("Hessen", 7.5), ("Rheinland-Pfalz", 4.9), ("Sachsen", 4.8), ("Berlin", 4.5), ("Schleswig-Holstein", 3.5),
    ("Brandenburg", 3.0), ("Sachsen-Anhalt", 2.6), ("Thüringen", 2.5), ("Hamburg", 2.3),
    ("Mecklenburg-Vorpommern", 1.9), ("Saarland", 1.2), ("Bremen", 0.8),
)  # fmt: skip
