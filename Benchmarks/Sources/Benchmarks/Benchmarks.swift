import Foundation

/// Darkroom beside what it is built on, on the same bytes, in one run.
///
///     benchmarks [codecs|jobs|answers] [SECONDS]     all by default; time for each line, 3 by default
///     benchmarks isolation=WORKER [SECONDS]          WORKER is a release build of darkroom-worker
///     benchmarks pixels                              for pixels.py, which asks for one round after the other
@main
struct Benchmarks {
  /// A codec may cost this much of the bare library's time; the exit code is 1 when one costs more.
  static let mostOverhead = 1.05
  /// Writing a PNG at level 6 may cost this much of libpng's time; else 1 as well.
  static let mostForPNG = 0.3
  /// Reading a PNG may cost this much of libpng's time; else 1 as well.
  static let mostForReading = 0.6
  /// Making durable originals of an answer may cost this much of copying and syncing the same bytes; else 1 as well.
  static let mostForAnswers = 1.5

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let time = Duration.seconds(arguments.compactMap(Double.init).first ?? 3)
    let wanted = arguments.filter { Double($0) == nil }
    if wanted == ["pixels"] { return try PixelsBenchmark.serve() }
    var slow: [String] = []
    var slowWriters: [String] = []
    var slowReaders: [String] = []
    var slowAnswers: [String] = []
    if wanted.isEmpty || wanted.contains("codecs") {
      print("Codecs, 1024x1024; processor time of one thread, medians")
      let results = try measure(CodecsBenchmark.comparisons(), "codec ms", "bare ms", time)
      slow = results.filter { $0.ratio > mostOverhead }.map(\.name)
      print("PNG read by Darkroom, beside libpng; processor time of one thread, medians")
      let readers = try measure(CodecsBenchmark.readers(), "own ms", "libpng ms", time)
      slowReaders = readers.filter { $0.ratio > mostForReading }.map(\.name)
      print("PNG written by Darkroom, beside libpng with all filters; processor time of one thread, medians")
      let writers = try measure(CodecsBenchmark.writers(), "own ms", "libpng ms", time)
      for writer in writers {
        let ratio = number(Double(writer.bytes.wrapped) / Double(writer.bytes.bare), 3)
        print("\(writer.name): \(writer.bytes.wrapped) bytes, libpng \(writer.bytes.bare): \(ratio)")
      }
      print("")
      slowWriters = writers.filter { $0.name.hasSuffix("level 6") && $0.ratio > mostForPNG }.map(\.name)
    }
    if wanted.isEmpty || wanted.contains("jobs") {
      print("Whole jobs, 1024x1024, beside the codec calls they need; processor time of one thread, medians")
      let results = try measure(JobBenchmark.comparisons(), "job ms", "bare ms", time)
      slow += results.filter { $0.ratio > mostOverhead }.map(\.name)
    }
    if wanted.isEmpty || wanted.contains("answers") {
      let answers = try AnswersBenchmark()
      print("A kept JSON answer with a picture of 25 MB, beside a plain copy of the picture; wall clock, medians")
      print("in \(answers.folder.path)")
      let results = try measure(answers.comparisons(), "answer ms", "copy ms", time)
      slowAnswers = results.filter { $0.name == AnswersBenchmark.judged && $0.ratio > mostForAnswers }.map(\.name)
    }
    var slowJobs: [String] = []
    if let worker = wanted.first(where: { $0.hasPrefix("isolation=") })?.dropFirst("isolation=".count) {
      print("Whole jobs in a worker process, beside the same in this one; wall clock, medians")
      let results = try measure(
        IsolationBenchmark(worker: String(worker)).comparisons(), "worker ms", "here ms", time)
      slowJobs = results.filter { $0.wrapped - $0.bare > IsolationBenchmark.most }.map(\.name)
      if !slowJobs.isEmpty { print("more than 2 ms for the separation: \(slowJobs.joined(separator: ", "))") }
    }
    if !slow.isEmpty { print("more than 5% over the bare libraries: \(slow.joined(separator: ", "))") }
    if !slowWriters.isEmpty { print("more than 0.3 of libpng: \(slowWriters.joined(separator: ", "))") }
    if !slowReaders.isEmpty { print("read in more than 0.6 of libpng: \(slowReaders.joined(separator: ", "))") }
    if !slowAnswers.isEmpty { print("more than 1.5 times a copy: \(slowAnswers.joined(separator: ", "))") }
    if ![slow, slowWriters, slowReaders, slowAnswers, slowJobs].allSatisfy(\.isEmpty) { exit(1) }
  }

  private static func measure(
    _ comparisons: [Comparison], _ wrapped: String, _ bare: String, _ time: Duration
  ) throws -> [Comparison.Result] {
    print(row("", wrapped, bare, "ratio"))
    let results = try comparisons.map { comparison in
      let result = try comparison.measure(for: time)
      print(
        row(
          result.name, number(result.wrapped / .milliseconds(1), 2), number(result.bare / .milliseconds(1), 2),
          number(result.ratio, 3)))
      return result
    }
    print("")
    return results
  }

  private static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

  private static func row(_ name: String, _ columns: String...) -> String {
    let padding = String(repeating: " ", count: max(0, 40 - name.count))
    return name + padding + columns.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }.joined()
  }
}
