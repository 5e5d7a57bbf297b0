import Foundation
import Testing

/// Python with tink and cryptography, which judge what is sealed.
enum PythonTools {
    private static let folder = ProcessInfo.processInfo.environment["PGKEEP_TEST_SEALING"]
    /// Without them tests are skipped on a laptop, and fail where they must run.
    static var testsRun: Bool { folder != nil || ProcessInfo.processInfo.environment["CI"] == "true" }

    struct Run: Equatable {
        var output: [UInt8]
        var status: Int32

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs a script of this repository; what it reads and what it writes may be large.
    static func run(_ script: String, _ arguments: [String], input: [UInt8] = []) throws -> Run {
        let folder = try #require(folder, "PGKEEP_TEST_SEALING is not set; run scripts/test")
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let given = FileManager.default.temporaryDirectory.appending(path: "pgkeep-input-\(UUID().uuidString)")
        try Data(input).write(to: given)
        defer { try? FileManager.default.removeItem(at: given) }
        let process = Process()
        process.executableURL = URL(filePath: "\(folder)/python3")
        process.arguments = [root.appending(path: script).path] + arguments
        process.standardInput = try FileHandle(forReadingFrom: given)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Run(output: Array(bytes), status: process.terminationStatus)
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests that need Python's packages.
    static var pythonTools: Self { .enabled("PGKEEP_TEST_SEALING is not set") { PythonTools.testsRun } }
}
