import Foundation
import Metadata
import Processing
import Raster
import Testing

@Suite struct FileNameTemplateTests {
  static let job = JobFacts(
    name: "venice-canal", job: "019aa0b0-0000-7000-8000-000000000000", pipeline: "web",
    labels: ["campaign": "autumn", "evil": "../../etc/passwd", "empty": ""], model: "venice-sd35", seed: 42,
    date: "2026-11-21", provenance: Provenance(source: .untouched, created: "2026-11-21T09:00:00Z"))

  private func name(
    _ template: String, job: JobFacts = job, variant: Int = 1, of variants: Int = 1,
    size: Size = Size(width: 640, height: 480), format: ImageFormat = .webp
  ) throws -> PlannedName {
    try FileNameTemplate(template).name(
      for: .init(
        job: job, original: OriginalFacts(variant: variant, variants: variants),
        output: OutputFacts(size: size, format: format)))
  }

  private func named(_ name: String) -> JobFacts {
    var job = Self.job
    job.name = name
    return job
  }

  @Test(arguments: [
    ("{name}.webp", "venice-canal.webp"),
    ("{job}.webp", "019aa0b0-0000-7000-8000-000000000000.webp"),
    ("{pipeline}_{variant}.webp", "web_1.webp"),
    ("{name}-{width}x{height}.{format}", "venice-canal-640x480.webp"),
    ("{seed} {model} {date}.webp", "42 venice-sd35 2026-11-21.webp"),
    ("{label.campaign}.webp", "autumn.webp"),
    ("héro.webp", "héro.webp"),
  ])
  func fillsEachPlaceholder(_ template: String, _ expected: String) throws {
    #expect(try name(template).settled == expected)
  }

  @Test func theDigestComesWithTheFinishedBytes() throws {
    let name = try name("{sha256:8}-{name}-{sha256:8}.webp")
    #expect(name.settled == nil)
    let digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    #expect(name.name(sha256: digest) == "01234567-venice-canal-01234567.webp")
  }

