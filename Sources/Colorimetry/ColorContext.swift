import CLCMS
import Raster

/// Where lcms2 works on one profile: its memory is bounded, its errors are kept, and it never prints.
@safe final class ColorContext: Sendable {
  /// Bytes that a profile's tables and what is made of them may take at once. A press profile of three megabytes takes ten.
  static let memory = 128 << 20

  // Its plug-ins and its error handler are set before anybody else has it; its account is counted atomically.
  @unsafe nonisolated(unsafe) let handle: cmsContext
  private nonisolated(unsafe) let account: UnsafeMutablePointer<clcms_account>

  init(memory: Int = memory) throws(ColorimetryError) {
    // lcms2 keeps the address until the context is deleted, in `deinit`.
    let account = UnsafeMutablePointer<clcms_account>.allocate(capacity: 1)
    unsafe account.initialize(to: clcms_account())
    unsafe account.pointee.limit = memory
    guard let handle = unsafe clcms_context_create(account) else {
      unsafe account.deallocate()
      throw .unusable(reason: "there is no memory to read it")
    }
    unsafe self.account = account
    unsafe self.handle = handle
  }

  deinit {
    unsafe cmsDeleteContext(handle)
    unsafe account.deallocate()
  }

  /// What lcms2 said first, or `otherwise` where it said nothing.
  func failure(_ otherwise: String) -> ColorimetryError {
    let words = unsafe String(cString: clcms_error(account))
    return .unusable(reason: words.isEmpty ? otherwise : words)
  }
}

/// A profile that lcms2 has opened, closed when it goes.
@safe struct OpenProfile: ~Copyable {
  @unsafe let handle: cmsHPROFILE
  // Whose memory it is.
  private let context: ColorContext

  @unsafe init(_ handle: cmsHPROFILE?, _ context: ColorContext, otherwise: String) throws(ColorimetryError) {
    guard let handle = unsafe handle else { throw context.failure(otherwise) }
    unsafe self.handle = handle
    self.context = context
  }

  deinit { unsafe cmsCloseProfile(handle) }

  /// sRGB; of one channel, its curve over D50.
  static func sRGB(isGray: Bool, _ context: ColorContext) throws(ColorimetryError) -> OpenProfile {
    guard isGray else {
      return try unsafe OpenProfile(
        cmsCreate_sRGBProfileTHR(context.handle), context, otherwise: "there is no memory for sRGB")
    }
    // ICC's type 3 is lcms2's 4.
    let curve = unsafe cmsBuildParametricToneCurve(context.handle, 4, SRGBCurve.parameters)
    guard let curve = unsafe curve else { throw context.failure("there is no memory for sRGB") }
    defer { unsafe cmsFreeToneCurve(curve) }
    // The white point is lcms2's own constant; the curve is copied.
    return try unsafe OpenProfile(
      cmsCreateGrayProfileTHR(context.handle, cmsD50_xyY(), curve), context, otherwise: "there is no memory for sRGB")
  }
}

/// From one profile to another, freed when it goes. It holds nothing of the profiles.
@safe final class ExactTransform: Sendable {
  private let context: ColorContext
  // lcms2 only reads a transform without a cache: threads may share it (lcms2 API, cmsFLAGS_NOCACHE).
  private nonisolated(unsafe) let handle: cmsHTRANSFORM

  /// Relative colorimetric, with black point compensation.
  ///
  /// - Parameters:
  ///   - extra: samples after the colours that are stepped over.
  ///   - bytes: of a sample, 1 or 2, on both sides.
  init(
    from source: borrowing OpenProfile, _ colors: Int, to target: borrowing OpenProfile, _ targetColors: Int,
    extra: Int, bytes: Int, _ context: ColorContext
  ) throws(ColorimetryError) {
    let handle = unsafe cmsCreateTransformTHR(
      context.handle, source.handle, clcms_format(Int32(colors), Int32(extra), Int32(bytes)), target.handle,
      clcms_format(Int32(targetColors), Int32(extra), Int32(bytes)), UInt32(INTENT_RELATIVE_COLORIMETRIC), clcms_exact)
    guard let handle = unsafe handle else { throw context.failure("it has no way to sRGB") }
    self.context = context
    unsafe self.handle = handle
  }

  deinit { unsafe cmsDeleteTransform(handle) }

  /// Both may be the same memory, where source and target have as many samples. Each holds `count` pixels.
  @unsafe func convert(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
    var done = 0
    let (from, to) = (sourceStride, targetStride)
    // lcms2 counts pixels in 32 bits.
    while done < count {
      let part = min(count - done, 1 << 20)
      unsafe cmsDoTransform(handle, source + done * from, target + done * to, UInt32(part))
      done += part
    }
  }

  private var sourceStride: Int { unsafe Self.stride(cmsGetTransformInputFormat(handle)) }
  private var targetStride: Int { unsafe Self.stride(cmsGetTransformOutputFormat(handle)) }

  private static func stride(_ format: UInt32) -> Int { Int(clcms_pixel_bytes(format)) }
}
