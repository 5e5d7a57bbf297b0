public import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// Keys for proofs, and proofs looked at again: no database is needed for it.
extension BackupSystem {
    /// Makes a key that proofs are signed with: the private half goes into a file that only its owner can read.
    public static func generateSigningKey(
        into path: String, replacing: Bool = false, now: Date = Date()
    ) throws -> GeneratedSigningKey {
        let key = SigningKey()
        try KeyFiles.write(key.file(madeAt: now), to: path, replacing: replacing)
        return GeneratedSigningKey(path: path, publicKey: key.publicKey)
    }

    /// Checks a proof: its signature, and that the archive, if it is there, is the one that was drilled.
    ///
    /// `name` is an archive's (a name, a path, `latest`), whose proof lies beside it, or the path of a proof. Without
    /// `key` the signer is to be the key of `BACKUP_SIGNING_KEY_FILE`, if that is set.
    public func verifyProof(
        _ name: String, signedBy key: SigningPublicKey? = nil, progress: Progress? = nil
    ) async throws -> ProofVerdict {
        let (document, archive) = try located(name)
        var verdict = ProofVerdict(
            archive: archive?.name ?? name, isKnownSigner: false, archiveCompared: false, problems: [])
        do {
            let proof = try document.proof()
            verdict.proof = proof
            verdict.archive = proof.archive
            if proof.verdict != .proven { verdict.problems.append("it says itself that the drill failed") }
            verdict.signedBy = try document.signer()
            if try isContradicted(document, proof) {
                verdict.problems.append("the journal tells of another proof of that drill")
            }
        } catch let error as PGKeepError where error.code == .damaged {
            verdict.problems.append(error.description)
            return verdict
        }
        let wanted = try key ?? settings.signingKeyFile.map { try SigningKey(file: $0) { _ in }.publicKey }
        if let wanted {
            verdict.isKnownSigner = verdict.signedBy == wanted
            if let signer = verdict.signedBy, signer != wanted {
                verdict.problems.append("it is signed by \(signer) (\(signer.checkWord)), not by \(wanted)")
            } else if verdict.signedBy == nil {
                verdict.problems.append("it is not signed")
            }
        }
        if let archive, let proof = verdict.proof { try await compare(archive, proof, progress, &verdict) }
        return verdict
    }

    /// Whether this machine held the drill that the proof tells of, and wrote another proof.
    private func isContradicted(_ document: ProofDocument, _ proof: Proof) throws -> Bool {
        let known = try journal.lines(of: .drill).filter {
            $0.archive == proof.archive && abs($0.at.timeIntervalSince(proof.at)) < 60
        }.compactMap { $0.text("proofSHA256") }
        return !known.isEmpty && !known.contains(document.sha256)
    }

    private func compare(
        _ archive: ArchiveReference, _ proof: Proof, _ progress: Progress?, _ verdict: inout ProofVerdict
    ) async throws {
        guard archive.name == proof.archive else {
            verdict.problems.append("it is of \(proof.archive), not of \(archive.name)")
            return
        }
        let found = try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep hash") {
                let source = try archive.open()
                progress?.begin("reading \(archive.name)", totalBytes: source.byteCount)
                return try source.sha256(progress: progress) { try cancellation.check() }
            }
        }
        verdict.archiveCompared = true
        guard found != proof.sha256 else { return }
        verdict.problems.append("the archive's SHA-256 is \(found), that of the one drilled was \(proof.sha256)")
    }

    /// The proof that is meant, and the archive beside it if there is one.
    private func located(_ name: String) throws -> (ProofDocument, ArchiveReference?) {
        let suffix = ".\(Mark.proof.rawValue)"
        let isProof = name.hasSuffix(suffix)
        if isProof || !name.contains(".sql"), name != "latest", FileManager.default.fileExists(atPath: name) {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: name)))
            let beside = String(name.dropLast(suffix.count))
            let isThere = isProof && FileManager.default.fileExists(atPath: beside)
            return (ProofDocument(bytes: bytes), isThere ? ArchiveReference(file: beside) : nil)
        }
        let archive = try reference(isProof ? String(name.dropLast(suffix.count)) : name)
        if let document = try archive.proof() { return (document, archive) }
        let beside = Mark.proof.name(for: archive.path)
        guard FileManager.default.fileExists(atPath: beside) else {
            throw PGKeepError(
                .noSuchArchive, "\(archive.name) has no proof", hint: "pgkeep drill \(archive.name)")
        }
        return (ProofDocument(bytes: [UInt8](try Data(contentsOf: URL(filePath: beside)))), archive)
    }
}
