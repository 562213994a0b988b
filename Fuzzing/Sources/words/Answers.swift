import Catalogue
import Documents
import Harness
import Money

@testable import ImageAPI

/// What the API answers: the same pictures however the bytes arrive, a typed refusal, a catalogue, or an error.
enum Answers {
  static let targets = [
    FuzzTarget("answer") { answer($0, []) },
    FuzzTarget("answer-gzip") { answer($0, [.init(name: "Content-Encoding", value: "gzip")]) },
    FuzzTarget("refusal", refusal), FuzzTarget("answer-head", longest: 1024, head), FuzzTarget("catalogue", catalogue),
  ]

  /// Less than the product's, so that bombs are found as bombs.
  private static let inflatedLimit = 1 << 20

  private static func answer(_ bytes: [UInt8], _ headers: [ResponseHead.Header]) {
    let head = ResponseHead(status: 200, headers: headers)
    let whole = reading(bytes, head) { _ in bytes.count }
    let pieces = reading(bytes, head) { 1 + ($0 * 7 + bytes.count) % 19 }
    promise(whole == pieces, "whole: \(whole), in pieces: \(pieces)")
    if headers.isEmpty {
      let size = whole.images.reduce(0) { $0 + $1.count }
      promise(size <= bytes.count, "pictures are no larger than their answer: \(size)")
    }
    if case .read(let facts) = whole.end {
      promise(facts.count == whole.images.count, "\(facts.count) pictures, \(whole.images.count) given")
    }
  }

  private enum End: Equatable {
    case read(AnswerFacts)
    case refused(AnswerError)
  }

  private struct Reading: Equatable {
    var end: End
    var images: [[UInt8]]
  }

  private static func reading(_ bytes: [UInt8], _ head: ResponseHead, _ size: (Int) -> Int) -> Reading {
    var sink = Originals()
    var reader = AnswerReader(head: head, asked: 2, inflatedLimit: inflatedLimit)
    do throws(AnswerFailure<Never>) {
      var start = 0
      while start < bytes.count {
        let end = min(start + max(1, size(start)), bytes.count)
        let piece = Array(bytes[start..<end])
        try reader.read(piece.span, into: &sink)
        start = end
      }
      let facts = try reader.finish(into: &sink)
      promise(sink.open == nil, "a picture that was begun is ended")
      return Reading(end: .read(facts), images: sink.images)
    } catch {
      switch error {
      case .answer(let failure):
        promise(!failure.description.isEmpty, "an error has words")
        return Reading(end: .refused(failure), images: sink.images)
      }
    }
  }

  private struct Originals: OriginalSink {
    var images: [[UInt8]] = []
    var open: [UInt8]?

    mutating func begin(_ index: Int) {
      promise(open == nil && index == images.count && index < 2, "pictures come one after the other: \(index)")
      open = []
    }

    mutating func append(_ bytes: Span<UInt8>) {
      promise(open != nil && (1...(256 << 10)).contains(bytes.count), "a piece is a picture's: \(bytes.count)")
      for index in bytes.indices { open?.append(bytes[index]) }
    }

    mutating func end() {
      guard let image = open else { fatalError("a broken promise: what ends was begun") }
      images.append(image)
      open = nil
    }
  }

  private static let key = sure("a key is one") { () throws(APIConfigurationError) in try APIKey("secret-0123456789") }

  /// Words for people, in which a server that sends the key back does not get it told.
  private static func refusal(_ bytes: [UInt8]) {
    guard let reply = VendorReply(bytes, redactedBy: key) else { return }
    let refusal = Refusal(
      kind: .paymentRequired(reply.paymentProblem), error: reply.error, head: ResponseHead(status: 402, headers: []))
    promise(!refusal.description.isEmpty, "a refusal has words")
    promise(!refusal.description.contains("secret-0123456789"), "the key is not told: \(refusal)")
    promise(reply.error.issues.count <= bytes.count, "issues are in the body")
  }

  /// A head's lines: a name, a colon, a value.
  private static func head(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    let headers = lines.map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return ResponseHead.Header(name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
    }
    let head = ResponseHead(status: 429, headers: headers)
    if let wait = head.retryAfter, case .seconds(let seconds) = wait { promise(seconds >= 0, "\(seconds) s") }
    _ = (head.mediaType, head.requestID, head.isBlurred, head.isContentViolation, head.modelID, head.deprecation)
    _ = (head.rateLimit, head.date, ContentCoding(head))
    if let prompt = head.enhancedPrompt {
      promise(prompt.utf8.count <= 3 * bytes.count, "a prompt is in its header")
    }
    for line in lines {
      _ = APIClient.milliseconds(line)
      _ = HTTPDate.seconds(line)
      let argument = ImageArgument(line)
      if case .base64(let text) = argument { promise(line.contains(text), "base64 is in the argument") }
    }
  }

  private static let operations = sure("the operations are right") { () throws(OperationError) in
    let prompt = ("prompt", JSONValue.string("p"))
    return [
      try ImageAPI.Operation(
        endpoint: .generate,
        body: JSONObject([prompt, ("model", .string("m")), ("width", .number("512")), ("variants", .number("4"))])),
      try ImageAPI.Operation(
        endpoint: .generate, body: JSONObject([prompt, ("model", .string("n")), ("resolution", .string("2K"))])),
      try ImageAPI.Operation(endpoint: .generations, body: JSONObject([prompt])),
      try ImageAPI.Operation(
        endpoint: .upscale, body: JSONObject([("scale", .number("2"))]),
        files: [FileField(path: ["image"], source: .inbox("a.png"))]),
    ]
  }

  /// Models: what cannot be read is passed over, prices are neither negative nor beyond reckoning, and a cache file
  /// says the same.
  private static func catalogue(_ bytes: [UInt8]) {
    guard let object = (try? DocumentReader.json(bytes))?.value.object else { return }
    let catalogue = Catalogue(models: object.objects("data"), styles: object.strings("styles"), fetched: 1)
    for operation in operations {
      for pixels in [nil, 1, 1 << 26] {
        let estimate = catalogue.estimate(operation, inputPixels: pixels, assumptions: PriceAssumptions())
        promise(.zero <= estimate.expected && estimate.expected <= estimate.worst, "\(operation): \(estimate)")
      }
      _ = try? catalogue.check(operation, now: 1_800_000_000)
    }
    let file = catalogue.encoded(baseURL: "https://api.example")
    let again = sure("a cache file can be read") { () throws(CatalogueError) in
      try Catalogue(cached: file, baseURL: "https://api.example")
    }
    promise(again.models == catalogue.models && again.styles == catalogue.styles, "a cache file says the same")
    _ = try? Catalogue(cached: bytes, baseURL: "https://api.example")
  }
}
