"""Letters on paper: drafted from a case, numbered and printed when issued, delivered, voided. Never commits."""

from models.operations.letters.issuing import DeliveryInput, Draw, deliver, issue, void
from models.operations.letters.offers import Offer, offers, take_over, takeable, taken
from models.operations.letters.rows import content, values_of
from models.operations.letters.writing import DraftInput, LetterInput, discard, draft, edit

__all__ = [
    "DeliveryInput",
    "DraftInput",
    "Draw",
    "LetterInput",
    "Offer",
    "content",
    "deliver",
    "discard",
    "draft",
    "edit",
    "issue",
    "offers",
    "take_over",
    "takeable",
    "taken",
    "values_of",
    "void",
]
