// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]

let package = Package(
  name: "benchmarks",
  products: [.executable(name: "benchmarks", targets: ["Benchmarks"])],
  dependencies: [
    .package(name: "darkroom", path: ".."),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .target(
      name: "CBare",
      cSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.linkedLibrary("webp"), .linkedLibrary("png16"), .linkedLibrary("jpeg")]),
    .executableTarget(
      name: "Benchmarks",
      // The library product Processing holds Raster, Codecs, Metadata and Processing.
      dependencies: [
        "CBare", .product(name: "Crypto", package: "swift-crypto"), .product(name: "ImageAPI", package: "darkroom"),
        .product(name: "Processing", package: "darkroom"), .product(name: "Spool", package: "darkroom"),
        .product(name: "Workers", package: "darkroom"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
