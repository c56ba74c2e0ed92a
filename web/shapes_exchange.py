"""Page values of files for accounting programs; as web/shapes.py, and described with it."""

from dataclasses import dataclass, field

from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class UpdPage:
    """The form of a universal transfer document. number: the exact name of the act; receiver and
    sender: ids of the sides with their operators of document exchange, may be empty."""

    number: str
    name: str
    inn: str = ""
    kpp: str = ""
    address: str = ""
    receiver: str = ""
    sender: str = ""
    errors: Errors = field(default_factory=dict)
