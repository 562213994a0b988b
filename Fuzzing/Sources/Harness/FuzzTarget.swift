import Glibc

/// One reader of foreign bytes, and what it promises whatever they are.
///
/// A trap, a wrong access to memory, a leak, too much memory and too much time are libFuzzer's and the sanitizer's to
/// find. The rest is a ``promise(_:_:)``.
public struct FuzzTarget: Sendable {
  let name: String
  let longest: Int
  public let check: @Sendable ([UInt8]) -> Void

  /// - Parameter longest: bytes of an input; longer ones find nothing more, and slowly.
  public init(_ name: String, longest: Int = 4096, _ check: @escaping @Sendable ([UInt8]) -> Void) {
    self.name = name
    self.longest = longest
    self.check = check
  }

  /// The target that the process is started for: `--target=NAME`, a flag that libFuzzer passes over and hands on to the
  /// processes that it starts. Without it, all targets are listed, each with the length of its longest input.
  public static func chosen(among targets: [FuzzTarget]) -> FuzzTarget {
    let flag = "--target="
    guard let argument = CommandLine.arguments.first(where: { $0.hasPrefix(flag) }) else {
      for target in targets { print(target.name, target.longest) }
      exit(0)
    }
    guard let target = targets.first(where: { flag + $0.name == argument }) else {
      print("there is no target \(argument.dropFirst(flag.count)); without arguments, all are listed")
      exit(2)
    }
    return target
  }
}

/// Ends the process when it is broken, so that the input is kept.
public func promise(_ isKept: Bool, _ words: @autoclosure () -> String) {
  if !isKept { fatalError("a broken promise: \(words())") }
}

/// What a reader that has accepted its input may not throw any more.
public func sure<Value, Failure: Error>(_ what: String, _ make: () throws(Failure) -> Value) -> Value {
  do throws(Failure) {
    return try make()
  } catch {
    fatalError("a broken promise: \(what): \(error)")
  }
}
