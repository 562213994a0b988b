import Codecs
import Documents
import Foundation
import Processing
import Requests

/// Pipelines and pictures that the tests share.
enum Fixtures {
  static let outputs = "outputs: [{ file: \"{name}.webp\" }]"

  static func pipeline(_ text: String, file: String = "web.yaml") throws -> Pipeline {
    try PipelineReader.read(Array(text.utf8), file: file)
  }

  /// `default` and `web` say nothing beyond an output; `hot` takes pictures as they are, `up` upscales them.
  static func catalog(_ more: Pipeline...) throws -> PipelineCatalog {
    let plain = try ["default", "web"].map { try pipeline(outputs, file: "\($0).yaml") }
    let hot = try pipeline("accepts-images: true\n\(outputs)", file: "hot.yaml")
    let up = try pipeline("accepts-images: true\nrequest: { upscale: { scale: 4 } }\n\(outputs)", file: "up.yaml")
    return PipelineCatalog(plain + [hot, up] + more)
  }

  static func read(_ text: String, path: String = "canal.json", _ more: Pipeline...) throws -> Request {
    var all = try catalog()
    if !more.isEmpty { all = PipelineCatalog(Array(all.pipelines.values) + more) }
    return try RequestReader(pipelines: all).read(Array(text.utf8), path: path)
  }

  /// The error of reading a request; `nil` when it is read.
  static func error(_ text: String, path: String = "canal.json", _ more: Pipeline...) -> RequestError? {
    do {
      var all = try catalog()
      if !more.isEmpty { all = PipelineCatalog(Array(all.pipelines.values) + more) }
      _ = try RequestReader(pipelines: all).read(Array(text.utf8), path: path)
      return nil
    } catch let error as RequestError {
      return error
    } catch {
      fatalError("a fixture is wrong: \(error)")
    }
  }

  /// The error of reading a pipeline; `nil` when it is read.
  static func pipelineError(_ text: String, file: String = "web.yaml") -> RequestError? {
    do throws(RequestError) {
      _ = try PipelineReader.read(Array(text.utf8), file: file)
      return nil
    } catch {
      return error
    }
  }

  static func at(_ line: Int, _ column: Int, _ path: String...) -> Place {
    Place(position: Position(line: line, column: column), path: path)
  }

  /// A PNG of one white pixel, made with Pillow 9.4: `Image.new("L", (1, 1), 255).save(f, "PNG")`.
  static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="

  static let testsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// A body of the vendor's pages, see Tests/Venice/bodies/ORIGIN.md.
  static func body(_ name: String) throws -> String {
    try String(contentsOf: testsFolder.appending(path: "Venice/bodies/\(name).json"), encoding: .utf8)
  }
}
