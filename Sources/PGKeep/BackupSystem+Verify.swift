import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Being sure of one archive.
extension BackupSystem {
    /// Reads a backup and compares it with its index; `quick` reads footer and index only.
    ///
    /// A sealed one is compared with what the journal tells of it; its contents are looked at if keys are set. Without
    /// keys what could not be looked at is in the report, and the bytes are those that were written or not all the same.
    public func verifyBackup(
        _ name: String, quick: Bool = false, progress: Progress? = nil
    ) async throws -> VerifyReport {
        let reference = try reference(name)
        talk(.verifying(reference.name))
        var findings = VerifyFindings(compression: reference.compression)
        do {
            try await verifySeal(reference, quick, progress, &findings)
            if findings.problems.isEmpty, findings.contentsAreReadable {
                try await verifyContents(reference, quick, progress, &findings)
            }
        } catch let error as PGKeepError where error.code == .damaged {
            findings.problems = [error.description]
        }
        tell(findings, reference.name, quick)
        if !findings.problems.isEmpty || (!quick && findings.isProof) { try record(findings, reference.name) }
        return VerifyReport(
            name: reference.name, path: reference.path, backup: reference.backup, quick: quick,
            valid: findings.problems.isEmpty, problems: findings.problems, unchecked: findings.unchecked,
            isProof: findings.problems.isEmpty && !quick && findings.isProof)
    }

    /// What needs no key.
    private func verifySeal(
        _ reference: ArchiveReference, _ quick: Bool, _ progress: Progress?, _ findings: inout VerifyFindings
    ) async throws {
        let hasKeys = !settings.encryptionKeyFiles.isEmpty
        let seal = try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep verify") { () throws -> SealVerification? in
                let source = try reference.open()
                guard try reference.isSealed(source) else { return nil }
                // A file of the same name elsewhere is to be the same.
                return try SealVerification(
                    source, record: journal.sealedRecords()[reference.name], quick: quick, progress: progress
                ) { try cancellation.check() }
            }
        }
        guard let seal else { return }
        findings.contentsAreReadable = hasKeys
        findings.isSealed = true
        findings.isProof = seal.isWhole
        if !hasKeys {
            findings.unchecked = seal.unchecked + ["its contents: no key is set (BACKUP_ENCRYPTION_KEY_FILE)"]
        }
    }

    private func verifyContents(
        _ reference: ArchiveReference, _ quick: Bool, _ progress: Progress?, _ findings: inout VerifyFindings
    ) async throws {
        switch try await open(reference, progress: progress) {
        case .archive(let archive):
            try ArchiveIdentity(reference.name, journal).check(archive)
            if !quick {
                findings.problems = try await ArchiveVerification(
                    archive: archive, jobs: settings.jobs, progress: progress
                ).run()
            }
        case .dump(let dump, _):
            findings.problems = dump.problems
            findings.compression = dump.compression
        }
        findings.isProof = true
    }

    private func tell(_ findings: VerifyFindings, _ name: String, _ quick: Bool) {
        guard findings.problems.isEmpty else {
            talk(.backupDamaged(name))
            for problem in findings.problems { talk(.warning(.backup, problem)) }
            return
        }
        if findings.isSealed { talk(.sealValid) }
        if findings.contentsAreReadable { talk(.fileValid(findings.compression ?? .none)) }
        for thing in findings.unchecked { talk(.step(.backup, "Not checked: \(thing)")) }
        if !quick, findings.isProof { talk(.backupVerified) }
    }

    private func record(_ findings: VerifyFindings, _ name: String) throws {
        var details: [String: JSONValue] = [:]
        if !findings.problems.isEmpty {
            details["problems"] = .string(findings.problems.prefix(10).joined(separator: "; "))
        }
        if !findings.unchecked.isEmpty { details["unchecked"] = .list(findings.unchecked.map(JSONValue.string)) }
        try record(
            JournalEvent(
                .verify, archive: name, outcome: findings.problems.isEmpty ? .ok : .failed, details: details))
    }
}

/// What a verification has come to so far.
private struct VerifyFindings {
    var problems: [String] = []
    var unchecked: [String] = []
    var compression: Compression?
    var isSealed = false
    var contentsAreReadable = true
    /// Whether every byte was compared with what was written; without problems, that is.
    var isProof = true

    init(compression: Compression?) { self.compression = compression }
}
