import Raster

/// XMP's identifiers (ISO 16684-1 §8.6), made from what they identify, so that making a file again gives the same file.
struct DocumentIdentity {
  /// xmpMM:DocumentID: one for all that is made from an original.
  let document: String
  /// xmpMM:InstanceID: another for each output, by all that it is made of.
  let instance: String
  /// The original, by its hash, as the manifest has it.
  let original: String

  /// `nil` when `hash` is no SHA-256 in hexadecimal.
  init?(_ provenance: Provenance, size: Size, format: ImageFormat, policy: MetadataPolicy) {
    guard let hash = provenance.originalSHA256, hash.utf8.count == 64, let digest = Self.bytes(hash) else { return nil }
    let variant = "\(size) \(format.rawValue) \(policy) \(provenance)"
    let high = Self.mixed(digest[16..<24], variant)
    let low = Self.mixed(digest[24..<32], variant)
    document = "xmp.did:\(Self.uuid(Array(digest[..<16])))"
    instance = "xmp.iid:\(Self.uuid(high + low))"
    original = "sha256:\(hash)"
  }

  /// FNV-1a: spreads, no more. The original's own digest is what makes identifiers differ.
  private static func mixed(_ seed: ArraySlice<UInt8>, _ text: String) -> [UInt8] {
    var hash = seed.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } ^ 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return (0..<8).map { UInt8(truncatingIfNeeded: hash >> (56 - 8 * $0)) }
  }

  /// RFC 9562 §5.8: version 8, whose bits are the maker's own.
  private static func uuid(_ bytes: [UInt8]) -> String {
    var bytes = bytes
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let groups = [digits[0..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10..<16]]
    return groups.map { $0.joined() }.joined(separator: "-")
  }

  private static func bytes(_ hash: String) -> [UInt8]? {
    let digits = hash.compactMap(\.hexDigitValue)
    guard digits.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
