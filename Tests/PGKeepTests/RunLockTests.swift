import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct RunLockTests {
    @Test("A second run of the app is refused, and told which process does what")
    func busy() async throws {
        let (folder, app) = try setting()
        try await RunLock.with(directory: folder, app: app, doing: "daily backup") {
            let error = try #require(throws: PGKeepError.self) {
                try RunLock(directory: folder, app: app, doing: "cleanup")
            }
            let pid = ProcessInfo.processInfo.processIdentifier
            #expect(error.code == .busy)
            #expect("\(error)".contains("\(pid)") && "\(error)".contains("daily backup"))
            #expect(error.hint?.contains("\(pid)") == true)
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("The lock is free again after the run, whether it ended well or not")
    func released() async throws {
        let (folder, app) = try setting()
        await #expect(throws: PGKeepError.self) {
            try await RunLock.with(directory: folder, app: app, doing: "a") { throw PGKeepError(.failed, "no") }
        }
        try await RunLock.with(directory: folder, app: app, doing: "b") {}
        try await RunLock.with(directory: folder, app: app, doing: "c") {}
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("Another app's run isn't in the way, and the folder and files are for nobody else to see")
    func others() async throws {
        let (folder, app) = try setting()
        let other = try AppName(database: "other")
        try await RunLock.with(directory: folder, app: app, doing: "a") {
            try await RunLock.with(directory: folder, app: other, doing: "b") {
                let files = FileManager.default
                let lock = try files.attributesOfItem(atPath: "\(folder)/\(other.text).lock")
                #expect(lock[.posixPermissions] as? Int == 0o600)
                #expect(try files.attributesOfItem(atPath: folder)[.posixPermissions] as? Int == 0o700)
            }
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("What a killed run left in the file keeps nobody out")
    func stale() async throws {
        let (folder, app) = try setting()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("1 (a backup that was killed long ago)\n".utf8).write(to: URL(filePath: "\(folder)/\(app.text).lock"))
        try await RunLock.with(directory: folder, app: app, doing: "backup") {
            let text = try String(contentsOfFile: "\(folder)/\(app.text).lock", encoding: .utf8)
            #expect(text == "\(ProcessInfo.processInfo.processIdentifier) (backup)\n")
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    private func setting() throws -> (folder: String, app: AppName) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-lock-\(UUID().uuidString)")
        return (folder.path, try AppName(database: "shop"))
    }
}
