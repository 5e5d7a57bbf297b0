import Foundation
import PGKeepModel
import Subprocess
import SystemPackage

/// One of PostgreSQL's own programs, found on this machine.
package struct Tool: Sendable, Equatable {
    package struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
        package var major: Int
        package var minor: Int

        package init(major: Int, minor: Int) {
            self.major = major
            self.minor = minor
        }

        /// Reads `pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`; a development version has minor 0.
        init?(output: String) {
            guard let close = output.range(of: "(PostgreSQL) ") else { return nil }
            let numbers = output[close.upperBound...].prefix { $0.isNumber || $0 == "." }.split(separator: ".")
            guard let major = numbers.first.flatMap({ Int($0) }) else { return nil }
            self.init(major: major, minor: numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0)
        }

        package static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor) < (right.major, right.minor)
        }

        package var description: String { "\(major).\(minor)" }
    }

    package var path: String
    package var version: Version

    /// The folder it really lies in, where its siblings lie: a link may have been made to it alone.
    package var folder: String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
    }

    /// Finds the program of the server's own major, else of the next newer one, the newest minor first.
    package static func find(
        _ name: String, forServer major: Int, preferring folder: String?
    ) async throws -> Tool {
        var found: [Tool] = []
        for path in candidates(name, preferring: folder) {
            if let version = try await version(of: path) { found.append(Tool(path: path, version: version)) }
        }
        if let folder, let preferred = found.first(where: { $0.path == "\(folder)/\(name)" }),
            preferred.version.major >= major
        {
            return preferred
        }
        let fitting = found.filter { $0.version.major >= major }
        let best = fitting.min { left, right in
            (left.version.major, -left.version.minor) < (right.version.major, -right.version.minor)
        }
        if let best { return best }
        let package = serverTools.contains(name) ? "postgresql-\(major)" : "postgresql-client-\(major)"
        let hint = "sudo apt-get install \(package)   (from apt.postgresql.org if Debian's is older)"
        if let newest = found.map(\.version).max() {
            let places = found.map(\.path).joined(separator: ", ")
            throw PGKeepError(
                .toolMissing, "\(name) \(newest) is older than the server (PostgreSQL \(major))",
                cause: "\(name) refuses servers newer than itself; looked in \(places)",
                hint: hint)
        }
        throw PGKeepError(
            .toolMissing, "\(name) was not found", cause: "looked in PATH and in the usual folders of PostgreSQL",
            hint: hint)
    }

    /// Those that come with the server alone.
    private static let serverTools: Set<String> = ["initdb", "postgres"]

    /// What is known to be wrong with this version, if anything.
    package var knownHole: String? {
        let fixed = [14: 23, 15: 18, 16: 14, 17: 10, 18: 4]
        guard let minor = fixed[version.major], version.minor < minor else { return nil }
        return "pg_dump \(version) has a known hole (CVE-2026-6477): update to \(version.major).\(minor)"
    }

    private static func candidates(_ name: String, preferring folder: String?) -> [String] {
        let environment = ProcessInfo.processInfo.environment
        var folders = [folder].compactMap(\.self)
        folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for major in stride(from: 25, through: 12, by: -1) {
            folders += ["/usr/lib/postgresql/\(major)/bin", "/usr/pgsql-\(major)/bin"]
        }
        folders += ["/usr/local/pgsql/bin", "/usr/local/bin"]
        var seen: Set<String> = []
        return folders.compactMap { folder in
            let path = "\(folder)/\(name)"
            guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            // Debian's wrapper picks a version by itself; the programs behind it are found anyway.
            guard !real.hasSuffix("/pg_wrapper"), seen.insert(real).inserted else { return nil }
            return path
        }
    }

    private static func version(of path: String) async throws -> Version? {
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path)), arguments: ["--version"], output: .string(limit: 4096), error: .discarded)
            return Version(output: result.standardOutput)
        } catch is SubprocessError {
            // One that can't be started, built for another machine perhaps, is none.
            return nil
        }
    }
}
