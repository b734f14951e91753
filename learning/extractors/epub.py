"""EPUB books: their chapters in order, each a page of XHTML."""

import posixpath
import re
from typing import Any
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

from lxml import etree

from learning.document import Document, Limits, Section
from learning.errors import DocumentError
from learning.extractors.archive import (
    is_inside,
    open_archive,
    refuse_entities,
    safe_names,
    unpacked,
)
from learning.extractors.html import page_tree, tree_sections

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
PAGES = {"application/xhtml+xml", "text/html"}
_FONTS_ONLY = re.compile(r"http://(?:www\.idpf\.org/2008/embedding|ns\.adobe\.com/pdf)")


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read a book; raises DocumentError where its shop has locked it."""
    del content_type
    with open_archive(data, name=name, limits=limits) as archive:
        members = safe_names(archive)
        if ENCRYPTION in members and _is_locked(unpacked(archive, ENCRYPTION), name):
            raise DocumentError(
                f"{name} is locked by the shop that sold it. Send a copy without a lock."
            )
        container = _xml(unpacked(archive, CONTAINER), name)
        package = str(container.find(".//{*}rootfile").get("full-path"))
        book = _xml(unpacked(archive, package), name)
        items = {item.get("id"): item for item in book.iterfind(".//{*}item")}
        sections: list[Section] = []
        for number, reference in enumerate(book.iterfind(".//{*}itemref"), start=1):
            item = items.get(reference.get("idref"))
            if item is None or item.get("media-type") not in PAGES:
                continue
            if "nav" in (item.get("properties") or "").split():
                continue  # the table of contents
            path = _inside(package, item.get("href") or "")
            if path in members:
                sections += _chapter(archive, path, number)
    return Document(book.findtext(".//{*}title") or "", tuple(sections))


def _chapter(archive: ZipFile, path: str, number: int) -> list[Section]:
    tree = page_tree(unpacked(archive, path))
    found = tree_sections(tree) if tree is not None else ()
    return [Section(s.headings, s.text, f"part {number}") for s in found]


def _inside(package: str, href: str) -> str:
    """Return the member to which a link of the package leads, or '' outside it."""
    path = unquote(urlsplit(href).path)
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(package), path))
    return joined if is_inside(joined) else ""


def _is_locked(encryption: bytes, name: str) -> bool:
    methods = _xml(encryption, name).iterfind(".//{*}EncryptedData/{*}EncryptionMethod")
    return any(not _FONTS_ONLY.match(m.get("Algorithm") or "") for m in methods)


def _xml(content: bytes, name: str) -> Any:
    refuse_entities(content, name=name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(content, parser)
