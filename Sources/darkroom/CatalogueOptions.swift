import ArgumentParser
import Catalogue
import Daemon
import ImageAPI

/// Where a command takes the catalogue from.
struct CatalogueOptions: ParsableArguments {
  @Flag(help: "Ask nobody: show what the daemon fetched before, or what this program was built with.")
  var offline = false

  /// - Throws: nothing for an API that cannot be reached: then what is known is shown, and a note says so.
  func catalogue(_ configuration: Configuration) async -> Catalogue {
    let daemon = configuration.daemon
    let known = CatalogueSource.cached(spool: daemon.spool, baseURL: daemon.api.baseURL) ?? .bundled
    guard !offline else { return known }
    for warning in configuration.warnings { Console.note("warning: \(warning)", .warning) }
    do throws(QueryError) {
      return try await CatalogueSource.fetch(by: APIClient(configuration: daemon.api))
    } catch {
      Console.note("warning: \(error)", .warning)
      return known
    }
  }
}

extension Catalogue {
  /// How old it is, for people.
  func ageInWords(now: Int) -> String {
    guard let fetched else { return "as of this program's release; nothing was fetched yet" }
    let minutes = max(0, now - fetched) / 60
    switch minutes {
    case 0: return "fetched just now"
    case 1..<120: return "fetched \(minutes) min ago"
    case 120..<2880: return "fetched \(minutes / 60) h ago"
    default: return "fetched \(minutes / 1440) days ago"
    }
  }
}
