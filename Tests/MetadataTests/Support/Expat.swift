import Foundation

/// The XML parser that knows nothing of ours.
enum Expat {
  /// Whether it takes each of the packets, with namespaces. One start for all.
  static func takes(_ packets: [[UInt8]]) throws -> [Bool] {
    let scratch = try Scratch()
    var all: [UInt8] = []
    for packet in packets {
      all.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: packet.count >> (24 - 8 * $0)) } + packet)
    }
    try scratch.write(all, "packets")
    let script = """
      import json, struct, xml.parsers.expat as X
      data, position, out = open("packets", "rb").read(), 0, []
      while position < len(data):
          length = struct.unpack(">I", data[position:position + 4])[0]
          packet = data[position + 4:position + 4 + length]; position += 4 + length
          parser = X.ParserCreate("UTF-8", "\\n")
          try: parser.Parse(packet, True); out.append(True)
          except X.ExpatError: out.append(False)
      print(json.dumps(out))
      """
    let result = try Tool.python.run(["-c", script], in: scratch)
    return try JSONDecoder().decode([Bool].self, from: result.output)
  }
}
