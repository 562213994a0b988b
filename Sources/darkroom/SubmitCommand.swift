import ArgumentParser
import Catalogue
import Daemon
import Foundation
import Ledger
import Requests
import Spool
import Workers

struct SubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Checks requests, then drops them into the inbox.",
    discussion: """
      Each file is checked as the daemon would; when all are in order, each appears in the inbox in one step. With \
      --wait the command ends when the jobs have: 0 when all were published, 1 when any failed or is held, 75 when no \
      daemon is there to tell. It asks the daemon over its control socket, which takes no more than being in the \
      daemon's group.
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
    let workers = try WorkerPool(daemon.worker, limits: daemon.limits, kept: 1)
    let drops = try files.map { try check($0, catalog, daemon, workers) }
    let inbox = Inbox(path: daemon.inbox)
    try checkNames(of: drops, in: inbox)
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
    if try await JobWatch(desk: try JobsDesk(options)).follow(dropped) > 0 {
      throw DarkroomCommand.Exit.someFailed
    }
  }

  /// All go in or none does: what stands in the way of one is found before the first.
  private func checkNames(of drops: [Drop], in inbox: Inbox) throws {
    var files: [String: String] = [:]
    for drop in drops {
      if let other = files.updateValue(drop.file, forKey: drop.path) {
        throw CommandFailure(
          "\(other) and \(drop.file) would both be \(drop.path) in the inbox; nothing was submitted: rename one of them"
        )
      }
    }
    for drop in drops {
      let isThere: Bool
      do throws(SpoolError) {
        isThere = try inbox.identity(of: drop.path) != nil
      } catch {
        throw CommandFailure("\(drop.path): \(error)", code: DarkroomCommand.Exit.someFailed)
      }
      guard isThere else { continue }
      throw CommandFailure(
        "\(drop.path) lies in the inbox already and has not been taken yet; nothing was submitted: wait until it is gone, "
          + "or rename \(drop.file)",
        code: DarkroomCommand.Exit.someFailed)
    }
  }

  private struct Drop {
    /// As it was named.
    var file: String
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
  private func check(
    _ file: String, _ catalog: PipelineCatalog, _ daemon: DaemonConfiguration, _ workers: WorkerPool
  ) throws -> Drop {
    let url = URL(filePath: file)
    let folder = pipeline.map { "\($0)/" } ?? ""
    let path = folder + url.lastPathComponent
    let reader = RequestReader(pipelines: catalog)
    guard let kind = RequestFile(path: path) else {
      throw CommandFailure("\(file) is no request: its name should end in .json, .yaml, .yml or .jsonl")
    }
    guard let data = FileManager.default.contents(atPath: file) else { throw CommandFailure("\(file) cannot be read") }
    let bytes = Array(data)
    func preflight(
      _ request: Request, picture: ((String) -> NamedPicture)? = nil, in bytes: [UInt8], as name: String,
      firstLine: Int = 1
    ) throws(ErrorReport) {
      do throws(ErrorReport) {
        try self.preflight(request, catalog, daemon, workers, picture: picture)
      } catch {
        throw error.placed(in: bytes, file: name, firstLine: firstLine)
      }
    }
    do {
      switch kind {
      case .json, .yaml: try preflight(try reader.read(bytes, path: path), in: bytes, as: path)
      case .image:
        guard let request = try reader.image(at: path) else {
          throw CommandFailure("\(file): no pipeline takes it; name one that accepts images with --pipeline")
        }
        let picture = NamedPicture(bytes, path: path, workers: workers)
        try preflight(request, picture: { _ in picture }, in: bytes, as: path)
      case .jsonLines:
        return Drop(
          file: file, path: path, bytes: bytes,
          lines: try reader.readLines(bytes.span, path: path).map { line in
            let name = "\(folder)\(line.name).json"
            try preflight(try line.request.get(), in: Array(bytes[line.range]), as: name, firstLine: line.line)
            return (line.line, name)
          })
      }
    } catch let error as RequestError {
      throw CommandFailure("\(file), \(error)")
    } catch let report as ErrorReport {
      throw CommandFailure("\(file), \(report)")
    }
    return Drop(file: file, path: path, bytes: bytes, lines: nil)
  }

  /// What the models certainly cannot do, pictures that the API does not take, and what no budget allows, as far as this
  /// machine knows them now. Pictures are looked for in the inbox; they may come later.
  private func preflight(
    _ request: Request, _ catalog: PipelineCatalog, _ daemon: DaemonConfiguration, _ workers: WorkerPool,
    picture: ((String) -> NamedPicture)?
  ) throws(ErrorReport) {
    let catalogue = CatalogueSource.cached(spool: daemon.spool, baseURL: daemon.api.baseURL) ?? .bundled
    let inbox = Inbox(path: daemon.inbox)
    let preflight = try Preflight(
      request, catalogue: catalogue, assumptions: daemon.assumptions,
      fitsInput: catalog[request.pipeline]?.fitsInput == true,
      picture: picture ?? { NamedPicture($0, in: inbox, workers: workers) })
    try preflight.check(daemon.budget)
    if let pipeline = catalog[request.pipeline] { try preflight.check(pipeline, limits: daemon.limits) }
    for warning in preflight.warnings { Console.note("warning: \(warning)", .warning) }
  }
}
