import ArgumentParser
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
      """)

  @Option(help: "The port on 127.0.0.1; 0 takes any free one.")
  var port = 0
  @Option(help: ArgumentHelp("Gets the port once connections are accepted.", valueName: "file"))
  var portFile: String?
  @Option(help: ArgumentHelp("Gets one JSON line for each charge.", valueName: "file"))
  var charges: String?
  @Option(help: ArgumentHelp("How long each picture takes, such as 500ms or 2s.", valueName: "time"))
  var latency: String?
  @Option(help: "US dollars to spend before calls get a 402.")
  var balance = 10_000
  @Option(help: "Paid calls a minute for each key; the rest get a 429. Without it there is no limit.")
  var requestsPerMinute: Int?

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is 0 to 65535") }
    guard latency.map({ Duration(unitText: $0) != nil }) ?? true else {
      throw ValidationError("--latency is a time such as 500ms or 2s")
    }
    guard balance >= 0 else { throw ValidationError("--balance is not negative") }
    guard requestsPerMinute ?? 1 >= 1 else { throw ValidationError("--requests-per-minute is at least 1") }
  }

  func run() async throws {
    let server = SandboxServer(
      configuration: SandboxConfiguration(
        port: port, portFile: portFile, chargesFile: charges,
        latency: latency.flatMap { Duration(unitText: $0) } ?? .zero, balanceUSD: balance,
        requestsPerMinute: requestsPerMinute)
    ) { port in
      Console.note("serving    http://127.0.0.1:\(port)/api/v1", .done)
    }
    do {
      try await ServiceGroup(
        services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: .quiet
      ).run()
    } catch let error as SandboxError {
      throw CommandFailure("\(error)", code: DarkroomCommand.Exit.someFailed)
    }
  }
}
