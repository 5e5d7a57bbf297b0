import Foundation

/// Where the programs of the stores are: what scripts/stores prints.
package enum StorePrograms {
    package static let folder = ProcessInfo.processInfo.environment["PGKEEP_TEST_STORES"] ?? ""

    /// For a test's condition: without them it can't run.
    package static let areHere = ["rclone", "weed", "fake-gcs-server"].allSatisfy {
        access("\(folder)/\($0)", X_OK) == 0
    }
    package static let hasShellServer = access("/usr/sbin/sshd", X_OK) == 0

    package static func path(_ program: String) -> String { "\(folder)/\(program)" }

    /// What a program that copies to a store gets beside the store's own variables.
    package static func environment(_ more: [String: String]) -> [String: String] {
        let ours = ProcessInfo.processInfo.environment
        return [
            "PATH": "\(folder):\(ours["PATH"] ?? "/usr/bin:/bin")", "HOME": "/nonexistent",
            "RCLONE_CONFIG": "/nonexistent/rclone.conf",
        ].merging(more) { _, new in new }
    }

    /// Runs one of them to its end; what it wrote.
    @discardableResult
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String]
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.hasPrefix("/") ? program : path(program))
        process.arguments = arguments
        process.environment = StorePrograms.environment(environment)
        let (output, talk) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = talk
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        // Far less than a pipe holds: it waits there until now.
        let said = String(decoding: talk.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw StoreFailure("\(program) \(arguments.joined(separator: " ")): \(data)\(said)")
        }
        return data
    }
}

/// A store that a test can't go on without.
package struct StoreFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
