import CLCMS
import Raster

/// A colour space that a picture names by numbers or by name instead of a profile, as PNG and EXIF do, and the profile that
/// says the same: every format can carry that, and it is converted like any other.
public struct CodedSpace: Hashable, Sendable {
  /// x and y of white, red, green and blue.
  public let chromaticities: [Double]
  public let curve: Curve
  /// In the field's own words: `cICP 12/13`.
  public let words: String

  public enum Curve: Hashable, Sendable {
    case sRGB
    /// Light is a sample to this power.
    case power(Double)
    /// ITU-R BT.709's and BT.2020's, back to light.
    case broadcast
  }

  /// That of the "Adobe RGB (1998) Color Image Encoding" (2005-05), which EXIF has a name for.
  public static let adobeRGB = CodedSpace(
    chromaticities: [0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06], curve: .power(563 / 256),
    words: "Adobe RGB (1998), as EXIF says")

  private init(chromaticities: [Double], curve: Curve, words: String) {
    (self.chromaticities, self.curve, self.words) = (chromaticities, curve, words)
  }

  private static let sRGB = [0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06]

  /// gAMA and cHRM (PNG Third Edition §11.3.2.1, §11.3.2.2), in 100,000ths; what is missing is sRGB's. A gamma of
  /// 0.45455 is how sRGB's curve is written where sRGB cannot be said (§11.3.2.5), and is read as that.
  public init(gamma: Int?, chromaticities: [Int]?) throws(ColorimetryError) {
    if let gamma {
      guard (1_000...1_000_000).contains(gamma) else { throw .unusable(reason: "gAMA says \(gamma)") }
      curve = abs(gamma - 45_455) <= 100 ? .sRGB : .power(100_000 / Double(gamma))
    } else {
      curve = .sRGB
    }
    self.chromaticities = chromaticities.map { $0.map { Double($0) / 100_000 } } ?? Self.sRGB
    words =
      [gamma.map { "gAMA \(Double($0) / 100_000)" }, chromaticities.map { _ in "cHRM" }].compactMap(\.self)
      .joined(separator: " and ")
  }

  /// The four bytes of cICP (§11.3.2.6, ITU-T H.273 §8): colours of 8 bits that a display shows as they are. Those of
  /// high dynamic range (PQ, HLG) have no profile.
  public init(cicp: [UInt8]) throws(ColorimetryError) {
    words = "cICP \(cicp.map(String.init).joined(separator: "/"))"
    guard cicp.count == 4, cicp[2] == 0, cicp[3] == 1 else {
      throw .unusable(reason: "\(words) is not for RGB of the full range")
    }
    switch cicp[0] {
    case 1: chromaticities = Self.sRGB
    case 4: chromaticities = [0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08]
    case 5: chromaticities = [0.3127, 0.3290, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06]
    case 6, 7: chromaticities = [0.3127, 0.3290, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070]
    case 9: chromaticities = [0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046]
    case 11: chromaticities = [0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060]
    case 12: chromaticities = [0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060]
    default: throw .unusable(reason: "the primaries of \(words) are not known here")
    }
    switch cicp[1] {
    case 1, 6, 14, 15: curve = .broadcast
    case 4: curve = .power(2.2)
    case 5: curve = .power(2.8)
    case 8: curve = .power(1)
    case 13: curve = .sRGB
    case 16, 18: throw .unusable(reason: "\(words) is of high dynamic range")
    default: throw .unusable(reason: "the transfer function of \(words) is not known here")
    }
  }

  /// A profile that says the same. Equal spaces give equal bytes.
  public func profile(isGray: Bool) throws(ColorimetryError) -> [UInt8] {
    let context = try ColorContext()
    let (kind, parameters): (Int32, [Double]) =
      switch curve {
      case .sRGB: (4, SRGBCurve.parameters)
      case .power(let exponent): (1, [exponent])
      case .broadcast: (4, [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081])
      }
    let curve = unsafe cmsBuildParametricToneCurve(context.handle, kind, parameters)
    guard let curve = unsafe curve else { throw context.failure("\(words) has no curve") }
    defer { unsafe cmsFreeToneCurve(curve) }
    let c = chromaticities
    // Gray has no use for them.
    guard isGray || (c.allSatisfy { (0...1).contains($0) } && c[1] > 0) else {
      throw .unusable(reason: "\(words) has colours that are none")
    }
    var white = cmsCIExyY(x: c[0], y: c[1], Y: 1)
    var primaries = cmsCIExyYTRIPLE(
      Red: cmsCIExyY(x: c[2], y: c[3], Y: 1), Green: cmsCIExyY(x: c[4], y: c[5], Y: 1),
      Blue: cmsCIExyY(x: c[6], y: c[7], Y: 1))
    // The curves are copied; the white point of gray is that of the profile's own space.
    var curves = unsafe [Optional(curve), curve, curve]
    let handle =
      isGray
      ? unsafe cmsCreateGrayProfileTHR(context.handle, cmsD50_xyY(), curve)
      : unsafe cmsCreateRGBProfileTHR(context.handle, &white, &primaries, &curves)
    let profile = try unsafe OpenProfile(handle, context, otherwise: "\(words) is no colour space")
    describe(profile, context)
    return try Self.bytes(of: profile, context)
  }

  private func describe(_ profile: borrowing OpenProfile, _ context: ColorContext) {
    guard let text = unsafe cmsMLUalloc(context.handle, 1) else { return }
    defer { unsafe cmsMLUfree(text) }
    unsafe cmsMLUsetASCII(text, "en", "US", words)
    // It is copied.
    unsafe _ = cmsWriteTag(profile.handle, cmsSigProfileDescriptionTag, UnsafeRawPointer(text))
  }

  private static func bytes(
    of profile: borrowing OpenProfile, _ context: ColorContext
  ) throws(ColorimetryError) -> [UInt8] {
    var count: UInt32 = 0
    guard unsafe cmsSaveProfileToMem(profile.handle, nil, &count) != 0 else {
      throw context.failure("it cannot be written")
    }
    var bytes = [UInt8](repeating: 0, count: Int(count))
    let isSaved = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe cmsSaveProfileToMem(profile.handle, buffer.baseAddress, &count) != 0
    }
    guard isSaved, bytes.count >= 128 else { throw context.failure("it cannot be written") }
    // lcms2 writes today's date (ICC.1:2022 §7.2.8); this is the first of January 2026.
    bytes.replaceSubrange(24..<36, with: [0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
    return bytes
  }
}
