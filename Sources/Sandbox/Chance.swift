/// Numbers that look random and are the same every time: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable
/// pseudorandom number generators").
struct Chance: Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// From a text, by FNV-1a (64 bits).
  init(text: String) { self.init(bytes: text.utf8) }

  init(bytes: some Sequence<UInt8>) {
    state = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// From 0 up to, not including, 1.
  mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

  mutating func number(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + unit() * (range.upperBound - range.lowerBound)
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int(next() % UInt64(choices.count))] }

  /// A number from 0 to 1 that belongs to a place on a line: the lattice of value noise.
  static func at(_ place: Int, seed: UInt64) -> Double {
    let mixed = mixed(seed &+ UInt64(bitPattern: Int64(place)) &* 0x9e37_79b9_7f4a_7c15)
    return Double(mixed >> 11) / Double(1 << 53)
  }
}
