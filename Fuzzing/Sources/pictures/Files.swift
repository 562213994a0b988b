import Codecs
import FoundationEssentials
import Harness
import Processing
import Raster

@testable import Metadata

/// Containers: what is read, written and read again agrees, and the picture is the same to the pixel.
enum Files {
  static let targets = [
    FuzzTarget("jpeg-container", rewrite),
    FuzzTarget("png-container", rewrite),
    FuzzTarget("webp-container", rewrite),
    FuzzTarget("inspection", inspect),
    FuzzTarget("metadata-plan", plan),
  ]

  /// With all that was read, and with nothing.
  private static func rewrite(_ bytes: [UInt8]) {
    guard var blocks = read(bytes) else { return }
    blocks.hasCredential = false
    // What the container has no place for.
    if ImageFormat(signatureOf: bytes.span) != .jpeg { blocks.iptc = nil }
    rewrite(bytes, with: MetadataBlocks())
    rewrite(bytes, with: blocks)
  }

  private static func read(_ bytes: [UInt8]) -> MetadataBlocks? {
    do throws(MetadataError) {
      return try Container.read(bytes.span)
    } catch {
      promise(!error.description.isEmpty, "an error has words")
      return nil
    }
  }

  private static func rewrite(_ bytes: [UInt8], with blocks: MetadataBlocks) {
    guard let file = written(bytes, blocks) else { return }
    guard let found = read(file) else { fatalError("a broken promise: what was written can be read") }
    promise(found.carriesSame(as: blocks), "written \(blocks), read \(found)")
    promise(
      !found.hasUnread && !found.isMisplaced && !found.hasCredential && found.warnings.isEmpty,
      "only what was to be there is there, in its place: \(found)")
    promise(written(file, found) == file, "what is in order stays as it is")
    guard let image = Pictures.picture(bytes, .full) else { return }
    guard let other = Pictures.picture(file, .full) else { fatalError("a broken promise: the rewritten file decodes") }
    promise(image.hasSamePixels(as: other), "the pixels are the same")
  }

  private static func written(_ bytes: [UInt8], _ blocks: MetadataBlocks) -> [UInt8]? {
    do throws(MetadataError) {
      return try Container.rewrite(bytes.span, with: blocks)
    } catch {
      promise(!error.description.isEmpty, "an error has words")
      return nil
    }
  }

  /// What is said of a file is bounded, and travels from a worker to the daemon unchanged.
  private static func inspect(_ bytes: [UInt8]) {
    let inspection: Inspection
    do throws(ProcessingError) {
      inspection = try Inspection(of: bytes.span, limits: Pictures.limits)
    } catch {
      promise(!error.description.isEmpty, "an error has words")
      return
    }
    promise(inspection.width > 0 && inspection.height > 0, "a picture has a size")
    promise((1...8).contains(inspection.orientation), "an orientation is one of eight")
    do {
      let text = try JSONEncoder().encode(inspection)
      promise(try JSONDecoder().decode(Inspection.self, from: text) == inspection, "an inspection travels")
    } catch {
      fatalError("a broken promise: an inspection travels: \(error)")
    }
  }

  private static let policies = [
    MetadataPolicy(level: .none), MetadataPolicy(level: .keep),
    MetadataPolicy(level: .keep, artist: "Ada", copyright: "© Ada", description: "A canal", dpi: 300, keepsGPS: true),
    MetadataPolicy(level: .provenance, description: "A canal & a \"bridge\""),
    MetadataPolicy(level: .full, keywords: ["a", "b"], writesParameters: true),
  ]

  private static let provenance = Provenance(
    source: .trainedAlgorithmicMedia, system: "model", prompt: "a canal", created: "2026-01-02T03:04:05Z")

  /// What is planned from foreign metadata for a file of any format can be written there, and says no position.
  private static func plan(_ bytes: [UInt8]) {
    guard let original = read(bytes), let header = try? Codec.header(bytes.span) else { return }
    let policy = policies[bytes.count % policies.count]
    for (format, target) in Samples.files {
      // The file itself where the format is its own: its pixels stay.
      let isOwn = format == header.format
      do throws(MetadataError) {
        let blocks = try MetadataBlocks.planned(
          for: policy, provenance: provenance, original: original, outputSize: isOwn ? header.size : Samples.size,
          format: format, pixelsChanged: !isOwn)
        guard let file = written(isOwn ? bytes : target, blocks) else { continue }
        guard let found = read(file) else { fatalError("a broken promise: what was planned can be read back") }
        promise(found.carriesSame(as: blocks), "\(policy.level): planned \(blocks), read \(found)")
        if !policy.keepsGPS {
          let positions = found.findings.filter { $0.kind == .position && $0.place != "text" && $0.place != "comment" }
          promise(positions.isEmpty || blocks.hasCredential, "\(policy.level) tells no position: \(positions)")
        }
      } catch {
        promise(!error.description.isEmpty, "an error has words")
      }
    }
  }
}

/// A picture in each format.
private enum Samples {
  static let size = Size(width: 8, height: 8)

  static let files: [(ImageFormat, [UInt8])] = {
    let image = Image(size: size, layout: .rgb8)
    return sure("a picture can be written") { () throws(CodecError) in
      [
        (.jpeg, try JPEG.encode(image, options: JPEG.Options())), (.png, try PNG.encode(image, options: PNG.Options())),
        (.webp, try WebP.encode(image, options: WebP.Options())),
      ]
    }
  }()
}
