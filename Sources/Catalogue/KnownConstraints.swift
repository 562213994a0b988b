/// What is known of models without their live constraints, each entry with its source. Live constraints win.
enum KnownConstraints {
  static let sizing: [String: SizingRule] = [
    // Pages 000 and 003: "pixel based, width and height"; the vendor's notes on `widthHeightDivisor`: 16.
    "venice-sd35": SizingRule(.pixels, divisor: 16),
    // The same notes: `width`/`height`, divisible by 16.
    "wai-Illustrious": SizingRule(.pixels, divisor: 16),
    // The same notes: `width`/`height`, divisible by 8. Page 002 shows z-image-turbo with 1024 × 1024.
    "z-image-turbo": SizingRule(.pixels, divisor: 8),
    "chroma": SizingRule(.pixels, divisor: 8),
    "lustify-sdxl": SizingRule(.pixels, divisor: 8),
    "lustify-v7": SizingRule(.pixels, divisor: 8),
    "lustify-v8": SizingRule(.pixels, divisor: 8),
    // Pages 000 and 003: "pixel based, width and height"; no source names its divisor.
    "qwen-image": SizingRule(.pixels),
    // Pages 000 and 003: "aspect_ratio without resolution".
    "qwen-image-2": SizingRule(.aspectRatio),
    // Pages 000 and 003: "aspect_ratio and resolution", 1K, 2K and 4K.
    "gpt-image-2": SizingRule(.tiers),
    "nano-banana-2": SizingRule(.tiers),
    "nano-banana-pro": SizingRule(.tiers),
  ]
}
