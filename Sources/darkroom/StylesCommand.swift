import ArgumentParser
import Catalogue
import Documents
import Foundation

struct StylesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "styles",
    abstract: "Lists the names that style_preset takes.",
    discussion: "Asks the API, which is free. Without a network it shows what the daemon fetched before.")

  @OptionGroup var options: ConfigurationOptions
  @OptionGroup var source: CatalogueOptions
  @Flag(help: "One JSON document: a list of names.")
  var json = false

  func run() async throws {
    let catalogue = await source.catalogue(try options.load(needsKey: false))
    guard let styles = catalogue.styles else {
      throw CommandFailure(
        "the styles were never fetched: the API has to be reached once", code: DarkroomCommand.Exit.someFailed)
    }
    if json { return Console.out(JSONValue.array(styles.map(JSONValue.string)).serialized()) }
    for style in styles { Console.out(style) }
    Console.note(catalogue.ageInWords(now: Int(Date().timeIntervalSince1970)), .quiet)
  }
}
