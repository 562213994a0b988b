import Documents
import ImageAPI

/// Compares an operation with one model, and collects the warnings.
struct ModelCheck {
  let operation: ImageAPI.Operation
  let model: Model
  /// Seconds since 1970.
  let now: Int
  var warnings: [CatalogueWarning] = []

  var body: JSONObject { operation.body }

  mutating func run() throws(CatalogueError) {
    try checkPrompts()
    switch operation.endpoint {
    case .generate:
      try checkSizing()
      try checkQuality()
      try checkStyleReferences()
      checkSteps()
    case .edit, .multiEdit:
      try checkEditSizing()
      try checkQuality()
      try checkInputImages()
    // The others have no field that depends on the model: `quality` of generations is "not used" (schema).
    case .generations, .upscale, .backgroundRemove: break
    }
    checkAvailability()
  }

  /// The limit holds for both (page 002: "also applies to `negative_prompt`").
  private func checkPrompts() throws(CatalogueError) {
    guard let maximum = model.constraints?.promptCharacterLimit else { return }
    for name in ["prompt", "negative_prompt"] {
      let length = body.string(name)?.unicodeScalars.count ?? 0
      if length > maximum { throw .tooLong(path: [name], length: length, maximum: maximum, model: model.id) }
    }
  }

  private mutating func checkQuality() throws(CatalogueError) {
    guard body["quality"] != nil else { return }
    if try !isOffered("quality", by: model.constraints?.qualities), model.hasQualities == false {
      ignore(["quality"])
    }
  }

  private mutating func checkStyleReferences() throws(CatalogueError) {
    guard let references = body["style_references"]?.array, !references.isEmpty else { return }
    let path = ["style_references"]
    switch model.supportsStyleReferences {
    case false?: return ignore(path)
    case nil: doubt(path, why: "the catalogue does not say that it takes style references")
    case true?: break
    }
    if let maximum = model.constraints?.maximumStyleReferences, references.count > maximum {
      throw .tooManyImages(path: path, count: references.count, maximum: maximum, model: model.id)
    }
    if model.constraints?.supportsStyleReferenceStrength == false,
      let index = references.firstIndex(where: { $0.object?["strength"] != nil })
    {
      ignore(path + ["\(index)", "strength"])
    }
  }

  private mutating func checkSteps() {
    guard let steps = body["steps"]?.integer, let maximum = model.constraints?.maximumSteps, steps > maximum else {
      return
    }
    warnings.append(.tooManySteps(steps, maximum: maximum, model: model.id))
  }

  private func checkInputImages() throws(CatalogueError) {
    guard operation.endpoint == .multiEdit, let maximum = model.constraints?.inputImages else { return }
    let count = operation.inputImages
    if count > maximum { throw .tooManyImages(path: ["images"], count: count, maximum: maximum, model: model.id) }
  }

  private mutating func checkAvailability() {
    if let deprecation = model.deprecation, deprecation.isActive(at: now) {
      let removal = deprecation.removesAt.flatMap(Instant.seconds)
      warnings.append(
        .deprecatedModel(
          model.id, removesAt: deprecation.removesAt, isRemoved: removal.map { $0 <= now } ?? false,
          replacement: deprecation.replacement, isRemapped: deprecation.isRemapped))
    }
    if model.isOffline { warnings.append(.offlineModel(model.id)) }
  }

  /// - Returns: `false` when there is no list to compare with.
  @discardableResult
  func isOffered(_ field: String, by offered: [String]?) throws(CatalogueError) -> Bool {
    guard let offered else { return false }
    if let value = body.string(field), !offered.contains(value) {
      throw .notOffered(
        path: [field], value: value, offered: offered, nearest: offered.nearest(to: value), model: model.id)
    }
    return true
  }

  mutating func ignore(_ path: [String]) {
    warnings.append(.ignoredField(path: path, model: model.id))
  }

  mutating func doubt(_ path: [String], why: String) {
    warnings.append(.doubtfulField(path: path, model: model.id, why: why))
  }
}

extension Deprecation {
  /// "When deprecation warnings and documentation should be considered active" (schema, `startsAt`).
  fileprivate func isActive(at now: Int) -> Bool {
    startsAt.flatMap(Instant.seconds).map { $0 <= now } ?? true
  }
}

extension ImageAPI.Operation {
  /// The pictures that an edit works on.
  var inputImages: Int {
    switch endpoint {
    case .edit: 1
    case .multiEdit: (body["images"]?.array?.count ?? 0) + files.count { $0.path.first == "images" }
    case .generate, .generations, .upscale, .backgroundRemove: 0
    }
  }
}
