import ArgumentParser
import Daemon
import ImageAPI
import Workers

/// The command: arguments, configuration, what people see. The work is done by the rooms beneath.
@main
struct DarkroomCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "darkroom",
    abstract: "Turns request files into finished image assets.",
    discussion: """
      Drop a request into the inbox; a directory of verified, converted images appears in the output tree, with a \
      manifest beside them. Try it without a key or a network:

        darkroom demo

      A request is a JSON or YAML file with one operation, written as the image API documents it:

        {"pipeline": "web",
         "generate": {"model": "venice-sd35", "prompt": "A canal in Venice"}}

      Exit codes: 0 done, 1 some work failed, 2 usage or configuration, 75 try again later.
      """,
    version: Darkroom.version,
    subcommands: [
      RunCommand.self, DemoCommand.self, SubmitCommand.self, PlanCommand.self, ProcessCommand.self,
      InspectCommand.self, CheckCommand.self, JobsCommand.self, ModelsCommand.self, StylesCommand.self,
      SandboxCommand.self,
    ])

  /// Exit codes as `sysexits.h` and the documentation have them.
  enum Exit {
    static let someFailed = ExitCode(1)
    static let usage = ExitCode(2)
    static let tryAgainLater = ExitCode(75)
  }

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      exit(withError: code)
    } catch let error as SettingsError {
      fail(error.description, Exit.usage)
    } catch let error as WorkerProgramError {
      fail(error.description, Exit.usage)
    } catch let error as APIConfigurationError {
      fail(error.description, Exit.usage)
    } catch let error as CommandFailure {
      fail(error.message, error.code)
    } catch {
      // The parser's own errors: help, version, and usage, which it reports with 64.
      let code = exitCode(for: error)
      if code == .success { exit(withError: error) }
      let message = fullMessage(for: error)
      fail(
        message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message,
        code == .validationFailure ? Exit.usage : Exit.someFailed)
    }
  }

  private static func fail(_ message: String, _ code: ExitCode) -> Never {
    Console.error(message)
    exit(withError: code)
  }
}

/// Why a command cannot go on, in words for people, and the exit code.
struct CommandFailure: Error {
  var message: String
  var code: ExitCode

  init(_ message: String, code: ExitCode = DarkroomCommand.Exit.usage) {
    self.message = message
    self.code = code
  }
}
