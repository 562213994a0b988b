import Foundation
import Raster
import Testing

@Suite struct ResizeGeometryTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var source: String
    var resize: Resize
    /// left, top, width, height of the part that stays
    var crop: [Double]
    var scaled: String
    var canvas: String
    var offset = [0, 0]

    var testDescription: String {
      let box = "\(resize.width.map(String.init) ?? "")x\(resize.height.map(String.init) ?? "")"
      return "\(source) \(resize.fit) \(box) \(resize.position)\(resize.enlarge ? " enlarge" : "")"
    }
  }

  private static func row(
    _ source: String, _ fit: Fit, _ width: Int?, _ height: Int?, _ scaled: String, canvas: String? = nil,
    crop: [Double]? = nil, offset: [Int] = [0, 0], position: Position = .center, enlarge: Bool = false
  ) -> Row {
    let whole = source.split(separator: "x").compactMap { Double($0) }
    return Row(
      source: source,
      resize: Resize(width: width, height: height, fit: fit, position: position, enlarge: enlarge),
      crop: crop ?? [0, 0] + whole, scaled: scaled, canvas: canvas ?? scaled, offset: offset)
  }

  /// Worked out by hand.
  static let table: [Row] = [
    // inside: within the box
    row("1000x500", .inside, 320, 320, "320x160"),
    row("500x1000", .inside, 320, 320, "160x320"),
    row("1000x333", .inside, 100, 100, "100x33"),
    row("1000x335", .inside, 100, 100, "100x34"),
    row("1000x3", .inside, 100, 100, "100x1"),
    row("200x100", .inside, 320, 320, "200x100"),
    row("200x100", .inside, 320, 320, "320x160", enlarge: true),
    row("320x320", .inside, 320, 320, "320x320"),
    // outside: covers the box
    row("1000x500", .outside, 320, 320, "640x320"),
    row("500x1000", .outside, 320, 320, "320x640"),
    row("1000x100", .outside, 500, 200, "1000x100"),
    row("1000x100", .outside, 500, 200, "2000x200", enlarge: true),
    row("1000x999", .outside, 100, 100, "100x100"),
    row("1001x333", .outside, 10, 10, "30x10"),
    // fill: stretches
    row("1000x500", .fill, 300, 400, "300x400"),
    row("100x500", .fill, 300, 400, "100x400"),
    row("100x500", .fill, 300, 400, "300x400", enlarge: true),
    // cover: cuts
    row("1000x500", .cover, 300, 300, "300x300", crop: [250, 0, 500, 500]),
    row("1001x500", .cover, 300, 300, "300x300", crop: [250.5, 0, 500, 500]),
    row("1000x500", .cover, 300, 300, "300x300", crop: [0, 0, 500, 500], position: .left),
    row("1000x500", .cover, 300, 300, "300x300", crop: [500, 0, 500, 500], position: .topRight),
    row("1000x500", .cover, 300, 300, "300x300", crop: [250, 0, 500, 500], position: .top),
    row("500x1000", .cover, 100, 50, "100x50", crop: [0, 750, 500, 250], position: .bottom),
    row("500x1000", .cover, 100, 50, "100x50", crop: [0, 0, 500, 250], position: .topLeft),
    row("500x1000", .cover, 100, 50, "100x50", crop: [0, 750, 500, 250], position: .bottomRight),
    row("300x200", .cover, 400, 100, "300x100", crop: [0, 50, 300, 100]),
    row("301x201", .cover, 200, 400, "200x201", crop: [50, 0, 200, 201]),
    row("300x200", .cover, 600, 600, "600x600", crop: [50, 0, 200, 200], enlarge: true),
    row("300x200", .cover, 600, 600, "300x200"),
    // contain: pads
    row("1000x500", .contain, 300, 300, "300x150", canvas: "300x300", offset: [0, 75]),
    row("1000x500", .contain, 300, 300, "300x150", canvas: "300x300", position: .top),
    row("1000x500", .contain, 300, 301, "300x150", canvas: "300x301", offset: [0, 75]),
    row("1000x500", .contain, 300, 300, "300x150", canvas: "300x300", offset: [0, 150], position: .bottomLeft),
    row("500x1000", .contain, 300, 300, "150x300", canvas: "300x300", offset: [150, 0], position: .right),
    row("100x50", .contain, 300, 300, "100x50", canvas: "300x300", offset: [100, 125]),
    row("100x50", .contain, 300, 300, "300x150", canvas: "300x300", offset: [0, 75], enlarge: true),
    // one side: the other follows, whatever the fit
    row("1000x333", .cover, 100, nil, "100x33"),
    row("1000x335", .contain, 100, nil, "100x34"),
    row("333x1000", .fill, nil, 100, "33x100"),
    row("2000x1", .inside, 10, nil, "10x1"),
    row("100x50", .inside, 200, nil, "100x50"),
    row("100x50", .outside, nil, 200, "400x200", enlarge: true),
    row("3x2", .inside, 1, nil, "1x1"),
    row("1x1", .inside, 500, 500, "500x500", enlarge: true),
    row("1x1", .cover, 1, 1, "1x1"),
    row("100x50", .inside, nil, nil, "100x50"),
  ]

  @Test(arguments: table)
  func followsTheTable(_ row: Row) throws {
    let source = try #require(Size(row.source))
    let geometry = row.resize.geometry(for: source)
    let crop = geometry.crop
    #expect([crop.left, crop.top, crop.width, crop.height] == row.crop)
    #expect(geometry.scaled.description == row.scaled)
    #expect(geometry.outputSize.description == row.canvas)
    #expect([geometry.left, geometry.top] == row.offset)
    #expect(geometry.isIdentity == (row.canvas == row.source && row.scaled == row.source))
  }

  @Test(arguments: Fit.allCases, Position.allCases)
  func keepsItsPromisesForAnySides(_ fit: Fit, _ position: Position) {
    var noise = Noise(seed: 7)
    for _ in 0..<200 {
      let source = Size(width: .random(in: 1...50, using: &noise), height: .random(in: 1...50, using: &noise))
      let box = Size(width: .random(in: 1...50, using: &noise), height: .random(in: 1...50, using: &noise))
      for enlarge in [false, true] {
        let resize = Resize(width: box.width, height: box.height, fit: fit, position: position, enlarge: enlarge)
        let geometry = resize.geometry(for: source)
        let (crop, scaled, canvas) = (geometry.crop, geometry.scaled, geometry.canvas)
        #expect(crop.left >= 0 && crop.top >= 0)
        #expect(crop.left + crop.width <= Double(source.width) && crop.top + crop.height <= Double(source.height))
        #expect(geometry.left >= 0 && geometry.left + scaled.width <= canvas.width)
        #expect(geometry.top >= 0 && geometry.top + scaled.height <= canvas.height)
        if !enlarge { #expect(scaled.width <= source.width && scaled.height <= source.height) }
        switch fit {
        case .contain: #expect(canvas == box)
        case .cover: if enlarge { #expect(canvas == box) }
        case .fill: if enlarge { #expect(scaled == box) }
        case .inside: #expect(scaled.width <= box.width && scaled.height <= box.height)
        case .outside: if enlarge { #expect(scaled.width >= box.width && scaled.height >= box.height) }
        }
      }
    }
  }

  @Test(arguments: Fit.allCases, [false, true])
  func theLongestSidesDoNotOverflow(_ fit: Fit, _ enlarge: Bool) {
    let side = Int(Int32.max)
    let sizes = [Size(width: side, height: side), Size(width: side, height: 1), Size(width: 1, height: side)]
    for source in sizes {
      for box in sizes {
        _ = Resize(width: box.width, height: box.height, fit: fit, enlarge: enlarge).geometry(for: source)
        _ = Resize(width: side, fit: fit, enlarge: enlarge).geometry(for: source)
        _ = Resize(height: side, fit: fit, enlarge: enlarge).geometry(for: source)
      }
    }
  }

  @Test func survivesJSON() throws {
    let geometry = Resize(width: 300, height: 300, fit: .cover).geometry(for: Size(width: 1001, height: 500))
    let data = try JSONEncoder().encode(geometry)
    #expect(try JSONDecoder().decode(ResizeGeometry.self, from: data) == geometry)
  }
}

@Suite struct ReducedGeometryTests {
  private let source = Size(width: 21, height: 10)

  @Test func thePartThatStaysLiesWhereItLay() {
    let geometry = Resize(width: 4, height: 4, fit: .cover, position: .left).geometry(for: source)
    #expect(geometry.crop == .init(left: 0, top: 0, width: 10, height: 10))
    let reduced = geometry.reduced(by: 4)
    #expect(reduced.source == Size(width: 6, height: 3))
    #expect(reduced.crop == .init(left: 0, top: 0, width: 2.5, height: 2.5))
    #expect(reduced.scaled == geometry.scaled && reduced.canvas == geometry.canvas)
  }

  /// 24x12 pixels would be six squares by three: three columns and two rows are missing, wherever that edge lies now.
  @Test func incompleteSquaresLieWhereTheTurnPutThem() {
    let geometry = Resize(width: 5).geometry(for: source)
    let turned = [(false, false), (true, false), (false, true), (true, true)].map { left, top in
      geometry.reduced(by: 4, turned: (left: left, top: top)).crop
    }
    #expect(turned.map(\.left) == [0, 0.75, 0, 0.75])
    #expect(turned.map(\.top) == [0, 0, 0.5, 0.5])
    #expect(turned.allSatisfy { $0.width == 5.25 && $0.height == 2.5 })
  }

  @Test func aCanvasStaysAsItIs() {
    let geometry = Resize(width: 8, height: 9, fit: .contain, position: .bottom).geometry(for: source)
    let reduced = geometry.reduced(by: 2)
    #expect(reduced.canvas == Size(width: 8, height: 9) && reduced.top == geometry.top && reduced.top > 0)
  }
}
