/// The colours of a scene, chosen to go together.
struct Palette: Equatable, Sendable {
  let top: Tone
  let middle: Tone
  let horizon: Tone
  /// The sun's or the moon's.
  let light: Tone
  /// The farthest range of hills, and the nearest.
  let far: Tone
  let near: Tone
  var isNight = false

  static let dawn = Palette(0x4F6D9C, 0xC98FA5, 0xFFD3A5, 0xFFF1D6, 0x9A86A4, 0x2C2A4A)
  static let sunset = Palette(0x3B2A5C, 0xC9526B, 0xFFB75E, 0xFFF0C2, 0xA04668, 0x241734)
  static let noon = Palette(0x3F8FD2, 0x8CC4EC, 0xE6F4FB, 0xFFFDF0, 0x8FB4C9, 0x1F4B46)
  static let lagoon = Palette(0x0F4C5C, 0x4D9A94, 0xF5E6C4, 0xFFF6DF, 0x6FA79F, 0x0B2F36)
  static let night = Palette(0x0B1230, 0x1E2F5E, 0x4B5F93, 0xF4F1DE, 0x31457A, 0x070B1C, isNight: true)
  static let polar = Palette(0x06131F, 0x0F3B4A, 0x3F9F8F, 0xE9FFF3, 0x1D5560, 0x041018, isNight: true)
  static let rose = Palette(0x7A6FB0, 0xE59BB4, 0xFFE3D3, 0xFFFFFF, 0xB48BB0, 0x3D2A55)
  static let desert = Palette(0x5A8FB0, 0xE8C39E, 0xFBE8C8, 0xFFFBE8, 0xD9A26F, 0x7A3E26)
  static let winter = Palette(0x8FB3D1, 0xC6DCEC, 0xF7FBFF, 0xFFFFFF, 0xA9C3D8, 0x34506B)
  static let autumn = Palette(0x7EA3B5, 0xE6C59A, 0xFFF0D0, 0xFFFBE6, 0xC08A55, 0x4A2618)

  static let all = [dawn, sunset, noon, lagoon, night, polar, rose, desert, winter, autumn]

  private init(
    _ top: Int, _ middle: Int, _ horizon: Int, _ light: Int, _ far: Int, _ near: Int, isNight: Bool = false
  ) {
    self.top = Tone(top)
    self.middle = Tone(middle)
    self.horizon = Tone(horizon)
    self.light = Tone(light)
    self.far = Tone(far)
    self.near = Tone(near)
    self.isNight = isNight
  }

  /// The sky at a height: 0 is the top, 1 the horizon.
  func sky(_ height: Double) -> Tone {
    height < 0.55
      ? top.mixed(with: middle, height / 0.55) : middle.mixed(with: horizon, (height - 0.55) / 0.45)
  }
}
