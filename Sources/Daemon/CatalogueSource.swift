import Catalogue
import Documents
import Foundation
import ImageAPI
import Ledger

/// Where the catalogue comes from: the API, what was fetched from it before, or what this program was built with.
public enum CatalogueSource {
  /// The cache, beside the ledger in the spool.
  static let cacheName = "catalogue.json"

  /// Asks the API; nothing is charged.
  ///
  /// - Throws: when the models cannot be had. Styles that cannot be had are left out.
  public static func fetch(by client: APIClient) async throws(QueryError) -> Catalogue {
    try await fetch(by: client, asking: AskingAtOnce())
  }

  /// One question first: an API that is down fails that one, not all.
  static func fetch(by client: APIClient, asking: some Asking) async throws(QueryError) -> Catalogue {
    func models(_ type: String) async throws(QueryError) -> [JSONObject] {
      try await asking.ask { () throws(QueryError) in try await client.models(type: type) }
    }
    let images = try await models("image")
    async let editing = result { () throws(QueryError) in try await models("inpaint") }
    async let upscaling = result { () throws(QueryError) in try await models("upscale") }
    async let styles = result { () throws(QueryError) in
      try await asking.ask { () throws(QueryError) in try await client.styles() }
    }
    let all = try await images + editing.get() + upscaling.get()
    return Catalogue(
      models: all, styles: try? await styles.get(), fetched: Int(Timestamp.now().microseconds / 1_000_000))
  }

  private static func result<Value>(
    _ body: () async throws(QueryError) -> Value
  ) async -> Result<Value, QueryError> {
    do {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }

  /// What the daemon fetched before.
  ///
  /// - Returns: `nil` where nothing was, and for what is damaged, of another API, or not to be read by the caller.
  public static func cached(spool: String, baseURL: String) -> Catalogue? {
    guard let data = FileManager.default.contents(atPath: "\(spool)/\(cacheName)") else { return nil }
    return try? Catalogue(cached: Array(data), baseURL: baseURL)
  }
}
