"""Elements as they are written."""

from lxml import etree

from reports.xml_tree import put, root, written


def test_the_same_tree_gives_the_same_bytes() -> None:
    def made() -> bytes:
        top = root("Акт", {"": "urn:x", "b": "urn:y"})
        put(top, "b:Имя/b:Часть", 'ёж & "<\u00a0>', код="1")
        put(top, "Пусто")
        return written(top)

    assert made() == made()
    top = etree.fromstring(made())
    assert top.findtext("b:Имя/b:Часть", namespaces={"b": "urn:y"}) == 'ёж & "<\u00a0>'
    assert [etree.QName(one).namespace for one in top] == ["urn:y", "urn:x"]
