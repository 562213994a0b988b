"""Pictures with a word of its own in every place of the file that can hold one, byte by byte: no other writer has a part
in it but Pillow in the pixels. `words(data)` are those of a file."""
import io
import re
import struct
import zlib

from PIL import Image

SIZE = (48, 32)


def word(place):
    return f"zq{place}qz"


def words(data):
    """The places whose words stand in a file made here, in any form that was used here."""
    found = set(re.findall(rb"zq[a-z0-9]+?qz", data))
    for wide in (data, data[1:]):
        found |= {w.encode() for w in re.findall("zq[a-z0-9]+?qz", wide[:len(wide) // 2 * 2].decode("utf-16-le", "replace"))}
    return {w.decode() for w in found}


def picture(kind, **options):
    image = Image.new("RGB", SIZE)
    image.putdata([(x * 5, y * 7, x * y % 256) for y in range(SIZE[1]) for x in range(SIZE[0])])
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


class Tiff:
    """Directories whose values stand behind them; between all of it lie bytes that nothing points to."""

    def __init__(self):
        self.data = b"II*\0\0\0\0\0" + word("exifgap").encode() + b"\0"

    def put(self, value):
        self.data += b"\0" * (len(self.data) % 2)
        place = len(self.data)
        self.data += value + word("exifgap2").encode()
        return place

    def directory(self, entries, after=0):
        body = struct.pack("<H", len(entries))
        for tag, kind, count, value in sorted(entries):
            body += struct.pack("<HHI", tag, kind, count)
            body += value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", self.put(value))
        return self.put(body + struct.pack("<I", after))


def text(tag, place, kind=2):
    value = word(place).encode() + b"\0"
    return tag, kind, len(value), value


def wide(tag, place):
    value = (word(place) + "\0").encode("utf-16-le")
    return tag, 1, len(value), value


def exif(name="exif"):
    tiff = Tiff()
    long = lambda tag, number: (tag, 4, 1, struct.pack("<I", number))
    small = picture("JPEG", comment=word(name + "thumb"))
    thumbnail = tiff.directory(
        [long(0x0201, tiff.put(small)), long(0x0202, len(small)), (0x0103, 3, 1, b"\6\0")])
    position = tiff.directory([
        (1, 2, 2, b"N\0"), (2, 5, 3, struct.pack("<6I", 59, 1, 19, 1, 45, 1)), (3, 2, 2, b"E\0"),
        (4, 5, 3, struct.pack("<6I", 18, 1, 4, 1, 7, 1)),
        (0x1B, 7, 8 + len(word(name + "gpsmethod")), b"ASCII\0\0\0" + word(name + "gpsmethod").encode()),
        (0x1C, 7, 8 + 2 * len(word(name + "gpsarea")), b"UNICODE\0" + word(name + "gpsarea").encode("utf-16-le")),
    ])
    interop = tiff.directory([text(0x0001, name + "interop")])
    comment = b"UNICODE\0" + word(name + "comment").encode("utf-16-le")
    note = word(name + "note").encode() * 3
    own = tiff.directory([
        (0x927C, 7, len(note), note), (0x9286, 7, len(comment), comment), text(0xA430, name + "owner"),
        text(0xA431, name + "serial"), text(0xA420, name + "unique"), text(0xFDE8, name + "adobe"), text(0xEEEE, name + "unknown"),
        (0xA001, 3, 1, b"\1\0"), long(0xA005, interop),
    ])
    sub = tiff.directory([text(0x010E, name + "sub")])
    start = tiff.directory([
        text(0x010E, name + "description"), text(0x010F, name + "make"), text(0x0131, name + "software"),
        text(0x013B, name + "artist"), text(0x013C, name + "host"), text(0x8298, name + "rights"), text(0x02BC, name + "xmp", 1),
        text(0x83BB, name + "iptc", 7), text(0xC4A5, name + "print", 7), text(0x014A, name + "bad", 7),
        wide(0x9C9B, name + "xptitle"), wide(0x9C9D, name + "xpauthor"), (0x0112, 3, 1, b"\1\0"), long(0x8769, own),
        long(0x8825, position), long(0x014A, sub),
    ], thumbnail)
    return tiff.data[:4] + struct.pack("<I", start) + tiff.data[8:]


def xmp(name="xmp"):
    w = lambda place: word(name + place)
    return f"""<?xpacket begin="" id="{w('id')}"?><!-- {w('comment')} --><?{w('pi')} x?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{w('toolkit')}"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="{w('about')}" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:u="urn:{w('namespace')}"
 xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:City="{w('city')}">
<dc:creator><rdf:Seq><rdf:li>{w('creator')}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{w('description')}</rdf:li></rdf:Alt></dc:description>
<e:AIPromptInformation>{w('prompt')}</e:AIPromptInformation><e:AISystemUsed>{w('system')}</e:AISystemUsed>
<u:{w('element')} u:a="{w('attribute')}">{w('text')}</u:{w('element')}></rdf:Description></rdf:RDF></x:xmpmeta>
{w('padding')}<?xpacket end="w"?>""".encode()


def iptc():
    sets = b""
    for record, number, place in [(1, 90, "charset"), (2, 80, "byline"), (2, 90, "city"), (2, 25, "keyword"), (2, 120, "caption"),
                                  (2, 200, "ownuse"), (8, 10, "object")]:
        sets += bytes([0x1C, record, number]) + struct.pack(">H", len(word("iptc" + place))) + word("iptc" + place).encode()
    return sets


def resource(number, data, name=b""):
    title = bytes([len(name)]) + name
    title += b"\0" * (len(title) % 2)
    return b"8BIM" + struct.pack(">H", number) + title + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)


def box(name, data):
    return struct.pack(">I", 8 + len(data)) + name + data


def credential(place):
    kind = b"c2pa" + bytes.fromhex("00110010800000AA00389B71")
    return box(b"jumb", box(b"jumd", kind + b"\x03c2pa\0") + box(b"json", word(place).encode()))


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg():
    plain = picture("JPEG", quality=90)
    w = lambda place: word(place).encode()
    # JFIF with a thumbnail: 4 by 4 pixels of three bytes.
    jfif = b"JFIF\0\1\2\0\0\1\0\1\4\4" + w("jfifthumb").ljust(48, b"\0")
    packet = b"http://ns.adobe.com/xap/1.0/\0"
    digest = b"0123456789ABCDEF" * 2
    more = w("extended")
    portion = b"http://ns.adobe.com/xmp/extension/\0" + digest + struct.pack(">II", len(more), 0) + more
    photoshop = resource(0x0404, iptc()) + resource(0x040C, w("resourcethumb")) + resource(0x03F0, w("resource"), w("resourcename"))
    pieces = [
        segment(0xE0, jfif), segment(0xE0, b"JFXX\0\x10" + w("jfxx")), segment(0xE1, b"Exif\0\0" + exif()),
        segment(0xE1, packet + xmp()), segment(0xE1, b"Exif\0\0" + exif("second")), segment(0xE1, packet + xmp("other")),
        segment(0xE1, portion), segment(0xE1, w("app1")), segment(0xE2, b"MPF\0" + w("mpf")), segment(0xE2, b"FPXR\0" + w("fpxr")),
        segment(0xEB, b"JP\0\1\0\0\0\1" + credential("credential")), segment(0xEB, b"JP\0\2\0\0\0\1" + box(b"jumb", w("jumbf"))),
        segment(0xED, b"Photoshop 3.0\0" + photoshop), segment(0xED, b"Adobe_Photoshop2.5:" + w("photoshop2")),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + w("adobe")), segment(0xFE, w("comment")), segment(0xFE, w("comment2") + b"\0\0"),
    ]
    pieces += [segment(0xE0 + number, w(f"app{number}")) for number in range(3, 16)]
    rest = plain[2 + 2 + struct.unpack(">H", plain[4:6])[0]:]
    scan = rest.index(b"\xff\xda")
    rest = rest[:scan] + segment(0xDC, w("dnl")) + segment(0xFE, w("latecomment")) + rest[scan:]
    return plain[:2] + b"".join(pieces) + rest + w("trailer")


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(icc):
    plain = picture("PNG")
    w = lambda place: word(place).encode()
    packed = lambda place: zlib.compress(w(place) * 3)
    digits = lambda data: f"\nx\n {len(data)}\n{data.hex()}\n".encode()
    early = [
        chunk(b"gAMA", struct.pack(">I", 45455) + w("gama")), chunk(b"cHRM", w("chrm") * 4), chunk(b"sBIT", b"\x08\x08\x08" + w("sbit")),
        chunk(b"cICP", b"\1\r\0\1" + w("cicp")), chunk(b"mDCV", w("mdcv") * 3), chunk(b"cLLI", w("clli")),
        chunk(b"iCCP", w("profilename") + b"\0\0" + zlib.compress(icc)), chunk(b"bKGD", b"\0\1\0\1\0\1" + w("bkgd")),
        chunk(b"hIST", w("hist")), chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1) + w("phys")), chunk(b"sPLT", w("splt") + b"\0\x08"),
        chunk(b"oFFs", w("offs")), chunk(b"pCAL", w("pcal")), chunk(b"sCAL", w("scal")), chunk(b"sTER", w("ster")), chunk(b"gIFx", w("gifx")),
        chunk(b"tIME", b"\x07\xea\x0b\x15\x08\x1e\0" + w("time")), chunk(b"eXIf", exif()),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp())), chunk(b"caBX", credential("credential")),
        chunk(b"tEXt", w("textkey") + b"\0" + w("text")), chunk(b"zTXt", w("ztxtkey") + b"\0\0" + packed("ztxt")),
        chunk(b"iTXt", w("itxtkey") + b"\0\0\0" + w("language") + b"\0" + w("translated") + b"\0" + w("itxt")),
        chunk(b"iTXt", w("deflatedkey") + b"\0\1\0en\0t\0" + packed("deflated")), chunk(b"zTXt", b"Comment\0\0" + packed("broken")[:-6]),
        chunk(b"tEXt", b"Raw profile type exif\0" + digits(exif("raw"))), chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(digits(resource(0x0404, iptc())))),
        chunk(b"tEXt", b"parameters\0" + w("parameters") + b"\nNegative prompt: x\nSteps: 1, Seed: 2"), chunk(b"prVt", w("private")),
        chunk(b"PLTE", w("plte") * 3), chunk(b"acTL", struct.pack(">II", 1, 0) + w("actl")),
    ]
    late = [
        chunk(b"tEXt", b"Author\0" + w("late")), chunk(b"eXIf", exif("late")), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp("latexmp")),
        chunk(b"puVt", w("public")), chunk(b"fdAT", w("fdat")), chunk(b"IEND", w("iend")),
    ]
    return plain[:33] + b"".join(early) + plain[33:-12] + b"".join(late) + w("trailer")


