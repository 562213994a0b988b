import Testing

@testable import Processing

@Suite struct ICCProfileTests {
  @Test(arguments: [("RGB ", ICCProfile.Channels.rgb), ("GRAY", .gray), ("CMYK", .other), ("Lab ", .other)])
  func tellsItsChannels(_ space: String, _ channels: ICCProfile.Channels) {
    #expect(ICCProfile(Originals.profile("a", space: space)).channels == channels)
  }

  @Test(arguments: ["sRGB IEC61966-2.1", "Größe 漢字", ""])
  func readsTheNameOfVersion4(_ name: String) {
    #expect(ICCProfile(Originals.profile(name)).name == name)
  }

  @Test func readsTheNameOfVersion2() {
    // ICC.1:2001-04 §6.5.17: signature, four zeros, the length with its NUL, the text.
    let description = Array("desc".utf8) + [0, 0, 0, 0] + [0, 0, 0, 5] + Array("sRGB".utf8) + [0]
    let profile = Array(Originals.profile("x").prefix(144)) + description
    #expect(ICCProfile(profile).name == "sRGB")
  }

  @Test func damageLeavesItWithoutAName() {
    let whole = Originals.profile("Test")
    #expect(ICCProfile([]).channels == nil)
    for count in 0..<whole.count { #expect(ICCProfile(Array(whole.prefix(count))).name == nil) }
    for index in 128..<whole.count - 8 {
      for value: UInt8 in [0, 0x7F, 0xFF] {
        var damaged = whole
        damaged[index] = value
        // Whatever it says, it says it without trapping.
        _ = ICCProfile(damaged).name
      }
    }
  }
}
