import Raster

/// Metadata in PNG's ancillary chunks.
///
/// Sources: PNG Third Edition §11.3 (eXIf, iCCP, tEXt, zTXt, iTXt, pHYs, tIME), XMP specification part 3 (iTXt),
/// C2PA 2.1 appendix A (caBX).
enum PNGContainer {
  static let xmpKeyword = "XML:com.adobe.xmp"
  /// CMYK profiles reach a few megabytes; more is a bomb.
  static let profileLimit = 16 << 20
  /// For all compressed texts of a file together.
  static let textLimit = 16 << 20

  static func read(_ bytes: Span<UInt8>) throws(MetadataError) -> MetadataBlocks {
    let file = try PNGChunks(bytes)
    var blocks = MetadataBlocks()
    var texts = Texts(budget: textLimit)
    let pixels = file.pixels(bytes)
    blocks.hasUnread = file.end < bytes.count || pixels.hasMore
    var colors = ColorChunks()
    // They count before the palette and the pixels only (§5.6).
    let first = file.chunks.prefix { $0.name != "PLTE" && $0.name != "IDAT" }
    for chunk in first where ColorChunks.names.contains(chunk.name) && PNGChunks.isWhole(chunk, bytes) {
      colors.take(chunk.name, bytes, chunk.data)
    }
    if !colors.isEmpty { blocks.colorChunks = colors }
    var (hasPalette, hasPixels) = (false, false)
    for chunk in file.chunks {
      if chunk.belongsToPixels {
        if chunk.name == "PLTE" { hasPalette = true }
        if chunk.name == "IDAT" { hasPixels = true }
        continue
      }
      guard let block = block(of: chunk) else {
        blocks.hasUnread = true
        continue
      }
      guard PNGChunks.isWhole(chunk, bytes) else {
        blocks.warnings.append(.damaged(block, reason: "the checksum of \(chunk.name) is wrong"))
        continue
      }
      let data = chunk.data
      // Browsers read up to the pixels.
      if hasPixels, [.exif, .density, .credential].contains(block) { blocks.isMisplaced = true }
      switch chunk.name {
      case "eXIf": blocks.takeExif(bytes.copy(data))
      case "iCCP" where hasPalette || hasPixels:
        blocks.hasUnread = true
        blocks.warnings.append(.dropped(.icc, reason: "it stands behind the palette or the pixels, where none counts"))
      case "iCCP": takeProfile(bytes, data, into: &blocks)
      case "caBX": blocks.takeCredential(CredentialStore.finding(bytes, data))
      case "pHYs": takeDensity(bytes, data, into: &blocks)
      case "tIME":
        if data.count == 7, blocks.modificationTime == nil {
          blocks.modificationTime = bytes.copy(data)
        } else {
          blocks.hasUnread = true
        }
      default: texts.take(chunk.name, bytes, data, isLate: hasPixels, into: &blocks)
      }
    }
    texts.finish(into: &blocks)
    return blocks
  }

  static func rewrite(_ bytes: Span<UInt8>, with blocks: MetadataBlocks) throws(MetadataError) -> [UInt8] {
    let file = try PNGChunks(bytes)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + blocks.byteCount + 1024)
    output.append(contentsOf: PNGChunks.signature)
    for chunk in file.pixels(bytes).chunks {
      // A file has iCCP or sRGB, not both (§11.3.2.3).
      if blocks.icc != nil, chunk.name == "sRGB" { continue }
      if chunk.name == "IEND" {
        PNGChunks.append("IEND", [], to: &output)
        continue
      }
      output.append(bytes, chunk.whole)
      // Right after IHDR all are before PLTE and IDAT, as iCCP, pHYs and eXIf must be.
      if chunk.name == "IHDR" { try appendMetadata(blocks, to: &output) }
    }
    return output
  }

  private static func appendMetadata(_ blocks: MetadataBlocks, to output: inout [UInt8]) throws(MetadataError) {
    if let icc = blocks.icc {
      guard icc.count <= profileLimit, let stream = Zlib.deflated(icc) else {
        throw .tooLarge(.icc, bytes: icc.count, limit: profileLimit, .png)
      }
      PNGChunks.append("iCCP", Array("ICC profile\0\0".utf8) + stream, to: &output)
    }
    if let density = blocks.density?.expressed(for: .png) {
      var data: [UInt8] = []
      data.appendBigEndian32(density.horizontal)
      data.appendBigEndian32(density.vertical)
      data.append(density.unit == .metre ? 1 : 0)
      PNGChunks.append("pHYs", data, to: &output)
    }
    if let exif = blocks.exif { PNGChunks.append("eXIf", exif, to: &output) }
    if let xmp = blocks.xmp { PNGChunks.append("iTXt", Array("\(xmpKeyword)\0\0\0\0\0".utf8) + xmp, to: &output) }
    if let time = blocks.modificationTime { PNGChunks.append("tIME", time, to: &output) }
    for text in blocks.texts { append(text, to: &output) }
  }

  private static func block(of chunk: PNGChunks.Chunk) -> Block? {
    switch chunk.name {
    case "eXIf": .exif
    case "iCCP": .icc
    case "caBX": .credential
    case "pHYs": .density
    case "tEXt", "zTXt", "iTXt", "tIME": .text
    default: nil
    }
  }

  /// Name, NUL, method 0, stream. The name is for people only.
  private static func takeProfile(_ bytes: Span<UInt8>, _ data: Range<Int>, into blocks: inout MetadataBlocks) {
    let name = data.prefix(80).firstIndex { bytes[$0] == 0 }
    guard let name, data.upperBound - name > 2, bytes[name + 1] == 0,
      let profile = Zlib.inflated(bytes, name + 2..<data.upperBound, limit: profileLimit)
    else {
      blocks.warnings.append(.damaged(.icc, reason: "it cannot be inflated"))
      return
    }
    blocks.takeICC(profile)
  }

  private static func takeDensity(_ bytes: Span<UInt8>, _ data: Range<Int>, into blocks: inout MetadataBlocks) {
    guard data.count == 9, blocks.density == nil else {
      blocks.hasUnread = true
      return
    }
    let horizontal = bytes.bigEndian32(at: data.lowerBound)
    let vertical = bytes.bigEndian32(at: data.lowerBound + 4)
    let unit: Density.Unit = bytes[data.lowerBound + 8] == 1 ? .metre : .aspect
    let density = Density(horizontal: horizontal, vertical: vertical, unit: unit)
    blocks.density = density.expressed(for: .png)
    if blocks.density == nil { blocks.hasUnread = true }
  }
}
