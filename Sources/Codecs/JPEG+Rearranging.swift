import CTurboJPEG
import Raster

extension JPEG {
  /// A part of a picture, in its pixels.
  public struct Part: Hashable, Sendable {
    public var left: Int
    public var top: Int
    public var size: Size

    public init(left: Int, top: Int, size: Size) {
      self.left = left
      self.top = top
      self.size = size
    }
  }

  /// What became of moving a picture's coefficients.
  public enum Rearranged: Hashable, Sendable {
    /// The file. Not a coefficient was rounded.
    case file([UInt8])
    /// It cannot be done so: decode, turn, and encode again.
    case impossible(Obstacle)
  }

  /// Why coefficients cannot be moved.
  public enum Obstacle: Hashable, Sendable {
    /// An edge that would come to lie left or above ends within a block of `block` pixels.
    case partialBlocks(block: Size)
    /// The part does not begin between two blocks of `block` pixels.
    case partWithinBlocks(block: Size)
    /// Sampling factors that TurboJPEG does not know; the file's own word for its colour.
    case sampling(String)
  }

  /// Turns a picture and cuts a part out of it without decoding it: the file's coefficients are moved (libjpeg-turbo's
  /// `tjTransform`, as `jpegtran -perfect` does).
  ///
  /// No metadata is taken over, its orientation least of all: only the segments that say what the samples are (JFIF
  /// with its density, Adobe). What was progressive stays progressive; arithmetic coding becomes Huffman's, and restart
  /// markers are left out.
  ///
  /// - Parameters:
  ///   - part: of the picture as it is turned. It must begin at a multiple of the block's size (where sides are
  ///     swapped, of its longer side in both directions), and lie within the picture; its right and lower edge may lie anywhere.
  /// - Throws: what `header` throws, `.tooManyPixels`, `.tooManyBytes`; `.malformed` for damage, cut bytes as well.
  public static func rearranged(
    _ bytes: Span<UInt8>, by orientation: Orientation, part: Part? = nil, limits: Limits
  ) throws(CodecError) -> Rearranged {
    try ImageFormat.jpeg.requireSignature(of: bytes)
    try limits.requireBytes(bytes.count)
    // libjpeg reads through a pointer; all that reads ends before the span does.
    return try unsafe bytes.withUnsafeBufferPointer { buffer throws(CodecError) in
      let reader = try unsafe JPEGReader.open(buffer)
      let header = try reader.imageHeader()
      try limits.requirePixels(header.size)
      if let obstacle = obstacle(to: orientation, part, header) { return .impossible(obstacle) }
      var transform = unsafe tjtransform()
      unsafe transform.op = orientation.operation
      unsafe transform.options = TJXOPT_PERFECT | TJXOPT_COPYNONE | (reader.isProgressive ? TJXOPT_PROGRESSIVE : 0)
      if let part {
        unsafe transform.options |= TJXOPT_CROP
        unsafe transform.r = tjregion(
          x: Int32(part.left), y: Int32(part.top), w: Int32(part.size.width), h: Int32(part.size.height))
      }
      var file = try unsafe transformed(buffer, &transform)
      // libjpeg marks all ink as Adobe's, which is inverted: right behind the start (`emit_adobe_app14`, jcmarker.c).
      if header.layout == .cmyk8, !reader.invertsInk, file.dropFirst(2).starts(with: [0xFF, 0xEE, 0, 14]) {
        file.removeSubrange(2..<18)
      }
      return .file(file)
    }
  }

  /// Whether all of a picture can be turned by ``rearranged(_:by:part:limits:)``, as far as its header tells.
  public static func canTurn(_ header: ImageHeader, by orientation: Orientation) -> Bool {
    guard header.format == .jpeg, let block = header.block else { return false }
    let moved = orientation.movedEdges
    return
      !(moved.right && !header.size.width.isMultiple(of: block.width)
      || moved.bottom && !header.size.height.isMultiple(of: block.height))
  }

  private static func obstacle(
    to orientation: Orientation, _ part: Part?, _ header: ImageHeader
  ) -> Obstacle? {
    guard let block = header.block else { return .sampling(header.coding) }
    guard canTurn(header, by: orientation) else { return .partialBlocks(block: block) }
    guard let part else { return nil }
    let swaps = orientation.swapsSides
    // TurboJPEG wants the blocks as they were, jpegtran's code beneath it the blocks as they will be.
    let side = max(block.width, block.height)
    let turned = swaps ? Size(width: side, height: side) : block
    let size = swaps ? Size(width: header.size.height, height: header.size.width) : header.size
    precondition(
      part.left >= 0 && part.top >= 0 && part.size.width > 0 && part.size.height > 0
        && part.left <= size.width - part.size.width && part.top <= size.height - part.size.height,
      "a part lies within its picture")
    let isBetween = part.left.isMultiple(of: turned.width) && part.top.isMultiple(of: turned.height)
    return isBetween ? nil : .partWithinBlocks(block: turned)
  }

  /// TurboJPEG returns its errors, and warnings as errors: Swift calls it directly.
  private static func transformed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ transform: inout tjtransform
  ) throws(CodecError) -> [UInt8] {
    guard let handle = unsafe tjInitTransform() else { throw .outOfMemory(.jpeg) }
    defer { unsafe tjDestroy(handle) }
    var output: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    unsafe transform.customFilter = areWritable
    // What TurboJPEG allocated is its own to free.
    defer { unsafe tjFree(output) }
    let result = unsafe tjTransform(
      handle, bytes.baseAddress, UInt(bytes.count), 1, &output, &count, &transform, TJFLAG_LIMITSCANS)
    guard result == 0, let made = unsafe output else {
      let reason = unsafe String(cString: tjGetErrorStr2(handle))
      if reason.hasSuffix("Error in custom filter") {
        throw .malformed(.jpeg, reason: "a coefficient is larger than any of 8-bit samples")
      }
      throw .malformed(.jpeg, reason: reason)
    }
    return unsafe [UInt8](UnsafeBufferPointer(start: made, count: Int(count)))
  }
}

/// TurboJPEG shows it each row of blocks before it writes them; -1 refuses. Its Huffman coder does not look at what it is
/// given, and makes a damaged file of coefficients that no 8-bit samples have, although they can be read: AC beyond 10
/// bits, DC whose differences are beyond 11 (ITU-T T.81, F.1.2).
private func areWritable(
  _ coefficients: UnsafeMutablePointer<Int16>?, _ row: tjregion, _: tjregion, _: Int32, _: Int32,
  _: UnsafeMutablePointer<tjtransform>?
) -> Int32 {
  // As many as the region says, for the length of the call.
  let row = unsafe UnsafeBufferPointer(start: coefficients, count: Int(row.w) * Int(row.h))
  for index in row.indices {
    let least: Int16 = index.isMultiple(of: 64) ? -1024 : -1023
    guard unsafe row[index] >= least, unsafe row[index] <= 1023 else { return -1 }
  }
  return 0
}

extension Orientation {
  fileprivate var operation: Int32 {
    let operation =
      switch self {
      case .upright: TJXOP_NONE
      case .mirrored: TJXOP_HFLIP
      case .rotated180: TJXOP_ROT180
      case .flipped: TJXOP_VFLIP
      case .transposed: TJXOP_TRANSPOSE
      case .rotated90: TJXOP_ROT90
      case .transversed: TJXOP_TRANSVERSE
      case .rotated270: TJXOP_ROT270
      }
    return Int32(operation.rawValue)
  }
}
