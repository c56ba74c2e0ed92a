"""Elements with the prefixes of their names as they are written. Pure.

The root names its prefixes itself, so the bytes depend on nothing that another module registered.
"""

from xml.etree import ElementTree as Tree

Element = Tree.Element


def root(tag: str, spaces: dict[str, str]) -> Element:
    """`spaces` are prefix → namespace, "" is the one without a prefix."""
    return Tree.Element(tag, {f"xmlns:{p}" if p else "xmlns": uri for p, uri in spaces.items()})


def put(parent: Element, path: str, text: str = "", **attributes: str) -> Element:
    """A new element under `parent` for each step of the path; the last one holds the text.

    >>> made = root("a:one", {"a": "urn:a"})
    >>> _ = put(made, "a:two/a:three", "4 < 5", unit="MIN")
    >>> Tree.tostring(made)
    b'<a:one xmlns:a="urn:a"><a:two><a:three unit="MIN">4 &lt; 5</a:three></a:two></a:one>'
    """
    *outer, last = path.split("/")
    for step in outer:
        parent = Tree.SubElement(parent, step)
    made = Tree.SubElement(parent, last, attributes)
    if text:
        made.text = text
    return made


def written(made: Element) -> bytes:
    """UTF-8 with its declaration, one element a line."""
    Tree.indent(made, " ")
    body: bytes = Tree.tostring(made, "utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"
