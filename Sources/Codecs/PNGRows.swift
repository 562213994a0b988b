import CCodecs
import Raster

/// The rows of a picture as they are compressed: packed and filtered, each behind the byte that names its filter. It
/// must not outlive the picture and the form.
@safe struct PNGRows: ~Copyable {
  private let handle: OpaquePointer
  /// Of a row, its filter's byte included.
  let rowBytes: Int

  @unsafe init(_ form: borrowing codecs_png_form, _ filtering: codecs_png_filtering) throws(CodecError) {
    var form = unsafe copy form
    guard let handle = unsafe codecs_png_filter_create(&form, filtering) else { throw .outOfMemory(.png) }
    unsafe self.handle = handle
    rowBytes = unsafe codecs_png_row_bytes(form.stored_color, form.stored_depth, Int(form.width)) + 1
  }

  deinit { unsafe codecs_png_filter_destroy(handle) }

  /// Goes to a row.
  func seek(to row: Int) { unsafe codecs_png_filter_seek(handle, UInt32(row)) }

  /// Writes the next row to the beginning of `target`, which has room for it.
  @unsafe func writeNext(to target: UnsafeMutablePointer<UInt8>) { unsafe codecs_png_filter_next(handle, target) }
}
