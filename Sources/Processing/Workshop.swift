import Codecs
import Colorimetry
import Metadata
import Raster

/// Where the outputs of one original are made. It is there for as long as ``Processor/run`` runs.
@safe final class Workshop: Sendable {
  private let plan: Plan
  private let report: OriginalReport
  private let upright: Picture
  private let converter: SRGBConverter?
  /// Steps of each output that are done with `upright`.
  private let done: Int
  private let limits: Limits
  private let threads: Int
  // Only read, and whoever made the workshop keeps the bytes until `run` has returned.
  private nonisolated(unsafe) let original: UnsafeBufferPointer<UInt8>
  private let production: Monitor<Production>

  /// - Parameters:
  ///   - original: has to stay until the workshop is gone.
  ///   - threads: that make outputs; at least 1.
  @unsafe init(
    plan: Plan, report: OriginalReport, original: UnsafeBufferPointer<UInt8>, upright: Picture,
    converter: SRGBConverter?, limits: Limits, threads: Int
  ) {
    self.plan = plan
    self.report = report
    unsafe self.original = original
    self.upright = upright
    self.converter = converter
    done = plan.convertsEverything ? 1 : 0
    self.limits = limits
    self.threads = threads
    production = Monitor(Production(plan.outputs, of: upright.image.size, done: done))
  }

  /// Makes all outputs, and hands them over in order.
  func run<Emission: Error>(emit: (FinishedOutput) throws(Emission) -> Void) throws(RunError<Emission>) {
    try Crew.run(helpers: min(threads, plan.outputs.count) - 1, work: help) { () throws(RunError<Emission>) in
      // However it ends: nobody begins anything more, and all threads come to their end.
      defer { production.change { $0.stop() } }
      for index in plan.outputs.indices { try handOver(result(index), to: emit) }
    }
  }

  private func handOver<Emission: Error>(
    _ result: Result<FinishedOutput, ProcessingError>, to emit: (FinishedOutput) throws(Emission) -> Void
  ) throws(RunError<Emission>) {
    let output: FinishedOutput
    do throws(ProcessingError) {
      output = try result.get()
    } catch {
      throw .processing(error)
    }
    do throws(Emission) {
      try emit(output)
    } catch {
      throw .emission(error)
    }
  }

  // MARK: Threads

  private enum Turn {
    case take(Result<FinishedOutput, ProcessingError>)
    case make(Production.Order)
  }

  /// What became of an output. Until it is there, this thread makes others, or it.
  private func result(_ index: Int) -> Result<FinishedOutput, ProcessingError> {
    while true {
      let turn = production.wait { (production) -> Turn? in
        production.take(index).map(Turn.take) ?? production.next().map(Turn.make)
      }
      switch turn {
      case .take(let result): return result
      case .make(let order): make(order)
      }
    }
  }

  /// Makes outputs until there are none left.
  private func help() {
    // An order, no order yet, or no more orders.
    while let order = production.wait(for: { (production) -> Production.Order?? in
      production.isAllBegun ? .some(nil) : production.next().map(Optional.some)
    }) {
      make(order)
    }
  }

  private func make(_ order: Production.Order) {
    let planned = plan.outputs[order.index]
    let result = Result { () throws(ProcessingError) in try output(planned, order) }
    production.change { $0.finish(order, of: planned, result) }
  }

  // MARK: One output

  private func output(
    _ planned: PlannedOutput, _ order: Production.Order
  ) throws(ProcessingError) -> FinishedOutput {
    let (blocks, warnings) = try Processor.metadata(of: planned, provenance: plan.provenance, report: report)
    let bytes: [UInt8]
    switch planned.pixels {
    case .kept:
      // Only read, and there for as long as the workshop.
      bytes = try Processor.stamped(unsafe original.span, with: blocks, planned)
      try readBack(bytes, planned, blocks: blocks, lossless: true, pixels: upright.image)
    case .turned:
      let turned = try turned(planned)
      bytes = try Processor.stamped(turned.span, with: blocks, planned)
      // Decoders round a turned block otherwise than the block itself: the samples are the same, not the pixels.
      try readBack(bytes, planned, blocks: blocks, lossless: false, pixels: upright.image)
    case .encoded(let work):
      let picture = try picture(of: work, order, planned)
      let encoding = try work.encoding.leavingRoom(for: blocks, planned)
      let encoded = try Processor.encode(
        picture.image, encoding, planned, carriesProfile: blocks.icc != nil,
        threads: threads > plan.outputs.count ? 2 : 1)
      bytes = try Processor.stamped(encoded.span, with: blocks, planned)
      try readBack(bytes, planned, blocks: blocks, lossless: work.encoding.isLossless, pixels: picture.image)
    }
    return FinishedOutput(
      planned: planned, bytes: bytes, warnings: warnings.map { .metadata(template: planned.template, $0) })
  }

  /// What comes of the steps that are left, each for whoever else waits for it.
  private func picture(
    of work: Work, _ order: Production.Order, _ planned: PlannedOutput
  ) throws(ProcessingError) -> Picture {
    var picture = order.start ?? upright
    let steps = Array(work.steps.dropFirst(done))
    for index in order.done..<steps.count {
      do throws(RasterError) {
        picture = Picture(try steps[index].picture(of: picture.image, converter))
      } catch {
        throw .resampling(template: planned.template, error)
      }
      production.change { $0.add(picture, after: Array(steps.prefix(index + 1))) }
    }
    return picture
  }

  private func turned(_ planned: PlannedOutput) throws(ProcessingError) -> [UInt8] {
    do throws(CodecError) {
      // Only read, and there for as long as the workshop.
      let turned = try JPEG.rearranged(unsafe original.span, by: plan.orientation, limits: limits)
      guard case .file(let bytes) = turned else {
        throw .encodingFailed(.jpeg, reason: "its samples cannot be turned, although its header says so")
      }
      return bytes
    } catch {
      throw .encoding(template: planned.template, error)
    }
  }

  private func readBack(
    _ bytes: [UInt8], _ planned: PlannedOutput, blocks: MetadataBlocks, lossless: Bool, pixels: borrowing Image
  ) throws(ProcessingError) {
    do throws(ReadBackFailure) {
      try ReadBack.checkStructure(of: bytes.span, planned, blocks: blocks)
      switch plan.readBack {
      case .structure: break
      case .full: try ReadBack.checkPixels(of: bytes.span, lossless: lossless, expected: pixels)
      }
    } catch {
      throw .readBack(template: planned.template, error)
    }
  }
}
