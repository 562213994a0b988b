import Codecs
import Colorimetry
import Metadata
import Raster

/// Where the outputs of one original are made. It is there for as long as ``Processor/run`` runs.
@safe final class Workshop: Sendable {
  private let plan: Plan
  private let report: OriginalReport
  private let converter: SRGBConverter?
  /// Steps of each output that are done with the picture that `production` begins with.
  private let done: Int
  private let limits: Limits
  private let threads: Int
  private let sharing: @Sendable (Int) -> Sharing
  private let altering: Processor.Alteration?
  // Only read, and whoever made the workshop keeps the bytes until `run` has returned.
  private nonisolated(unsafe) let original: UnsafeBufferPointer<UInt8>
  private let production: Monitor<Production>

  /// - Parameters:
  ///   - original: has to stay until the workshop is gone.
  ///   - production: of the plan's outputs, from the original's pixels.
  ///   - threads: that make outputs; at least 1.
  ///   - sharing: how so many threads share the work of a step.
  @unsafe init(
    plan: Plan, report: OriginalReport, original: UnsafeBufferPointer<UInt8>, production: Monitor<Production>,
    converter: SRGBConverter?, limits: Limits, threads: Int, altering: Processor.Alteration?,
    sharing: @escaping @Sendable (Int) -> Sharing = Crew.sharing
  ) {
    self.plan = plan
    self.report = report
    unsafe self.original = original
    self.production = production
    self.converter = converter
    done = plan.stepsDoneBefore
    self.limits = limits
    self.threads = threads
    self.altering = altering
    self.sharing = sharing
  }

  /// Makes all outputs, and hands them over in order.
  func run<Emission: Error>(emit: (FinishedOutput) throws(Emission) -> Void) throws(RunError<Emission>) {
    let opening = opening()
    try Crew.run(helpers: min(threads, plan.outputs.count) - 1, work: help) { () throws(RunError<Emission>) in
      // However it ends: nobody begins anything more, and all threads come to their end.
      defer { production.change { $0.stop() } }
      if let opening { make(opening.order, after: opening.begun) }
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

  /// The first output that is made, which is the one that takes longest. Its first step is done here and now, by all
  /// threads together.
  private func opening() -> (order: Production.Order, begun: Result<Picture, ProcessingError>?)? {
    guard let order = production.change({ $0.next() }) else { return nil }
    let planned = plan.outputs[order.index]
    guard case .encoded(let work) = planned.pixels, order.done < steps(of: work).count,
      let picture = start(of: order)
    else { return (order, nil) }
    let sharing = sharing(threads)
    let begun = Result { () throws(ProcessingError) in
      try step(order.done, of: work, from: picture, planned, sharing: sharing)
    }
    return (order, begun)
  }

  /// - Parameter begun: what came of its next step, when that is done.
  private func make(_ order: Production.Order, after begun: Result<Picture, ProcessingError>? = nil) {
    let planned = plan.outputs[order.index]
    let result = Result { () throws(ProcessingError) in try output(planned, order, after: begun) }
    production.change { $0.finish(order, of: planned, result) }
  }

  // MARK: One output

  private func output(
    _ planned: PlannedOutput, _ order: Production.Order, after begun: Result<Picture, ProcessingError>?
  ) throws(ProcessingError) -> FinishedOutput {
    let (blocks, warnings) = try Processor.metadata(of: planned, provenance: plan.provenance, report: report)
    let bytes: [UInt8]
    switch planned.pixels {
    case .kept:
      // Only read, and there for as long as the workshop.
      bytes = altered(try Processor.stamped(unsafe original.span, with: blocks, planned))
      try readBack(bytes, planned, blocks: blocks, lossless: true, pixels: start(of: order))
    case .turned:
      let turned = try turned(planned)
      bytes = altered(try Processor.stamped(turned.span, with: blocks, planned))
      // Decoders round a turned block otherwise than the block itself: the samples are the same, not the pixels.
      try readBack(bytes, planned, blocks: blocks, lossless: false, pixels: start(of: order))
    case .encoded(let work):
      let picture = try picture(of: work, order, planned, after: begun)
      let encoding = try work.encoding.leavingRoom(for: blocks, planned)
      let encoded = try Processor.encode(
        picture.image, encoding, planned, carriesProfile: blocks.icc != nil,
        threads: threads > plan.outputs.count ? 2 : 1)
      bytes = altered(try Processor.stamped(encoded.span, with: blocks, planned))
      try readBack(bytes, planned, blocks: blocks, lossless: work.encoding.isLossless, pixels: picture)
    }
    return FinishedOutput(
      planned: planned, bytes: bytes, warnings: warnings.map { .metadata(template: planned.template, $0) },
      credential: report.blocks.hasCredential ? (blocks.hasCredential ? .kept : .dropped) : nil)
  }

  private func altered(_ bytes: [UInt8]) -> [UInt8] { altering?(bytes) ?? bytes }

  /// Threads that never make an output.
  private var idle: Int { threads - min(threads, plan.outputs.count) }

  private func start(of order: Production.Order) -> Picture? {
    production.change { $0.takeStart(order) }
  }

  private func steps(of work: Work) -> [Step] { Array(work.steps.dropFirst(done)) }

  /// What comes of the steps that are left.
  private func picture(
    of work: Work, _ order: Production.Order, _ planned: PlannedOutput, after begun: Result<Picture, ProcessingError>?
  ) throws(ProcessingError) -> Picture {
    // The only reference to it that this thread has: it goes with the next step's.
    guard var picture = try begun?.get() ?? start(of: order) else {
      preconditionFailure("an output with steps has a picture to begin with")
    }
    let sharing = sharing(idle + 1)
    for index in (begun == nil ? order.done : order.done + 1)..<steps(of: work).count {
      picture = try step(index, of: work, from: picture, planned, sharing: sharing)
    }
    return picture
  }

  /// What comes of a step, also for whoever else waits for it.
  private func step(
    _ index: Int, of work: Work, from picture: Picture, _ planned: PlannedOutput, sharing: Sharing
  ) throws(ProcessingError) -> Picture {
    let steps = steps(of: work)
    do throws(RasterError) {
      let picture = Picture(try steps[index].picture(of: picture.image, converter, sharing: sharing))
      production.change { $0.add(picture, after: Array(steps.prefix(index + 1))) }
      return picture
    } catch {
      throw .resampling(template: planned.template, error)
    }
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
    _ bytes: [UInt8], _ planned: PlannedOutput, blocks: MetadataBlocks, lossless: Bool, pixels: Picture?
  ) throws(ProcessingError) {
    do throws(ReadBackFailure) {
      let carried = try ReadBack.checkStructure(of: bytes.span, planned, blocks: blocks)
      try MetadataPromise(planned, plan.provenance, original: report.blocks).check(carried, of: planned.size)
      switch plan.readBack {
      case .structure: break
      case .full:
        guard let pixels else { preconditionFailure("what is compared has its pixels") }
        try ReadBack.checkPixels(of: bytes.span, lossless: lossless, expected: pixels.image)
      }
    } catch {
      throw .readBack(template: planned.template, error)
    }
  }
}
