// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]

let package = Package(
  name: "fuzzing",
  products: [
    .executable(name: "pictures", targets: ["pictures"]), .executable(name: "words", targets: ["words"]),
  ],
  dependencies: [.package(name: "darkroom", path: "..")],
  targets: [
    .target(name: "Harness", swiftSettings: strict),
    // Apart from the other, which needs much more to be built.
    .executableTarget(
      name: "pictures", dependencies: ["Harness", .product(name: "Processing", package: "darkroom")],
      swiftSettings: strict),
    .executableTarget(
      name: "words",
      dependencies: [
        "Harness", .product(name: "Catalogue", package: "darkroom"), .product(name: "Control", package: "darkroom"),
        .product(name: "ImageAPI", package: "darkroom"), .product(name: "Processing", package: "darkroom"),
        .product(name: "Requests", package: "darkroom"), .product(name: "Workers", package: "darkroom"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
