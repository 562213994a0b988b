import Foundation

/// The compressed pixels and the decoded ones of many files, as Python's own container walk and Pillow see them.
enum Pixels {
  /// By file name: a digest of what decodes to pixels (tables, scans, IDAT, frames), and one of the pixels themselves.
  static func digests(_ names: [String], in scratch: Scratch) throws -> [String: [String]] {
    try Data(script.utf8).write(to: scratch.url("pixels.py"))
    let result = try Tool.python.run(["pixels.py"] + names, in: scratch)
    let rows = try? JSONSerialization.jsonObject(with: result.output) as? [String: [String]]
    guard let rows else { throw Fixtures.MissingFixture(name: result.errors) }
    return rows
  }

  private static let script = """
    import sys, json, hashlib, struct
    from PIL import Image, ImageSequence
    def compressed(d):
        out = b""
        if d[:2] == b"\\\\xff\\\\xd8":
            p = 2
            while p < len(d):
                m = d[p + 1]
                if m == 0xD9: return out
                n = struct.unpack(">H", d[p + 2:p + 4])[0]
                if m == 0xDA: return out + d[p:]
                if not (0xE0 <= m <= 0xEF or m == 0xFE) or m == 0xEE: out += d[p:p + 2 + n]
                p += 2 + n
        elif d[:4] == b"RIFF":
            p = 12
            while p < len(d):
                n = struct.unpack("<I", d[p + 4:p + 8])[0]
                if d[p:p + 4] in (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"): out += d[p:p + 8 + n]
                p += 8 + n + n % 2
        else:
            p = 8
            while p < len(d):
                n = struct.unpack(">I", d[p:p + 4])[0]
                if d[p + 4:p + 8] in (b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA"): out += d[p:p + 12 + n]
                p += 12 + n
        return out
    rows = {}
    for name in sys.argv[1:]:
        d = open(name, "rb").read()
        h = hashlib.sha256()
        for frame in ImageSequence.Iterator(Image.open(name)):
            h.update(repr((frame.mode, frame.size)).encode()); h.update(frame.tobytes())
        rows[name] = [hashlib.sha256(compressed(d)).hexdigest(), h.hexdigest()]
    print(json.dumps(rows))
    """
}
