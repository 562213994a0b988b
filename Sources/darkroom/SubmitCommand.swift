import ArgumentParser
import Catalogue
import Daemon
import Foundation
import Ledger
import Requests
import Spool

struct SubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Checks requests, then drops them into the inbox.",
    discussion: """
      Each file is checked as the daemon would, then appears in the inbox in one step. With --wait the command ends \
      when the jobs have: 0 when all were published, 1 when any failed or is held.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(help: ArgumentHelp("The pipeline, and so the folder of the inbox.", valueName: "pipeline"))
  var pipeline: String?
  @Flag(help: "Wait until the jobs have ended.")
  var wait = false
  @Argument(help: ArgumentHelp("Requests (.json, .yaml, .jsonl), or images for a hot folder.", valueName: "file"))
  var files: [String]

  func run() async throws {
    let configuration = try options.load(needsKey: false)
    let daemon = configuration.daemon
    let catalog = try Pipelines.catalog(folder: configuration.pipelineFolder)
    if let pipeline, catalog[pipeline] == nil {
      throw CommandFailure("there is no pipeline \"\(pipeline)\"; there are \(catalog.names.joined(separator: ", "))")
    }
    let drops = try files.map { try check($0, RequestReader(pipelines: catalog), daemon) }
    let inbox = Inbox(path: daemon.inbox)
    var dropped: [JobWatch.Dropped] = []
    for drop in drops {
      do {
        let identity = try inbox.drop(drop.bytes.span, as: drop.path)
        dropped += drop.parts(identity)
        Console.note("submitted  \(drop.path)", .done)
      } catch {
        throw CommandFailure("\(drop.path): \(error)", code: DarkroomCommand.Exit.someFailed)
      }
    }
    guard wait else { return }
    if try await JobWatch(inbox: inbox, spool: daemon.spool).follow(dropped) > 0 {
      throw DarkroomCommand.Exit.someFailed
    }
  }

  private struct Drop {
    /// Relative to the inbox.
    var path: String
    var bytes: [UInt8]
    /// Lines of a `.jsonl` file and the paths their requests go by; `nil` for one request.
    var lines: [(number: Int, path: String)]?

    func parts(_ identity: FileIdentity) -> [JobWatch.Dropped] {
      guard let lines else { return [JobWatch.Dropped(file: path, request: path, identity: "\(identity)")] }
      return lines.map { JobWatch.Dropped(file: path, request: $0.path, identity: "\(identity)#\($0.number)") }
    }
  }

  /// Reads a file and checks it as the daemon will, under the path that it is to have.
  private func check(_ file: String, _ reader: RequestReader, _ daemon: DaemonConfiguration) throws -> Drop {
    let url = URL(filePath: file)
    let path = (pipeline.map { "\($0)/" } ?? "") + url.lastPathComponent
    guard let kind = RequestFile(path: path) else {
      throw CommandFailure("\(file) is no request: its name should end in .json, .yaml, .yml or .jsonl")
    }
    guard let data = FileManager.default.contents(atPath: file) else { throw CommandFailure("\(file) cannot be read") }
    let bytes = Array(data)
    do {
      switch kind {
      case .json, .yaml: try preflight(try reader.read(bytes, path: path), daemon)
      case .image:
        guard let request = try reader.image(at: path) else {
          throw CommandFailure("\(file): no pipeline takes it; name one that accepts images with --pipeline")
        }
        try preflight(request, daemon)
      case .jsonLines:
        let folder = pipeline.map { "\($0)/" } ?? ""
        return Drop(
          path: path, bytes: bytes,
          lines: try reader.readLines(bytes.span, path: path).map { line in
            try preflight(try line.request.get(), daemon)
            return (line.line, "\(folder)\(line.name).json")
          })
      }
    } catch let error as RequestError {
      throw CommandFailure("\(file), \(error)")
    } catch let report as ErrorReport {
      throw CommandFailure("\(file), \(report.placed(in: bytes, file: path))")
    }
    return Drop(path: path, bytes: bytes, lines: nil)
  }

  /// What the models certainly cannot do, and what no budget allows, as far as this machine knows them now.
  private func preflight(_ request: Request, _ daemon: DaemonConfiguration) throws(ErrorReport) {
    let catalogue = CatalogueSource.cached(spool: daemon.spool, baseURL: daemon.api.baseURL) ?? .bundled
    let preflight = try Preflight(request, catalogue: catalogue, assumptions: daemon.assumptions) { _ in nil }
    try preflight.check(daemon.budget)
    for warning in preflight.warnings { Console.note("warning: \(warning)", .warning) }
  }
}
