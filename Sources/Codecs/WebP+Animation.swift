import CWebP
import Raster

extension WebP {
  /// Decodes the first frame of an animation straight onto its transparent canvas.
  ///
  /// The first frame is drawn on nothing, so that blending leaves it as it is; the background colour of `ANIM` is a hint
  /// that players ignore (RFC 9649 2.7.1.1), and so does this.
  @unsafe static func firstFrame(
    of bytes: UnsafeBufferPointer<UInt8>, canvas: Size
  ) throws(CodecError) -> Image {
    let frames = try unsafe WebPFrames(bytes)
    try frames.requireWhole()
    let frame = try frames.first()
    guard frame.x >= 0, frame.y >= 0, frame.width > 0, frame.height > 0, frame.x + frame.width <= canvas.width,
      frame.y + frame.height <= canvas.height
    else { throw .malformed(.webp, reason: "a frame beyond the canvas") }
    let layout = Layout.rgba8
    let rowBytes = canvas.width * layout.bytesPerPixel
    let start = frame.y * rowBytes + frame.x * layout.bytesPerPixel
    let end = start + (frame.height - 1) * rowBytes + frame.width * layout.bytesPerPixel
    return try unsafe Image(size: canvas, layout: layout) { pixels throws(CodecError) in
      unsafe pixels.initialize(repeating: 0)
      try unsafe decode(
        frame.bytes, to: UnsafeMutableBufferPointer(rebasing: pixels[start..<end]), rowBytes: rowBytes, hasAlpha: true)
    }
  }
}

/// The frames of an animated WebP over borrowed bytes. It must not outlive them.
@safe struct WebPFrames: ~Copyable {
  private let demuxer: OpaquePointer
  private let state: WebPDemuxState

  /// Reads the chunks, as far as the bytes go.
  @unsafe init(_ bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) {
    var data = unsafe WebPData(bytes: bytes.baseAddress, size: bytes.count)
    var state = WEBP_DEMUX_PARSING_HEADER
    guard let demuxer = unsafe WebPDemuxPartial(&data, &state) else {
      if state == WEBP_DEMUX_PARSING_HEADER { throw .truncated(.webp) }
      throw .malformed(.webp, reason: "libwebpdemux cannot make out its chunks")
    }
    unsafe self.demuxer = unsafe demuxer
    self.state = state
  }

  deinit { unsafe WebPDemuxDelete(demuxer) }

  var count: Int { unsafe Int(WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT)) }

  /// Refuses bytes that end before the last frame does.
  func requireWhole() throws(CodecError) {
    if state != WEBP_DEMUX_DONE { throw .truncated(.webp) }
  }

  /// A frame's place on the canvas, in pixels, and its bitstream.
  @safe struct Frame {
    let x: Int
    let y: Int
    let width: Int
    let height: Int
    let bytes: UnsafeBufferPointer<UInt8>
  }

  func first() throws(CodecError) -> Frame {
    var iterator = unsafe WebPIterator()
    guard unsafe WebPDemuxGetFrame(demuxer, 1, &iterator) != 0 else {
      throw .malformed(.webp, reason: "an animation without frames")
    }
    // The bitstream is in the borrowed bytes, which outlive the iterator.
    defer { unsafe WebPDemuxReleaseIterator(&iterator) }
    return unsafe Frame(
      x: Int(iterator.x_offset), y: Int(iterator.y_offset), width: Int(iterator.width), height: Int(iterator.height),
      bytes: UnsafeBufferPointer(start: iterator.fragment.bytes, count: iterator.fragment.size))
  }
}
