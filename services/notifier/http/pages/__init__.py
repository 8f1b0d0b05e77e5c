"""The desk's pages about mails."""
