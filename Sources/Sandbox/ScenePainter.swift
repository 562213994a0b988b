import Glibc
import Raster

/// Paints a scene row by row: the sky with its light, clouds and stars, the ranges over it, then the water.
///
/// The inner loops are whole numbers only: even without optimisation a megapixel takes a fraction of a second.
struct ScenePainter {
  /// One range's share of one pixel on its edge, in 256ths.
  private struct Edge {
    let x: Int
    let ridge: Int
    let share: Int
  }

  /// A small bright rectangle's part of one row: a star, a window.
  private struct Spark {
    let columns: Range<Int>
    let tone: Tone
  }

  private let scene: Scene
  private let width: Int
  private let height: Int
  /// By row: where the ranges' edges pass, from the farthest range to the nearest.
  private var edges: [[Edge]]
  private var stars: [[Spark]]
  private var windows: [[Spark]]
  /// The topmost row of each range.
  private var highest: [Int]

  init(_ scene: Scene, _ size: Size) {
    self.scene = scene
    width = size.width
    height = size.height
    edges = [[Edge]](repeating: [], count: size.height)
    stars = [[Spark]](repeating: [], count: size.height)
    windows = stars
    highest = [Int](repeating: size.height, count: scene.ridges.count)
    for ridge in scene.ridges.indices { placeEdge(ridge) }
    if scene.palette.isNight { placeStars() }
    placeWindows()
  }

  func painted() -> Image {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    let water = min(height, scene.waterline.map { Int($0 * Double(height)) } ?? height)
    let glow = glowAcross
    // Which range is in front in each column so far; 0 is the sky.
    var front = [Int](repeating: 0, count: width)
    var row = PixelRow(width: width)
    for y in 0..<water {
      for edge in edges[y] where edge.share == 256 { front[edge.x] = max(front[edge.x], edge.ridge + 1) }
      let ranges = scene.ridges.indices.map { tone(ofRange: $0, y) }
      paintBase(&row, y, front, glow, ranges)
      paintStars(&row, y, front)
      paintLight(&row, y, front)
      paintClouds(&row, y, front)
      for edge in edges[y] where edge.share < 256 && front[edge.x] <= edge.ridge {
        row.blend(edge.x, ranges[edge.ridge], edge.share)
      }
      for window in windows[y] {
        for x in window.columns where front[x] == scene.ridges.count { row.set(x, window.tone) }
      }
      pixels += row.bytes
    }
    for y in water..<height {
      paintWater(&row, y, from: water)
      pixels += row.bytes
    }
    return Image(size: Size(width: width, height: height), layout: .rgb8, pixels: pixels)
  }
}

// MARK: - Where things are

extension ScenePainter {
  /// Notes in which rows a range's edge covers how much of each column.
  private mutating func placeEdge(_ ridge: Int) {
    let scale = Double(height)
    var left = scene.ridges[ridge].top(0) * scale
    for x in 0..<width {
      let right = scene.ridges[ridge].top(Double(x + 1) / scale) * scale
      // A steep edge crosses several rows within one column: its cover grows over all of them.
      let half = max(0.5, abs(right - left) / 2)
      let start = (left + right) / 2 - half
      let first = max(0, Int(start.rounded(.down)))
      let last = min(height - 1, max(0, Int((start + 2 * half + 0.5).rounded(.down))))
      left = right
      guard first <= last else { continue }
      highest[ridge] = min(highest[ridge], first)
      for y in first...last {
        let share = Int(min(1, max(0, (Double(y) + 0.5 - start) / (2 * half))) * 256)
        edges[y].append(Edge(x: x, ridge: ridge, share: share))
      }
    }
  }

  private mutating func placeStars() {
    var chance = Chance(seed: scene.seed)
    for _ in 0..<260 {
      let x = Int(chance.unit() * Double(width))
      let y = Int(chance.unit() * 0.6 * Double(height))
      let side = max(1, Int(chance.number(in: 0.6...2.8) * Double(height) / 1024))
      let tone = scene.palette.sky(0.3).mixed(with: scene.palette.light, chance.number(in: 0.25...1))
      for row in y..<min(height, y + side) {
        stars[row].append(Spark(columns: x..<min(width, x + side), tone: tone))
      }
    }
  }

  /// Windows lie in a grid beneath the roofs of the nearest houses; some are lit.
  private mutating func placeWindows() {
    guard let ridge = scene.ridges.last, ridge.kind == .houses else { return }
    var chance = Chance(seed: scene.seed ^ 7)
    let scale = Double(height)
    let bottom = min(scene.waterline ?? 1, ridge.base) - 0.012
    let lit = scene.palette.light.mixed(with: Tone(0xFFC46B), 0.6)
    for column in 0..<Int(Double(width) / scale / 0.017) {
      let across = (Double(column) + 0.5) * 0.017
      let roof = max(ridge.top(across - 0.004), ridge.top(across + 0.011)) + 0.018
      for line in 1..<20 {
        let down = bottom - Double(line) * 0.024
        guard down > roof else { break }
        guard chance.unit() < 0.36 else { continue }
        let tone = scene.palette.near.mixed(with: lit, chance.number(in: 0.35...0.95))
        let left = Int(across * scale)
        let right = min(width, max(left + 1, Int((across + 0.0065) * scale)))
        let upper = max(0, Int(down * scale))
        for row in upper..<min(height, max(upper + 1, Int((down + 0.011) * scale))) where left < right {
          windows[row].append(Spark(columns: left..<right, tone: tone))
        }
      }
    }
  }
}

