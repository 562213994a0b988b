import Codecs
import Foundation
import Raster
import Synchronization
import Testing

@testable import Daemon

/// What goes from one step of a chain to the next, and what is looked at in between.
@Suite(.timeLimit(.minutes(2))) struct ChainMaterialTests {
  /// Of one colour but for a corner: quick to make, and not blank.
  private static func picture(width: Int, height: Int, shade: UInt8 = 90) -> Image {
    var pixels = [UInt8](repeating: shade, count: width * height * 3)
    pixels[0] = 255 - shade
    return Image(size: Size(width: width, height: height), layout: .rgb8, pixels: pixels)
  }

  private static func png(width: Int, height: Int, shade: UInt8 = 90) throws -> [UInt8] {
    try PNG.encode(picture(width: width, height: height, shade: shade), options: PNG.Options(compression: 1))
  }

  private static func request(_ members: String = "", then steps: String) -> String {
    #"""
    {"generate": {"model": "plain", "prompt": "A canal", "width": 256, "height": 256\#(members)}, "then": [\#(steps)]}
    """#
  }

  private func settings(_ pipeline: String) -> Workshop.Settings {
    var settings = Workshop.Settings()
    settings.pipelines["default"] = pipeline + "\n" + Workshop.plain
    return settings
  }

  // Not the first picture alone is looked at.
  @Test func oneUnfitVariantEndsTheChainBeforeTheNextCall() async throws {
    let black = try PNG.encode(
      Image(size: Size(width: 256, height: 256), layout: .rgb8), options: PNG.Options(compression: 1))
    let stub = try StubAPI { request in
      request.path == "/image/generate" ? .generated(Workshop.picture(width: 256, height: 256), black) : nil
    }
    let workshop = try Workshop()
    try workshop.drop(Self.request(#", "variants": 2"#, then: #"{"upscale": {"scale": 2}}"#), as: "canal.json")
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(failed: 1))
    #expect(stub.calls == ["/image/generate"])
  }

  // A step's size is told by the picture that it worked on.
  @Test func aStepThatBringsAnotherSizeEndsTheChainBeforeTheNextCall() async throws {
    let stub = try StubAPI { request in
      request.path == "/image/upscale" ? .picture(Workshop.picture(width: 511, height: 512)) : nil
    }
    let workshop = try Workshop()
    let steps = #"{"upscale": {"scale": 2}}, {"edit": {"prompt": "Night"}}"#
    try workshop.drop(Self.request(then: steps), as: "canal.json")
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(failed: 1))
    #expect(stub.calls == ["/image/generate", "/image/upscale"])
  }

  @Test func aLastStepThatBringsAnotherSizeIsNotPublished() async throws {
    let stub = try StubAPI { request in
      request.path == "/image/upscale" ? .picture(Workshop.picture(width: 511, height: 512)) : nil
    }
    let workshop = try Workshop()
    try workshop.drop(Self.request(then: #"{"upscale": {"scale": 2}}"#), as: "canal.json")
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(failed: 1))
    #expect(workshop.files(in: "output").isEmpty)
    let report = try workshop.json("failed/canal.json.error.json")
    #expect((report["error"] as? String)?.contains("511x512") == true)
    #expect((report["kept"] as? [String])?.count == 4)
  }

  @Test func eachSizeIsToldByTheStepBefore() async throws {
    let workshop = try Workshop()
    try workshop.drop(Workshop.picture(width: 256, height: 256), as: "photo.png")
    let request = #"{"source": "photo.png", "then": [{"upscale": {"scale": 2}}, {"upscale": {"scale": 2}}]}"#
    try workshop.drop(request, as: "job.json")
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    let outputs = try workshop.json("output/job/manifest.json")["outputs"] as? [[String: Any]]
    #expect(outputs?.first?["width"] as? Int == 1024)
  }

  // The last step decides the format that is expected.
  @Test func theFormatOfAnEarlierStepIsNoMatterOfTheLast() async throws {
    let workshop = try Workshop()
    let request = Workshop.request("A canal", more: #", "format": "webp""#).dropLast()
    try workshop.drop(request + #", "then": [{"upscale": {"scale": 2}}]}"#, as: "canal.json")
    #expect(try await workshop.drain().report == DaemonService.Report(published: 1))
    #expect(try workshop.json("output/canal/manifest.json")["warnings"] as? [String] == [])
  }

  // The bytes that one step brought are those that the next is sent, under their own type.
  @Test func aPictureGoesOnAsItCame() async throws {
    let jpeg = try JPEG.encode(Self.picture(width: 256, height: 256), options: JPEG.Options(quality: 85))
    let stub = try StubAPI { $0.path == "/image/generate" ? .generated(jpeg) : nil }
    let workshop = try Workshop()
    try workshop.drop(Self.request(then: #"{"edit": {"prompt": "Night"}}"#), as: "canal.json")
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(published: 1))
    let sent = try #require(stub.requests.first { $0.path == "/image/edit" })
    #expect(sent.contains(jpeg))
    #expect(sent.text.contains("image/jpeg"))
    #expect(!sent.text.contains("image/png"))
  }

  @Test func eachPictureOfAMultiEditIsSentInItsPlace() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    let pictures = try [10, 20].map { try Self.png(width: 256, height: 256, shade: $0) }
    for (name, bytes) in zip(["a.png", "b.png"], pictures) { try workshop.drop(bytes, as: name) }
    try workshop.drop("multi-edit: { images: [a.png, b.png], prompt: Join }", as: "two.yaml")
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(published: 1))
    let sent = try #require(stub.requests.first { $0.path == "/image/multi-edit" }).text
    // In JSON, which writes "/" as it likes.
    let text = sent.replacing("\\/", with: "/")
    let places = pictures.map { text.range(of: Data($0).base64EncodedString()) }
    #expect(try #require(places[0]).upperBound < (try #require(places[1])).lowerBound)
  }

  // 2100 x 2000 pixels are more than may be enlarged (16,777,216 / 4).
  @Test(arguments: [false, true]) func aPictureBetweenTwoStepsIsMadeToFitOrEndsTheChain(_ fits: Bool) async throws {
    let large = try Self.png(width: 2100, height: 2000)
    let stub = try StubAPI { $0.path == "/image/generate" ? .generated(large) : nil }
    let workshop = try Workshop()
    try workshop.drop(Self.request(then: #"{"upscale": {"scale": 2}}"#), as: "canal.json")
    let settings = settings("fit-input: \(fits)\nverify: { on-mismatch: accept }")
    let run = try await workshop.drain(settings, port: stub.port)
    #expect(run.report == DaemonService.Report(published: fits ? 1 : 0, failed: fits ? 0 : 1))
    #expect(stub.calls == (fits ? ["/image/generate", "/image/upscale"] : ["/image/generate"]))
    let spool = workshop.files(in: "spool")
    if fits {
      let copy = try workshop.contents("spool/\(#require(spool.first { $0.hasSuffix("/input-1-1.png") }))")
      #expect(try #require(stub.requests.last { $0.isPaid }).contains(copy))
      #expect(try PNG.header(copy.span).size.pixelCount ?? 0 <= 4_194_304)
    } else {
      let report = try workshop.json("failed/canal.json.error.json")
      #expect((report["error"] as? String)?.contains("4194304") == true)
      #expect((report["next"] as? String)?.contains("fit-input") == true)
      #expect(!spool.contains { $0.contains("/input-1-1") })
    }
  }

  /// Enlarges by two whatever picture it is sent.
  private func doubling(_ workshop: Workshop, _ blob: String) throws -> StubAPI {
    try StubAPI { request in
      guard request.isPaid else { return nil }
      guard let name = workshop.files(in: "spool").first(where: { $0.hasSuffix("/\(blob)") }),
        let copy = try? workshop.contents("spool/\(name)"), request.contains(copy),
        let size = try? PNG.header(copy.span).size,
        let answer = try? Self.png(width: size.width * 2, height: size.height * 2)
      else { return .refusal(400) }
      return .picture(answer)
    }
  }

  // Be it the request's own picture, or the source of a chain.
  @Test(arguments: [
    #"{"upscale": {"image": "large.png", "scale": 2}}"#,
    #"{"source": "large.png", "then": [{"upscale": {"scale": 2}}]}"#,
  ]) func aPictureMadeToFitIsSentInsteadOfTheOriginal(_ request: String) async throws {
    let workshop = try Workshop()
    let stub = try doubling(workshop, "fitted-1.png")
    try workshop.drop(try Self.png(width: 2100, height: 2000), as: "large.png")
    try workshop.drop(request, as: "job.json")
    let run = try await workshop.drain(settings("fit-input: true"), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(stub.calls == ["/image/upscale"])
    let warnings = try workshop.json("output/job/manifest.json")["warnings"] as? [String]
    #expect(warnings?.contains { $0.contains("2100x2000") } == true)
  }

  // A local picture before a chain keeps the limits of the call that it is for.
  @Test(arguments: [(2100, 2000, "4194304"), (200, 200, "65536")])
  func aSourceBeyondTheLimitsIsRefusedBeforeAnyCall(_ width: Int, _ height: Int, _ limit: String) async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    try workshop.drop(try Self.png(width: width, height: height), as: "photo.png")
    try workshop.drop(#"{"source": "photo.png", "then": [{"upscale": {"scale": 2}}]}"#, as: "job.json")
    #expect(try await workshop.drain(port: stub.port).report == DaemonService.Report(failed: 1))
    #expect(stub.calls.isEmpty)
    let report = try workshop.json("failed/job.json.error.json")
    #expect((report["error"] as? String)?.contains(limit) == true)
    #expect(report["stage"] as? String == "request")
  }

  // Two pictures that are made to fit are two copies. 8 MiB is the bound of a style reference.
  @Test func eachPictureThatIsMadeToFitHasACopyOfItsOwn() async throws {
    let stub = try StubAPI { _ in nil }
    let workshop = try Workshop()
    for (name, shade) in [("a.png", 10), ("b.png", 200)] as [(String, UInt8)] {
      // Of more colours than a palette has.
      var pixels: [UInt8] = []
      for row in 0..<1700 {
        for column in 0..<1700 { pixels += [UInt8(row % 256), UInt8(column % 256), shade] }
      }
      let picture = Image(size: Size(width: 1700, height: 1700), layout: .rgb8, pixels: pixels)
      try workshop.drop(try PNG.encode(picture, options: PNG.Options(compression: 0)), as: name)
    }
    let references = #"[{"image": "a.png"}, {"image": "b.png"}]"#
    try workshop.drop(
      #"{"generate": {"model": "plain", "prompt": "x", "style_references": \#(references)}}"#, as: "job.json")
    let run = try await workshop.drain(settings("fit-input: true"), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1))
    let copies = workshop.files(in: "spool").filter { $0.contains("/fitted-") }
    #expect(copies.count == 2)
    let sent = try #require(stub.requests.last { $0.isPaid }).text.replacing("\\/", with: "/")
    for copy in copies {
      let bytes = try workshop.contents("spool/\(copy)")
      #expect(bytes.count < 8 << 20)
      #expect(sent.contains(Data(bytes).base64EncodedString()))
    }
  }

  // The price of an enlargement depends on the picture that the step before brought: 4 is reduced where it does not fit.
  @Test func aStepIsPricedByThePictureItWorksOn() async throws {
    let large = try Self.png(width: 1100, height: 1000)
    let stub = try StubAPI { $0.path == "/image/generate" ? .generated(large) : nil }
    let workshop = try Workshop()
    try workshop.drop(Self.request(then: #"{"upscale": {"scale": 4}}"#), as: "canal.json")
    let run = try await workshop.drain(settings("verify: { on-mismatch: accept }"), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(try workshop.ledger("SELECT reserved, charged FROM calls;") == ["10000|10000", "80000|"])
  }

  // Whose turn it is when models are paused.
  @Test func aJobWaitsUnderTheModelOfItsNextStep() async throws {
    let workshop = try Workshop()
    var settings = Workshop.Settings()
    settings.retry = RetryPolicy(attempts: 4, firstDelay: .seconds(600), longestDelay: .seconds(600))
    let request = Workshop.request("A canal").dropLast()
    try workshop.drop(
      request + #", "then": [{"edit": {"prompt": "Night [sandbox:status=503]"}}]}"#, as: "canal.json")
    #expect(try await workshop.drain(settings).report == DaemonService.Report(waiting: 1))
    #expect(try workshop.ledger("SELECT step, item, model FROM jobs;") == ["2|1|firered-image-edit"])
  }

  // `on-unknown: retry` counts for each step by itself.
  @Test func unknownOutcomesOfAnEarlierStepDoNotCountAgainstTheNext() async throws {
    let workshop = try Workshop()
    let request = Workshop.request("A canal [sandbox:status=502;times=2]").dropLast()
    let steps = #"{"edit": {"prompt": "Night [sandbox:status=502;times=2]"}}"#
    try workshop.drop(request + #", "then": [\#(steps)]}"#, as: "canal.json")
    let run = try await workshop.drain(settings("on-unknown: retry"))
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(try workshop.charges().count == 6)
  }

  // Nor do those of one picture count against the next: two of the first, one of the second.
  @Test func unknownOutcomesOfOnePictureDoNotCountAgainstTheNext() async throws {
    let edits = Mutex(0)
    let picture = Workshop.picture(width: 256, height: 256)
    let stub = try StubAPI { request in
      if request.path == "/image/generate" { return .generated(picture, picture) }
      guard request.isPaid else { return nil }
      let edit = edits.withLock { count in
        count += 1
        return count
      }
      return [1, 2, 4].contains(edit) ? .lost : nil
    }
    let workshop = try Workshop()
    try workshop.drop(Self.request(#", "variants": 2"#, then: #"{"edit": {"prompt": "Night"}}"#), as: "canal.json")
    let run = try await workshop.drain(settings("on-unknown: retry"), port: stub.port)
    #expect(run.report == DaemonService.Report(published: 1))
    #expect(stub.calls.count == 6)
    let rows = try workshop.ledger("SELECT ordinal, item, state FROM calls WHERE step = 2 ORDER BY ordinal;")
    #expect(rows == ["2|1|unknown", "3|1|unknown", "4|1|responded", "5|2|unknown", "6|2|responded"])
  }
}
