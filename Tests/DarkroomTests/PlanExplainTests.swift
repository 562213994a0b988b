import Foundation
import Testing

/// `darkroom plan --explain`: how outputs are made, told before any is.
@Suite(.timeLimit(.minutes(2))) struct PlanExplainTests {
  private static let pipelines = [
    "default": Site.plainPipeline,
    "small": """
    outputs:
      - { file: "{name}-{width}.webp", resize: { width: [128, 32] }, metadata: none }
      - { file: "{name}-{width}.jpg", resize: { width: 128 }, quality: 70, progressive: true }
      - { file: "{name}.jpg", metadata: keep }
    """,
    "box": """
    accepts-images: true
    outputs: [{ file: "{name}.png", resize: { width: 100, height: 60, fit: contain }, background: "#102030" }]
    """,
    "steps": """
    outputs:
      - file: "{name}-{width}x{height}.png"
        trim: { color: "#000", margin: 2 }
        crop: { width: "50%" }
        resize: { width: 50, filter: mitchell, linear: true }
        blur: 1.5
        sharpen: { sigma: 2, amount: 1, threshold: 0 }
        pad: { left: 3, color: "#fff" }
      - { file: "{name}.png", crop: { width: 300, height: 20 } }
    """,
    "exact": """
    verify: { size: 512x257, on-mismatch: fail }
    outputs: [{ file: "{name}.png", trim: true }]
    """,
  ]

  /// 512x256 noise, to be turned to the right where asked, written by Pillow.
  private func photograph(turned: Bool = false) async throws -> [UInt8] {
    let program = """
      import io, sys
      from PIL import Image
      exif = Image.Exif()
      if \(turned ? "True" : "False"): exif[0x112] = 6
      file = io.BytesIO()
      Image.effect_noise((512, 256), 60).convert("RGB").save(file, "JPEG", quality=85, exif=exif)
      sys.stdout.buffer.write(file.getvalue())
      """
    return try await Python.bytes(of: program)
  }

  private func site(_ api: DeafPort) async throws -> Site {
    try await Site(pipelines: Self.pipelines, settings: "", baseURL: "http://127.0.0.1:\(api.number)/api/v1")
  }

  private func document(_ output: String) throws -> [String: Any] {
    let line = try #require(output.split(separator: "\n").first)
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func aPersonIsToldWhatIsSharedAndWhatStays() async throws {
    let api = try DeafPort()
    let site = try await site(api)
    try await site.drop(photograph(), as: "photos/harbour.jpg")
    let before = site.inventory()
    let told = try await site.run(
      "plan", "--explain", "--pipeline", "small", "\(site.folder)/inbox/photos/harbour.jpg")
    #expect(told.status == 0, "\(told.notes)")
    let lines = told.output.split(separator: "\n").map(String.init)
    let place = try #require(lines.firstIndex(of: "  explained:"))
    #expect(
      Array(lines[(place + 1)...].prefix(7)) == [
        "    jpeg of 512x256, YCbCr 4:2:0", "    decode once, at 1/2: 256x128",
        "    once for 2 outputs: resize to 128x64 (lanczos3)",
        "    harbour-128.webp 128x64: resize to 128x64 (lanczos3), encode as webp (quality 80, method 4), metadata none",
        "    harbour-32.webp 32x16: resize to 32x16 (lanczos3), encode as webp (quality 80, method 4), metadata none",
        "    harbour-128.jpg 128x64: resize to 128x64 (lanczos3), encode as jpeg (quality 70, subsampling 4:2:0, "
          + "progressive true), metadata provenance",
        "    harbour.jpg 512x256: encoded pixels kept to the byte, metadata keep",
      ])
    #expect(site.inventory() == before, "nothing is written")
    #expect(!api.wasCalled, "nothing is sent")
  }

  @Test func whatIsToldOfATurnedOriginalIsWhatProcessMakes() async throws {
    let site = try await site(try DeafPort())
    let photo = "\(site.folder)/tower.jpg"
    try await Data(photograph(turned: true)).write(to: URL(filePath: photo))
    let told = try await site.run("plan", "--explain", "--json", "--pipeline", "small", photo)
    #expect(told.status == 0, "\(told.notes)")
    let document = try document(told.output)
    let plan = try #require(document["plan"] as? [String: Any])
    let original = try #require(plan["original"] as? [String: Any])
    #expect(original["orientation"] as? Int == 6 && original["expected"] as? Bool == false)
    #expect((plan["decoded"] as? [String: Any])?["scale"] as? String == "1/1")
    let outputs = try #require(plan["outputs"] as? [[String: Any]])
    #expect(outputs.map { $0["pixels"] as? String } == ["encoded", "encoded", "encoded", "turned"])
    let shared = try #require((plan["shared"] as? [[String: Any]])?.first)
    #expect(shared["outputs"] as? [String] == ["tower-128.webp", "tower-128.jpg"])
    #expect((outputs[2]["settings"] as? [String: String])?["progressive"] == "true")

    let made = try await site.run("process", "--pipeline", "small", "--output", "\(site.folder)/made", photo)
    #expect(made.status == 0, "\(made.notes)")
    let manifest = try site.json("made/tower/manifest.json")
    let files = try #require(manifest["outputs"] as? [[String: Any]])
    func sizes(_ list: [[String: Any]]) -> [String] {
      list.map { "\($0["file"] ?? "") \($0["width"] ?? "")x\($0["height"] ?? "")" }
    }
    #expect(
      sizes(files) == [
        "tower-128.webp 128x256", "tower-32.webp 32x64", "tower-128.jpg 128x256", "tower.jpg 256x512",
      ])
    #expect(sizes(outputs) == sizes(files))
    // What is told without an explanation as well.
    #expect(sizes(document["outputs"] as? [[String: Any]] ?? []) == sizes(files))
  }

  @Test func anOriginalThatIsNotThereYetIsExplainedAsItWasAskedFor() async throws {
    let site = try await site(try DeafPort())
    let canal = #"{"model": "venice-sd35", "prompt": "A canal", "width": 256, "height": 128, "variants": 2"#
    try site.drop(canal + #", "format": "png"}"#, as: "box/canal.json")
    let told = try await site.run("plan", "--explain", "\(site.folder)/inbox/box/canal.json")
    #expect(told.status == 0, "\(told.notes)")
    for line in [
      "    each of 2: as if it came as png of 256x128, RGB\n", "    decode once\n",
      "    canal-1.png 100x60: resize to 100x50 (lanczos3), lay on 100x60, #102030, encode as png (compression 6), "
        + "metadata provenance\n", "    one output at a time\n",
    ] { #expect(told.output.contains(line), "\(told.output)") }
    try site.drop(#"{"source": "missing.jpg"}"#, as: "box/none.json")
    let none = try await site.run("plan", "--explain", "--json", "\(site.folder)/inbox/box/none.json")
    #expect(try document(none.output)["plan"] is NSNull)
  }

  /// White of 40x30 on black of 512x256, written by Pillow.
  private func spot() async throws -> [UInt8] {
    let program = """
      import io, sys
      from PIL import Image
      image = Image.new("RGB", (512, 256))
      image.paste((255, 255, 255), (100, 80, 140, 110))
      file = io.BytesIO()
      image.save(file, "PNG")
      sys.stdout.buffer.write(file.getvalue())
      """
    return try await Python.bytes(of: program)
  }

  @Test func whatIsCutOffIsToldAsItWillBeDone() async throws {
    let site = try await site(try DeafPort())
    let file = "\(site.folder)/spot.png"
    try await Data(spot()).write(to: URL(filePath: file))
    let told = try await site.run("plan", "--explain", "--pipeline", "steps", file)
    #expect(told.status == 0, "\(told.notes)")
    // 44x34 are left, of which half the width is kept; 50 columns would enlarge it.
    #expect(
      told.output.contains(
        "    spot-25x34.png 25x34: trim to 44x34 at 98,78, crop to 22x34 at 11,0, blur (sigma 1.5), sharpen (sigma 2, "
          + "amount 1, threshold 0), pad by 0/0/0/3, #ffffff, encode as png (compression 6), metadata provenance\n"),
      "\(told.output)")
    let made = try await site.run("process", "--pipeline", "steps", "--output", "\(site.folder)/made", file)
    #expect(made.status == 0, "\(made.notes)")
    let files = try #require(try site.json("made/spot/manifest.json")["outputs"] as? [[String: Any]])
    #expect(files.map { $0["file"] as? String } == ["spot-25x34.png", "spot.png"])
    #expect(files.map { $0["width"] as? Int } == [25, 300])
  }

  /// A cut picture has a header, but no pixels to look for a border in.
  @Test func aPictureOfTheWrongSizeIsRefusedBeforeItsBorderIsLookedFor() async throws {
    let site = try await site(try DeafPort())
    let file = "\(site.folder)/spot.png"
    try await Data(spot().dropLast(200)).write(to: URL(filePath: file))
    let refusal = "the original is 512x256, expected 512x257"
    let told = try await site.run("plan", "--explain", "--pipeline", "exact", file)
    #expect(told.output.contains(refusal), "\(told)")
    let made = try await site.run("process", "--pipeline", "exact", "--output", "\(site.folder)/made", file)
    #expect(made.status == 1 && made.notes.contains(refusal), "\(made)")
    let cut = "the png picture is cut"
    let toldOfCut = try await site.run("plan", "--explain", "--pipeline", "steps", file)
    #expect(toldOfCut.output.contains(cut), "\(toldOfCut)")
    let madeOfCut = try await site.run("process", "--pipeline", "steps", "--output", "\(site.folder)/made", file)
    #expect(madeOfCut.notes.contains(cut), "\(madeOfCut)")
  }

  @Test func whatIsNotThereYetIsToldAsBeforeTrimming() async throws {
    let site = try await site(try DeafPort())
    let canal = #"{"model": "venice-sd35", "prompt": "A canal", "width": 512, "height": 128, "format": "png"}"#
    try site.drop(canal, as: "steps/canal.json")
    let told = try await site.run("plan", "--explain", "\(site.folder)/inbox/steps/canal.json")
    #expect(told.status == 0, "\(told.notes)")
    for line in [
      "    canal-53x25.png 53x25: crop to 256x128 at 128,0, resize to 50x25 (mitchell, linear light), blur (sigma 1.5), ",
      "    warning: sizes are told as before trimming: only the original's pixels say what is cut off\n",
    ] { #expect(told.output.contains(line), "\(told.output)") }
    try site.drop(canal.replacingOccurrences(of: "512", with: "256"), as: "steps/brook.json")
    let small = try await site.run("plan", "--explain", "\(site.folder)/inbox/steps/brook.json")
    #expect(
      small.output.contains(
        "output \"{name}.png\" keeps 300x20 at 0,54 of a picture that is 256x128: that part does not lie in it"),
      "\(small.output)")
  }

  @Test func withoutTheWordNothingIsExplained() async throws {
    let site = try await site(try DeafPort())
    try await site.drop(photograph(), as: "box/harbour.jpg")
    let plain = try await site.run("plan", "\(site.folder)/inbox/box/harbour.jpg")
    #expect(plain.status == 0 && !plain.output.contains("explained"))
    let json = try await site.run("plan", "--json", "\(site.folder)/inbox/box/harbour.jpg")
    #expect(try document(json.output)["plan"] == nil)
  }
}
