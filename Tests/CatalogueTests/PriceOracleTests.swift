import Catalogue
import Documents
import Foundation
import ImageAPI
import Money
import Testing

/// Python's decimal prices the same calls from the same file: every model of the snapshot at every tier, quality, count
/// of variants and of input images, once as it is and once with defaults as live constraints would name them.
@Suite struct PriceOracleTests {
  private struct Case: Decodable {
    let endpoint: String
    let model: String
    let members: [String: Member]
    let images: Int
    let pixels: Int?
    let live: Bool
    let expected: Int64
    let worst: Int64
    let known: Bool
  }

  private enum Member: Decodable {
    case number(Int)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    var json: JSONValue {
      switch self {
      case .number(let number): .number("\(number)")
      case .text(let text): .string(text)
      }
    }
  }

  @Test func pythonComesToTheSamePrices() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "price-oracle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let answers = folder.appending(path: "prices.json")
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    let snapshot = Fixtures.tests.deletingLastPathComponent().appending(path: "Sources/Catalogue/models.json")
    python.arguments = ["-c", Self.script, snapshot.path, answers.path, Fixtures.tests.appending(path: "Venice").path]
    try python.run()
    python.waitUntilExit()
    try #require(python.terminationStatus == 0)
    let cases = try JSONDecoder().decode([Case].self, from: try Data(contentsOf: answers))
    #expect(cases.count == 6304)
    #expect(Set(cases.map(\.model)).count == 60)

    let live = Catalogue(
      models: Catalogue.bundled.models.map(\.json).map(Self.withDefaults), styles: nil, fetched: Fixtures.now)
    let assumptions = PriceAssumptions(unknownModel: USD(microdollars: 1_000_000), extra: .zero)
    for item in cases {
      let endpoint = try #require(Endpoint(rawValue: item.endpoint))
      var body = JSONObject()
      for (key, member) in item.members { body[key] = member.json }
      let files = (0..<item.images).map { index in
        FileField(
          path: endpoint == .multiEdit ? ["images", "\(index)"] : ["image"], source: .inbox("\(index).png"))
      }
      let operation = try ImageAPI.Operation(endpoint: endpoint, body: body, files: files)
      let estimate = (item.live ? live : .bundled).estimate(
        operation, inputPixels: item.pixels, assumptions: assumptions)
      #expect(
        estimate.expected.microdollars == item.expected && estimate.worst.microdollars == item.worst
          && estimate.isKnown == item.known, "\(item): \(estimate)")
    }
  }

  /// As the script names them: the second tier in the order of their names, the cheapest quality.
  private static func withDefaults(_ json: JSONObject) -> JSONObject {
    guard case .object(var spec)? = json["model_spec"], case .object(let pricing)? = spec["pricing"],
      case .object(let tiers)? = pricing["resolutions"]
    else { return json }
    var constraints = JSONObject()
    constraints["defaultResolution"] = .string(tiers.keys.sorted()[1])
    if pricing["quality"] != nil { constraints["defaultQuality"] = .string("low") }
    spec["constraints"] = .object(constraints)
    var json = json
    json["model_spec"] = .object(spec)
    return json
  }

  private static let script = """
    import json, sys

    sys.dont_write_bytecode = True
    sys.path.insert(0, sys.argv[3])
    from prices import listed, micros, picture as price

    models = listed(sys.argv[1])

    cases = []
    def add(endpoint, model, members, images, pixels, live, found):
        cases.append(dict(endpoint=endpoint, model=model, members=members, images=images, pixels=pixels, live=live,
                          expected=found[0], worst=found[1], known=found[2]))

    for model in models.values():
        id, kind, pricing = model["id"], model["type"], model["model_spec"]["pricing"]
        for live in (False, True):
            if live and "resolutions" not in pricing:
                continue
            for tier in (None, "1K", "2K", "4K"):
                for quality in (None, "low", "medium", "high"):
                    chosen = {}
                    if tier: chosen["resolution"] = tier
                    if quality: chosen["quality"] = quality
                    if kind == "image":
                        found = price(pricing, "generation", tier, quality, live)
                        for variants in (None, 1, 2, 3, 4):
                            members = dict(chosen, model=id, prompt="p")
                            if variants: members["variants"] = variants
                            times = variants or 1
                            add("generate", id, members, 0, None, live, (found[0] * times, found[1] * times, found[2]))
                    if kind == "inpaint":
                        base = price(pricing, "inpaint", tier, quality, live)
                        for images in (0, 1, 2, 3, 7):
                            more = 0
                            if "inputImages" in pricing:
                                extra = max(0, max(images, 1) - int(pricing["inputImages"]["included"]))
                                more = micros(pricing["inputImages"]["additional"]) * extra
                            found = (base[0] + more, base[1] + more, base[2])
                            if images == 0:
                                add("edit", id, dict(chosen, model=id, prompt="p"), 1, None, live, found)
                            else:
                                add("multi-edit", id, dict(chosen, modelId=id, prompt="p"), images, None, live, found)
            if kind == "image":
                add("generations", id, dict(model=id, prompt="p"), 0, None, live,
                    price(pricing, "generation", None, None, live))
        if id == "bria-bg-remover":
            add("background-remove", id, {}, 1, None, False, price(pricing, "generation", None, None, False))
        if kind == "upscale":
            twice, fourfold = micros(pricing["upscale"]["2x"]), micros(pricing["upscale"]["4x"])
            for scale in (None, 2, 4):
                for pixels in (None, 65536, 1048576, 1048577, 4194304):
                    members = {"scale": scale} if scale else {}
                    fits = pixels is None or pixels * 16 <= 16777216
                    asked = fourfold if scale == 4 else twice
                    add("upscale", id, members, 1, pixels, False, (asked if fits else twice, asked, True))

    with open(sys.argv[2], "w") as file:
        json.dump(cases, file)
    """
}
