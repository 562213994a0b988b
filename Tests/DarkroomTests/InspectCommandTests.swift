import Foundation
import Testing

/// What people and programs are told of a file that says more than it shows.
@Suite(.timeLimit(.minutes(3))) struct InspectCommandTests {
  private static let table = #"""
      format                  png
      size                    6x4
      colour                  RGB of 8 bits
      source type             digitalCapture
      exif                    244 bytes
        artist                Ada\u001b[31m
                                c2pa  none
        camera                CameraCorp
        holds                 GPS position, maker note
      xmp                     371 bytes
      text parameters         a canal
                              Negative prompt: fog
                              Steps: 20, Seed: 7
      c2pa                    a content credential is there (not verified)
      unread                  6 bytes behind the picture
      unread                  chunk prVt (3 bytes)
      a stranger could learn  12 things:
        position              -45.4375, 12.3358333 (EXIF GPSPosition)
        position              Venezia (XMP City)
        person                Ada\u001b[31m
                                c2pa  none (EXIF Artist)
        device                CameraCorp (EXIF Make)
        device                BODY77 (EXIF BodySerialNumber)
        prompt                a canal
                              Negative prompt: fog
                              Steps: 20, Seed: 7 (text parameters)
        credential            there (not verified) (C2PA Credential)
        credential            trainedAlgorithmicMedia (not verified) (C2PA DigitalSourceType)
        hidden                8 bytes of the maker's own (EXIF MakerNote)
        hidden                2 more properties: Urgency, DigitalSourceType (XMP Others)
        hidden                6 bytes behind the picture (file Unread)
        hidden                chunk prVt (3 bytes) (file Unread)

    """#

  private func file() async throws -> String {
    let path = NSTemporaryDirectory() + "darkroom-inspected-\(UUID().uuidString).png"
    _ = try await Python.run("inspected.py", path)
    return path
  }

  @Test func theTableSaysWhatAStrangerCouldLearnAndNothingForeignFormsARow() async throws {
    let path = try await file()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try await Command.run(["inspect", path])
    #expect(run.status == 0, "\(run.notes)")
    let rows = run.output.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().joined(separator: "\n")
    #expect(rows == Self.table.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n"))
    #expect(!run.output.utf8.contains(0x1B))
  }

  /// Cut in its pixels: what stands before them was not looked at either.
  @Test func aCutFileIsNotSaidToTellNothing() async throws {
    let path = try await file()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = try Data(contentsOf: URL(filePath: path))
    try whole.prefix(920).write(to: URL(filePath: path))
    let run = try await Command.run(["inspect", path])
    #expect(run.output.contains("a stranger could learn  unknown: not all of the file could be read"), "\(run.output)")
  }

  @Test func theDocumentIsForProgramsAndItsKeysAreDocumented() async throws {
    let path = try await file()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try await Command.run(["inspect", "--json", path])
    #expect(!run.output.utf8.contains(0x1B))
    let found = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect((found["exif"] as? [String: Any])?["artist"] as? String == "Ada\u{1B}[31m\n  c2pa  none")
    let revealing = try #require(found["revealing"] as? [[String: String]])
    #expect(
      revealing.first == ["kind": "position", "where": "EXIF", "name": "GPSPosition", "value": "-45.4375, 12.3358333"])
    #expect(found["unread"] as? [String] == ["6 bytes behind the picture", "chunk prVt (3 bytes)"])
    let documented = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/metadata.md"), encoding: .utf8)
    let kinds = Set(revealing.compactMap { $0["kind"] })
    for key in Set(found.keys).union(revealing[0].keys).union(kinds) {
      #expect(documented.contains("`\(key)`"), "\(key) is not in docs/metadata.md")
    }
  }

  @Test func namesOfFilesReachNoTerminalRaw() async throws {
    let missing = try await Command.run(["inspect", "/nowhere/\u{1B}[31m\u{9B}\u{202E}.png"])
    #expect(missing.status == 1)
    #expect(missing.notes.contains(#"/nowhere/\u001b[31m\u009b\u202e.png"#))
    let named = NSTemporaryDirectory() + "darkroom-\u{9B}-\u{202E}-\(UUID().uuidString).png"
    _ = try await Python.run("inspected.py", named)
    defer { try? FileManager.default.removeItem(atPath: named) }
    let run = try await Command.run(["inspect", "--json", named])
    let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(document?["file"] as? String == named)
    #expect(!run.output.unicodeScalars.contains("\u{9B}") && !run.output.unicodeScalars.contains("\u{202E}"))
  }

  @Test func whatAPictureSaysReachesNoTerminalRaw() async throws {
    let site = try await Site()
    let folder = site.folder
    try Data("outputs: [{ file: \"{name}.webp\", metadata: keep }]\n".utf8)
      .write(to: URL(filePath: "\(folder)/pipelines/keep.yaml"))
    let path = try await file()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try await site.run("process", "--pipeline", "keep", "--output", "\(folder)/out", path)
    #expect(run.status == 0, "\(run.notes)")
    #expect(!run.output.utf8.contains(0x1B) && !run.notes.utf8.contains(0x1B))
    let unread = "6 bytes behind the picture, chunk prVt (3 bytes)"
    #expect(run.notes.contains("left out, since nothing here reads it: \(unread)"))
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    let manifest = try site.json("out/\(name)/manifest.json")
    let output = try #require((manifest["outputs"] as? [[String: Any]])?.first)
    #expect(output["credential"] as? String == "dropped")
    let hash = try #require((manifest["source"] as? [String: Any])?["sha256"] as? String)
    let made = try Data(contentsOf: URL(filePath: "\(folder)/out/\(name)/\(name).webp"))
    #expect(made.range(of: Data("sha256:\(hash)".utf8)) != nil)
  }
}
