/// A colour in the making: channels from 0 to 255.
struct Tone: Equatable, Sendable {
  let red: Int
  let green: Int
  let blue: Int

  init(red: Int, green: Int, blue: Int) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// `0xrrggbb`
  init(_ code: Int) {
    self.init(red: code >> 16 & 255, green: code >> 8 & 255, blue: code & 255)
  }

  /// This tone with a share of another, from 0 to 1.
  func mixed(with other: Tone, _ share: Double) -> Tone {
    mixed(with: other, in256: Int(min(1, max(0, share)) * 256))
  }

  /// This tone with a share of another in 256ths: what the loop over pixels uses.
  func mixed(with other: Tone, in256 share: Int) -> Tone {
    Tone(
      red: red + ((other.red - red) * share) >> 8, green: green + ((other.green - green) * share) >> 8,
      blue: blue + ((other.blue - blue) * share) >> 8)
  }
}
