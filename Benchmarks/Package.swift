// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]

let package = Package(
  name: "benchmarks",
  products: [.executable(name: "codecs", targets: ["CodecsBenchmark"])],
  dependencies: [.package(name: "darkroom", path: "..")],
  targets: [
    .target(
      name: "CBare",
      cSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.linkedLibrary("webp"), .linkedLibrary("png16"), .linkedLibrary("jpeg")]),
    .executableTarget(
      name: "CodecsBenchmark",
      // The library product that holds Raster and Codecs.
      dependencies: ["CBare", .product(name: "Processing", package: "darkroom")],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
