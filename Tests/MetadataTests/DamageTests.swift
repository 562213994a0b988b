import Foundation
import Metadata
import Raster
import Testing

/// Each metadata structure, hurt inside a whole container: it is dropped with a warning, or the file is refused; no
/// output carries half of it. Other programs judge the outputs, all in one start.
@Suite struct DamageTests {
  private static let formats: [ImageFormat] = [.jpeg, .png, .webp]

  private enum Fate {
    case refused
    /// The output, and whether the structure's loss was told.
    case written([UInt8], MetadataBlocks, isTold: Bool)
  }

  /// What `keep` makes of a file where nothing else has to change.
  private static func fate(_ file: [UInt8], _ format: ImageFormat, _ what: String) throws -> Fate {
    guard let read = try? Container.read(file) else { return .refused }
    let planned = try MetadataBlocks.planned(
      for: MetadataPolicy(level: .keep), provenance: Samples.provenance, original: read, outputSize: Samples.size,
      format: format, pixelsChanged: false)
    guard let written = try? Container.rewrite(file, with: planned) else { return .refused }
    let again = try Container.read(written)
    #expect(again.carriesSame(as: planned), "\(what)")
    #expect(again.warnings == [] && !again.hasUnread, "\(what)")
    if !again.hasCredential { #expect(!again.isMisplaced, "\(what)") }
    return .written(written, again, isTold: read.hasUnread || !planned.warnings.isEmpty)
  }

  @Test(arguments: formats)
  func aStructureCutAnywhereIsDroppedWithAWarning(format: ImageFormat) throws {
    var outputs: Set<[UInt8]> = []
    var packets: Set<[UInt8]> = []
    for structure in try Structure.all(in: format) {
      let whole = try Container.read(structure.file(with: structure.bytes))
      #expect(whole.warnings == [], "\(structure.name)")
      for length in 0..<structure.bytes.count {
        let what = "\(structure.name) \(length)"
        let fate = try Self.fate(structure.file(with: Array(structure.bytes[..<length])), format, what)
        guard case .written(let output, let blocks, let isTold) = fate else { continue }
        outputs.insert(output)
        if let xmp = blocks.xmp { packets.insert(xmp) }
        if structure.isTextual { continue }
        // What stands behind the packet's root says nothing.
        let isWhole = try blocks.xmp != nil && blocks.xmpFields() == whole.xmpFields()
        #expect(isTold || isWhole, "\(what)")
        // Of EXIF what can be read stays, and the rest is told.
        #expect(blocks.exif == nil || blocks.exif == whole.exif || isTold, "\(what)")
        #expect(blocks.icc == nil && !blocks.hasCredential && blocks.texts == [], "\(what)")
        #expect(blocks.density == nil && blocks.modificationTime == nil, "\(what)")
      }
    }
    #expect(outputs.count > 1)
    try Self.judge(Array(outputs), format, packets: packets)
  }

  /// The first kilobyte of each structure, bit by bit.
  @Test(arguments: formats)
  func aStructureWithAFlippedBitIsReadOrDropped(format: ImageFormat) throws {
    var outputs: [Set<[UInt8]>] = []
    var packets: Set<[UInt8]> = []
    for structure in try Structure.all(in: format) {
      var own: Set<[UInt8]> = []
      let whole = try Container.read(structure.file(with: structure.bytes))
      for (name, bytes) in Foreign.flips(structure.bytes) {
        let what = "\(structure.name) \(name)"
        let fate = try Self.fate(structure.file(with: bytes), format, what)
        guard case .written(let output, let blocks, let isTold) = fate else { continue }
        own.insert(output)
        if let xmp = blocks.xmp { packets.insert(xmp) }
        // A text under another keyword is a text like others.
        let isText = structure.name.hasSuffix("Xt") && !blocks.texts.isEmpty
        #expect(isTold || isText || !Self.hasLess(blocks, than: whole), "\(what)")
      }
      #expect(!own.isEmpty, "\(structure.name)")
      // A profile's numbers and a camera's are anybody's: programs warn of them for what they are. What VP8X says of the
      // pixels, a decoder judges before.
      if !["ICC", "iCCP", "ICCP", "EXIF", "eXIf", "VP8X"].contains(structure.name) { outputs.append(own) }
    }
    // Every so many of each kind, so that programs need seconds; the packets are judged one and all.
    let sample = outputs.flatMap { own in
      let sorted = own.sorted { $0.lexicographicallyPrecedes($1) }
      return stride(from: 0, to: sorted.count, by: 1 + sorted.count / 60).map { sorted[$0] }
    }
    #expect(packets.count > 1000)
    try Self.judge(sample, format, packets: packets)
  }

  private static func hasLess(_ blocks: MetadataBlocks, than whole: MetadataBlocks) -> Bool {
    func count(_ blocks: MetadataBlocks) -> [Bool] {
      [
        blocks.exif != nil, blocks.xmp != nil, blocks.icc != nil, blocks.iptc != nil, blocks.hasCredential,
        blocks.density != nil, blocks.modificationTime != nil, !blocks.texts.isEmpty,
      ]
    }
    return zip(count(blocks), count(whole)).contains { !$0 && $1 }
  }

  /// exiftool finds no flaw in the files, and expat none in the packets.
  private static func judge(_ outputs: [[UInt8]], _ format: ImageFormat, packets: Set<[UInt8]>) throws {
    let scratch = try Scratch()
    let names = outputs.indices.map { "\($0).\(format.rawValue)" }
    for (name, output) in zip(names, outputs) { try scratch.write(output, name) }
    let result = try Tool.exiftool.run(
      ["-q", "-if", "$warning or $error", "-p", "$filename $warning $error", "."], in: scratch)
    #expect(result.text == "", "\(format) \(result.text.prefix(300))")
    let pillow = try Tool.python.run(["-W", "error", "-c", Self.open] + names, in: scratch)
    #expect(pillow.status == 0, "\(pillow.errors)")
    let taken = try Expat.takes(Array(packets))
    #expect(taken.count == packets.count && taken.allSatisfy { $0 }, "\(format)")
  }

  private static let open = """
    import sys
    from PIL import Image
    for name in sys.argv[1:]:
        with Image.open(name) as image: image.load()
    """
}
