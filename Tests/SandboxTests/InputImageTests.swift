import Codecs
import Foundation
import Raster
import Testing

@testable import Sandbox

@Suite struct InputImageTests {
  private func png(_ width: Int, _ height: Int) throws -> [UInt8] {
    try PNG.encode(
      Image(size: Size(width: width, height: height), layout: .gray8), options: PNG.Options(compression: 1))
  }

  @Test func base64AndDataURIsAreRead() throws {
    let bytes = try png(256, 256)
    let base64 = Data(bytes).base64EncodedString()
    for text in [base64, "data:image/png;base64,\(base64)"] {
      #expect(try InputImage(text: text, at: ["image"], within: .edited).size == Size(width: 256, height: 256))
    }
  }

  @Test func aURLStandsForAPicture() throws {
    let image = try InputImage(text: "https://example.com/a.png", at: ["image"], within: .edited)
    #expect(image == .url("https://example.com/a.png"))
    #expect(try image.decoded(field: "image").size == Size(width: 1024, height: 1024))
  }

  @Test func pixelsAreLimitedOnBothSides() throws {
    #expect(try InputImage(bytes: png(256, 256), at: ["image"], within: .edited).size == Size(width: 256, height: 256))
    #expect(
      try InputImage(bytes: png(6144, 5400), at: ["image"], within: .edited).size == Size(width: 6144, height: 5400))
    for size in [(255, 257), (6145, 5400)] {
      #expect {
        try InputImage(bytes: png(size.0, size.1), at: ["image"], within: .edited)
      } throws: { ($0 as? Refusal)?.status == 400 && ($0 as? Refusal)?.issues.first?.path == ["image"] }
    }
  }

  @Test func twentyFiveMegabytesAreTooMany() {
    #expect {
      try InputImage(bytes: [UInt8](repeating: 0, count: 25_000_000), at: ["image"], within: .edited)
    } throws: { ($0 as? Refusal)?.status == 413 }
  }

  /// UpscaleImageRequest names a least size, BackgroundRemoveImageRequest and style references none.
  @Test func boundsAreThoseOfTheField() throws {
    let small = try png(255, 257)
    #expect(throws: Refusal.self) { try InputImage(bytes: small, at: ["image"], within: .enlarged) }
    #expect(try InputImage(bytes: small, at: ["image"], within: .cutOut).size == Size(width: 255, height: 257))
    #expect(try InputImage(bytes: small, at: ["image"], within: .styleReference).size == Size(width: 255, height: 257))
    let large = try png(6145, 5400)
    #expect(try InputImage(bytes: large, at: ["image"], within: .enlarged).size.width == 6145)
    #expect {
      try InputImage(bytes: [UInt8](repeating: 0, count: 8_000_000), at: ["image"], within: .styleReference)
    } throws: { ($0 as? Refusal)?.status == 413 && ($0 as? Refusal)?.message.hasSuffix("8MB") == true }
  }

  @Test(arguments: [
    "", "hello world", "aGVsbG8gd29ybGQ=", "data:image/png,abc", "data:image/png;base64,****", "photo.jpg",
  ])
  func whatIsNoPictureIsRefused(text: String) {
    #expect { try InputImage(text: text, at: ["image"], within: .edited) } throws: { ($0 as? Refusal)?.status == 400 }
  }

  @Test func aCutPictureIsRefusedWhenItIsDecoded() throws {
    let bytes = try png(300, 300)
    let image = try InputImage(bytes: Array(bytes.prefix(bytes.count / 2)), at: ["image"], within: .edited)
    #expect { _ = try image.decoded(field: "image") } throws: { ($0 as? Refusal)?.status == 400 }
  }
}
