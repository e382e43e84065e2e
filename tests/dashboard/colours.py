"""Contrast after WCAG 2.2, what colour-blind eyes see, and how far apart two colours are."""

from __future__ import annotations

import math
from typing import cast

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
PROTANOPIA: Matrix = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTERANOPIA: Matrix = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
TRITANOPIA: Matrix = (
    (1.255528, -0.076749, -0.178779),
    (-0.078411, 0.930809, 0.147602),
    (0.004733, 0.691367, 0.303900),
)
# Viénot, Brettel and Mollon 1999, for linear RGB.
PROTANOPIA_1999: Matrix = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))
DEUTERANOPIA_1999: Matrix = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))
NORMAL: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

# sRGB to CIE XYZ under D65, and its white.
_XYZ: Matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_WHITE: Vector = (0.9505, 1.0, 1.0890)


def linear(colour: str) -> Vector:
    """The light of `#rrggbb`, each part from 0 to 1."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return cast("Vector", tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts))


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    darker, lighter = sorted(_times(_XYZ, linear(colour))[1] for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def difference(one: str, other: str, eyes: Matrix = NORMAL) -> float:
    """Delta E of 1976 between two colours as these eyes see them; about 2 can just be told apart side by side."""
    return math.dist(_lab(_seen(one, eyes)), _lab(_seen(other, eyes)))


def _times(matrix: Matrix, vector: Vector) -> Vector:
    return cast("Vector", tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix))


def _seen(colour: str, eyes: Matrix) -> Vector:
    return cast("Vector", tuple(min(1.0, max(0.0, part)) for part in _times(eyes, linear(colour))))


def _lab(light: Vector) -> Vector:
    x, y, z = (_curve(part / white) for part, white in zip(_times(_XYZ, light), _WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _curve(share: float) -> float:
    return share ** (1 / 3) if share > (6 / 29) ** 3 else share / (3 * (6 / 29) ** 2) + 4 / 29
