import CLCMS
import Raster

/// Colorimetry: what a picture's numbers look like, and the numbers that look so in sRGB. Little CMS reads the profiles;
/// what it makes of them is followed to the last bit, on ways that are faster than its own.
///
/// Profiles come with pictures, from anybody. One that is damaged, or for other channels, is a `ColorimetryError` when it
/// is opened; from then on nothing fails. What a profile can cost is bounded: its bytes, the memory that is taken for it,
/// and the stages that a colour goes through.
///
/// Conversion is relative colorimetric with black point compensation (ICC.1:2022 §6.2, ISO 18619): colours that sRGB has
/// stay as they were measured, the white of paper becomes white, the black of ink becomes black, and what lies beyond
/// goes to the nearest edge, channel by channel.
@safe public final class SourceProfile {
  /// Press profiles reach four megabytes.
  public static let limit = 16 << 20

  /// Whether every colour stays within a 255th of what it is: the picture is sRGB, whatever the profile is called.
  public let isSRGB: Bool

  let context: ColorContext
  let profile: OpenProfile
  let target: OpenProfile
  let channels: Layout.Channels

  /// - Parameter channels: of the picture.
  public convenience init(_ bytes: [UInt8], channels: Layout.Channels) throws(ColorimetryError) {
    try self.init(bytes, channels: channels, memory: ColorContext.memory)
  }

  init(_ bytes: [UInt8], channels: Layout.Channels, memory: Int) throws(ColorimetryError) {
    guard bytes.count <= Self.limit else { throw .tooLarge(bytes: bytes.count, limit: Self.limit) }
    let plain = Self.withoutFloatingStages(bytes)
    let context = try ColorContext(memory: memory)
    // lcms2 copies the bytes.
    let handle = unsafe plain.withUnsafeBytes { buffer in
      unsafe cmsOpenProfileFromMemTHR(context.handle, buffer.baseAddress, UInt32(buffer.count))
    }
    let profile = try unsafe OpenProfile(handle, context, otherwise: "it is no profile")
    try Self.check(profile, for: channels)
    self.context = context
    self.channels = channels
    target = try OpenProfile.sRGB(isGray: channels.isGray, context)
    let exact = try ExactTransform(
      from: profile, channels.colors, to: target, channels.targetColors, extra: 0, bytes: 2, context)
    isSRGB = channels != .cmyk && Self.changes(by: exact, channels.colors) <= 257
    self.profile = profile
  }

  private static func check(
    _ profile: borrowing OpenProfile, for channels: Layout.Channels
  ) throws(ColorimetryError) {
    let space = unsafe cmsGetColorSpace(profile.handle)
    let expected: cmsColorSpaceSignature =
      switch channels {
      case .gray, .grayAlpha: cmsSigGrayData
      case .rgb, .rgba: cmsSigRgbData
      case .cmyk: cmsSigCmykData
      }
    guard space == expected else {
      throw .wrongChannels(found: text(space.rawValue), expected: text(expected.rawValue))
    }
    switch unsafe cmsGetDeviceClass(profile.handle) {
    case cmsSigInputClass, cmsSigDisplayClass, cmsSigOutputClass, cmsSigColorSpaceClass: break
    case let other: throw .unusable(reason: "it is a profile of the class '\(text(other.rawValue))'")
    }
  }

  /// A signature's four letters.
  private static func text(_ signature: UInt32) -> String {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: signature >> (24 - 8 * $0)) }
    return String(bytes.map { (0x21...0x7E).contains($0) ? Character(Unicode.Scalar($0)) : " " }).trimmed
  }

  /// The profile with its `D2B` and `B2D` tables renamed to what nobody looks for (ICC.1:2022 §9.2.24): they may have any
  /// number of stages, each of which costs time for every pixel. Every profile has other tables beside them, as §8 wants.
  static func withoutFloatingStages(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 132 else { return bytes }
    var plain = bytes
    let count = bytes[128..<132].reduce(0) { $0 << 8 | Int($1) }
    // lcms2 takes no more than 100 tags.
    for entry in 0..<min(count, 100) {
      let start = 132 + entry * 12
      guard start + 12 <= bytes.count else { break }
      let name = bytes[start..<start + 3]
      if name.elementsEqual("D2B".utf8) || name.elementsEqual("B2D".utf8) { plain[start] = UInt8(ascii: "x") }
    }
    return plain
  }

  /// How far any of many colours goes, in 65,535ths: lattices, and all shades of 8 bits.
  private static func changes(by transform: ExactTransform, _ colors: Int) -> Int {
    let samples = lattice(colors)
    var converted = samples
    // Both have as many samples; the memory is the transform's for the length of the call.
    unsafe samples.withUnsafeBytes { from in
      unsafe converted.withUnsafeMutableBytes { to in
        if let from = from.baseAddress, let to = to.baseAddress {
          unsafe transform.convert(from, to: to, count: samples.count / colors)
        }
      }
    }
    return zip(samples, converted).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
  }

  /// Colours to try profiles with: 9 steps of each channel, the middles of the cubes between them, and all grays that 8
  /// bits have.
  static func lattice(_ colors: Int) -> [UInt16] {
    var samples = (0...255).flatMap { [UInt16](repeating: UInt16($0) * 257, count: colors) }
    guard colors == 3 else { return samples }
    let halves = (0...16).map { UInt16($0 * 255 / 16) * 257 }
    for first in 0...1 {
      let steps = stride(from: first, through: 16, by: 2).map { halves[$0] }
      for red in steps {
        for green in steps { for blue in steps { samples += [red, green, blue] } }
      }
    }
    return samples
  }
}

extension Layout.Channels {
  /// Samples that a profile is for.
  var colors: Int {
    switch self {
    case .gray, .grayAlpha: 1
    case .rgb, .rgba: 3
    case .cmyk: 4
    }
  }

  /// In sRGB.
  var targetColors: Int { isGray ? 1 : 3 }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
