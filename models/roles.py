"""What each role is beside its rights: whose rows it sees, whose names, and for whom it acts. The only place for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from models.terms import Role


class Scope(IntEnum):
    """Whose case work a role sees, the wider the greater."""

    none = 0  # no case work at all
    unit = 1  # what the own unit received, handles or owes
    subtree = 2  # the same of the own unit and of every unit below it
    county = 3  # of the whole county


class Names(IntEnum):
    """Whose identity a role sees on a petition that it sees."""

    none = 0
    work = 1  # of what one works on; of an accusation only as the first unit
    all = 2  # every one, and files that were withdrawn


class Office(StrEnum):
    """For whom a role acts: takes steps and speaks in hearings."""

    none = "none"  # looks only
    unit = "unit"
    bureau = "bureau"  # supervises, hears, decides first; acts for the bureau and no other unit
    county = "county"  # decides appeals and serious matters


@dataclass(frozen=True, slots=True)
class Standing:
    """One role.

    Args:
        leads: answers for the staff of the own unit (handovers, appeals).
        oversees: keeps or audits the machine: nothing is hidden from it, not even a matter about its own unit.
    """

    scope: Scope = Scope.none
    office: Office = Office.none
    names: Names = Names.none
    leads: bool = False
    oversees: bool = False


ROLES: Mapping[Role, Standing] = {
    Role.Administrator: Standing(Scope.county, oversees=True),
    Role.BureauOfficer: Standing(Scope.county, Office.bureau, Names.all),
    Role.Clerk: Standing(Scope.unit, Office.unit, Names.work),
    Role.UnitLeader: Standing(Scope.unit, Office.unit, Names.work, leads=True),
    Role.CountyLeader: Standing(Scope.county, Office.county),
    Role.Auditor: Standing(Scope.county, names=Names.all, oversees=True),
}


def standing(roles: Iterable[Role]) -> Standing:
    """What several roles are together, but for their offices: the widest of each. A role without a row sees nothing."""
    held = [ROLES[role] for role in roles if role in ROLES]
    return Standing(
        max((one.scope for one in held), default=Scope.none),
        names=max((one.names for one in held), default=Names.none),
        leads=any(one.leads for one in held),
        oversees=any(one.oversees for one in held),
    )


def offices(roles: Iterable[Role]) -> frozenset[Office]:
    """For whom somebody with these roles may act."""
    return frozenset(ROLES[role].office for role in roles if role in ROLES) - {Office.none}
