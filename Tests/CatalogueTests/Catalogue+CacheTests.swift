import Catalogue
import Documents
import Testing

@Suite struct CatalogueCacheTests {
  private static let url = "https://api.venice.ai/api/v1"

  private static func catalogue(styles: [String]? = ["3D Model", "Anime"]) throws -> Catalogue {
    Catalogue(
      models: [
        try Fixtures.object(
          #"{"type": "image", "id": "é", "new": [1e3, 0.10, null], "model_spec": {"name": "E\"\n"}}"#),
        try Fixtures.model(#""pricing": {"generation": {"usd": 0.028060000000000005}}"#, id: "b"),
      ], styles: styles, fetched: 1_790_000_000)
  }

  private static func error(_ bytes: [UInt8], baseURL: String = url) -> CatalogueError? {
    do throws(CatalogueError) {
      _ = try Catalogue(cached: bytes, baseURL: baseURL)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [nil, [], ["3D Model", "Anime"]] as [[String]?])
  func aCatalogueComesBackAsItWent(styles: [String]?) throws {
    let catalogue = try Self.catalogue(styles: styles)
    let back = try Catalogue(cached: catalogue.encoded(baseURL: Self.url), baseURL: Self.url)
    #expect(back.models == catalogue.models)
    #expect(back.models.map(\.json) == catalogue.models.map(\.json))
    #expect(back.styles == styles)
    #expect(back.fetched == 1_790_000_000)
    #expect(back.origin == .api)
  }

  @Test func theFileIsOneJSONObjectWithTheVendorsTextOfNumbers() throws {
    let catalogue = Catalogue(
      models: [try Fixtures.object(#"{"id":"a","type":"image","x":1.50e2}"#)], styles: nil, fetched: 7)
    #expect(
      String(decoding: catalogue.encoded(baseURL: "http://localhost/v1"), as: UTF8.self)
        == #"{"version":1,"base-url":"http://localhost/v1","fetched":7,"styles":null,"#
        + #""models":[{"id":"a","type":"image","x":1.50e2}]}"#)
  }

  @Test func aFileOfAnotherAPIIsNotTaken() throws {
    let error = Self.error(try Self.catalogue().encoded(baseURL: "http://127.0.0.1:8080/api/v1"))
    #expect(error == .cacheOfAnotherAPI(baseURL: "http://127.0.0.1:8080/api/v1", expected: Self.url))
    #expect(
      error?.description
        == "the cached catalogue is of 'http://127.0.0.1:8080/api/v1', not of 'https://api.venice.ai/api/v1'. "
        + "Delete it; it is fetched again")
  }

  @Test func aFileCutAnywhereIsDamaged() throws {
    let bytes = try Self.catalogue().encoded(baseURL: Self.url)
    for length in bytes.indices {
      guard case .damagedCache? = Self.error(Array(bytes[..<length])) else {
        Issue.record("cut at \(length) of \(bytes.count)")
        continue
      }
    }
  }

  /// It may change a name or a price unseen, but never end the program.
  @Test func aFlippedByteIsReadOrDamaged() throws {
    let bytes = try Self.catalogue().encoded(baseURL: Self.url)
    var damaged = 0
    for index in bytes.indices {
      for bit in [0x01, 0x20, 0x80] as [UInt8] {
        var other = bytes
        other[index] ^= bit
        if case .damagedCache? = Self.error(other) { damaged += 1 }
      }
    }
    #expect(damaged > bytes.count)
  }

  @Test(
    arguments: [
      (
        "[]", "it is no catalogue of version 1"
      ),
      (#"{"version":2,"base-url":"u","fetched":7,"styles":null,"models":[]}"#, "it is no catalogue of version 1"),
      (#"{"version":1,"fetched":7,"styles":null,"models":[]}"#, "'base-url' is missing"),
      (#"{"version":1,"base-url":"u","fetched":"7","styles":null,"models":[]}"#, "'fetched' is missing"),
      (#"{"version":1,"base-url":"u","fetched":7,"styles":{},"models":[]}"#, "'styles' is missing"),
      (#"{"version":1,"base-url":"u","fetched":7,"models":[]}"#, "'styles' is missing"),
      (#"{"version":1,"base-url":"u","fetched":7,"styles":null}"#, "'models' is missing"),
      ("nonsense", "line 1, column 1: found nonsense where null should be"),
    ] as [(String, String)]) func anotherDocumentIsDamaged(text: String, why: String)
  {
    #expect(Self.error(Array(text.utf8), baseURL: "u") == .damagedCache(why: why))
  }
}
