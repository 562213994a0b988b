import Foundation
import Testing

/// The daemon's memory while large answers come in, as the kernel counts it (`big_answers.py`).
@Suite(.timeLimit(.minutes(3))) struct MemoryTests {
  private struct Figures: Decodable {
    /// Bytes of each answer that the API sent before it held back the end, and of those what was in the spool.
    let heldBack: Int
    let received: [Int]
    /// The originals in the spool are the pictures that were sent.
    let whole: Bool
    let idle: Phase
    let aboveIdle: [String: Phase]

    enum CodingKeys: String, CodingKey {
      case heldBack = "held back"
      case received
      case whole
      case idle
      case aboveIdle = "above idle"
    }
  }

  /// Megabytes.
  private struct Phase: Decodable {
    let resident: Double
    /// The kernel's own mark, which no sampling misses; none afterwards.
    let peak: Double?

    enum CodingKeys: String, CodingKey {
      case resident = "VmRSS"
      case peak = "VmHWM"
    }
  }

  @Test func fourAnswersOf25MBAtOnceTakeLessThan60MBAboveIdle() async throws {
    let site = FileManager.default.temporaryDirectory.appending(path: "darkroom-memory-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: site) }
    let text = try await Python.run("big_answers.py", "measure", Command.path, site.path())
    let figures = try JSONDecoder().decode(Figures.self, from: Data(text.utf8))

    #expect(figures.received == Array(repeating: figures.heldBack, count: 4), "\(text)")
    #expect(figures.whole)
    let streaming = try #require(figures.aboveIdle["streaming"]?.peak)
    #expect(streaming < 60, "\(text)")
    // An answer is a hundred times what is kept of it in memory.
    #expect(streaming < 15, "\(text)")
    // Each of the two workers reads one original whole, of 25 MB, and gives it back.
    #expect(try #require(figures.aboveIdle["until published"]?.peak) < 2 * 25 + 15, "\(text)")
    #expect(try #require(figures.aboveIdle["afterwards"]).resident < 15, "\(text)")
  }
}
