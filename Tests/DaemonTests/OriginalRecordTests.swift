import Codecs
import Foundation
import Raster
import Testing

@testable import Daemon

/// What the manifest says of the originals, against the files themselves.
@Suite(.timeLimit(.minutes(1))) struct OriginalRecordTests {
  private static let request = #"{"generate": {"model": "plain", "prompt": "x", "width": 256, "height": 256"#

  private func sha256(_ path: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    process.arguments = [path]
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(String(decoding: text, as: UTF8.self).prefix(64))
  }

  /// Uncompressed, and of more colours than a palette has: longer than any piece it is read in.
  private func large(_ shade: UInt8) throws -> [UInt8] {
    var pixels: [UInt8] = []
    for row in 0..<640 {
      for column in 0..<640 { pixels += [UInt8(row % 256), UInt8(column % 256), shade] }
    }
    return try PNG.encode(
      Image(size: Size(width: 640, height: 640), layout: .rgb8, pixels: pixels), options: PNG.Options(compression: 0))
  }

  @Test func digestsAndLengthsAreThoseOfTheKeptFiles() async throws {
    let pictures = [try large(50), try large(60)]
    try #require(pictures.allSatisfy { $0.count > 1 << 20 })
    let stub = try StubAPI { $0.isPaid ? .generated(pictures[0], pictures[1]) : nil }
    let workshop = try Workshop()
    try workshop.drop(Self.request + #", "variants": 2}}"#, as: "canal.json")
    var settings = Workshop.Settings()
    settings.pipelines["default"] = "verify: { on-mismatch: accept }\n" + Workshop.plain
    #expect(try await workshop.drain(settings, port: stub.port).report == DaemonService.Report(published: 1))
    let kept = workshop.files(in: "spool").filter { $0.contains("/original-") }
    #expect(try kept.map { try workshop.contents("spool/\($0)") } == pictures)
    let calls = try workshop.json("output/canal/manifest.json")["calls"] as? [[String: Any]]
    let originals = try #require(calls?.first?["originals"] as? [[String: Any]])
    #expect(originals.map { $0["bytes"] as? Int } == pictures.map(\.count))
    #expect(
      originals.map { $0["sha256"] as? String } == (try kept.map { try sha256("\(workshop.folder)/spool/\($0)") }))
  }

  // A header may lie behind more than what is held of a picture while it is written.
  @Test func aSizeFarInsideTheFileIsFound() async throws {
    let plain = Workshop.picture(width: 256, height: 256)
    let image = try PNG.decode(plain.span, limits: Limits())
    let jpeg = try JPEG.encode(image, options: JPEG.Options(quality: 85))
    // Two comments of 40,000 bytes (ITU-T T.81, B.2.4.5) after the start of the image.
    let comment: [UInt8] = [0xFF, 0xFE, 0x9C, 0x42] + [UInt8](repeating: 0x20, count: 40_000)
    let padded = Array(jpeg.prefix(2)) + comment + comment + Array(jpeg.dropFirst(2))
    let stub = try StubAPI { $0.isPaid ? .generated(padded) : nil }
    let workshop = try Workshop()
    try workshop.drop(Self.request + "}}", as: "canal.json")
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(published: 1))
    #expect(try workshop.ledger("SELECT format, width, height FROM originals;") == ["jpeg|256|256"])
  }
}
