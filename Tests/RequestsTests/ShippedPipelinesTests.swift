import Foundation
import Processing
import Requests
import Testing

@Suite struct ShippedPipelinesTests {
  private func folder() throws -> PipelineFolder {
    let folder = Fixtures.testsFolder.deletingLastPathComponent().appending(path: "pipelines")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return PipelineReader.read(
      try names.map { (name: $0, bytes: Array(try Data(contentsOf: folder.appending(path: $0)))) })
  }

  @Test func allAreRead() throws {
    let folder = try folder()
    #expect(folder.mistakes == [])
    #expect(
      folder.catalog.names == ["archive", "default", "icon", "print", "shop", "social", "texture", "web"])
    for pipeline in folder.catalog.pipelines.values { #expect(pipeline.description != nil) }
  }

  @Test func theyAreWhatTheirCommentsSay() throws {
    let catalog = try folder().catalog
    let web = try #require(catalog["web"])
    #expect(web.recipe.outputs.compactMap(\.resize?.width) == [320, 640, 960, 1280, 1280])
    let texture = try #require(catalog["texture"])
    for output in texture.recipe.outputs {
      let side = try #require(output.resize?.width)
      #expect(side & (side - 1) == 0 && output.resize?.height == side)
      #expect(output.metadata.level == .none)
    }
    let print = try #require(catalog["print"])
    #expect(print.recipe.outputs.allSatisfy { $0.metadata.dpi == 300 && $0.metadata.level == .full })
    let archive = try #require(catalog["archive"])
    #expect(archive.recipe.outputs[0].encoding == nil && archive.recipe.outputs[0].resize == nil)
    #expect(archive.recipe.outputs.allSatisfy { $0.metadata.level == .keep })
  }
}
