import Codecs
import Orders
import Processing
import Raster

/// Workbench: the worker's side. It takes orders from its socket, does them one after the other, and ends when the socket
/// does. It opens nothing, keeps nothing between two pictures, and has no other way to be told anything. Whatever a picture
/// does to it is the end of this process, and of nothing else.
public struct Workbench: ~Copyable {
  private let channel: Channel
  private let before: (Order) -> Void
  private let altering: Processor.Alteration?
  /// What was examined last.
  private var original: [UInt8] = []
  private var report: OriginalReport?

  /// Bytes of an order: recipes, and facts of a job with its prompt.
  private static let orderLimit = 256 << 20

  /// - Parameters:
  ///   - socket: connected with whoever gives the orders.
  ///   - before: is told each order before it is begun.
  public init(socket: Int32, before: @escaping (Order) -> Void = { _ in }) {
    self.init(socket: socket, before: before, altering: nil)
  }

  /// - Parameter altering: what a fault does to each output before it is read back; for tests alone.
  package init(socket: Int32, before: @escaping (Order) -> Void, altering: Processor.Alteration?) {
    channel = Channel(socket: socket)
    self.before = before
    self.altering = altering
  }

  /// Takes orders until there are no more.
  ///
  /// - Throws: when the other side says what is no order, or does not take an answer.
  public mutating func serve() throws(ChannelError) {
    while true {
      do {
        try takeOrder()
      } catch .closed {
        return
      }
    }
  }

  private mutating func takeOrder() throws(ChannelError) {
    var received = try receive()
    before(received.message)
    let reply: Reply
    do throws(WorkError) {
      switch received.message {
      case .header(let limits): reply = .header(try header(try picture(&received.files), limits))
      case .examine(let limits):
        (original, report) = ([], nil)
        let bytes = try picture(&received.files, limits)
        let examined = try processing { () throws(ProcessingError) in
          try Processor.examine(bytes.span, limits: limits)
        }
        (original, report) = (bytes, examined)
        reply = .examined(examined)
      case .survey(let trims, let limits):
        guard let report else { throw .channel(.garbled(reason: "nothing was examined")) }
        let bytes = original
        reply = .surveyed(
          try processing { () throws(ProcessingError) in
            try Processor.survey(bytes.span, as: report, for: trims, limits: limits)
          })
      case .run(let plan, let limits):
        let bytes = original
        (original, report) = ([], nil)
        try run(plan, bytes, limits, &received.files)
        reply = .finished
      case .next: throw .channel(.garbled(reason: "nothing is being made"))
      case .verify(let facts, let verification, let job, let limits):
        let bytes = try picture(&received.files, limits)
        try processing { () throws(ProcessingError) in
          try Processor.verifyInterim(bytes.span, original: facts, by: verification, job: job, limits: limits)
        }
        reply = .finished
      case .fit(let bounds, let limits): reply = try fit(bounds, limits, &received.files)
      case .inspect(let limits):
        let bytes = try picture(&received.files, limits)
        reply = .inspected(
          try processing { () throws(ProcessingError) in
            try Inspection(of: bytes.span, limits: limits)
          })
      }
    } catch {
      switch error {
      case .processing(let error): reply = .failed(error)
      case .unreadable(let number): reply = .unreadable(errno: number)
      case .channel(let error): throw error
      }
    }
    try send(reply)
  }

  // MARK: Orders

  /// Most headers are within this; a picture with more before its size is read whole.
  private static let headerLength = 64 << 10

  private func header(_ file: borrowing OpenFile, _ limits: Limits) throws(WorkError) -> ImageHeader {
    let beginning = try read(file, Self.headerLength)
    do throws(CodecError) {
      return try Codec.header(beginning.span)
    } catch {
      guard beginning.count == Self.headerLength else { throw .processing(.original(error)) }
    }
    let whole = try read(file, limits)
    return try codec { () throws(CodecError) in try Codec.header(whole.span) }
  }

