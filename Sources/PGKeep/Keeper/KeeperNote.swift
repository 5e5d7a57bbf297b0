import Foundation
import PGKeepModel

/// What a keeper leaves in its vault for others to read: that it is there, and by which settings it keeps which app.
struct KeeperNote: Sendable, Equatable, Codable {
    var host: String
    /// The folder of its journal; with the host, what makes it the same keeper after a restart.
    var stateDirectory: String
    /// When it was last at work.
    var seenAt: Date
    /// By app.
    var apps: [String: Kept]

    /// What keepers of one app must agree on.
    struct Kept: Sendable, Equatable, Codable {
        /// By the names of the variables, such as `BACKUP_DAILY_SCHEDULE`.
        var settings: [String: String]
        /// Where its locks are: `the primary`, or `the standby db2:5432`; nil while it has not reached the server.
        var locksOn: String?
    }

    /// One that was not seen for so long is gone.
    private static let fresh: TimeInterval = 30 * 60

    func isFresh(at now: Date) -> Bool { abs(now.timeIntervalSince(seenAt)) < KeeperNote.fresh }

    /// Whoever left it will not come back for it.
    func isForgotten(at now: Date) -> Bool { now.timeIntervalSince(seenAt) > KeeperNote.kept }

    private static let kept: TimeInterval = 30 * 86_400

    /// The name of its file: no archive's.
    var name: String {
        "\(KeeperNote.prefix)\(JournalLine.sha256(Array("\(host)\n\(stateDirectory)".utf8)).prefix(12)).json"
    }

    static let prefix = "pgkeep-keeper-"

    /// What several keepers of one app can't go on with, one condition for each other keeper.
    func conflicts(with others: [KeeperNote], now: Date) -> [Condition] {
        others.filter { ($0.host, $0.stateDirectory) != (host, stateDirectory) }
            .filter { $0.isFresh(at: now) }
            .flatMap { other in
                apps.keys.sorted().compactMap { app -> Condition? in
                    guard let ours = apps[app], let theirs = other.apps[app],
                        let difference = KeeperNote.difference(ours, theirs, other.host)
                    else { return nil }
                    return Condition(
                        .keepersApart, app: app, subject: other.host, message: difference,
                        hint: "pgkeep settings   (on both machines)", since: other.seenAt)
                }
            }
    }

    private static func difference(_ ours: Kept, _ theirs: Kept, _ host: String) -> String? {
        let names = Set(ours.settings.keys).union(theirs.settings.keys).sorted()
        let different = names.filter { ours.settings[$0] != theirs.settings[$0] }
        if !different.isEmpty {
            let list = different.map {
                "\($0) is '\(ours.settings[$0] ?? "")' here and '\(theirs.settings[$0] ?? "")' there"
            }
            return "the keeper on \(host) has other settings: \(list.joined(separator: ", "))"
        }
        guard let here = ours.locksOn, let there = theirs.locksOn, here != there else { return nil }
        return "this keeper's locks are on \(here), those of the keeper on \(host) on \(there): they don't exclude"
    }
}
