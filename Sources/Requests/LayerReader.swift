import Documents
import ImageAPI

/// Reads a pipeline's `request`: what is laid under the bodies of calls.
enum LayerReader {
  static func layers(
    _ root: Section, pipeline: String, acceptsImages: Bool
  ) throws(RequestError) -> [Endpoint: JSONObject] {
    var layers: [Endpoint: JSONObject] = [:]
    guard let section = try root.section("request") else { return layers }
    try section.checkKeys(Endpoint.allCases.map(\.rawValue)) { key in
      Endpoint.generate.fields.contains { $0.name == key }
        ? "Fields stand under their operation: 'request: { generate: { \(key): … } }'" : nil
    }
    for entry in section.entries {
      guard let endpoint = Endpoint(rawValue: entry.key) else { continue }
      let body = try Section(entry.node, path: section.place.path + [entry.key])
      let layer = JSONObject(body.entries)
      try check(layer, of: endpoint, in: body)
      layers[endpoint] = layer
    }
    if acceptsImages { try checkImageOperation(layers, in: section) }
    return layers
  }

  /// A layer may lack what its requests bring; what it has must be right.
  private static func check(_ layer: JSONObject, of endpoint: Endpoint, in section: Section) throws(RequestError) {
    var body = layer
    for field in endpoint.fields where field.isRequired && body[field.name] == nil {
      body[field.name] = field.name == "images" ? .array([Self.somePicture]) : Self.somePicture
    }
    if endpoint == .backgroundRemove, body["image"] == nil, body["image_url"] == nil { body["image"] = somePicture }
    if let field = endpoint.imageFields.first(where: { layer[$0.name] != nil }) {
      throw .invalid(
        section.place(of: field.name), value: "a picture", why: "pictures come with requests, not with pipelines")
    }
    do throws(OperationError) {
      _ = try Operation(endpoint: endpoint, body: body)
    } catch {
      throw .operation(section.place(of: error), error, layer: nil)
    }
  }

  /// Passes as any text and as a picture.
  private static let somePicture = JSONValue.string("https://example.com/picture.png")

  private static func checkImageOperation(_ layers: [Endpoint: JSONObject], in section: Section) throws(RequestError) {
    let endpoints = Endpoint.allCases.filter { $0.isMadeOfAnImage && layers[$0] != nil }
    if endpoints.count > 1 {
      throw .conflict(
        section.place(of: endpoints[1].rawValue), with: section.place(of: endpoints[0].rawValue).key,
        why: "with 'accepts-images' a dropped picture goes through one operation")
    }
    guard let endpoint = endpoints.first, let layer = layers[endpoint] else { return }
    do throws(OperationError) {
      _ = try Operation(
        endpoint: endpoint, body: layer, files: [FileField(path: endpoint.imagePath, source: .inbox("picture.png"))])
    } catch {
      let body = try section.section(endpoint.rawValue) ?? section
      throw .operation(body.place(of: error), error, layer: nil)
    }
  }
}
