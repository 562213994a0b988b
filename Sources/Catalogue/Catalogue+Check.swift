import Documents
import ImageAPI

extension Catalogue {
  /// Compares an operation with what its model takes. Where neither live constraints nor a list kept by hand has the
  /// model, there is no check of them.
  ///
  /// - Parameter now: seconds since 1970, for deprecations.
  /// - Returns: what may be right and is sent, for the manifest. Mixed sizing idioms are among the operation's own
  ///   warnings already.
  /// - Throws: what is certainly wrong, with the path of its field.
  public func check(_ operation: ImageAPI.Operation, now: Int) throws(CatalogueError) -> [CatalogueWarning] {
    let candidates = candidates(for: operation)
    var warnings: [CatalogueWarning] = []
    if candidates.isEmpty, let name = operation.model {
      warnings.append(.unknownModel(name, endpoint: operation.endpoint, nearest: names(near: name, for: operation)))
    }
    if let style = operation.body.string("style_preset"), let styles, !styles.contains(style) {
      warnings.append(.unknownStyle(style, nearest: styles.nearest(to: style)))
    }
    // Certainly wrong is what every carrier of a trait refuses.
    var refusal: CatalogueError?
    for model in candidates {
      do throws(CatalogueError) {
        try refuseOtherType(model, for: operation)
        var check = ModelCheck(operation: operation, model: model, now: now)
        try check.run()
        return warnings + check.warnings
      } catch {
        refusal = refusal ?? error
      }
    }
    if let refusal { throw refusal }
    return warnings
  }

  private func refuseOtherType(_ model: Model, for operation: ImageAPI.Operation) throws(CatalogueError) {
    guard let name = operation.model, model.type != operation.endpoint.modelType else { return }
    throw .otherType(
      path: [operation.body["model"] == nil ? "modelId" : "model"], model: model.id, type: model.type,
      endpoint: operation.endpoint, nearest: names(near: name, for: operation).first)
  }

  private func names(near name: String, for operation: ImageAPI.Operation) -> [String] {
    models.filter { $0.type == operation.endpoint.modelType }.map(\.id).nearestNames(to: name, limit: 3)
  }
}
