import Foundation
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// Making copies, and looking after those that are there.
extension VaultSync {
    func makeMissing(_ plan: CopyPlan, _ report: inout VaultSyncReport) async throws {
        guard !plan.missing.isEmpty else { return }
        progress?.expect(bytes: plan.missing.reduce(0) { $0 + $1.bytes })
        let origin = CopyOrigin(app: app, here: source.systemIdentifier, known: [:])
        if !(try await place.entries(after: book.writtenAt)).contains(where: { $0.name == origin.noteName }) {
            try await place.ask { try origin.sign($0) }
        }
        await tidy()
        for entry in plan.missing {
            guard !isStopping() else { return }
            do {
                try await make(entry.name, replaced: false, &report)
            } catch let error as PGKeepError where !error.isOfPlace && !Task.isCancelled {
                // What retention took away meanwhile needs no copy; others may yet be copied.
                report.missing.removeAll { $0 == entry.name.text }
                guard try source.vault.exists(entry.name.text) else { continue }
                // Somebody else made it since the vault was listed: the next run makes sure of it.
                if try await place.ask({ try $0.exists(entry.name.text) }) { continue }
                fail(entry.name.text, error, &report)
            }
        }
    }

    private func make(_ name: ArchiveName, replaced: Bool, _ report: inout VaultSyncReport) async throws {
        let locking = settings.copyWishes.locking(for: name, at: address, now: system.now())
        let movement = Progress()
        let copy = try await BlockingWork.cancellable { cancellation in
            do {
                return try await place.work(moved: { movement.doneBytes }) { vault in
                    try CopyMaking(
                        vault: vault, source: source.vault, name: name.text, locking: locking,
                        moved: { [progress] bytes in
                            movement.add(bytes: bytes)
                            progress?.add(bytes: bytes)
                        }, check: { try cancellation.check() }
                    ).run()
                }
            } catch {
                // A thread that nobody waits for any more ends at its next look.
                cancellation.cancel()
                throw LockRefusal(error, of: locking) ?? error
            }
        }
        report.missing.removeAll { $0 == copy.name }
        if !replaced { report.copies += 1 }
        report.made.append(
            VaultSyncReport.Made(
                name: copy.name, bytes: copy.bytes, checked: copy.checked, lockedUntil: copy.lock?.until.iso8601,
                replaced: replaced, durationSeconds: copy.seconds))
        system.note(.copied(copy, to: address, of: app))
        try see { $0.took(copy) }
        system.talk(.copied(to: address.description, copy))
        if let past = copy.lockPast {
            system.talk(
                .step(.backup, "Not locked: \(copy.name) in \(address), its time was over at \(past.iso8601)"))
        }
    }

    // MARK: What is there already

    /// Removes what uploads left that were cut off; not being allowed to is no reason not to copy.
    private func tidy() async {
        do {
            let removed = try await place.ask { [app] vault in
                try vault.removeDebris { ArchiveName($0)?.app == app }
            }
            for name in removed {
                system.talk(.step(.backup, "Removed what a cut-off copy left in \(address): \(name)"))
            }
        } catch {
            system.talk(.warning(.backup, "what cut-off copies left in \(address) stays: \(error)"))
        }
    }

    /// Takes copies for ours that the journal doesn't know: a run may have ended between putting them there and making
    /// sure of them, or somebody else made them. Gives those that are not what they should be.
    func adopt(_ entries: [CopyPlan.Entry], _ report: inout VaultSyncReport) async throws -> [String] {
        let (wrong, checked) = try await compare(entries)
        for entry in entries {
            guard let how = checked[entry.name.text], !isStopping() else { continue }
            let name = entry.name
            let locking = settings.copyWishes.locking(for: name, at: address, now: system.now())
            let (lock, refusal) = try await place.ask { vault -> (ObjectLock?, PGKeepError?) in
                guard locking.lock != nil else { return (nil, nil) }
                let found = try vault.lock(of: name.text)
                return (found, locking.isKept(by: found) ? nil : locking.refusal(name.text, in: vault, found))
            }
            let copy = MadeCopy(name: name.text, bytes: entry.bytes, checked: how, lock: lock, seconds: 0)
            try see { $0.took(copy) }
            if let refusal {
                // Nobody can lock it any more but by copying it anew; it is looked at again each time.
                report.differing.append(.init(name: name.text, reason: refusal.description, hint: refusal.hint))
                system.talk(.warning(.backup, refusal.description))
            } else {
                system.note(.copied(copy, to: address, of: app))
            }
        }
        return wrong
    }

