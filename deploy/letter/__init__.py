"""The letter that carries an activation key: one sheet for a window envelope, in every language of its portal."""

from deploy.letter.letter import AddressTooLong, Letter
from deploy.letter.render import render
from deploy.letter.typeface import unprintable

__all__ = ["AddressTooLong", "Letter", "render", "unprintable"]
