"""Opens ZIP files from strangers: no bombs, no ways out, no XML that grows."""

import io
import xml.parsers.expat
import zipfile

from learning.document import Limits
from learning.errors import DocumentError

JUDGED_BYTES = 10_000_000
"""Below, a high ratio costs nothing."""
ENCRYPTED = 1
XML_MARKS = b"\xef\xbb\xbf\xff\xfe \t\r\n"


def open_archive(data: bytes, *, name: str, limits: Limits) -> zipfile.ZipFile:
    """Open an archive after its directory was judged.

    What the directory says is a claim, which `unpacked` holds it to. Raises
    DocumentError for a bomb or an encrypted archive.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if (
        len(members) > limits.max_members
        or unpacked > limits.max_unpacked_bytes
        or (unpacked > JUDGED_BYTES and unpacked > limits.max_ratio * len(data))
    ):
        raise DocumentError(
            f"{name} unpacks to {unpacked / 1_000_000:,.0f} MB in {len(members):,} parts,"
            " which Myna does not open. Send the part of it that matters."
        )
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise DocumentError(
            f"{name} is protected with a password. Save it without one."
        )
    return archive


def safe_names(archive: zipfile.ZipFile) -> set[str]:
    """Return the members' names that stay inside the archive."""
    return {member for member in archive.namelist() if is_inside(member)}


def is_inside(path: str) -> bool:
    """Say whether a path is relative and leads nowhere up."""
    parts = path.replace("\\", "/").split("/")
    return ".." not in parts and parts[0] != "" and ":" not in parts[0]


def unpacked(archive: zipfile.ZipFile, member: str) -> bytes:
    """Unpack a member, up to the size that the directory claims for it.

    ZipFile.read would unpack it whole before it compares. Raises BadZipFile where the
    claim is a lie.
    """
    with archive.open(member) as content:
        return content.read(archive.getinfo(member).file_size + 1)


def office_file(data: bytes, *, name: str, limits: Limits) -> io.BytesIO:
    """Return an Office file that its reader may open.

    Raises DocumentError for a bomb, an encrypted file, or XML that declares entities,
    which Office never does; BadZipFile where the directory lies.
    """
    with open_archive(data, name=name, limits=limits) as archive:
        for member in archive.namelist():
            content = unpacked(archive, member)
            if content[:64].replace(b"\x00", b"").lstrip(XML_MARKS)[:1] == b"<":
                refuse_entities(content, name=name)
    return io.BytesIO(data)


def refuse_entities(content: bytes, *, name: str) -> None:
    """Read XML up to its first declaration of an entity.

    Raises DocumentError there, and ExpatError where it is not well-formed.
    """

    def refuse(*_: object) -> None:
        raise DocumentError(
            f"{name} declares entities in its XML, which no program for documents"
            " needs, so it may be an attack. Save it again, or send its text."
        )

    parser = xml.parsers.expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    parser.Parse(content, True)  # noqa: FBT003
