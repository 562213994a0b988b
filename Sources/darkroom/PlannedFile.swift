import Catalogue
import Daemon
import Documents
import Foundation
import Ledger
import Processing
import Requests
import Spool
import Workers

/// A file as the daemon would take it from its inbox, read without taking it.
struct PlannedFile {
  /// The folder that stands for the inbox.
  let root: String
  /// Relative to it, and the pipeline's folder before it where one was named.
  let path: String
  /// Where the file lies.
  let location: String
  /// By the command line, and not only as one of a folder's files.
  var isNamed = false

  /// The files that a path of the command line stands for: a folder's requests, or the file itself.
  static func all(at argument: String, inbox: String, pipeline: String?) throws -> [PlannedFile] {
    let location = URL(filePath: argument).standardizedFileURL.path(percentEncoded: false)
    var isFolder: ObjCBool = false
    // The out-parameter is a C pointer for the length of the call.
    guard unsafe FileManager.default.fileExists(atPath: location, isDirectory: &isFolder) else {
      throw CommandFailure("\(argument) does not exist")
    }
    guard isFolder.boolValue else { return [try file(at: location, named: argument, inbox: inbox, pipeline: pipeline)] }
    let root = location.hasSuffix("/") ? String(location.dropLast()) : location
    let isBeneathInbox = root == inbox || root.hasPrefix(inbox + "/")
    let (candidates, obstacles): ([Candidate], [SpoolError])
    do {
      (candidates, obstacles) = try Inbox(path: root).scan()
    } catch {
      throw CommandFailure("\(argument): \(error)")
    }
    for obstacle in obstacles { Console.note("warning: \(obstacle)", .warning) }
    return candidates.filter { $0.kind == .regular && RequestFile(path: $0.relativePath) != nil }.map { candidate in
      let location = "\(root)/\(candidate.relativePath)"
      return isBeneathInbox
        ? PlannedFile(root: inbox, path: String(location.dropFirst(inbox.count + 1)), location: location)
        : PlannedFile(
          root: root, path: (pipeline.map { "\($0)/" } ?? "") + candidate.relativePath, location: location)
    }
  }

  private static func file(
    at location: String, named argument: String, inbox: String, pipeline: String?
  ) throws -> PlannedFile {
    guard RequestFile(path: location) != nil else {
      throw CommandFailure("\(argument) is no request: its name should end in .json, .yaml, .yml or .jsonl")
    }
    if location.hasPrefix(inbox + "/") {
      return PlannedFile(
        root: inbox, path: String(location.dropFirst(inbox.count + 1)), location: location, isNamed: true)
    }
    let url = URL(filePath: location)
    return PlannedFile(
      root: url.deletingLastPathComponent().path(percentEncoded: false),
      path: (pipeline.map { "\($0)/" } ?? "") + url.lastPathComponent, location: location, isNamed: true)
  }

  /// One for each request in the file; none for an image that is only material.
  ///
  /// - Parameters:
  ///   - explains: also how outputs are made; of any image that is named.
  ///   - pipeline: of an image that is explained although it is no request.
  func forecasts(
    _ pipelines: PipelineCatalog, _ catalogue: Catalogue, _ daemon: DaemonConfiguration, _ workers: WorkerPool,
    explains: Bool, pipeline: String?
  ) throws -> [Forecast] {
    let reader = RequestReader(pipelines: pipelines)
    guard let kind = RequestFile(path: path) else { return [] }
    let isSource = kind.isImage && !reader.takesPicture(at: path)
    if isSource, !(isNamed && explains) {
      guard isNamed else { return [] }
      throw CommandFailure("\(location): no pipeline takes it; name one that accepts images with --pipeline")
    }
    guard let contents = FileManager.default.contents(atPath: location) else {
      throw CommandFailure("\(location) cannot be read", code: DarkroomCommand.Exit.someFailed)
    }
    let data = Array(contents)
    func forecast(
      _ name: String, _ bytes: [UInt8], firstLine: Int = 1, _ request: Result<Request?, RequestError>
    ) -> Forecast? {
      let outcome: Result<Forecast.Plan, ErrorReport>
      switch request {
      case .failure(let error): outcome = .failure(ErrorReport(error))
      case .success(nil): return nil
      case .success(let request?):
        outcome = Result { () throws(ErrorReport) in
          // A picture that is its own request was read already.
          let own = isSource ? source : path
          return try Forecast.Plan(
            request, pipelines[request.pipeline], catalogue, daemon,
            picture: { picture in
              picture == own
                ? NamedPicture(data, path: picture, workers: workers)
                : NamedPicture(picture, in: Inbox(path: root), workers: workers)
            },
            original: explains
              ? { picture, trims, verify throws(ProcessingError) in
                guard let bytes = picture == own ? data : Inbox(path: root).bytes(picture, workers) else { return nil }
                return try workers.examine(try OpenPicture(bytes.span), for: trims, verify: verify)
              } : nil)
        }
      }
      return Forecast(
        file: name, outcome: outcome.mapError { $0.placed(in: bytes, file: name, firstLine: firstLine) })
    }
    switch kind {
    case .json, .yaml:
      let request = Result { () throws(RequestError) in try reader.read(data, path: path) }
      return [forecast(path, data, request.map(Optional.some))].compactMap(\.self)
    case .image where isSource:
      let (name, document) = sourceRequest(pipeline)
      let request = Result { () throws(RequestError) in try reader.read(document, path: name) }
      return [forecast(name, document, request.map(Optional.some))].compactMap(\.self)
    case .image:
      let request = Result { () throws(RequestError) in try reader.image(at: path) }
      return [forecast(path, [], request)].compactMap(\.self)
    case .jsonLines:
      return reader.readLines(data.span, path: path).compactMap { line in
        forecast(
          "\(line.name).json", Array(data[line.range]), firstLine: line.line, line.request.map(Optional.some))
      }
    }
  }

  /// Relative to the folder that stands for the inbox, without a pipeline's folder that was named.
  private var source: String { String(location.dropFirst(root.count).drop { $0 == "/" }) }

  /// The request that runs the pipeline on this image, without a call.
  private func sourceRequest(_ pipeline: String?) -> (name: String, document: [UInt8]) {
    var object = JSONObject([("source", .string(source))])
    if let pipeline { object["pipeline"] = .string(pipeline) }
    let document = JSONValue.object(object)
    return (path[..<(path.lastIndex(of: ".") ?? path.endIndex)] + ".json", Array(document.serialized().utf8))
  }
}

extension Inbox {
  /// What is missing or cannot be read was told already.
  fileprivate func bytes(_ path: String, _ workers: WorkerPool) -> [UInt8]? {
    try? claim(path, limit: workers.limits.bytes).bytes
  }
}

extension RequestFile {
  fileprivate var isImage: Bool { if case .image = self { true } else { false } }
}
