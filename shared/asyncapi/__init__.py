"""The published language in a form machines read: what FastStream's own generator does not know of."""

from shared.asyncapi.document import document

__all__ = ["document"]
