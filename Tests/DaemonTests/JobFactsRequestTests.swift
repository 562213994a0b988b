import Ledger
import Processing
import Raster
import Requests
import Testing

@testable import Daemon

@Suite struct JobFactsRequestTests {
  // What a picture shows is told by all calls that had a part in it, what it is asked to be by the last.
  @Test func aChainsProvenanceIsAllItsStepsAndItsFormatTheLasts() throws {
    let pipelines = PipelineCatalog([try PipelineReader.read(Array(Workshop.plain.utf8), file: "default.yaml")])
    let text = #"""
      {"generate": {"model": "m", "prompt": "A canal", "format": "webp", "width": 256, "height": 512, "seed": 7},
        "then": [{"edit": {"prompt": "Night", "output_format": "jpeg"}}]}
      """#
    let request = try RequestReader(pipelines: pipelines).read(Array(text.utf8), path: "canal.json")
    let facts = JobFacts(request, input: nil, job: "1", received: Timestamp(microseconds: 0))
    #expect(facts.provenance.prompt == "A canal\nNight")
    #expect(facts.provenance.system == "Venice.ai m")
    #expect(facts.model == "m")
    #expect(facts.seed == 7)
    #expect(facts.requestedFormat == .jpeg)
    // That of the first step is no matter of the last.
    #expect(facts.requestedSize == .unspecified)
  }

  // What the step before makes of the first picture has another size.
  @Test func aChainsUpscaleIsNotMeasuredByTheFirstPicture() throws {
    let pipelines = PipelineCatalog([try PipelineReader.read(Array(Workshop.plain.utf8), file: "default.yaml")])
    let input = Size(width: 100, height: 50)
    func requestedSize(_ text: String) throws -> RequestedSize {
      let request = try RequestReader(pipelines: pipelines).read(Array(text.utf8), path: "canal.json")
      return JobFacts(request, input: input, job: "1", received: Timestamp(microseconds: 0)).requestedSize
    }
    let alone = #"{"upscale": {"image": "photo.png", "scale": 2}}"#
    #expect(try requestedSize(alone) == .scaled(input, factor: 2))
    let chained = #"{"edit": {"image": "photo.png", "prompt": "Night"}, "then": [{"upscale": {"scale": 2}}]}"#
    #expect(try requestedSize(chained) == .unspecified)
  }
}
