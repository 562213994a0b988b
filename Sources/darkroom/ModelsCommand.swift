import ArgumentParser
import Catalogue
import Documents
import Foundation
import Money

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Lists the API's image models: prices in US dollars, how each is told the size, what ends soon.",
    discussion: """
      Asks the API, which is free. Without a network it shows what the daemon fetched before, else the list that this \
      program was built with.
      """)

  @OptionGroup var options: ConfigurationOptions
  @OptionGroup var source: CatalogueOptions
  @Option(help: ArgumentHelp("image, inpaint or upscale; all without it.", valueName: "type"))
  var type: String?
  @Flag(help: "One JSON document a line, as the API describes each model.")
  var json = false
  @Argument(help: ArgumentHelp("Only these.", valueName: "model"))
  var names: [String] = []

  func run() async throws {
    let catalogue = await source.catalogue(try options.load(needsKey: false))
    if let name = names.first(where: { catalogue[$0] == nil }) {
      let hint = catalogue.models.map(\.id).nearest(to: name).map { "; did you mean \($0)?" } ?? ""
      throw CommandFailure("there is no model \(name)\(hint)")
    }
    let types = Set(catalogue.models.map(\.type.description)).sorted()
    if let type, !types.contains(type) {
      throw CommandFailure("there are no models of type \(type); there are \(types.joined(separator: ", "))")
    }
    let models = catalogue.models.filter { model in
      (type == nil || model.type.description == type) && (names.isEmpty || names.contains(model.id))
    }
    if models.isEmpty, let type { throw CommandFailure("\(names.joined(separator: ", ")): not of type \(type)") }
    if json {
      for model in models { Console.out(JSONValue.object(model.json).serialized()) }
      return
    }
    let rows = models.map { [$0.id, $0.type.description, $0.priceInWords, $0.sizingInWords, $0.remarks] }
    for line in Columns.lines([["MODEL", "TYPE", "USD", "SIZE BY", ""]] + rows) { Console.out(line) }
    Console.note(catalogue.ageInWords(now: Int(Date().timeIntervalSince1970)), .quiet)
  }
}

extension Model {
  /// What it costs: one price, or one for each tier, each with its range of qualities.
  fileprivate var priceInWords: String {
    guard let pricing else { return "unknown" }
    let tiers = pricing.tiers.sorted()
    var words = tiers.map { tier in
      let prices = ([pricing.resolutions[tier]].compactMap(\.self) + (pricing.quality[tier] ?? [:]).values).sorted()
      return "\(tier) \(Self.range(prices))"
    }
    if type == .upscale {
      words += pricing.upscale.sorted { $0.key < $1.key }.map { "\($0.key)x \($0.value)" }
    } else if tiers.isEmpty {
      words += [pricing.generation ?? pricing.inpaint].compactMap { $0?.description }
    }
    if let inputs = pricing.inputImages {
      words.append("+\(inputs.additional) an image beyond \(inputs.included)")
    }
    return words.isEmpty ? "unknown" : words.joined(separator: ", ")
  }

  private static func range(_ prices: [USD]) -> String {
    guard let low = prices.first, let high = prices.last else { return "unknown" }
    return low == high ? "\(low)" : "\(low)-\(high)"
  }

  fileprivate var sizingInWords: String {
    switch sizing {
    case .pixels: "width, height" + (widthHeightDivisor.map { " (multiples of \($0))" } ?? "")
    case .aspectRatio: "aspect_ratio"
    case .tiers: "aspect_ratio, resolution"
    case .either: "either"
    case .unknown: ""
    }
  }

  fileprivate var remarks: String {
    var remarks: [String] = []
    if isOffline { remarks.append("offline") }
    if let deprecation {
      remarks.append("ends \(deprecation.removesAt ?? "soon")" + (deprecation.replacement.map { ", use \($0)" } ?? ""))
    }
    return remarks.joined(separator: "; ")
  }
}
