"""Shared mailboxes (B2): a fact about an address, and so about every account that has it or will have it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Who says that several people read it. The desk's word stands beside the file's: what somebody said on the
    telephone is not unsaid by the next night's import."""

    by_desk: bool = False
    by_file: bool = False

    @property
    def shared(self) -> bool:
        return self.by_desk or self.by_file

    def said_at_desk(self, *, shared: bool) -> "Mailbox":
        """Not shared any more, whoever said so; a file may say so again."""
        return Mailbox(by_desk=shared, by_file=self.by_file and shared)

    def said_by_file(self, *, shared: bool) -> "Mailbox":
        """By the file as a whole: where its lines about one address differ, it is shared."""
        return replace(self, by_file=shared)