  private func run(
    _ plan: Plan, _ original: [UInt8], _ limits: Limits, _ files: inout ReceivedFiles
  ) throws(WorkError) {
    var made = 0
    var output = files.next()
    do throws(RunError<ChannelError>) {
      try Processor.run(plan, original: original.span, limits: limits, altering: altering) {
        finished throws(ChannelError) in
        if made > 0 {
          var received = try receive()
          guard case .next = received.message else { throw .garbled(reason: "an order within another") }
          output = received.files.next()
        }
        try Self.write(finished.bytes, to: output.take())
        made += 1
        try send(.made(finished.warnings, credential: finished.credential))
      }
    } catch {
      switch error {
      case .processing(let error): throw .processing(error)
      case .emission(let error): throw .channel(error)
      }
    }
  }

  private func fit(
    _ bounds: InputBounds, _ limits: Limits, _ files: inout ReceivedFiles
  ) throws(WorkError) -> Reply {
    let bytes = try picture(&files, limits)
    let fitted = try processing { () throws(ProcessingError) in
      try Processor.fitted(bytes.span, to: bounds, limits: limits)
    }
    guard let fitted else { return .finished }
    do throws(ChannelError) {
      try Self.write(fitted.bytes, to: files.next())
    } catch {
      throw .channel(error)
    }
    return .fitted(format: fitted.format, size: fitted.size, change: fitted.change)
  }

  // MARK: Files

  /// The picture that came with an order.
  private func picture(_ files: inout ReceivedFiles) throws(WorkError) -> OpenFile {
    guard let file = files.next() else { throw .channel(.garbled(reason: "an order without its picture")) }
    return file
  }

  private func picture(_ files: inout ReceivedFiles, _ limits: Limits) throws(WorkError) -> [UInt8] {
    try read(try picture(&files), limits)
  }

  /// All of it, if it is within the limit.
  private func read(_ file: borrowing OpenFile, _ limits: Limits) throws(WorkError) -> [UInt8] {
    let size: Int
    do throws(ChannelError) {
      size = try file.size()
    } catch {
      throw WorkError(reading: error)
    }
    try codec { () throws(CodecError) in
      if size > limits.bytes { throw .tooManyBytes(found: size, limit: limits.bytes) }
    }
    return try read(file, size)
  }

  private func read(_ file: borrowing OpenFile, _ count: Int) throws(WorkError) -> [UInt8] {
    do throws(ChannelError) {
      return try file.bytes(count)
    } catch {
      throw WorkError(reading: error)
    }
  }

  private static func write(_ bytes: [UInt8], to file: consuming OpenFile?) throws(ChannelError) {
    guard let file else { throw .garbled(reason: "an output without its file") }
    try file.write(bytes.span)
  }

  // MARK: The channel

  private func receive() throws(ChannelError) -> Received<Order> {
    var patience: Duration?
    return try channel.receive(Order.self, limit: Self.orderLimit, files: 2, patience: &patience)
  }

  private func send(_ reply: Reply) throws(ChannelError) {
    var patience: Duration?
    try channel.send(reply, patience: &patience)
  }

  // MARK: Errors

  private func processing<R>(_ body: () throws(ProcessingError) -> R) throws(WorkError) -> R {
    do throws(ProcessingError) {
      return try body()
    } catch {
      throw .processing(error)
    }
  }

  private func codec<R>(_ body: () throws(CodecError) -> R) throws(WorkError) -> R {
    do throws(CodecError) {
      return try body()
    } catch {
      throw .processing(.original(error))
    }
  }
}

/// Why an order was not carried out.
private enum WorkError: Error {
  case processing(ProcessingError)
  case unreadable(errno: Int32)
  /// Nothing more can be said.
  case channel(ChannelError)

  init(reading error: ChannelError) {
    self = if case .system(_, let number) = error { .unreadable(errno: number) } else { .channel(error) }
  }
}
