import Raster
import Testing

@testable import Sandbox

@Suite struct DirectiveTests {
  @Test(arguments: [
    ("status=503;times=2", Directive.status(503, times: 2, retryAfter: nil)),
    ("status=429;retry-after=3", .status(429, times: nil, retryAfter: 3)),
    ("status=500;times=1;retry-after=0", .status(500, times: 1, retryAfter: 0)),
    ("status=404", .status(404, times: nil, retryAfter: nil)),
    ("drop", .drop), ("truncate", .truncate), ("short", .short), ("garbage", .garbage),
    ("size=512x256", .size(Size(width: 512, height: 256))), ("format=png", .format(.png)),
    ("format=jpg", .format(.jpeg)),
    ("blurred", .blurred), ("violation", .violation), ("latency=5s", .latency(.seconds(5))),
    ("latency=250ms", .latency(.milliseconds(250))), ("latency=0.5s", .latency(.milliseconds(500))), ("hang", .hang),
  ])
  func eachDirectiveIsRead(text: String, directive: Directive) throws {
    let read = try Directive.read("A canal [sandbox:\(text)] at dusk")
    #expect(read.directives == [directive])
    #expect(read.prompt == "A canal  at dusk")
  }

  @Test func severalDirectivesKeepTheirOrder() throws {
    let read = try Directive.read("[sandbox:status=503;times=2]canal[sandbox:size=64x64]")
    #expect(read.directives == [.status(503, times: 2, retryAfter: nil), .size(Size(width: 64, height: 64))])
    #expect(read.prompt == "canal")
  }

  @Test func aPromptWithoutDirectivesIsUntouched() throws {
    let read = try Directive.read("A [canal] at {dusk}")
    #expect(read.directives.isEmpty)
    #expect(read.prompt == "A [canal] at {dusk}")
  }

  @Test(arguments: [
    "dropp", "status", "status=200", "status=abc", "status=503;time=2", "status=503;times=-1", "size=12",
    "size=99999x4",
    "format=gif", "latency=5", "latency=-5s", "drop=1", "drop;times=2", "",
  ])
  func aMisspeltDirectiveIsRefused(text: String) {
    #expect(throws: Refusal.self) { try Directive.read("[sandbox:\(text)]") }
  }

  @Test func anUnclosedDirectiveIsRefused() {
    #expect(throws: Refusal.invalid("prompt", "a [sandbox:...] directive is not closed with ]")) {
      try Directive.read("canal [sandbox:drop")
    }
  }
}