def riff(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def riff_chunks(data):
    place, found = 12, []
    while place + 8 <= len(data):
        length = struct.unpack("<I", data[place + 4:place + 8])[0]
        found.append((data[place:place + 4], data[place + 8:place + 8 + length]))
        place += 8 + length + length % 2
    return found


def webp():
    w = lambda place: word(place).encode()
    head = bytes([0x0C, 0, 0, 0]) + (SIZE[0] - 1).to_bytes(3, "little") + (SIZE[1] - 1).to_bytes(3, "little")
    pixels = [riff(*piece) for piece in riff_chunks(picture("WEBP", quality=90))]
    body = b"WEBP" + riff(b"VP8X", head) + riff(b"abcd", w("early")) + b"".join(pixels)
    body += riff(b"EXIF", exif()) + riff(b"XMP ", xmp()) + riff(b"EXIF", b"Exif\0\0" + exif("second")) + riff(b"XMP ", xmp("other"))
    body += riff(b"C2PA", credential("credential")) + riff(b"UNKN", w("unknown"))
    return b"RIFF" + struct.pack("<I", len(body)) + body + w("trailer")


def animation():
    w = lambda place: word(place).encode()
    pixels = b"".join(riff(*piece) for piece in riff_chunks(picture("WEBP", quality=90)) if piece[0] == b"VP8 ")
    sides = (SIZE[0] - 1).to_bytes(3, "little") + (SIZE[1] - 1).to_bytes(3, "little")
    frame = b"\0" * 6 + sides + b"\x64\0\0\0"
    body = b"WEBP" + riff(b"VP8X", bytes([0x02, 0, 0, 0]) + sides) + riff(b"ANIM", b"\0" * 6 + w("anim"))
    for index in range(2):
        body += riff(b"ANMF", frame + pixels + riff(b"XTRA", w(f"behind{index}")))
    body += riff(b"UNKN", w("unknown"))
    return b"RIFF" + struct.pack("<I", len(body)) + body
