import CLibPQ
import Foundation
import PGKeepModel
import Subprocess

/// Hands a connection to one of PostgreSQL's programs: everything in environment variables, the password in a
/// passfile that lives as long as the program, nothing on the command line.
enum ToolEnvironment {
    /// `target` is one that a connection resolved; `options` are settings of the program's sessions, which hold over
    /// those that `target` asks for.
    static func with<Result>(
        _ target: ConnectionString, options: String?, _ body: (Environment) async throws -> Result
    ) async throws -> Result {
        var variables: [Environment.Key: String?] = ["LC_ALL": "C"]
        variables["PGOPTIONS"] = [target.options["options"], options].compactMap(\.self).joined(separator: " ")
        for option in target.complete() {
            if let name = option.environmentName, name != "PGPASSWORD", name != "PGOPTIONS" {
                variables[Environment.Key(stringLiteral: name)] = option.value
            }
        }
        variables["PGPASSWORD"] = .some(nil)
        // A service file goes before variables, and has told us already what it had to tell.
        variables["PGSERVICE"] = .some(nil)
        // It may hold the password, and the program has no use for it.
        variables["DATABASE_URL"] = .some(nil)
        variables["PGTARGETSESSIONATTRS"] = .some(nil)
        guard let password = target.options["password"] else {
            return try await body(.inherit.updating(variables))
        }
        removePassfilesOfKilledRuns()
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("\(prefix)\(getpid())-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { _ = unlink(folder.appendingPathComponent("passfile").path) == 0 && rmdir(folder.path) == 0 }
        let file = folder.appendingPathComponent("passfile").path
        let line = "*:*:*:*:" + password.escaping(["\\", ":"], with: "\\") + "\n"
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(line.utf8), attributes: [.posixPermissions: 0o600])
        else { throw PGKeepError(.failed, "could not write a passfile in \(folder.path)") }
        variables["PGPASSFILE"] = file
        return try await body(.inherit.updating(variables))
    }

    private static let prefix = "pgkeep-passfile-"

    /// A run that was killed could not remove its passfile; its folder's name tells whose it was.
    private static func removePassfilesOfKilledRuns() {
        let parent = FileManager.default.temporaryDirectory
        // A folder that may be written but not listed shows no debris; the passfile to come is made all the same.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        where name.hasPrefix(prefix) {
            let number = name.dropFirst(prefix.count).prefix { $0.isNumber }
            guard let process = pid_t(number), kill(process, 0) != 0, errno == ESRCH else { continue }
            // Another user's stays; so does what can't be removed, as before.
            try? FileManager.default.removeItem(at: parent.appendingPathComponent(name))
        }
    }
}

extension ConnectionString {
    /// Every option that has a value, given or by default, with the environment variable it can come from.
    func complete() -> [Option] {
        guard let defaults = PQconndefaults() else { return [] }
        defer { PQconninfoFree(defaults) }
        var next = defaults
        var found: [Option] = []
        while let keyword = next.pointee.keyword {
            let name = String(cString: keyword)
            let value = options[name]
            let environment = next.pointee.envvar.map { String(cString: $0) }
            if let value { found.append(Option(keyword: name, environmentName: environment, value: value)) }
            next += 1
        }
        return found
    }
}
