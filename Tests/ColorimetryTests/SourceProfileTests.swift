import Raster
import Testing

@testable import Colorimetry

struct SourceProfileTests {
  @Test(arguments: Reference.all)
  func aProfileIsSRGBByWhatItDoes(_ reference: Reference) throws {
    let source = try SourceProfile(reference.profile, channels: reference.channels)
    let plain = ["Plain by formula", "Plain by table", "Plain by grid", "Gray as it is"]
    #expect(source.isSRGB == plain.contains(reference.name))
  }

  @Test func aProfileForOtherChannelsIsRefused() {
    let (gray, press) = (Reference.named("Gray 1.8").profile, Reference.named("Press").profile)
    #expect(throws: ColorimetryError.wrongChannels(found: "GRAY", expected: "RGB")) {
      _ = try SourceProfile(gray, channels: .rgba)
    }
    #expect(throws: ColorimetryError.wrongChannels(found: "CMYK", expected: "GRAY")) {
      _ = try SourceProfile(press, channels: .grayAlpha)
    }
    #expect(throws: ColorimetryError.wrongChannels(found: "GRAY", expected: "CMYK")) {
      _ = try SourceProfile(gray, channels: .cmyk)
    }
  }

  @Test func aProfileOfNoPictureIsRefused() {
    var link = Reference.named("Display P3").profile
    link.replaceSubrange(12..<16, with: "link".utf8)
    #expect(throws: ColorimetryError.unusable(reason: "it is a profile of the class 'link'")) {
      _ = try SourceProfile(link, channels: .rgb)
    }
  }

  @Test func aProfileLargerThanAnyIsRefusedUnread() {
    let most = SourceProfile.limit
    #expect(throws: ColorimetryError.tooLarge(bytes: most + 1, limit: most)) {
      _ = try SourceProfile([UInt8](repeating: 0, count: most + 1), channels: .rgb)
    }
  }

  /// Opens, converts, or says why not: no more is asked of it.
  private func use(_ profile: [UInt8], _ reference: Reference) -> Bool {
    do throws(ColorimetryError) {
      let converter = try SRGBConverter(
        try SourceProfile(profile, channels: reference.channels), layout: reference.layouts[0])
      let layout = reference.layouts[0]
      let samples = (0..<4 * layout.bytesPerPixel).map { UInt8($0 * 255 / (4 * layout.bytesPerPixel)) }
      _ = converter.converted(Image(size: Size(width: 4, height: 1), layout: layout, pixels: samples))
      return true
    } catch {
      #expect(!error.description.isEmpty && error.description.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
      return false
    }
  }

  private static let fuzzed = ["Display P3", "Rec. 2020 by table", "Dot gain", "Press", "Scanner"].map(Reference.named)

  @Test(arguments: fuzzed)
  func aCutProfileHasAClearOutcome(_ reference: Reference) {
    let whole = reference.profile
    #expect(use(whole, reference))
    // Each byte of header, directory and the heads of tables; of the tables' insides some.
    for count in Array(0..<min(900, whole.count)) + Array(stride(from: 900, to: whole.count, by: 97)) {
      let isUsed = use(Array(whole.prefix(count)), reference)
      if count < 128 { #expect(!isUsed) }
    }
  }

  /// Every byte of header and directory, and some of the tables.
  @Test(arguments: fuzzed)
  func aFlippedProfileHasAClearOutcome(_ reference: Reference) {
    let whole = reference.profile
    for index in Array(0..<min(400, whole.count)) + Array(stride(from: 400, to: whole.count, by: 489)) {
      var damaged = whole
      damaged[index] ^= [0x01, 0x80, 0xFF][index % 3]
      _ = use(damaged, reference)
    }
  }

  @Test func aProfileThatWantsMoreMemoryThanThereIsIsRefused() throws {
    // A table of half a megabyte, of which several are made.
    let reference = Reference.named("Large press")
    func opens(_ memory: Int) -> Bool {
      (try? SourceProfile(reference.profile, channels: reference.channels, memory: memory)) != nil
    }
    #expect(opens(16 << 20))
    var opened: [Bool] = []
    for memory in stride(from: 0, to: 6 << 20, by: 97_003) { opened.append(opens(memory)) }
    #expect(opened.first == false)
    #expect(opened.last == true)
    // A profile without large tables needs none of it.
    _ = try SourceProfile(Reference.named("Display P3").profile, channels: .rgb, memory: 0)
  }

  @Test func tablesOfAnyNumberOfStagesAreNotLookedFor() throws {
    // Display P3 with a D2B1 table that makes everything black, in place of its copyright.
    let whole = Reference.named("Display P3").profile
    let copyright = try #require((0..<20).map { 132 + 12 * $0 }.first { whole[$0..<$0 + 4].elementsEqual("cprt".utf8) })
    var profile = whole
    profile.replaceSubrange(copyright..<copyright + 4, with: "D2B1".utf8)
    let plain = SourceProfile.withoutFloatingStages(profile)
    #expect(plain[copyright..<copyright + 4].elementsEqual("x2B1".utf8))
    #expect(plain.indices.filter { plain[$0] != profile[$0] } == [copyright])
    _ = try SourceProfile(profile, channels: .rgb)
  }
}
