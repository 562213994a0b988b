"""Writes a PNG that says more than its picture shows, byte by byte: no other writer has a part in it."""
import struct
import sys
import zlib


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def directory(entries, at):
    """Entries (tag, type, count, value bytes) in a directory that begins at byte `at`, values behind it."""
    head, values = struct.pack("<H", len(entries)), b""
    behind = at + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        if len(value) <= 4:
            place = value.ljust(4, b"\0")
        else:
            place = struct.pack("<I", behind + len(values))
            values += value + b"\0" * (len(value) % 2)
        head += struct.pack("<HHI", tag, kind, count) + place
    return head + struct.pack("<I", 0) + values


def text(tag, words):
    words = words.encode() + b"\0"
    return tag, 2, len(words), words


def angle(tag, degrees, minutes, seconds):
    return tag, 5, 3, struct.pack("<6I", degrees, 1, minutes, 1, seconds, 100)


def exif():
    names = [text(0x010F, "CameraCorp"), text(0x013B, "Ada\x1b[31m\n  c2pa  none")]
    size = len(directory(names + [(0x8769, 4, 1, b"\0" * 4), (0x8825, 4, 1, b"\0" * 4)], 8))
    own = directory([text(0xA431, "BODY77"), (0x927C, 7, 8, b"makernot")], 8 + size)
    places = [text(1, "S"), angle(2, 45, 26, 1500), text(3, "E"), angle(4, 12, 20, 900)]
    pointers = [(0x8769, 4, 1, struct.pack("<I", 8 + size)), (0x8825, 4, 1, struct.pack("<I", 8 + size + len(own)))]
    return b"II*\0\x08\0\0\0" + directory(names + pointers, 8) + own + directory(places, 8 + size + len(own))


def box(name, data):
    return struct.pack(">I", 8 + len(data)) + name + data


def store(words):
    """A C2PA manifest store of one box (ISO 19566-5), with words where a claim would be."""
    kind = b"c2pa" + bytes.fromhex("00110010800000AA00389B71")
    return box(b"jumb", box(b"jumd", kind + b"\x03c2pa\0") + box(b"json", words))


xmp = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:City="Venezia" p:Urgency="3"
 e:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"/></rdf:RDF></x:xmpmeta>"""
prompt = "a canal\nNegative prompt: fog\nSteps: 20, Seed: 7"
rows = b"".join(b"\0" + bytes([row * 9, 20, 30]) * 6 for row in range(4))
with open(sys.argv[1], "wb") as file:
    file.write(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 4, 8, 2, 0, 0, 0))
        + chunk(b"eXIf", exif())
        + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp.encode())
        + chunk(b"tEXt", b"parameters\0" + prompt.encode())
        + chunk(b"caBX", store(b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia;"))
        + chunk(b"prVt", b"123")
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
        + b"behind"
    )
