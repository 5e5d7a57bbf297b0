package import Foundation
package import PGKeepModel

/// Which archives a vault lacks, and which it has that are not what they should be.
package struct CopyPlan: Sendable, Equatable {
    /// How an archive of the backup folder stands in the vault.
    package enum State: Sendable, Equatable {
        case present
        case missing
        /// Under its name lies something of another length.
        case differs(there: Int64)
        /// It is no good here: copying it would help nobody.
        case damagedHere
        /// Retention in the vault would delete it at once.
        case notKept
        /// It claims a time that is yet to come; locked for as long, nobody could ever remove it.
        case ofFuture
    }

    package struct Entry: Sendable, Equatable {
        package var name: ArchiveName
        package var bytes: Int64
        package var state: State
    }

    /// Those of the backup folder, the newest first.
    package let entries: [Entry]

    /// `vault` is what may be believed of the archives there (`VaultFacts`).
    package init(primary: [RetentionFacts], vault: [RetentionFacts], policy: RetentionPolicy, now: Date) {
        let there = Dictionary(vault.map { ($0.name.text, $0.bytes) }) { first, _ in first }
        // As retention would find them once all were there.
        let all = vault + primary.filter { $0.isGood && there[$0.name.text] == nil }
        let dropped = Set(
            RetentionPlan(all, policy: policy, now: now).decisions.filter { !$0.keep }.map(\.facts.name.text))
        entries = primary.sorted { $0.name > $1.name }.map { archive in
            let name = archive.name
            return Entry(
                name: name, bytes: archive.bytes,
                state: CopyPlan.state(
                    of: archive, there: there[name.text], isDropped: dropped.contains(name.text), now: now))
        }
    }

    private static func state(of archive: RetentionFacts, there: Int64?, isDropped: Bool, now: Date) -> State {
        if let there {
            // Of two that differ, and the one here is no good, nobody knows that the other one is worse.
            return there == archive.bytes || !archive.isGood ? .present : .differs(there: there)
        }
        if !archive.isGood { return .damagedHere }
        if Catalogue.isOfFuture(archive.name.createdAt, now: now) { return .ofFuture }
        return isDropped ? .notKept : .missing
    }

    package var missing: [Entry] { entries.filter { $0.state == .missing } }
    package var present: [Entry] { entries.filter { $0.state == .present } }
    package var differing: [Entry] {
        entries.filter { if case .differs = $0.state { true } else { false } }
    }
}
