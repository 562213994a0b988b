import Codecs
import Metadata
import Raster

extension Encoding {
  /// The same encoding, with the bytes that metadata will add taken off what the file may have.
  func leavingRoom(for blocks: MetadataBlocks, _ planned: PlannedOutput) throws(ProcessingError) -> Encoding {
    guard let target = targetBytes else { return self }
    // What metadata adds does not depend on the pixels; one of them tells.
    let pixel = Image(size: Size(width: 1, height: 1), layout: .rgb8)
    let bare = try Processor.encode(pixel, .standard(for: format), planned, carriesProfile: false, threads: 1)
    let added = try Processor.stamped(bare.span, with: blocks, planned).count - bare.count
    return with(targetBytes: max(target - added, 0))
  }

  private var targetBytes: Int? {
    switch self {
    case .webp(let options): options.targetBytes
    case .jpeg(let options): options.targetBytes
    case .png: nil
    }
  }

  private func with(targetBytes: Int) -> Encoding {
    switch self {
    case .webp(var options):
      options.targetBytes = targetBytes
      return .webp(options)
    case .jpeg(var options):
      options.targetBytes = targetBytes
      return .jpeg(options)
    case .png: return self
    }
  }
}
