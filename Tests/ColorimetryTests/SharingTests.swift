import Foundation
import Raster
import Testing

@testable import Colorimetry

/// Bands of a picture that several threads convert.
struct SharingTests {
  private static let names = ["Display P3", "Scanner", "Bump", "Press", "Gray 1.8"]
  /// Six bands, the last of which is not whole.
  private static let size = Size(width: 301, height: 299)

  /// More colours than one band has, some of them again in others.
  private func picture(_ layout: Layout, _ size: Size = size) -> Image {
    let count = size.width * size.height
    var state: UInt64 = 3
    let bytes = (0..<count * layout.bytesPerPixel).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 58) &* 5
    }
    return Image(size: size, layout: layout, pixels: bytes)
  }

  /// So many threads at once.
  private func sharing(_ threads: Int) -> Sharing {
    Sharing(threads: threads) { count, work in
      let lock = NSLock()
      // Touched with the lock held, and never otherwise.
      nonisolated(unsafe) var number = 0
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        work {
          lock.withLock {
            defer { number += 1 }
            return number < count ? number : nil
          }
        }
      }
    }
  }

  @Test(arguments: names) func whatThreadsShareIsWhatOneMakes(_ name: String) throws {
    let reference = Reference.named(name)
    let source = try SourceProfile(reference.profile, channels: reference.channels)
    for layout in reference.layouts {
      let converter = try SRGBConverter(source, layout: layout)
      var picture = picture(layout)
      let alone = converter.converted(picture).bytes
      // Told here: the difference of two long arrays takes minutes to describe.
      let isSame = converter.converted(picture, sharing: sharing(3)).bytes == alone
      #expect(isSame, "\(layout)")
      if layout != .cmyk8 {
        converter.convert(&picture, sharing: sharing(3))
        let isSameInPlace = picture.bytes == alone
        #expect(isSameInPlace, "\(layout)")
      }
    }
  }

  /// A strip of the picture is one band, which begins where the strip does.
  @Test(arguments: names) func bandsLieWhereTheirPixelsDo(_ name: String) throws {
    let reference = Reference.named(name)
    let source = try SourceProfile(reference.profile, channels: reference.channels)
    let rows = 40
    #expect(Self.size.width * rows < SRGBConverter.band)
    for layout in reference.layouts {
      let converter = try SRGBConverter(source, layout: layout)
      let picture = picture(layout)
      let (bytes, rowBytes) = (picture.bytes, Self.size.width * layout.bytesPerPixel)
      var strips: [UInt8] = []
      for first in stride(from: 0, to: Self.size.height, by: rows) {
        let size = Size(width: Self.size.width, height: min(rows, Self.size.height - first))
        let pixels = Array(bytes[first * rowBytes..<(first + size.height) * rowBytes])
        strips += converter.converted(Image(size: size, layout: layout, pixels: pixels)).bytes
      }
      let isSame = converter.converted(picture).bytes == strips
      #expect(isSame, "\(layout)")
    }
  }

  @Test func inkWithoutAProfileIsSharedToo() {
    let picture = picture(.cmyk8)
    let converter = SRGBConverter(plainInk: ())
    let isSame = converter.converted(picture, sharing: sharing(4)).bytes == converter.converted(picture).bytes
    #expect(isSame)
  }

  /// The calling thread may have to do all of it, and others may come too late.
  @Test func aLargePictureIsOfferedOnceAndASmallOneNotAtAll() throws {
    let reference = Reference.named("Display P3")
    let converter = try SRGBConverter(SourceProfile(reference.profile, channels: .rgb), layout: .rgb8)
    // The converter offers its bands on the calling thread.
    nonisolated(unsafe) var offered: [Int] = []
    func offer(_ picture: borrowing Image) -> [UInt8] {
      let sharing = Sharing(threads: 2) { count, work in
        offered.append(count)
        Sharing.alone(count, work)
        work { nil }
      }
      return converter.converted(picture, sharing: sharing).bytes
    }
    let large = picture(.rgb8)
    let isLargeSame = offer(large) == converter.converted(large).bytes
    #expect(isLargeSame)
    #expect(offered == [6])
    let small = picture(.rgb8, Size(width: 128, height: 3 * 128))
    let isSmallSame = offer(small) == converter.converted(small).bytes
    #expect(isSmallSame)
    #expect(offered == [6])
  }
}

extension Image {
  fileprivate var bytes: [UInt8] { withPixels { pixels in pixels.indices.map { pixels[$0] } } }
}
