import Documents
import Raster

/// Reads an output's `resize`.
///
/// `width` and `height` may be lists. A list beside one number is paired with that number; two lists are paired item
/// by item and have to be of one length, since anything else would leave the reader guessing.
enum ResizeReader {
  static let keys = ["width", "height", "fit", "position", "enlarge", "filter", "linear"]

  /// One for each output to make; `[nil]` where nothing is resized.
  static func resizes(_ output: Section, format: ImageFormat) throws(RequestError) -> [Resize?] {
    guard let section = try output.section("resize") else { return [nil] }
    try section.checkKeys(keys)
    let widths = try sides("width", in: section, format: format)
    let heights = try sides("height", in: section, format: format)
    guard widths.count > 0 || heights.count > 0 else {
      throw .missingKey(section.place, key: "width", hint: "Give 'width', 'height' or both, in pixels")
    }
    if widths.count > 1, heights.count > 1, widths.count != heights.count {
      throw .conflict(
        section.place(of: "height"), with: "width",
        why: "two lists are paired item by item, and they have \(heights.count) and \(widths.count) items")
    }
    let fit = try section.choice("fit", Fit.self) ?? .inside
    let position = try section.choice("position", Raster.Position.self) ?? .center
    let enlarge = try section.bool("enlarge") ?? false
    let filter = try section.choice("filter", Filter.self) ?? .lanczos3
    let isLinear = try section.bool("linear") ?? false
    return (0..<max(widths.count, heights.count)).map { index in
      Resize(
        width: widths.count == 1 ? widths[0] : widths.isEmpty ? nil : widths[index],
        height: heights.count == 1 ? heights[0] : heights.isEmpty ? nil : heights[index],
        fit: fit, position: position, enlarge: enlarge, filter: filter, isLinear: isLinear)
    }
  }

  private static func sides(
    _ key: String, in section: Section, format: ImageFormat
  ) throws(RequestError) -> [Int] {
    guard let node = section[key] else { return [] }
    let range = 1...min(format.longestSide, 65535)
    guard case .array(let nodes) = node.content else {
      return [try Section.integer(node, place: section.place(of: key), in: range)]
    }
    guard !nodes.isEmpty else {
      throw .invalid(section.place(of: key), value: "", why: "the list is empty")
    }
    var sides: [Int] = []
    for (index, node) in nodes.enumerated() {
      let place = Place(position: node.position, path: section.place.path + [key, "\(index)"])
      sides.append(try Section.integer(node, place: place, in: range))
    }
    return sides
  }
}
