import Testing

/// Many files in the inbox at once, as an operator would see it (`many_files.py`, which takes any number).
@Suite(.timeLimit(.minutes(3))) struct ManyFilesTests {
  /// Time is the machine's affair here; order, exactly once and memory are the daemon's.
  @Test("scenario 16: many files at once are taken once each, in their order, in flat memory")
  func manyFiles_areTakenOnceEach_inOrderOfArrival() async throws {
    let words = try await Python.run(
      "many_files.py", Command.path, "1500", "--first-call", "60", "--megabytes", "120")
    #expect(words.hasPrefix("1500 files: first call after "), "\(words)")
    #expect(words.contains("a second; at most "), "\(words)")
  }
}
