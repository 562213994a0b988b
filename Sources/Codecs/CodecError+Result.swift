import CCodecs
import Raster

extension codecs_result {
  /// Turns the outcome of reading into an error.
  func requireDone(reading format: ImageFormat) throws(CodecError) {
    switch outcome {
    case .done: return
    case .truncated: throw .truncated(format)
    case .malformed: throw .malformed(format, reason: text)
    case .unsupported: throw .unsupported(format, feature: text)
    case .no_memory: throw .outOfMemory(format)
    }
  }

  /// Turns the outcome of writing into an error.
  func requireDone(writing format: ImageFormat) throws(CodecError) {
    switch outcome {
    case .done: return
    case .no_memory: throw .outOfMemory(format)
    case .truncated, .malformed, .unsupported: throw .encodingFailed(format, reason: text)
    }
  }

  private var text: String {
    // A C array of characters is a tuple in Swift; its bytes end with a NUL.
    unsafe withUnsafeBytes(of: message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
