import CZimg

extension Image {
  /// The scaled part of `geometry`, its samples mixed by zimg in single precision.
  ///
  /// zimg asks for the source line by line and hands back the result line by line; beside the two pictures, memory is
  /// taken only for the lines that the filter spans. At the edges zimg mirrors the picture. Float lines keep the
  /// overshoot between the two passes, which integers would cut, and leave all rounding to the last step.
  borrowing func resampled(_ geometry: ResizeGeometry, filter: Filter, isLinear: Bool) throws(RasterError) -> Image {
    let graph = try ResamplingGraph(geometry, layout: layout, filter: filter)
    let (layout, sourceSize, targetSize) = (layout, size, geometry.scaled)
    return unsafe try Image(size: targetSize, layout: layout) { (target) throws(RasterError) in
      // zimg works on pointers. Both pictures and all line buffers outlive the call, and nothing keeps a pointer.
      let succeeded = withPixels { pixels in
        unsafe pixels.withUnsafeBufferPointer { source in
          unsafe graph.run(
            source: source, sourceSize: sourceSize, target: target, targetSize: targetSize, isLinear: isLinear)
        }
      }
      if !succeeded { throw ResamplingGraph.failure(geometry) }
    }
  }
}

/// A zimg filter graph (zimg.h), freed when it goes. Safe to hold: only `init`, `run` and `deinit` touch it.
@safe private struct ResamplingGraph: ~Copyable {
  // ZIMG_API_VERSION: a macro that Swift does not see.
  private static let version: UInt32 = 2 << 8 | 4
  private let graph: OpaquePointer
  private let layout: Layout

  init(_ geometry: ResizeGeometry, layout: Layout, filter: Filter) throws(RasterError) {
    var source = Self.format(geometry.source, layout)
    source.active_region.left = geometry.crop.left
    source.active_region.top = geometry.crop.top
    source.active_region.width = geometry.crop.width
    source.active_region.height = geometry.crop.height
    var target = Self.format(geometry.scaled, layout)
    var parameters = zimg_graph_builder_params()
    // C fills and reads the three structures during the calls only.
    unsafe zimg_graph_builder_params_default(&parameters, Self.version)
    parameters.cpu_type = ZIMG_CPU_AUTO_64B
    switch filter {
    case .lanczos3:
      parameters.resample_filter = ZIMG_RESIZE_LANCZOS
      parameters.filter_param_a = 3
    case .lanczos2:
      parameters.resample_filter = ZIMG_RESIZE_LANCZOS
      parameters.filter_param_a = 2
    case .spline36: parameters.resample_filter = ZIMG_RESIZE_SPLINE36
    case .bicubic:
      parameters.resample_filter = ZIMG_RESIZE_BICUBIC
      parameters.filter_param_a = 0
      parameters.filter_param_b = 0.5
    case .mitchell:
      parameters.resample_filter = ZIMG_RESIZE_BICUBIC
      parameters.filter_param_a = 1.0 / 3
      parameters.filter_param_b = 1.0 / 3
    case .bilinear: parameters.resample_filter = ZIMG_RESIZE_BILINEAR
    case .nearest: parameters.resample_filter = ZIMG_RESIZE_POINT
    }
    guard let built = unsafe zimg_filter_graph_build(&source, &target, &parameters) else {
      throw Self.failure(geometry)
    }
    unsafe graph = built
    self.layout = layout
  }

  deinit {
    // The graph was built by `init` and is nobody else's.
    unsafe zimg_filter_graph_free(graph)
  }

  /// The calling thread's last failure.
  static func failure(_ geometry: ResizeGeometry) -> RasterError {
    var message = [CChar](repeating: 0, count: 1024)
    // zimg ends the message with a NUL within the buffer; errors are kept a thread.
    unsafe zimg_get_last_error(&message, message.count)
    let reason = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return .resampling(from: geometry.source, to: geometry.scaled, reason: reason)
  }

  private static func format(_ size: Size, _ layout: Layout) -> zimg_image_format {
    var format = zimg_image_format()
    // C fills the structure during the call only.
    unsafe zimg_image_format_default(&format, version)
    format.width = UInt32(size.width)
    format.height = UInt32(size.height)
    format.pixel_type = ZIMG_PIXEL_FLOAT
    format.pixel_range = ZIMG_RANGE_FULL
    if !layout.channels.isGray {
      format.color_family = ZIMG_COLOR_RGB
      format.matrix_coefficients = ZIMG_MATRIX_RGB
    }
    // Premultiplied on both sides: zimg mixes alpha as it mixes colour, and `SampleLines` multiplies and divides.
    if layout.hasAlpha { format.alpha = ZIMG_ALPHA_PREMULTIPLIED }
    return format
  }

  /// Whether zimg succeeded; see ``failure(_:)``.
  ///
  /// `source` and `target` hold pictures of their sizes in the graph's layout.
  @unsafe func run(
    source: UnsafeBufferPointer<UInt8>, sourceSize: Size, target: UnsafeMutableBufferPointer<UInt8>, targetSize: Size,
    isLinear: Bool
  ) -> Bool {
    var (scratchBytes, linesIn, linesOut) = (0, UInt32(0), UInt32(0))
    // Each call writes one number to the pointer it is given.
    guard unsafe zimg_filter_graph_get_tmp_size(graph, &scratchBytes) == ZIMG_ERROR_SUCCESS,
      unsafe zimg_filter_graph_get_input_buffering(graph, &linesIn) == ZIMG_ERROR_SUCCESS,
      unsafe zimg_filter_graph_get_output_buffering(graph, &linesOut) == ZIMG_ERROR_SUCCESS
    else { return false }
    let scratch = AlignedMemory(bytes: scratchBytes)
    let input = SampleLines(layout: layout, size: sourceSize, lines: linesIn)
    let output = SampleLines(layout: layout, size: targetSize, lines: linesOut)
    var (sourceLines, targetLines) = (zimg_image_buffer_const(), zimg_image_buffer())
    (sourceLines.version, targetLines.version) = (Self.version, Self.version)
    input.describe(&sourceLines)
    output.describe(&targetLines)
    guard let sourceBase = source.baseAddress, let targetBase = target.baseAddress else { return false }
    var reading = unsafe LineReading(lines: input.view, pixels: sourceBase, isLinear: isLinear)
    var writing = unsafe LineWriting(lines: output.view, pixels: targetBase, isLinear: isLinear)
    // Both are alive until the call returns, and each callback gets its own.
    let result = unsafe withUnsafeMutablePointer(to: &reading) { reading in
      unsafe withUnsafeMutablePointer(to: &writing) { writing in
        unsafe zimg_filter_graph_process(
          graph, &sourceLines, &targetLines, scratch.base, readLine, reading, writeLine, writing)
      }
    }
    return result == ZIMG_ERROR_SUCCESS
  }
}

/// Fills the columns that zimg is about to read (zimg.h, `zimg_filter_graph_callback`).
private let readLine: zimg_filter_graph_callback = { user, row, left, right in
  guard let reading = unsafe user?.assumingMemoryBound(to: LineReading.self) else { return 1 }
  unsafe reading.pointee.read(row: Int(row), columns: Int(left)..<Int(right))
  return 0
}

/// Takes the columns that zimg has just written.
private let writeLine: zimg_filter_graph_callback = { user, row, left, right in
  guard let writing = unsafe user?.assumingMemoryBound(to: LineWriting.self) else { return 1 }
  unsafe writing.pointee.write(row: Int(row), columns: Int(left)..<Int(right))
  return 0
}