    /// Compares copies anew; gives those that are not what they should be, and how the others were compared.
    func compare(_ entries: [CopyPlan.Entry]) async throws -> (wrong: [String], checked: [String: String]) {
        var wrong: [String] = []
        var checked: [String: String] = [:]
        for entry in entries where !isStopping() {
            let name = entry.name.text
            let movement = Progress()
            do {
                checked[name] = try await BlockingWork.cancellable { cancellation in
                    try await place.work(moved: { movement.doneBytes }) { vault in
                        try CopyCheck(
                            vault: vault, name: name, original: FileSource(source.vault.path(of: name)),
                            moved: { movement.add(bytes: $0) }, check: { try cancellation.check() }
                        ).run()
                    }
                }
                try see { $0.differing[name] = nil }
            } catch let error as PGKeepError where error.code == .damaged {
                try see { $0.differing[name] = error.cause ?? error.message }
                wrong.append(name)
            } catch let error as PGKeepError where error.code == .noSuchArchive {
                // Retention took the original away meanwhile, or somebody the copy: the next run sees which.
                continue
            }
        }
        return (wrong, checked)
    }

    /// Puts the original in the place of a copy that isn't what it should be; only where that loses nothing.
    func replace(_ name: String, _ report: inout VaultSyncReport) async throws {
        guard let archive = ArchiveName(name) else { return }
        do {
            try await refuseLosing(archive)
        } catch let error as PGKeepError where !error.isOfPlace && !Task.isCancelled {
            report.differing.append(.init(name: name, reason: error.description, hint: error.hint))
            system.talk(.warning(.backup, error.description))
            return
        }
        system.talk(.warning(.backup, "the copy of \(name) in \(address) is damaged: it is made anew"))
        try await place.ask { try $0.remove(name) }
        // From here on until it is made it is one that is missing.
        report.missing.append(name)
        try see {
            $0.lost(name)
            $0.missing.insert(name)
        }
        do {
            try await make(archive, replaced: true, &report)
        } catch let error as PGKeepError where !error.isOfPlace && !Task.isCancelled {
            fail(name, error, &report)
        }
    }

    /// Throws where the file there may be the better one.
    private func refuseLosing(_ archive: ArchiveName) async throws {
        let name = archive.text
        let isAnother = try await place.ask { vault in
            try CopyComparison(vault: vault, source: source.vault).isAnotherArchive(archive)
        }
        guard !isAnother else {
            throw PGKeepError(
                .failed, "another archive has the name \(name) in \(address), and it is whole: it stays",
                hint: "pgkeep show \(name); export BACKUP_APP_NAME=…   (another name, or another prefix)")
        }
        guard try await system.verifyBackup(name).isProof else {
            throw PGKeepError(
                .damaged, "\(name) differs in \(address), and the one here can't be shown to be whole",
                hint: "pgkeep verify \(name)")
        }
    }

    /// Locks on copies that were made before this machine knew of them; `again`: all of them.
    func readLocks(again: Bool) async throws {
        guard settings.lock != nil, address.hasLocks else { return }
        let unknown = book.sight(of: address).copies.filter { again || !$0.value.isLockKnown }
        for name in unknown.keys where !isStopping() {
            let lock = try await place.ask { try $0.lock(of: name) }
            try see {
                $0.copies[name]?.lockedUntil = lock?.until
                $0.copies[name]?.isLockKnown = true
            }
        }
    }
}
