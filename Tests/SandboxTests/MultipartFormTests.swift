import Testing

@testable import Sandbox

@Suite struct MultipartFormTests {
  private func read(_ text: String, boundary: String = "b") -> MultipartForm? {
    MultipartForm(Array(text.utf8), contentType: "multipart/form-data; boundary=\(boundary)")
  }

  @Test func textsAndFilesAreToldApart() throws {
    let form = try #require(
      read(
        "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nblue\r\nsky\r\n"
          + "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\r\n--c"
          + "\r\n--b--\r\n"))
    #expect(
      form.parts == [
        MultipartForm.Part(name: "prompt", fileName: nil, bytes: Array("blue\r\nsky".utf8)),
        MultipartForm.Part(name: "image", fileName: "a.png", bytes: Array("\r\n--c".utf8)),
      ])
  }

  @Test func anEmptyPartIsEmpty() throws {
    let form = try #require(read("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--"))
    #expect(form.parts == [MultipartForm.Part(name: "a", fileName: nil, bytes: [])])
  }

  @Test(arguments: [
    "", "--b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", "--b\r\n\r\nx\r\n--b--",
    "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
  ])
  func aBrokenFormIsNothing(text: String) {
    #expect(read(text) == nil)
  }

  @Test func aBoundaryMayBeQuoted() {
    #expect(read("--x y--", boundary: "\"x y\"")?.parts == [])
    #expect(MultipartForm(Array("--b--".utf8), contentType: "multipart/form-data") == nil)
  }
}
