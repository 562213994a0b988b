import Foundation
import Ledger
import Testing

@testable import Daemon

extension Workshop {
  /// A daemon at work: what it tells can be waited for.
  final class Serving {
    /// All that was told so far, as far as it was waited for.
    private(set) var events: [DaemonEvent] = []
    private let ear: Ear
    private let house: House

    fileprivate init(_ house: House, _ ear: Ear) {
      self.house = house
      self.ear = ear
    }

    /// Returns with the first event that matches, from where the last wait ended.
    func wait(at location: SourceLocation = #_sourceLocation, for matches: (DaemonEvent) -> Bool) async throws {
      let seen = events.count
      try await ear.wait(at: location) { $0.dropFirst(seen).contains(where: matches) }
      let all = ear.events
      let end = all.dropFirst(seen).firstIndex(where: matches) ?? all.endIndex - 1
      events = Array(all[...end])
    }

    /// Returns when so many jobs have been published, those before included.
    func wait(untilPublished count: Int, at location: SourceLocation = #_sourceLocation) async throws {
      while events.count(where: \.isPublished) < count { try await wait(at: location, for: \.isPublished) }
    }

    /// What a signal to stop does.
    func stop() { house.stop() }

    /// Takes in what was dropped meanwhile.
    func takeIn() async throws { try await house.takeInOnce() }
  }

  /// Runs `body` while the daemon works, and then stops it. What is in the inbox was taken in before.
  func serve(
    _ settings: Settings = Settings(), port: Int, _ body: @escaping @Sendable (Serving) async throws -> Void
  ) async throws {
    let ear = Ear()
    let house = try House(
      try configuration(settings, port: port), PipelineShelf(try catalog(settings)), isOnce: true,
      observer: ear.hear)
    try await house.work {
      defer { house.dispatcher.stop() }
      try await house.takeInOnce()
      try await body(Serving(house, ear))
    }
  }

  /// What the `sqlite3` program does to the ledger, or finds in it: one line a row, columns with `|` between.
  @discardableResult
  func ledger(_ sql: String) throws -> [String] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = ["\(folder)/spool/ledger.sqlite", ".timeout 5000", sql]
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

extension DaemonEvent {
  var isPublished: Bool { if case .published = self { true } else { false } }
  var isFailed: Bool { if case .failed = self { true } else { false } }
  var isAccountClosed: Bool { if case .accountClosed = self { true } else { false } }
  var isAccountOpened: Bool { if case .accountOpened = self { true } else { false } }
  var isOutOfRoom: Bool { if case .outOfRoom = self { true } else { false } }
  var isCalling: Bool { if case .calling = self { true } else { false } }
}