// MARK: - Painting a row

extension ScenePainter {
  /// How strongly the light glows in each column, in 256ths: with the same for rows, a bell around the light.
  private var glowAcross: [Int] {
    (0..<width).map { x in
      let distance = (Double(x) / Double(width) - scene.light.x) * Double(width) / Double(height)
      return Int(256 * exp(-distance * distance / 0.12))
    }
  }

  /// The nearer, the darker; lower down, mist takes over.
  private func tone(ofRange index: Int, _ y: Int) -> Tone {
    let nearness = Double(index) / Double(max(1, scene.ridges.count - 1))
    let depth = Double(y - highest[index]) / Double(height)
    let mist = min(0.55, depth * 1.8) * (1 - 0.85 * nearness)
    return scene.palette.far.mixed(with: scene.palette.near, nearness).mixed(with: scene.palette.horizon, mist)
  }

  private func paintBase(_ row: inout PixelRow, _ y: Int, _ front: [Int], _ glow: [Int], _ ranges: [Tone]) {
    let level = Double(y) / Double(height)
    let sky = scene.palette.sky(min(1, level / (scene.ridges[0].base)))
    let distance = level - scene.light.y
    let down = Int(exp(-distance * distance / 0.08) * (scene.palette.isNight ? 90 : 150))
    let light = scene.palette.light
    row.fill(sky)
    var x = 0
    while x < width {
      let range = front[x]
      if range > 0 {
        row.set(x, ranges[range - 1])
      } else {
        let share = (glow[x] * down) >> 8
        if share > 0 { row.blend(x, light, share) }
      }
      x += 1
    }
  }

  private func paintStars(_ row: inout PixelRow, _ y: Int, _ front: [Int]) {
    for star in stars[y] {
      for x in star.columns where front[x] == 0 { row.set(x, star.tone) }
    }
  }

  /// The sun or the moon: a disc with a soft edge one pixel wide.
  private func paintLight(_ row: inout PixelRow, _ y: Int, _ front: [Int]) {
    let radius = scene.light.radius * Double(height)
    let down = Double(y) + 0.5 - scene.light.y * Double(height)
    guard abs(down) < radius + 1 else { return }
    let centre = scene.light.x * Double(width)
    let reach = ((radius + 1) * (radius + 1) - down * down).squareRoot()
    for x in max(0, Int(centre - reach))..<min(width, Int(centre + reach) + 1) where front[x] == 0 {
      let across = Double(x) + 0.5 - centre
      let inside = radius + 0.5 - (across * across + down * down).squareRoot()
      if inside > 0 { row.blend(x, scene.palette.light, inside >= 1 ? 256 : Int(inside * 256)) }
    }
  }

  /// Long lozenges with round ends, half transparent.
  private func paintClouds(_ row: inout PixelRow, _ y: Int, _ front: [Int]) {
    let scale = Double(height)
    let tone = scene.palette.horizon.mixed(with: scene.palette.light, 0.5)
    for cloud in scene.clouds {
      let radius = cloud.thickness * scale
      let down = Double(y) + 0.5 - cloud.y * scale
      guard abs(down) < radius else { continue }
      let cap = (radius * radius - down * down).squareRoot()
      let left = cloud.x * Double(width) - cloud.length * scale / 2 - cap
      let right = left + cloud.length * scale + 2 * cap
      for x in max(0, Int(left))..<max(0, min(width, Int(right) + 1)) where front[x] == 0 {
        let cover = min(1, max(0, Double(x) + 1 - left)) * min(1, max(0, right - Double(x)))
        row.blend(x, tone, Int(cover * 110))
      }
    }
  }

  /// Water darkens towards the viewer; the light glitters on it in bars that grow with nearness.
  private func paintWater(_ row: inout PixelRow, _ y: Int, from water: Int) {
    let palette = scene.palette
    let nearness = Double(y - water) / Double(max(1, height - water))
    let far = palette.horizon.mixed(with: palette.near, 0.3)
    let near = palette.top.mixed(with: palette.near, 0.6)
    row.fill(far.mixed(with: near, nearness.squareRoot()))
    let scale = Double(height)
    // Rows of one band, thin far away and thick near by, share their bars.
    var chance = Chance(seed: scene.seed ^ UInt64(46 * nearness.squareRoot()) &* 0x2545_f491_4f6c_dd1d)
    let reach = 0.05 + 0.16 * nearness
    for index in 0..<7 {
      let isGlitter = index < 4
      let centre =
        isGlitter
        ? scene.light.x * Double(width) + chance.number(in: -1...1) * reach * scale : chance.unit() * Double(width)
      let half =
        scale * (isGlitter ? chance.number(in: 0.008...0.07) * (0.4 + nearness) : chance.number(in: 0.02...0.14))
      let share = isGlitter ? 150.0 - 70 * nearness : 26
      let left = centre - half
      let right = centre + half
      guard right > 0, left < Double(width) else { continue }
      for x in max(0, Int(left))..<min(width, Int(right) + 1) {
        let cover = min(1, max(0, Double(x) + 1 - left)) * min(1, max(0, right - Double(x)))
        row.blend(x, palette.light, Int(cover * share))
      }
    }
  }
}
