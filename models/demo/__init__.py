"""The demo county: synthetic, believable, played through the operations; the same seed gives the same rows."""

from models.demo.build import DemoResult, build
from models.demo.people import DemoUser

__all__ = ["DemoResult", "DemoUser", "build"]
