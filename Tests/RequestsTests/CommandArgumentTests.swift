import Foundation
import Testing

@testable import Requests

@Suite struct CommandArgumentTests {
  private static let values = CommandArgument.Values(
    manifest: "/out/a b/manifest.json", directory: "/out/a b", place: "a b", job: "0190", name: "a b", pipeline: "web",
    key: "0191", labels: ["sku": "47;rm -rf $HOME", "empty": "", "dash": "--force", "brace": "{job}"])

  @Test(arguments: [
    ("{manifest}", "/out/a b/manifest.json"), ("{directory}", "/out/a b"), ("--dir={directory}", "--dir=/out/a b"),
    ("{job}.{key}", "0190.0191"), ("{pipeline}/{place}/{name}", "web/a b/a b"), ("", ""), ("-n", "-n"),
    // Whatever a value is, it stays one argument; a brace in it is only a brace.
    ("{label.sku}", "47;rm -rf $HOME"), ("{label.empty}", ""), ("{label.brace}", "{job}"),
    ("--sku={label.dash}", "--sku=--force"), ("-{label.dash}", "---force"),
    // JSON and awk.
    (#"{{"job": "{job}"}}"#, #"{"job": "0190"}"#), ("{{print}}", "{print}"), ("{{{job}}}", "{0190}"),
  ])
  func everyPlaceholderHasItsValue(text: String, filled: String) throws {
    #expect(try CommandArgument(text).filled(with: Self.values) == filled)
  }

  @Test(arguments: [
    ("{manifst}", CommandArgumentError.unknownPlaceholder("manifst", nearest: "manifest", argument: "{manifst}")),
    ("{width}", .unknownPlaceholder("width", nearest: nil, argument: "{width}")),
    ("{label.}", .unknownPlaceholder("label.", nearest: nil, argument: "{label.}")),
    ("{job", .unbalancedBrace(argument: "{job")), ("job}", .unbalancedBrace(argument: "job}")),
    ("{}", .unknownPlaceholder("", nearest: nil, argument: "{}")),
  ])
  func whatIsNoPlaceholderIsSaid(text: String, error: CommandArgumentError) {
    #expect(throws: error) { try CommandArgument(text) }
  }

  @Test func aLabelThatIsMissingIsSaid() throws {
    let argument = try CommandArgument("x{label.size}")
    #expect(throws: CommandArgumentError.noLabel("size", argument: "x{label.size}")) {
      try argument.filled(with: Self.values)
    }
  }

  @Test func aValueNeverMakesAnOptionOfAnArgument() throws {
    let argument = try CommandArgument("{label.dash}")
    #expect(throws: CommandArgumentError.looksLikeAnOption("--force", argument: "{label.dash}")) {
      try argument.filled(with: Self.values)
    }
    let joined = try CommandArgument("{label.empty}{label.dash}")
    #expect(throws: CommandArgumentError.self) { try joined.filled(with: Self.values) }
  }

  @Test func itIsKeptAsItWasWritten() throws {
    let steps: [Pipeline.Afterwards] = [
      .run([try CommandArgument("/bin/x"), try CommandArgument("{{{job}}}")]), .webhook("https://x"),
    ]
    let encoded = try JSONEncoder().encode(steps)
    #expect(try JSONDecoder().decode([Pipeline.Afterwards].self, from: encoded) == steps)
  }
}
