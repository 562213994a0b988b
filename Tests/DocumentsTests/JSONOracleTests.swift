import Documents
import Foundation
import Testing

/// Python's json module judges the same documents: good ones, and thousands that differ from a good one by a slip.
@Suite struct JSONOracleTests {
  @Test func pythonAcceptsRefusesAndReadsTheSame() throws {
    let documents = Self.corpus()
    let folder = FileManager.default.temporaryDirectory.appending(path: "json-oracle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "documents")
    let output = folder.appending(path: "answers")
    try documents.map(Self.hexadecimal).joined(separator: "\n").write(to: input, atomically: true, encoding: .utf8)
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = ["-c", Self.script, input.path, output.path]
    try python.run()
    python.waitUntilExit()
    #expect(python.terminationStatus == 0)
    let answers = try String(contentsOf: output, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    try #require(answers.count == documents.count)
    var accepted = 0
    for (document, answer) in zip(documents, answers) {
      let ours = Self.answer(document)
      #expect(ours == answer, "\(String(decoding: document, as: UTF8.self))")
      if answer != "refused" { accepted += 1 }
    }
    // A corpus of one kind would show nothing.
    #expect(accepted > 500 && documents.count - accepted > 500)
  }

  private static func answer(_ document: [UInt8]) -> String {
    do throws(DocumentError) {
      return marked(try DocumentReader.json(document).value).serialized()
    } catch {
      return "refused"
    }
  }

  /// Numbers as texts: Python would print them otherwise than they were written.
  private static func marked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let text): return .string("#" + text)
    case .array(let values): return .array(values.map(marked))
    case .object(let object):
      var marked = JSONObject()
      for member in object.members { marked[member.key] = Self.marked(member.value) }
      return .object(marked)
    case .null, .bool, .string: return value
    }
  }

  private static let script = """
    import json, sys
    def pairs(entries):
        if len({k for k, _ in entries}) != len(entries): raise ValueError("duplicate")
        return dict(entries)
    def constant(name): raise ValueError(name)
    with open(sys.argv[2], "w", encoding="utf-8", newline="") as out:
        answers = []
        for line in open(sys.argv[1]).read().split("\\n"):
            try:
                text = bytes.fromhex(line).decode("utf-8-sig")
                value = json.loads(text, parse_float=lambda t: "#" + t, parse_int=lambda t: "#" + t,
                                   parse_constant=constant, object_pairs_hook=pairs)
                answer = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                answer.encode("utf-8")
            except (ValueError, RecursionError):
                answer = "refused"
            answers.append(answer)
        out.write("\\n".join(answers))
    """

  /// Seeds and their mutations; the generator is fixed, so that a failure comes again.
  private static func corpus() -> [[UInt8]] {
    let seeds = [
      #"{"model":"venice-sd35","prompt":"a serene canal","width":1024,"cfg_scale":7.5,"n":[true,false,null]}"#,
      #"[0,-0,1e3,-1.5E-7,10,0.25,{"a":{"b":[[],{}]}}]"#, #"["\u00e9\ud83d\ude00\n\\\/","é😀","",{"":""}]"#,
      " \t\r\n{ \"a\" : [ 1 , 2 ] } \n", #""\"\b\f""#, "-12.5e+10", "true", #"{"a":1,"b":{"a":1}}"#,
    ]
    let alphabet = Array("{}[]:,\"\\/ntu0123456789eE+-. \n\tfalsé😀\u{1}".utf8) + [0xFF, 0xC3, 0x80, 0xED]
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    var documents = seeds.map { Array($0.utf8) }
    for _ in 0..<4000 {
      var document = Array(seeds[next(seeds.count)].utf8)
      for _ in 0...next(2) {
        guard !document.isEmpty else { break }
        let index = next(document.count)
        switch next(4) {
        case 0: document.remove(at: index)
        case 1: document.insert(alphabet[next(alphabet.count)], at: index)
        case 2: document[index] = alphabet[next(alphabet.count)]
        default: document.append(contentsOf: document[index...])
        }
      }
      documents.append(document)
      // Shorter by whole tails: what a slow writer leaves.
      documents.append(Array(document.prefix(next(document.count + 1))))
    }
    return documents
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
