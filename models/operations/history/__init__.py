"""History import: a ledger of petitions and what was done about them, replayed through the same checks as the screens.

``load.load`` is the one operation; it never commits. The file format is described in ``docs/history.md``.
"""
