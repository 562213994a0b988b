import ArgumentParser
import Daemon
import Requests

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks the configuration, every pipeline, and what this machine can do.",
    discussion: """
      Mistakes are told with file, line and column; then the exit code is 2. So it is when a pipeline asks for what the
      file system of the output tree cannot do, or no picture can be opened. Run it as the daemon's user.
      """)

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let configuration = try options.load(needsKey: false)
    let daemon = configuration.daemon
    for (name, path) in [
      ("inbox", daemon.inbox), ("output", daemon.output), ("failed", daemon.failed), ("spool", daemon.spool),
    ] { Console.out("\(name)\t\(path)") }
    Console.out("api\t\(daemon.api.baseURL)")
    for warning in configuration.warnings { Console.note("warning: \(warning)", .warning) }

    let folder = try Pipelines.read(folder: configuration.pipelineFolder)
    for name in folder.catalog.names {
      guard let pipeline = folder.catalog[name] else { continue }
      let count = pipeline.recipe.outputs.count
      Console.out("pipeline\t\(name)\t\(count) output\(count == 1 ? "" : "s")\t\(pipeline.description ?? "")")
    }
    for mistake in folder.mistakes {
      Console.note("\(configuration.pipelineFolder ?? "built-in")/\(mistake.file), \(mistake.error)", .failed)
    }
    if !folder.mistakes.isEmpty { throw DarkroomCommand.Exit.usage }
    let shortcomings = try Shortcoming.found(daemon, folder.catalog)
    for shortcoming in shortcomings {
      Console.note(
        "\(shortcoming.breaksAPromise ? "error" : "warning"): \(shortcoming.text)",
        shortcoming.breaksAPromise ? .failed : .warning)
    }
    if folder.catalog[RequestReader.defaultPipeline] == nil {
      Console.note(
        "warning: there is no pipeline \"\(RequestReader.defaultPipeline)\": requests must name theirs", .warning)
    }
    if shortcomings.contains(where: \.breaksAPromise) { throw DarkroomCommand.Exit.usage }
  }
}
