import Glibc

/// sRGB's curve between samples and amounts of light, both from 0 to 1 (IEC 61966-2-1).
public enum SRGBCurve {
  /// g, a, b, c and d: light is `(a s + b)^g` of a sample `s` from `d` on, and `c s` below (ICC.1:2022 §10.18, type 3).
  public static let parameters = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]

  public static func light(_ sample: Double) -> Double {
    sample <= 0.04045 ? sample / 12.92 : pow((sample + 0.055) / 1.055, 2.4)
  }

  public static func sample(_ light: Double) -> Double {
    light <= 0.003_130_8 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
  }
}
