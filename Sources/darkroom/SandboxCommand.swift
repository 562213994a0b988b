import ArgumentParser
import Money
import Sandbox
import ServiceLifecycle

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Serves the local API: the image API on this machine, at no cost.",
    discussion: """
      It speaks the vendor's API with deterministic pictures drawn from prompt and seed. Point Darkroom, or any other \
      client, at it:

        darkroom sandbox --port 8080 &
        DARKROOM_API_BASE_URL=http://127.0.0.1:8080/api/v1 darkroom run

      A directive in a prompt provokes a fault: [sandbox:status=503;times=2], [sandbox:status=429;retry-after=3], \
      [sandbox:status=402], [sandbox:drop], [sandbox:truncate], [sandbox:short], [sandbox:garbage], \
      [sandbox:size=512x512], [sandbox:format=png], [sandbox:blurred], [sandbox:violation], [sandbox:latency=5s], \
      [sandbox:hang].

      Money can be added, or with a minus sign taken, while it serves:

        curl -d '{"usd": 12.34}' http://127.0.0.1:8080/api/v1/sandbox/balance
      """)

  @Option(help: "The port on 127.0.0.1; 0 takes any free one.")
  var port = 0
  @Option(help: ArgumentHelp("Gets the port once connections are accepted.", valueName: "file"))
  var portFile: String?
  @Option(help: ArgumentHelp("Gets one JSON line for each charge.", valueName: "file"))
  var charges: String?
  @Option(help: ArgumentHelp("How long each picture takes, such as 500ms or 2s.", valueName: "time"))
  var latency: String?
  @Option(
    help: ArgumentHelp(
      "US dollars to spend before calls get a 402, such as 12.34; without it 10000. POST /sandbox/balance adds to them.",
      valueName: "usd"), transform: Self.dollars)
  var balance = USD(microdollars: 10_000_000_000)
  @Option(help: "Paid calls a minute for each key; the rest get a 429. Without it there is no limit.")
  var requestsPerMinute: Int?
  @Flag(help: "Block a key for 30 seconds after more than 20 failed calls in 30 seconds, as the vendor does.")
  var blockFailures = false
  @Flag(
    name: .customLong("x402"),
    help: "Treat callers as users of x402 wallets: a 402 says how to pay, even without a key.")
  var demandsX402 = false
  @Option(
    help: ArgumentHelp(
      "Call a model deprecated, and name what comes after it. May be given several times.",
      valueName: "model[=replacement]"))
  var deprecated: [Deprecated] = []

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is 0 to 65535") }
    guard latency.map({ Duration(unitText: $0) != nil }) ?? true else {
      throw ValidationError("--latency is a time such as 500ms or 2s")
    }
    guard requestsPerMinute ?? 1 >= 1 else { throw ValidationError("--requests-per-minute is at least 1") }
    for (index, model) in deprecated.enumerated() where deprecated[..<index].contains(where: { $0.id == model.id }) {
      throw ValidationError("--deprecated names \(model.id) more than once")
    }
  }

  /// Exactly what was written, or nothing: no amount is rounded on its way to the local API.
  private static func dollars(_ text: String) throws -> USD {
    let fraction = text.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last ?? ""
    guard let amount = USD(text), amount >= .zero, amount <= USD(microdollars: 1_000_000_000_000_000),
      fraction.dropFirst(6).allSatisfy({ $0 == "0" })
    else {
      throw ValidationError("--balance is US dollars such as 25 or 12.34, with at most six digits behind the point")
    }
    return amount
  }

  func run() async throws {
    let server = SandboxServer(
      configuration: SandboxConfiguration(
        port: port, portFile: portFile, chargesFile: charges,
        latency: latency.flatMap { Duration(unitText: $0) } ?? .zero, balanceMicrodollars: Int(balance.microdollars),
        requestsPerMinute: requestsPerMinute, blocksAfterFailures: blockFailures, demandsX402: demandsX402,
        deprecated: Dictionary(uniqueKeysWithValues: deprecated.map { ($0.id, $0.replacement) }))
    ) { port in
      Console.note("serving    http://127.0.0.1:\(port)/api/v1", .done)
    }
    do {
      try await ServiceGroup(
        services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: .quiet
      ).run()
    } catch SandboxError.unknownModel(let id) {
      throw CommandFailure("--deprecated: \(SandboxError.unknownModel(id: id))")
    } catch let error as SandboxError {
      throw CommandFailure("\(error)", code: DarkroomCommand.Exit.someFailed)
    }
  }
}

/// A model that will go, as `ID` or `ID=REPLACEMENT`.
struct Deprecated: ExpressibleByArgument {
  var id: String
  var replacement: String?

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    id = parts[0]
    replacement = parts.count == 2 ? parts[1] : nil
  }
}
