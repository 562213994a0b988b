import Harness
import Metadata
import Processing
import Raster

@testable import Documents
@testable import Requests

/// Documents, requests and pipelines: a value or an error with a place, and what is printed reads as the same value.
enum Words {
  static let targets = [
    FuzzTarget("json", json), FuzzTarget("yaml", yaml), FuzzTarget("request-json") { request($0, "web/job.json") },
    FuzzTarget("request-yaml") { request($0, "web/job.yaml") }, FuzzTarget("request-lines", lines),
    FuzzTarget("pipeline", pipeline), FuzzTarget("file-name", longest: 512, fileName),
  ]

  // MARK: Documents

  private static func json(_ bytes: [UInt8]) {
    do throws(DocumentError) {
      check(try DocumentReader.json(bytes).value)
    } catch {
      check(error, bytes)
    }
    let found = DocumentReader.jsonLines(bytes.span)
    for (line, next) in zip(found, found.dropFirst()) {
      promise(line.line < next.line && line.range.upperBound < next.range.lowerBound, "lines follow one another")
    }
  }

  private static func yaml(_ bytes: [UInt8]) {
    do throws(DocumentError) {
      let value = try DocumentReader.yaml(bytes).value
      check(value)
      let text = value.serializedBytes()
      if isYAML(text) {
        let found = sure("JSON is YAML") { () throws(DocumentError) in try DocumentReader.yaml(text).value }
        promise(found == value, "JSON is YAML: \(value)")
      }
    } catch {
      check(error, bytes)
    }
  }

  /// Whether JSON is YAML too: keys are not too long to stand before a colon (YAML 1.2 §7.4.2), and there are no control
  /// characters, which libyaml wants to be escaped.
  private static func isYAML(_ json: [UInt8]) -> Bool {
    json.count < 1_000 && json.allSatisfy { (0x20..<0x7F).contains($0) }
  }

  private static func check(_ value: JSONValue) {
    for isPretty in [false, true] {
      let text = value.serializedBytes(pretty: isPretty)
      let found = sure("what was printed can be read") { () throws(DocumentError) in
        try DocumentReader.json(text).value
      }
      promise(found == value, "printed \(value), read \(found)")
    }
  }

  private static func check(_ error: DocumentError, _ bytes: [UInt8]) {
    promise(error.position.line >= 1 && error.position.column >= 1, "an error has a place: \(error)")
    promise(error.position.line <= bytes.count + 1, "its place is in the document: \(error)")
    promise(!error.description.isEmpty, "an error has words")
  }

  // MARK: Requests

  private static let catalog: PipelineCatalog = {
    let files = [
      ("default.yaml", "outputs: [{ file: '{name}.webp' }]"),
      ("web.yaml", "request: { generate: { format: png, model: m } }\noutputs: [{ file: '{name}-{label.a}.jpg' }]"),
      ("hot.yaml", "accepts-images: true\nrequest: { upscale: { scale: 2 } }\noutputs: [{ file: '{name}.png' }]"),
    ]
    let folder = PipelineReader.read(files.map { (name: $0.0, bytes: Array($0.1.utf8)) })
    promise(folder.mistakes.isEmpty, "the pipelines are right: \(folder.mistakes)")
    return folder.catalog
  }()

  private static func request(_ bytes: [UInt8], _ path: String) {
    let reader = RequestReader(pipelines: catalog)
    do throws(RequestError) {
      let request = try reader.read(bytes, path: path)
      check(request)
      let again = sure("a request that was printed is one") { () throws(RequestError) in
        try reader.read(request.document.serializedBytes(), path: "web/job.json")
      }
      promise(again == request, "printed \(request), read \(again)")
    } catch {
      check(error)
    }
  }

  private static func lines(_ bytes: [UInt8]) {
    for line in RequestReader(pipelines: catalog).readLines(bytes.span, path: "web/many.jsonl") {
      promise(line.line >= 1 && line.range.upperBound <= bytes.count, "a line is in the file: \(line)")
      switch line.request {
      case .success(let request): check(request)
      case .failure(let error): check(error)
      }
    }
  }

  /// What a request names lies beneath its trees.
  private static func check(_ request: Request) {
    promise(isBeneath(request.name) && !request.name.contains("/"), "a name is a name: \(request.name)")
    promise(request.output.isEmpty || isBeneath(request.output), "an output lies beneath the tree: \(request.output)")
    for file in request.files { promise(isBeneath(file), "a picture lies beneath the inbox: \(file)") }
    promise(Request.priorities.contains(request.priority), "a priority is one: \(request.priority)")
    promise(catalog[request.pipeline] != nil, "a pipeline is there: \(request.pipeline)")
  }

  private static func isBeneath(_ path: String) -> Bool {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return !path.utf8.contains(0)
      && parts.allSatisfy {
        !$0.isEmpty && $0.count <= 255 && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
      }
  }

  private static func check(_ error: RequestError) {
    promise(error.position.line >= 1 && error.position.column >= 1, "an error has a place: \(error)")
    promise(!error.description.isEmpty && !error.reason.isEmpty, "an error has words")
  }

  // MARK: Pipelines

  private static func pipeline(_ bytes: [UInt8]) {
    do throws(RequestError) {
      let pipeline = try PipelineReader.read(bytes, file: "pipeline.yaml")
      guard let value = try? DocumentReader.yaml(bytes).value, isYAML(value.serializedBytes()) else { return }
      let again = sure("a pipeline that was printed is one") { () throws(RequestError) in
        try PipelineReader.read(value.serializedBytes(), file: "pipeline.yaml")
      }
      promise(again == pipeline, "printed \(pipeline), read \(again)")
    } catch {
      check(error)
    }
  }

  /// A template, and what stands for its placeholders, parted by line breaks.
  private static func fileName(_ bytes: [UInt8]) {
    let texts = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    func text(_ index: Int) -> String { index < texts.count ? texts[index] : "x" }
    let job = JobFacts(
      name: text(1), job: text(2), pipeline: text(3), labels: ["a": text(4)], model: text(5), seed: bytes.count,
      date: "2026-01-02", provenance: Provenance(source: .untouched, created: "2026-01-02T03:04:05Z"))
    do throws(FileNameError) {
      let template = try FileNameTemplate(text(0))
      promise(template.text == text(0), "a template is kept as it was written")
      let facts = FileNameTemplate.Facts(
        job: job, original: OriginalFacts(variant: 2, variants: 3),
        output: OutputFacts(size: Size(width: 12_345, height: 678), format: .webp))
      let name = try template.name(for: facts).name(sha256: String(repeating: "0a", count: 32))
      promise(isBeneath(name) && !name.contains("/"), "a name is a name: \(name)")
      promise(!name.hasPrefix(".") && name != "manifest.json", "it is neither hidden nor the manifest: \(name)")
    } catch {
      promise(!error.description.isEmpty, "an error has words")
    }
  }
}
