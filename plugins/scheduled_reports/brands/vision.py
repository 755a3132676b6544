"""How colour-blind readers see a colour, and whether they can tell two apart."""

from __future__ import annotations

from functools import cache

from scheduled_reports.brands.color import Lab, Light, difference, lab_of, light_of

Matrix = tuple[Light, Light, Light]

VISIONS: dict[str, Matrix | None] = {
    "normal vision": None,
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""What becomes of linear red, green and blue where one kind of cone is missing: severity 1.0 of Machado, Oliveira and
Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization
and Computer Graphics 15 (2009), 1291-1298, https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/"""


def seen(light: Light, vision: str) -> Light:
    """Return the light that a reader with normal vision would have to see to see what one with `vision` sees."""
    matrix = VISIONS[vision]
    if matrix is None:
        return light
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, light, strict=True)), 0.0), 1.0) for row in matrix)
    return red, green, blue


def least_difference(one: str, other: str) -> tuple[float, str]:
    """Return how far apart two colours are (CIEDE2000) for whoever sees the least of it, and whose vision that is."""
    return min((difference(a, b), vision) for a, b, vision in zip(views(one), views(other), VISIONS, strict=True))


@cache
def views(color: str) -> tuple[Lab, ...]:
    """Return a colour as each kind of vision sees it."""
    light = light_of(color)
    return tuple(lab_of(seen(light, vision)) for vision in VISIONS)
