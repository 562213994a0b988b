import Foundation
import Testing

/// The bodies that the vendor's pages print, dropped as they are; `Tests/Venice/bodies/ORIGIN.md` names the pages, and
/// the vendor's notes have the table of what becomes of each.
@Suite(.timeLimit(.minutes(5))) struct VenicePagesTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Venice/bodies")

  private static let pipeline = """
    verify: { size: requested, on-mismatch: fail }
    outputs:
      - file: "{name}.webp"
        resize: { width: 640 }
        method: 0
      - file: "{name}.jpg"
      - file: "{name}.png"
        resize: { width: 256, height: 256, fit: cover }
        metadata: none
      - file: "{name}-full.jpg"
        resize: { width: 320 }
        metadata: full
    """

  /// Refused before anything is sent, and why.
  static let refused = [
    "000-01-grok-imagine-image.json": "inpaint", "001-01-fluently-xl.json": "inpaint",
    "004-01-default-model.json": "not an image", "004-02-gpt-image-2-edit.json": "not an image",
  ]

  @Test func bodiesOfThePagesBecomeDirectoriesThatExiftoolAndPillowAgreeWith() async throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path()).filter { $0.hasSuffix(".json") }
    #expect(names.count == 27)
    let site = try await Site(pipelines: ["default": Self.pipeline])
    for name in names {
      try site.drop(Array(try Data(contentsOf: Self.folder.appending(path: name))), as: name)
    }
    // Page 004's edit, with a real picture in place of the elided one.
    try site.drop(
      #"{"image": "photos/harbour.jpg", "prompt": "Colorize"}"#, as: "colorize.json")
    try site.drop(try Self.photo(), as: "photos/harbour.jpg")
    let run = try await site.run("run", "--once")

    #expect(run.status == 1, "four bodies are refused\n\(run.notes)")
    let failed = site.files(in: "failed")
    #expect(failed == Self.refused.keys.flatMap { [$0, "\($0).error.json"] }.sorted())
    for (name, why) in Self.refused where failed.contains("\(name).error.json") {
      #expect((try site.json("failed/\(name).error.json")["error"] as? String)?.contains(why) == true)
    }
    let published = names.filter { Self.refused[$0] == nil }.map { String($0.dropLast(5)) } + ["colorize"]
    let manifests = site.files(in: "output").filter { $0.hasSuffix("/manifest.json") }
    #expect(manifests == published.map { "\($0)/manifest.json" }.sorted())
    #expect(try site.charges() == published.count)
    let disagreements = try Self.disagreements(beneath: "\(site.folder)/output")
    #expect(disagreements.isEmpty, "\(disagreements)")
  }

  private static func photo() throws -> [UInt8] {
    let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: root.appending(path: "Sources/darkroom/demo/harbour.jpg")))
  }

  private static func disagreements(beneath tree: String) throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "manifests.py")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [script.path(), tree]
    let output = FileManager.default.temporaryDirectory.appending(path: "manifests-\(UUID().uuidString)")
    try Data().write(to: output)
    defer { try? FileManager.default.removeItem(at: output) }
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return String(decoding: try Data(contentsOf: output), as: UTF8.self)
  }
}
