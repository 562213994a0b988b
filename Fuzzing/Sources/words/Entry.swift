import Harness

// libFuzzer has the process's `main`, and calls these two (llvm.org/docs/LibFuzzer.html).

private let target = FuzzTarget.chosen(among: Words.targets + Answers.targets + Messages.targets)

@c(LLVMFuzzerInitialize)
func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
  _ = target
  return 0
}

@c(LLVMFuzzerTestOneInput)
func test(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  // The buffer is libFuzzer's, and is only read within the call.
  unsafe target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
