import Foundation
import Testing

/// `darkroom jobs` with 100,000 jobs in the ledger, as `long_queue.py` measures it.
@Suite(.timeLimit(.minutes(3))) struct LongQueueTests {
  private struct Figures: Decodable {
    let commands: [String: Ways]
    /// Megabytes.
    let daemon: Memory
    /// What was not answered as the ledger has it.
    let wrong: [String]

    struct Ways: Decodable {
      let alone: Cost
      let daemon: Cost
    }

    struct Cost: Decodable {
      let seconds: Double
      let mb: Int
    }

    struct Memory: Decodable {
      let idle: Int
      let peak: Int
    }
  }

  @Test func aHundredThousandJobsAreLookedAtInSecondsAndInFlatMemory() async throws {
    let site = FileManager.default.temporaryDirectory.appending(path: "darkroom-queue-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: site) }
    let text = try await Python.run("long_queue.py", "measure", Command.path, site.path(), "100000", "5000")
    let figures = try JSONDecoder().decode(Figures.self, from: Data(text.utf8))
    #expect(figures.wrong == [])
    #expect(figures.commands.count == 9)
    for (command, ways) in figures.commands {
      // Half of it is the program itself; the seconds leave room for a machine that is busy.
      for cost in [ways.alone, ways.daemon] { #expect(cost.seconds < 60 && cost.mb < 70, "\(command): \(cost)") }
    }
    #expect(figures.daemon.peak - figures.daemon.idle < 25, "\(text)")
  }
}
