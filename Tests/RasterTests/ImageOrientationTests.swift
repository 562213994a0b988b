import Raster
import Testing

@Suite struct ImageOrientationTests {
  /// A stored picture of three columns and two rows, and what a viewer shows for each value of the EXIF tag, written
  /// out from the tag's own words: where the stored picture's first row and first column are seen.
  static let shown: [(Orientation, rows: [[Int]])] = [
    (.upright, [[1, 2, 3], [4, 5, 6]]),  // row at the top, column at the left
    (.mirrored, [[3, 2, 1], [6, 5, 4]]),  // top, right
    (.rotated180, [[6, 5, 4], [3, 2, 1]]),  // bottom, right
    (.flipped, [[4, 5, 6], [1, 2, 3]]),  // bottom, left
    (.transposed, [[1, 4], [2, 5], [3, 6]]),  // left, top
    (.rotated90, [[4, 1], [5, 2], [6, 3]]),  // right, top
    (.transversed, [[6, 3], [5, 2], [4, 1]]),  // right, bottom
    (.rotated270, [[3, 6], [2, 5], [1, 4]]),  // left, bottom
  ]

  @Test(arguments: Orientation.allCases)
  func showsWhatAViewerShows(_ orientation: Orientation) throws {
    let rows = try #require(Self.shown.first { $0.0 == orientation }).rows
    for layout in Layout.Channels.allCases.flatMap({ [Layout($0, .eight), Layout($0, .sixteen)] }) {
      func samples(_ pixel: Int) -> [Int] { (0..<layout.channels.count).map { pixel * 10 + $0 } }
      let stored = Image(width: 3, height: 2, layout, samples: (1...6).flatMap(samples))
      let turned = stored.oriented(by: orientation)
      #expect(turned.size == Size(width: rows[0].count, height: rows.count))
      #expect(turned.layout == layout)
      #expect(turned.samples == rows.flatMap { $0 }.flatMap(samples))
      #expect(orientation.displayed(stored.size) == turned.size)
    }
  }
}
