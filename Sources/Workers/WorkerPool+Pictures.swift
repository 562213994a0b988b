import Codecs
import Processing
import Raster

/// What can be asked about a picture. Each answer is checked for what the daemon relies on: a worker may be another's by now.
extension WorkerPool {
  /// What ``Codec/header(_:)`` says.
  public func header(of picture: OpenPicture) throws(ProcessingError) -> ImageHeader {
    try ask(within: Self.glance) { conversation throws(ProcessingError) in
      try conversation.say(.header(limits), files: [picture.number])
      guard case .header(let header) = try conversation.hear(), header.size.isCredible else {
        throw conversation.garbled("a header was asked for")
      }
      return header
    }
  }

  /// What ``Processor/examine(_:limits:)`` says, without the metadata, and for trims ``Processor/survey(_:as:for:limits:)``.
  ///
  /// - Parameter verify: is asked before any pixel is decoded for trims; what it throws is thrown.
  public func examine(
    _ picture: OpenPicture, for trims: [Trim] = [],
    verify: (OriginalReport) throws(ProcessingError) -> Void = { (_) throws(ProcessingError) in }
  ) throws(ProcessingError) -> OriginalReport {
    try ask(within: trims.isEmpty ? Self.glance : nil) { conversation throws(ProcessingError) in
      try examine(picture, for: trims, verify: verify, &conversation)
    }
  }

  /// ``Inspection``.
  public func inspect(_ picture: OpenPicture) throws(ProcessingError) -> Inspection {
    try ask { conversation throws(ProcessingError) in
      try conversation.say(.inspect(limits), files: [picture.number])
      guard case .inspected(let inspection) = try conversation.hear(limit: Conversation.inspectionLimit) else {
        throw conversation.garbled("an inspection was asked for")
      }
      return inspection
    }
  }

  /// ``Processor/verifyInterim(_:original:by:job:limits:)``.
  public func verifyInterim(
    _ picture: OpenPicture, original: OriginalFacts, by verification: Verification, job: JobFacts
  ) throws(ProcessingError) {
    try ask { conversation throws(ProcessingError) in
      try conversation.say(.verify(original, verification, job, limits), files: [picture.number])
      guard case .finished = try conversation.hear() else { throw conversation.garbled("a verdict was asked for") }
    }
  }

  /// ``Processor/fitted(_:to:limits:)``.
  public func fitted(_ picture: OpenPicture, to bounds: InputBounds) throws(ProcessingError) -> FittedInput? {
    try ask { conversation throws(ProcessingError) in
      let file = try memoryFile()
      try conversation.say(.fit(bounds, limits), files: [picture.number, file.number])
      let reply = try conversation.hear()
      if case .finished = reply { return nil }
      guard case .fitted(let format, let size, let change) = reply, size.isCredible else {
        throw conversation.garbled("a picture was to be made to fit")
      }
      do throws(RunError<Never>) {
        let bytes = try file.withSealedBytes { bytes in
          // Array has no initialiser that takes a Span; the buffer is only read, within the call.
          unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
        }
        return FittedInput(bytes: bytes, format: format, size: size, change: change)
      } catch {
        throw error.processingError
      }
    }
  }

