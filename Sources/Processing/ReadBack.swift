import Codecs
import Metadata
import Raster

/// The last look at an output before it is handed over: is it what was planned?
enum ReadBack {
  /// The container is whole, of the right format and size, and carries exactly the planned metadata: no less, and no
  /// more.
  ///
  /// - Returns: what it carries.
  @discardableResult
  static func checkStructure(
    of bytes: Span<UInt8>, _ planned: PlannedOutput, blocks: MetadataBlocks
  ) throws(ReadBackFailure) -> MetadataBlocks {
    let found = ImageFormat(signatureOf: bytes)
    guard found == planned.format else { throw .format(expected: planned.format, found: found) }
    let header: ImageHeader
    do throws(CodecError) {
      header = try Codec.header(bytes)
    } catch {
      throw .unreadable(error)
    }
    guard header.size == planned.size else { throw .size(expected: planned.size, found: header.size) }
    let carried: MetadataBlocks
    do throws(MetadataError) {
      carried = try Container.read(bytes)
    } catch {
      throw .metadataUnreadable(error)
    }
    if let block = blocks.firstDifference(from: carried) { throw .metadata(block) }
    if carried.hasUnread || !carried.warnings.isEmpty {
      throw .surplus(carried.unread + carried.warnings.map(\.description))
    }
    return carried
  }

  /// The pixels decode, and are `expected` where nothing may be lost.
  static func checkPixels(
    of bytes: Span<UInt8>, lossless: Bool, expected: borrowing Image
  ) throws(ReadBackFailure) {
    // The output was made here, within the limits, and has the size that was planned (`checkStructure`).
    let limits = Limits(pixels: .max, bytes: .max)
    let picture: Image
    do throws(CodecError) {
      picture = try Codec.decode(bytes, limits: limits)
    } catch {
      throw .unreadable(error)
    }
    guard lossless else { return }
    if !picture.showsSame(as: expected) { throw .pixels }
  }
}

extension Image {
  /// Whether the samples are the same, however few channels and bits either needs for them: PNG is written with as few
  /// as hold the picture.
  fileprivate borrowing func showsSame(as other: borrowing Image) -> Bool {
    if layout == other.layout { return equals(other) }
    // The smallest layout that holds both: nothing is rounded on the way there.
    let hasAlpha = layout.hasAlpha || other.layout.hasAlpha
    let isGray = layout.channels.isGray && other.layout.channels.isGray
    let common = Layout(
      isGray ? (hasAlpha ? .grayAlpha : .gray) : (hasAlpha ? .rgba : .rgb),
      layout.depth == .sixteen ? .sixteen : other.layout.depth)
    return converted(to: common).equals(other.converted(to: common))
  }
}

extension MetadataBlocks {
  fileprivate func firstDifference(from carried: MetadataBlocks) -> Block? {
    if carriesSame(as: carried) { return nil }
    if exif != carried.exif { return .exif }
    if xmp != carried.xmp { return .xmp }
    if icc != carried.icc { return .icc }
    if iptc != carried.iptc { return .iptc }
    if density != carried.density { return .density }
    return hasCredential == carried.hasCredential ? .text : .credential
  }
}
