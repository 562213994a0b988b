@testable import Sandbox

/// What the local API would charge, without a picture being drawn. A file of its own: the local API and the client's
/// side each have a `Catalogue`, and share no code.
enum SandboxPrices {
  /// `GET /models`, an object for each model.
  static var models: [String] { Catalogue.vendor.models.map(\.json.serialized) }

  struct Charge {
    /// Millionths of a US dollar; `nil` when the call is refused.
    var microdollars: Int?
    var refusal: String?
  }

  /// - Parameters:
  ///   - operation: as in `generate`, of the API's paths.
  ///   - body: JSON.
  static func charge(_ operation: String, body: String) -> Charge? {
    guard let endpoint = PaidEndpoint.allCases.first(where: { $0.path.hasSuffix("/\(operation)") }) else { return nil }
    do throws(Refusal) {
      let body = try RequestBody(Array(body.utf8), contentType: "application/json", endpoint: endpoint)
      return Charge(microdollars: try Order(endpoint, body, catalogue: .vendor).price.microdollars)
    } catch {
      return Charge(refusal: "\(error)")
    }
  }
}
