import Documents
import Ledger
import Requests

/// What a job's pipeline says to follow its publication, as rows for the outbox.
struct Deliveries {
  let after: [Pipeline.Afterwards]
  let job: Job
  /// The absolute path of the published directory.
  let directory: String

  /// - Parameter manifest: of this publication.
  func rows(manifest: JSONObject) throws(CommandArgumentError) -> [NewDelivery] {
    var rows: [NewDelivery] = []
    for step in after {
      // An id has no dot, which a signature's content is separated by, and no character that a header might not have.
      let key = JobID.next().description
      switch step {
      case .run(let arguments):
        var filled: [JSONValue] = []
        for argument in arguments { filled.append(.string(try argument.filled(with: values(key: key)))) }
        rows.append(NewDelivery(key: key, kind: .run, target: JSONValue.array(filled).serialized()))
      case .webhook(let url):
        rows.append(NewDelivery(key: key, kind: .webhook, target: url, body: message(manifest)))
      }
    }
    return rows
  }

  /// Whether a job of this name and these labels has what the commands need: known before any money is spent.
  static func check(
    _ after: [Pipeline.Afterwards], name: String, place: String, pipeline: String, labels: [String: String]
  ) throws(CommandArgumentError) {
    // Of what is not known yet, the beginning is: paths are absolute, ids hexadecimal.
    let values = CommandArgument.Values(
      manifest: "/", directory: "/", place: place, job: "0", name: name, pipeline: pipeline, key: "0", labels: labels)
    for case .run(let arguments) in after {
      for argument in arguments { _ = try argument.filled(with: values) }
    }
  }

  private func values(key: String) -> CommandArgument.Values {
    CommandArgument.Values(
      manifest: "\(directory)/\(Manifest.fileName)", directory: directory, place: job.place, job: job.id.description,
      name: job.name, pipeline: job.pipeline, key: key, labels: job.labels)
  }

  /// The event in the form that Standard Webhooks recommends, with the whole manifest: a receiver on another machine
  /// needs no more, and gets what was published even if it was replaced since.
  private func message(_ manifest: JSONObject) -> String {
    var data = JSONObject()
    data["job"] = .string(job.id.description)
    data["place"] = .string(job.place)
    data["manifest"] = .object(manifest)
    var message = JSONObject()
    message["type"] = .string("job.published")
    message["timestamp"] = manifest["published"]
    message["data"] = .object(data)
    return JSONValue.object(message).serialized()
  }
}
