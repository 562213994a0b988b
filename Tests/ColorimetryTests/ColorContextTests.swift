import CLCMS
import Testing

@testable import Colorimetry

/// What lcms2 may take for what comes with a picture. It is asked here on each of its own ways to memory.
struct ColorContextTests {
  enum Way: CaseIterable {
    case plain, zeroed, array, grown, duplicated

    func take(_ size: Int, _ context: ColorContext) -> UnsafeMutableRawPointer? {
      let (handle, size) = (context.handle, UInt32(size))
      switch self {
      case .plain: return _cmsMalloc(handle, size)
      case .zeroed: return _cmsMallocZero(handle, size)
      case .array: return _cmsCalloc(handle, size / 4, 4)
      case .grown:
        let small = _cmsMalloc(handle, 16)
        let grown = _cmsRealloc(handle, small, size)
        if grown == nil { _cmsFree(handle, small) }
        return grown
      case .duplicated:
        let source = [UInt8](repeating: 7, count: Int(size))
        return source.withUnsafeBytes { _cmsDupMem(handle, $0.baseAddress, size) }
      }
    }
  }

  @Test(arguments: Way.allCases) func whatIsLargeIsRefusedBeyondTheLimit(_ way: Way) throws {
    let context = try ColorContext(memory: 1 << 20)
    let first = try #require(way.take(600_000, context))
    #expect(way.take(600_000, context) == nil)
    #expect(way.take(500_000, context) == nil)
    // What was refused does not count.
    let second = try #require(way.take(300_000, context))
    #expect(way.take(200_000, context) == nil)
    _cmsFree(context.handle, first)
    // What is given back does not count either.
    let third = try #require(way.take(600_000, context))
    #expect(way.take(200_000, context) == nil)
    for memory in [second, third] { _cmsFree(context.handle, memory) }
    let last = try #require(way.take(1_000_000, context))
    _cmsFree(context.handle, last)
  }

  /// lcms2 does not look whether it got what is small.
  @Test(arguments: Way.allCases) func whatIsSmallIsNeverRefusedButCounts(_ way: Way) throws {
    let context = try ColorContext(memory: 1 << 20)
    var taken: [UnsafeMutableRawPointer] = []
    for _ in 0..<20 { taken.append(try #require(way.take(120_000, context))) }
    #expect(way.take(large, context) == nil)
    for memory in taken { _cmsFree(context.handle, memory) }
    let last = try #require(way.take(large, context))
    _cmsFree(context.handle, last)
    let none = try ColorContext(memory: 0)
    #expect(way.take(large, none) == nil)
    let small = try #require(way.take(large - 64, none))
    _cmsFree(none.handle, small)
  }

  @Test func whatCannotGrowStaysAsItIs() throws {
    let context = try ColorContext(memory: 1 << 20)
    let memory = try #require(_cmsMalloc(context.handle, 300_000))
    memory.storeBytes(of: 42, toByteOffset: 299_999, as: UInt8.self)
    #expect(_cmsRealloc(context.handle, memory, 2 << 20) == nil)
    #expect(memory.load(fromByteOffset: 299_999, as: UInt8.self) == 42)
    let grown = try #require(_cmsRealloc(context.handle, memory, 900_000))
    #expect(grown.load(fromByteOffset: 299_999, as: UInt8.self) == 42)
    #expect(_cmsMalloc(context.handle, 300_000) == nil)
    _cmsFree(context.handle, grown)
  }
}

/// From here on lcms2 looks whether it got it.
private let large = 128 << 10
