import Ledger
import Processing
import Raster
import Requests
import Testing

@testable import Daemon

@Suite struct JobFactsRequestTests {
  // What a picture shows is told by the call that began it, what it is asked to be by the last.
  @Test func aChainsProvenanceIsItsFirstStepsAndItsFormatTheLasts() throws {
    let pipelines = PipelineCatalog([try PipelineReader.read(Array(Workshop.plain.utf8), file: "default.yaml")])
    let text = #"""
      {"generate": {"model": "m", "prompt": "A canal", "format": "webp", "width": 256, "height": 512, "seed": 7},
        "then": [{"edit": {"prompt": "Night", "output_format": "jpeg"}}]}
      """#
    let request = try RequestReader(pipelines: pipelines).read(Array(text.utf8), path: "canal.json")
    let facts = JobFacts(request, input: nil, job: "1", received: Timestamp(microseconds: 0))
    #expect(facts.provenance.prompt == "A canal")
    #expect(facts.model == "m")
    #expect(facts.seed == 7)
    #expect(facts.requestedFormat == .jpeg)
    // That of the first step is no matter of the last.
    #expect(facts.requestedSize == .unspecified)
  }
}
