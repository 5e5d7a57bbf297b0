import Foundation

/// Why rclone did not do something, in its own words: it has no others.
struct RcloneRefusal: Error {
    let status: Int
    let message: String

    init(status: Int, message: String) {
        self.status = status
        self.message = message
    }

    init(status: Int, body: [UInt8]) {
        struct Told: Decodable { var error: String }
        self.status = status
        // An answer that isn't JSON is words already.
        message =
            (try? JSONDecoder().decode(Told.self, from: Data(body)))?.error
            ?? String(decoding: body.prefix(500), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    var isNotFound: Bool {
        status == 404 || message.hasSuffix("object not found") || message.hasSuffix("directory not found")
    }

    /// The answer to a HEAD has no body with a reason in it.
    var isBareNo: Bool { message.contains("S3: HeadObject") && message.contains("api error") }

    func says(_ words: String...) -> Bool { words.contains { message.localizedStandardContains($0) } }
}
