"""The words of a county's own scheme: rates, figures handed in, and how grave a finding about a rulebook is."""

from __future__ import annotations

from models.terms import N_, Term


class Indicator(Term):
    """A rate that earns points. The first two follow from the unit's own duties, the others are handed in."""

    informed = "informed", N_("Informed on time"), "按期告知率"
    replied = "replied", N_("Replied on time"), "按期答复率"
    participation = "participation", N_("Participation in the evaluation"), "参评率"
    satisfaction = "satisfaction", N_("Satisfaction"), "满意率"


class HandedIn(Term):
    """The rates that the bureau hands in, from the evaluation that it holds itself."""

    participation = Indicator.participation.value, Indicator.participation.label, Indicator.participation.zh
    satisfaction = Indicator.satisfaction.value, Indicator.satisfaction.label, Indicator.satisfaction.zh


class Gravity(Term):
    """Of a finding about a rulebook: an error keeps it from being published, a warning does not."""

    error = "error", N_("Error"), "错误"
    warning = "warning", N_("Warning"), "提示"
