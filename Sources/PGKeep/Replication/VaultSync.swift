import Foundation
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// One app's copies in one vault.
struct VaultSync: Sendable {
    let system: BackupSystem
    let app: AppName
    let place: VaultPlace
    let source: CopySource
    let book: SightsBook
    let progress: Progress?
    let isStopping: @Sendable () -> Bool

    var address: VaultAddress { place.address }
    var settings: Settings { system.settings }

    /// Never throws: whatever stands in the way is in the report, in the journal, and in what is known of the vault.
    func run(_ work: CopyRun.Work) async -> VaultSyncReport {
        var report = VaultSyncReport(vault: address.description)
        do {
            let known = source.known.copies(in: address, of: app)
            let (listing, plan) = try await look(known)
            report.copies = listing.archives.count
            report.missing = plan.missing.map(\.name.text)
            try see { $0.saw(listing, plan, at: system.now()) }
            let comparing: Bool
            switch work {
            case .look:
                report.differing = remarks(book.sight(of: address))
                // What kept copies from being made is over once all are there; whether a lock holds was not looked at.
                if plan.missing.isEmpty { try see { if $0.trouble?.isOfLock == false { $0.trouble = nil } } }
                return report
            case .clean(let dryRun):
                guard plan.missing.isEmpty else {
                    let missing = Figures.count(plan.missing.count, "copy is", "copies are")
                    report.problem = "\(missing) missing: nothing is deleted there before they are made"
                    report.hint = "pgkeep sync"
                    return report
                }
                try await retain(known, dryRun: dryRun, &report)
                return report
            case .make(let isComparing): comparing = isComparing
            }
            try await makeMissing(plan, &report)
            var suspects = plan.differing.map(\.name.text)
            suspects += try await adopt(plan.present.filter { known[$0.name.text] == nil }, &report)
            if comparing { suspects += try await compare(plan.present.filter { known[$0.name.text] != nil }).wrong }
            for name in suspects where !isStopping() { try await replace(name, &report) }
            report.marks = try await CopyMarks(
                source: source, there: listing, copied: Set(book.sight(of: address).copies.keys)
            ).bringInStep(place)
            try await readLocks(again: comparing)
            if report.missing.isEmpty && report.failed.isEmpty { try await retain(known, dryRun: false, &report) }
            if report.failed.isEmpty { try see { $0.trouble = nil } }
        } catch {
            give(up: error, work, &report)
        }
        return report
    }

    // MARK: Looking

    private func look(_ known: [String: Int64]) async throws -> (AppListing, CopyPlan) {
        let entries = try await place.entries(after: book.writtenAt)
        let listing = AppListing(entries, of: app)
        if case .folder(let path) = address.place, !known.isEmpty, !listing.isUsed {
            throw PGKeepError(
                .unreachable,
                "\(path) is empty, and \(Figures.count(known.count, "copy was", "copies were")) made there",
                hint: "mount \(path)   (or, if the disk is a new one: touch \(path)/\(AppListing.notes)vault.id)")
        }
        let ours = known.merging(source.facts.map { ($0.name.text, $0.bytes) }) { $1 }
        let origin = CopyOrigin(app: app, here: source.systemIdentifier, known: ours)
        try await place.ask { try origin.check(entries, listing, in: $0) }
        let plan = CopyPlan(
            primary: source.facts, vault: VaultFacts.of(listing, primary: source.facts, known: known),
            policy: settings.retention, now: system.now())
        if case .folder(let path) = address.place {
            let storage = try await place.ask { _ in try Storage.name(ofFolder: path, beside: source.vault.name) }
            try see { $0.storage = storage }
        }
        return (listing, plan)
    }

    private func remarks(_ sight: VaultSight) -> [VaultSyncReport.Remark] {
        sight.differing.sorted { $0.key > $1.key }.map {
            VaultSyncReport.Remark(name: $0.key, reason: $0.value, hint: "pgkeep sync")
        }
    }

    // MARK: Retention

    private func retain(_ known: [String: Int64], dryRun: Bool, _ report: inout VaultSyncReport) async throws {
        let made = Dictionary(report.made.map { ($0.name, $0.bytes) }) { $1 }
        let retention = CopyRetention(
            app: app, address: address, policy: settings.retention, primary: source.facts,
            known: known.merging(made) { $1 }, records: source.known.sealed, now: system.now())
        let movement = Progress()
        let outcome = try await place.work(
            moved: { movement.doneBytes },
            { vault in try retention.run(in: vault, dryRun: dryRun, moved: { movement.add(bytes: 1) }) })
        report.deleted = outcome.deleted
        report.locked = outcome.locked
        report.undeleted = outcome.failed
        guard !dryRun else { return }
        report.copies -= outcome.deleted.count
        for entry in outcome.deleted {
            system.note(.deleted(entry, in: address))
            try see { $0.lost(entry.name) }
            system.talk(.deletedOldCopy(entry.name, days: entry.ageDays, vault: address.description))
        }
        for version in outcome.swept { system.note(.swept(version, from: address)) }
        for entry in outcome.failed {
            system.talk(.warning(.backup, "not deleted in \(address): \(entry.name): \(entry.reason)"))
        }
    }

    // MARK: Trouble

    func see(_ change: (inout VaultSight) -> Void) throws { try book.update(address, change) }

    func fail(_ name: String, _ error: PGKeepError, _ report: inout VaultSyncReport) {
        report.failed.append(.init(name: name, reason: error.description, hint: error.hint))
        system.note(.notCopied(name, to: address, of: app, error))
        system.talk(.warning(.backup, "not copied to \(address): \(name): \(error)"))
        remember(error)
    }

    private func give(up thrown: any Error, _ work: CopyRun.Work, _ report: inout VaultSyncReport) {
        let error = thrown.asPGKeepError
        report.problem = error.description
        report.hint = error.hint
        remember(error, isOfLock: thrown is LockRefusal)
        guard case .make = work, error.code != .interrupted else { return }
        system.note(.notCopied(nil, to: address, of: app, error))
        system.talk(.warning(.backup, "copies in \(address) are not up to date: \(error)"))
    }

    /// That it can't be written down is told; the report has it all the same.
    private func remember(_ error: PGKeepError, isOfLock: Bool = false) {
        guard error.code != .interrupted else { return }
        do {
            try see { $0.failed(error, isOfLock: isOfLock, at: system.now()) }
        } catch {
            system.talk(.warning(.backup, "what is known of \(address) can't be written down: \(error)"))
        }
    }
}
