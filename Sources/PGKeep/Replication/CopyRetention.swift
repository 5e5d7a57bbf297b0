import Foundation
import PGKeepModel
import PGKeepVaults

/// Retention in a vault for copies: the same plan as at home, over what lies there, as far as it may be believed.
struct CopyRetention: Sendable {
    let app: AppName
    let address: VaultAddress
    let policy: RetentionPolicy
    let primary: [RetentionFacts]
    /// Sizes of what this machine copied there, as the journal tells.
    let known: [String: Int64]
    let records: [String: SealedRecord]
    let now: Date

    /// What became of those that were too old.
    struct Outcome: Sendable {
        var deleted: [CleanupReport.Entry] = []
        /// Nobody can delete them yet.
        var locked: [CleanupReport.Entry] = []
        var failed: [CleanupReport.Entry] = []
        /// Older versions of deleted names that went for good.
        var swept: [VaultVersion] = []
    }

    /// `moved` is called as it goes on: a place that answers slowly is none that stands still.
    func run(in vault: any Vault, dryRun: Bool, moved: () -> Void) throws -> Outcome {
        let listing = AppListing(try vault.list(), of: app)
        // The newest proven one stays whether or not a proof that only lies there is a real one: forged, it would else
        // take the place of the real one.
        let sure = try Set(plan(listing, vault, believingProofs: false).decisions.filter(\.keep).map(\.facts.name))
        let dropped = try plan(listing, vault, believingProofs: true).decisions.reversed().filter {
            !$0.keep && !sure.contains($0.facts.name)
        }
        var outcome = Outcome()
        guard !dropped.isEmpty else { return outcome }
        let removal = CopyRemoval(vault: vault, address: address, now: now)
        let versions = dryRun ? nil : try vault.versions()
        for decision in dropped {
            var entry = CleanupReport.Entry(decision)
            moved()
            do {
                if let until = try removal.lock(on: entry.name) {
                    entry.reason = "locked until \(until.iso8601)"
                    outcome.locked.append(entry)
                    continue
                }
                if !dryRun { try removal.remove(entry.name, versions: versions) }
                outcome.deleted.append(entry)
            } catch let error as PGKeepError {
                entry.reason = error.description
                outcome.failed.append(entry)
            }
        }
        if let versions { try sweep(versions, listing, &outcome, vault, moved) }
        return outcome
    }

    /// The plan, once what keeps others from being needed was looked at: bytes can rot there too.
    private func plan(
        _ listing: AppListing, _ vault: any Vault, believingProofs: Bool
    ) throws -> RetentionPlan {
        var facts = VaultFacts.of(
            listing, primary: primary, known: known, believingProofs: believingProofs)
        while true {
            let plan = RetentionPlan(facts, policy: policy, now: now)
            let tiers = Set(plan.decisions.filter { !$0.keep }.map(\.facts.name.tier))
            var isSound = true
            for tier in tiers {
                guard let newest = newestGood(of: tier, in: facts),
                    try Catalogue.problem(of: newest.name, in: vault, records[newest.name.text]) != nil,
                    let place = facts.firstIndex(where: { $0.name == newest.name })
                else { continue }
                facts[place].isGood = false
                isSound = false
            }
            if isSound { return plan }
        }
    }

    private func newestGood(of tier: Tier, in facts: [RetentionFacts]) -> RetentionFacts? {
        facts.filter { $0.name.tier == tier && $0.isGood && !$0.isSuspect && $0.name.createdAt <= now }
            .max { $0.name < $1.name }
    }

    /// Versions that somebody hid by deleting their names, once they are as old as those that go by themselves.
    private func sweep(
        _ versions: [VaultVersion], _ listing: AppListing, _ outcome: inout Outcome, _ vault: any Vault,
        _ moved: () -> Void
    ) throws {
        let tiers = Set(outcome.deleted.compactMap { ArchiveName($0.name)?.tier })
        for version in versions {
            guard let name = ArchiveName(version.name), name.app == app, listing.archives[version.name] == nil,
                tiers.contains(name.tier), let days = policy.days(for: name.tier),
                now.timeIntervalSince(name.createdAt) > Double(days) * 86_400
            else { continue }
            moved()
            do {
                try vault.remove(version)
                outcome.swept.append(version)
            } catch let error as PGKeepError where error.code == .privileges || error.code == .locked {
                // Still held by its own lock, which is as it should be: it is tried again another day.
                continue
            }
        }
    }
}
