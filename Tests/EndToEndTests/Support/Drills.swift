import Foundation
import Logging
import Testing

/// What `drill --json` and the files beside archives tell.
struct ToldProof: Decodable {
    struct Difference: Decodable {
        var what: String
        var expected: String
        var found: String
    }

    struct Check: Decodable {
        var name: String
        var passed: Bool
        var reason: String?
    }

    struct Table: Decodable {
        var table: String
        var rows: Int64
        var hash: String?
    }

    var archive: String
    var serverVersion: String
    var verdict: String
    var sha256: String
    var tables: [Table]
    var rows: Int64
    var sequences: Int
    var largeObjects: Int
    var objects: [String: Int]
    var definitions: String
    var checks: [Check]
    var differences: [Difference]
    var phaseSeconds: [String: Double]
    var rtoSeconds: Double
    var at: String
    var signature: String?
    var signedBy: String?

    init(_ text: String) throws { self = try JSONDecoder().decode(ToldProof.self, from: Data(text.utf8)) }
}

enum Drills {
    /// Says nothing.
    static let quiet = Logger(label: "drills") { _ in SwiftLogNoOpLogHandler() }
}

extension Sandbox {
    /// A folder for scratch servers, which another user may enter.
    var drills: String { "\(folder)/drills" }

    /// Runs a drill, with its servers below this folder; `more` is laid over the environment.
    func drill(
        _ arguments: String..., url: String? = nil, environment more: [String: String] = [:], through: [String] = [],
        during: (@Sendable (pid_t) async throws -> Void)? = nil
    ) async throws -> PGKeepRun {
        try await shell("install -d -m 1777 \(drills)")
        return try await pgkeep(
            ["drill"] + arguments, url: url, environment: ["BACKUP_DRILL_DIR": drills].merging(more) { $1 },
            through: through, during: during)
    }

    /// What scratch servers left: folders, and processes that work in them.
    func drillResidue() async throws -> [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: drills)) ?? []
        let processes = try await shell(
            "for p in /proc/[0-9]*; do case $(readlink $p/cwd) in \(drills)/*) echo $p;; esac; done 2>/dev/null; true")
        return folders + processes.split(separator: "\n").map(String.init)
    }

    /// Expects that nothing is there.
    func expectNoDrillResidue(at location: SourceLocation = #_sourceLocation) async throws {
        let left = try await drillResidue()
        #expect(left.isEmpty, "\(left)", sourceLocation: location)
    }

    /// The proof that lies beside an archive.
    func proof(of archive: String) throws -> ToldProof {
        try ToldProof(String(contentsOfFile: "\(archive).proof", encoding: .utf8))
    }
}
