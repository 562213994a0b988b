import Documents

extension Catalogue {
  /// The version of the cache file's layout. A file of another one is of no use and is fetched again.
  private static let cacheVersion = "1"

  /// The cache file of a fetched catalogue: one JSON object, the vendor's objects as they came.
  public func encoded(baseURL: String) -> [UInt8] {
    var file = JSONObject()
    file["version"] = .number(Self.cacheVersion)
    file["base-url"] = .string(baseURL)
    file["fetched"] = fetched.map { .number("\($0)") } ?? .null
    file["styles"] = styles.map { .array($0.map(JSONValue.string)) } ?? .null
    // Last, so that a file that is cut anywhere is no JSON any more.
    file["models"] = .array(models.map { .object($0.json) })
    return JSONValue.object(file).serializedBytes()
  }

  /// Reads a cache file.
  ///
  /// - Parameter baseURL: of the API in use, written as it was for ``encoded(baseURL:)``.
  /// - Throws: ``CatalogueError/damagedCache(why:)``, ``CatalogueError/cacheOfAnotherAPI(baseURL:expected:)``.
  public init(cached: [UInt8], baseURL: String) throws(CatalogueError) {
    let value: JSONValue
    do throws(DocumentError) {
      value = try DocumentReader.json(cached).value
    } catch {
      throw .damagedCache(why: "\(error)")
    }
    guard let file = value.object, file["version"] == .number(Self.cacheVersion) else {
      throw .damagedCache(why: "it is no catalogue of version \(Self.cacheVersion)")
    }
    guard let url = file.string("base-url") else { throw .damagedCache(why: "'base-url' is missing") }
    guard url == baseURL else { throw .cacheOfAnotherAPI(baseURL: url, expected: baseURL) }
    guard let fetched = file["fetched"]?.integer else { throw .damagedCache(why: "'fetched' is missing") }
    guard let items = file["models"]?.array else { throw .damagedCache(why: "'models' is missing") }
    let styles: [String]?
    switch file["styles"] {
    case .null?: styles = nil
    case .array(let names)?: styles = names.compactMap(\.string)
    case nil, .bool?, .number?, .string?, .object?: throw .damagedCache(why: "'styles' is missing")
    }
    self.init(models: items.compactMap(\.object), styles: styles, fetched: fetched)
  }
}