  @Test(arguments: [
    ("{nam}.webp", "nam", "name"), ("{widht}.webp", "widht", "width"), ("{Name}.webp", "Name", "name"),
    ("{sha256}.webp", "sha256", "sha256:8"), ("{sha256:16}.webp", "sha256:16", "sha256:8"),
    ("{label}.webp", "label", "label.KEY"), ("{label.}.webp", "label.", "label.KEY"), ("{}.webp", "", "job"),
  ])
  func anUnknownPlaceholderNamesTheNearest(_ template: String, _ found: String, _ nearest: String) {
    #expect(throws: FileNameError.unknownPlaceholder(found, nearest: nearest, template: template)) {
      try FileNameTemplate(template)
    }
  }

  @Test(arguments: [
    ("", FileNameError.empty),
    ("{name.webp", .unbalancedBrace(template: "{name.webp")),
    ("name}.webp", .unbalancedBrace(template: "name}.webp")),
    ("{na{me}.webp", .unbalancedBrace(template: "{na{me}.webp")),
    ("a/{name}.webp", .forbiddenCharacter("/", template: "a/{name}.webp")),
    ("a\\{name}.webp", .forbiddenCharacter("\\", template: "a\\{name}.webp")),
    ("a\u{0}.webp", .forbiddenCharacter("\u{0}", template: "a\u{0}.webp")),
    ("a\n.webp", .forbiddenCharacter("\n", template: "a\n.webp")),
    ("a\u{202E}.webp", .forbiddenCharacter("\u{202E}", template: "a\u{202E}.webp")),
    (".{name}.webp", .forbiddenBeginning(template: ".{name}.webp")),
    ("-{name}.webp", .forbiddenBeginning(template: "-{name}.webp")),
    ("Manifest.JSON", .reserved(template: "Manifest.JSON")),
  ])
  func refusesATemplateThatIsNoFileName(_ template: String, _ error: FileNameError) {
    #expect(throws: error) { try FileNameTemplate(template) }
  }

  @Test func refusesATemplateWithoutRoomForItsValues() throws {
    let long = String(repeating: "a", count: 215) + "{name}.webp"
    _ = try FileNameTemplate(String(long.dropFirst(1)))
    #expect(throws: FileNameError.tooLong(template: long + "{name}")) { try FileNameTemplate(long + "{name}") }
  }

  @Test(arguments: [
    ("../../etc/passwd", "_._.._etc_passwd.webp"), ("..", "_..webp"), (".", "_.webp"), (".hidden", "_hidden.webp"),
    ("-rf", "_rf.webp"), ("a/b\\c", "a_b_c.webp"), ("nul\u{0}tab\tline\n", "nul_tab_line_.webp"),
    ("\u{85}\u{2028}\u{7F}", "___.webp"), ("gnp\u{202E}.exe", "gnp_.exe.webp"), ("", "_webp"),
    ("👩‍👩‍👧 ñ", "👩‍👩‍👧 ñ.webp"),
  ])
  func aValueNeverAddsASeparatorOrHidesTheFile(_ value: String, _ expected: String) throws {
    #expect(try name("{name}.webp", job: named(value)).settled == expected)
  }

  @Test(arguments: ["{name}", "{label.evil}", "x{name}", "{name}{name}", "{name}.{format}"])
  func noValueWhateverMakesAnotherPath(_ template: String) throws {
    for value in [
      "", ".", "..", "...", "/", "//", "/.", "./", "../", "\u{0}", "\r\n", "manifest.json", "-", "MANIFEST.json",
    ] {
      var job = named(value)
      job.labels["evil"] = value
      let name = try #require(try name(template, job: job).settled)
      #expect(!name.isEmpty && name != "." && name != "..")
      #expect(!name.hasPrefix(".") && !name.hasPrefix("-"))
      #expect(!name.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 0x20 })
      #expect(name.lowercased() != "manifest.json")
    }
  }

  @Test(arguments: ["a", "é", "漢", "👩‍👩‍👧", "e\u{301}"])
  func aNameHasAtMost255Bytes(_ character: String) throws {
    let job = named(String(repeating: character, count: 400))
    let name = try #require(try name("{name}-{width}-{label.campaign}.webp", job: job, variant: 12, of: 99).settled)
    #expect(name.utf8.count <= 255)
    #expect(name.utf8.count > 250)
    #expect(name.hasSuffix("-640-autumn-12.webp"))
    #expect(name.hasPrefix(character))
    let digest = String(repeating: "0", count: 64)
    let digested = try self.name("{sha256:8}{name}{sha256:8}.webp", job: job)
    #expect(digested.name(sha256: digest).utf8.count <= 255)
  }

  @Test(arguments: [
    ("{name}.webp", "venice-canal-2.webp"),
    ("{name}.{format}", "venice-canal-2.webp"),
    ("{name}.tar.{format}", "venice-canal.tar-2.webp"),
    ("{name}", "venice-canal-2"),
    ("hero.webp", "hero-2.webp"),
    ("{width}.{name}", "640.venice-canal-2"),
    ("{variant}-{name}.webp", "2-venice-canal.webp"),
    ("{name}-{variant}", "venice-canal-2"),
  ])
  func severalVariantsAreNumberedBeforeTheExtension(_ template: String, _ expected: String) throws {
    #expect(try name(template, variant: 2, of: 3).settled == expected)
  }

  @Test(arguments: ["{name}.webp", "{name}.{format}", "{name}", "hero.webp"])
  func aSingleVariantHasNoNumber(_ template: String) throws {
    let name = try #require(try name(template).settled)
    #expect(!name.contains("1"))
  }

  @Test func aMissingValueIsToldBeforeMoneyIsSpent() throws {
    var job = Self.job
    (job.seed, job.model, job.labels) = (nil, nil, [:])
    for (template, placeholder) in [("{seed}.webp", "seed"), ("{model}.webp", "model"), ("{label.x}.webp", "label.x")] {
      let error = FileNameError.noValue(placeholder: placeholder, template: template)
      #expect(throws: error) { try FileNameTemplate(template).checkValues(of: job) }
      #expect(throws: error) { try name(template, job: job) }
    }
    try FileNameTemplate("{name}{sha256:8}{variant}.webp").checkValues(of: job)
    try FileNameTemplate("{seed}{model}{label.campaign}.webp").checkValues(of: Self.job)
  }

  @Test func tellsNamesThatAreAlwaysTheSame() throws {
    let name = try FileNameTemplate("{name}.webp")
    #expect(name.alwaysEquals(name, format: .webp, otherFormat: .png))
    #expect(!name.alwaysEquals(try FileNameTemplate("{name}-a.webp"), format: .webp, otherFormat: .webp))
    let format = try FileNameTemplate("{name}.{format}")
    #expect(name.alwaysEquals(format, format: .png, otherFormat: .webp))
    #expect(!format.alwaysEquals(format, format: .png, otherFormat: .webp))
    let width = try FileNameTemplate("{name}-{width}.webp")
    #expect(!width.alwaysEquals(width, format: .webp, otherFormat: .webp))
  }

  @Test func survivesJSONAsItsText() throws {
    let template = try FileNameTemplate("{name}-{width}.webp")
    let data = try JSONEncoder().encode([template])
    #expect(String(decoding: data, as: UTF8.self) == #"["{name}-{width}.webp"]"#)
    #expect(try JSONDecoder().decode([FileNameTemplate].self, from: data) == [template])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([FileNameTemplate].self, from: Data(#"["{x}"]"#.utf8))
    }
  }
}