  /// ``Processor/run(_:original:limits:emit:)``, after `plan` has made a plan of what ``examine(_:for:verify:)`` says.
  ///
  /// - Parameters:
  ///   - trims: those of the plan's recipe.
  ///   - verify: is asked before any pixel is decoded for trims; what it throws ends the run.
  ///   - plan: may be called a second time, when the first worker has ended.
  ///   - emit: is given each output once, in the plan's order, and with it what is to be said of its metadata; meanwhile the worker
  ///     is at the next. What it throws ends the run.
  public func run<Emission: Error>(
    _ picture: OpenPicture, trims: [Trim] = [],
    verify: (OriginalReport) throws(ProcessingError) -> Void = { (_) throws(ProcessingError) in },
    plan: (OriginalReport) throws(ProcessingError) -> Plan,
    emit: (PlannedOutput, Span<UInt8>, OutputNotes) throws(Emission) -> Void
  ) throws(RunError<Emission>) {
    // What is emitted stays so, when a worker ends behind it.
    var emitted = 0
    try converse { conversation throws(RunError<Emission>) in
      var file: MemoryFile?
      let rest = try processing(Emission.self) { () throws(ProcessingError) in
        let rest = try plan(try examine(picture, for: trims, verify: verify, &conversation)).remaining(after: emitted)
        var files: [Int32] = []
        if !rest.outputs.isEmpty {
          let first = try memoryFile()
          files = [first.number]
          file = consume first
        }
        try conversation.say(.run(rest, limits), files: files)
        return rest
      }
      for (index, planned) in rest.outputs.enumerated() {
        let made = try processing(Emission.self) { () throws(ProcessingError) in
          guard case .made(let warnings, let credential) = try conversation.hear(), let output = file.take() else {
            throw conversation.garbled("an output was asked for")
          }
          if index + 1 < rest.outputs.count {
            let next = try memoryFile()
            try conversation.say(.next, files: [next.number])
            file = consume next
          }
          return Made(file: output, notes: OutputNotes(warnings: warnings, credential: credential))
        }
        try made.file.withSealedBytes { bytes throws(Emission) in try emit(planned, bytes, made.notes) }
        emitted += 1
      }
      try processing(Emission.self) { () throws(ProcessingError) in
        guard case .finished = try conversation.hear() else { throw conversation.garbled("there is no further output") }
      }
    }
  }

  private struct Made: ~Copyable {
    let file: MemoryFile
    let notes: OutputNotes
  }

  // MARK: Parts

  /// Where no pixel is looked at: what takes longer never ends, and others wait behind it.
  private static let glance = Duration.seconds(10)

  private func examine(
    _ picture: OpenPicture, for trims: [Trim], verify: (OriginalReport) throws(ProcessingError) -> Void,
    _ conversation: inout Conversation
  ) throws(ProcessingError) -> OriginalReport {
    try conversation.say(.examine(limits), files: [picture.number])
    guard case .examined(var report) = try conversation.hear(), report.header.size.isCredible,
      report.header.size.pixelCount ?? .max <= limits.pixels, report.surveys.isEmpty
    else { throw conversation.garbled("a report was asked for") }
    guard !trims.isEmpty else { return report }
    try verify(report)
    try conversation.say(.survey(trims, limits))
    guard case .surveyed(let surveys) = try conversation.hear(), surveys.map(\.trim) == trims,
      surveys.allSatisfy({ $0.region?.lies(in: report.size) ?? true })
    else { throw conversation.garbled("a survey was asked for") }
    report.surveys = surveys
    return report
  }

  private func memoryFile() throws(ProcessingError) -> MemoryFile {
    do throws(Interruption) {
      return try MemoryFile()
    } catch {
      throw .interrupted(error)
    }
  }

  private func ask<R>(
    within time: Duration? = nil, _ body: (inout Conversation) throws(ProcessingError) -> R
  ) throws(ProcessingError) -> R {
    do throws(RunError<Never>) {
      return try converse(within: time) { conversation throws(RunError<Never>) in
        try processing(Never.self) { () throws(ProcessingError) in try body(&conversation) }
      }
    } catch {
      throw error.processingError
    }
  }

  private func processing<R: ~Copyable, Emission: Error>(
    _: Emission.Type, _ body: () throws(ProcessingError) -> R
  ) throws(RunError<Emission>) -> R {
    do throws(ProcessingError) {
      return try body()
    } catch {
      throw .processing(error)
    }
  }
}

extension RunError where Emission == Never {
  fileprivate var processingError: ProcessingError {
    switch self {
    case .processing(let error): error
    }
  }
}

extension Size {
  /// As far as sides can be resized: no format has longer ones.
  fileprivate var isCredible: Bool { width <= Int(Int32.max) && height <= Int(Int32.max) }
}
