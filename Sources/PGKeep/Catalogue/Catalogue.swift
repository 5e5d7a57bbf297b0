package import Foundation
import PGKeepArchive
package import PGKeepModel
package import PGKeepVaults

/// What lies in a vault, read from the vault itself each time: there is no second truth to fall out of step.
///
/// Files whose names are not whole archive names of the app are none of its business, and never touched.
package struct Catalogue: Sendable {
    package let vault: any Vault
    /// Whose backups; nil is everybody's, to look at only.
    package let app: AppName?
    /// When this machine verified which archive: what its journal tells.
    private let verifications: @Sendable () throws -> [String: Date]
    private let seals: SealKnowledge
    /// So many archives of a place off this machine are opened for a list, the newest: each takes a way there and back.
    private static let opened = 100

    package init(
        vault: any Vault, app: AppName?, verifications: @escaping @Sendable () throws -> [String: Date] = { [:] },
        seals: SealKnowledge = .none
    ) {
        self.vault = vault
        self.app = app
        self.verifications = verifications
        self.seals = seals
    }

    /// All backups of the app, newest first; those that can't be read say why. Off this machine older ones are listed by
    /// their names alone.
    package func backups() throws -> [Backup] {
        let entries = try vault.list()
        let marks = Catalogue.marks(in: entries)
        let verified = try verifications()
        let archives = entries.compactMap { entry -> Listed? in
            guard let name = ArchiveName(entry.name), app == nil || name.app == app else { return nil }
            return Listed(name: name, entry: entry, marks: marks[entry.name] ?? [:])
        }.sorted { $0.name > $1.name }
        let known = try knowledge(of: archives)
        let opened = vault.isRemote ? archives.prefix(Catalogue.opened) : archives[...]
        return try SideBySide.map(Array(opened), threads: vault.isRemote ? 16 : 4, least: vault.isRemote ? 1 : 64) {
            try backup($0, verifiedAt: verified[$0.name.text], known)
        }
            + archives.dropFirst(opened.count).map { unopened($0, verifiedAt: verified[$0.name.text], known) }
    }

    /// The newest good backup that doesn't claim to be of the future; nil if there is none. Opens no more than it must.
    package func latest(now: Date = Date()) throws -> Backup? {
        let entries = try vault.list()
        let marks = Catalogue.marks(in: entries)
        let names = entries.compactMap { entry -> Listed? in
            guard let name = ArchiveName(entry.name), app == nil || name.app == app else { return nil }
            return Listed(name: name, entry: entry, marks: marks[entry.name] ?? [:])
        }
        let known = try knowledge(of: names)
        for listed in names.sorted(by: { $0.name > $1.name })
        where !Catalogue.isOfFuture(listed.name.createdAt, now: now) {
            let backup = try backup(listed, verifiedAt: nil, known)
            guard backup.isGood else { continue }
            return try self.backup(listed, verifiedAt: verifications()[backup.name], known)
        }
        return nil
    }

    /// The facts of one archive of any app; `noSuchArchive` if it isn't there.
    package func backup(_ name: String) throws -> Backup {
        let entries = try vault.list()
        guard let entry = entries.first(where: { $0.name == name }), let archive = ArchiveName(name) else {
            throw unknown(name, among: entries)
        }
        let marks = Catalogue.marks(in: entries.filter { $0.name.hasPrefix("\(name).") })
        let listed = Listed(name: archive, entry: entry, marks: marks[name] ?? [:])
        return try backup(listed, verifiedAt: verifications()[name], knowledge(of: [listed]))
    }

    /// Whether a time is later than clocks that are a little apart explain.
    package static func isOfFuture(_ createdAt: Date, now: Date) -> Bool { createdAt > now.addingTimeInterval(300) }

    static func latest(in backups: [Backup], now: Date) -> Backup? {
        backups.filter { $0.isGood && !isOfFuture($0.createdAt, now: now) }
            .max { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
    }

    /// The error for an archive that isn't there, with the names that come nearest.
    func unknown(_ name: String, among entries: [VaultEntry]) -> PGKeepError {
        let names = entries.map(\.name).filter { text in
            guard let archive = ArchiveName(text) else { return false }
            return app == nil || archive.app == app
        }
        let nearest = NearestName.of(name, among: names)
        return PGKeepError(
            .noSuchArchive, "no archive \(name) in \(vault.name)",
            cause: nearest.map { "the nearest of \(names.count) is \($0)" }, hint: "pgkeep list")
    }

    private struct Listed: Sendable {
        var name: ArchiveName
        var entry: VaultEntry
        var marks: [Mark: VaultEntry]
    }

    /// What is known of sealed archives, once it was read.
    private struct SealFacts: Sendable {
        var records: [String: SealedRecord]
        var keys: [PrivateKey]
    }

    private static func marks(in entries: [VaultEntry]) -> [String: [Mark: VaultEntry]] {
        var marks: [String: [Mark: VaultEntry]] = [:]
        for entry in entries {
            guard let (archive, mark) = Mark.read(entry.name) else { continue }
            marks[archive, default: [:]][mark] = entry
        }
        return marks
    }

    /// What is known of sealed archives; nothing is read where none is sealed.
    private func knowledge(of archives: [Listed]) throws -> SealFacts {
        guard archives.contains(where: \.name.sealed) else { return SealFacts(records: [:], keys: []) }
        return SealFacts(records: try seals.records(), keys: seals.keys())
    }

    private func backup(_ listed: Listed, verifiedAt: Date?, _ known: SealFacts) throws -> Backup {
        var backup = unopened(listed, verifiedAt: verifiedAt, known)
        backup.provenAt = try listed.marks[.proof].map(provenAt)
        let name = listed.name
        let record = known.records[name.text]
        switch try Catalogue.footer(of: name, in: vault, record, keys: known.keys, { try vault.open(listed.entry) }) {
        case .success(let footer):
            backup.rawBytes = footer?.rawBytes ?? backup.rawBytes
            backup.tables = footer?.tables ?? backup.tables
            backup.rows = footer?.rows ?? backup.rows
            backup.problem = footer.flatMap { Catalogue.disagreement(name, $0) }
        case .failure(let error):
            backup.problem = error.description
        }
        return backup
    }

    /// What its name, its marks and the journal tell.
    private func unopened(_ listed: Listed, verifiedAt: Date?, _ known: SealFacts) -> Backup {
        let name = listed.name
        let record = known.records[name.text]
        return Backup(
            name: name.text, path: vault.path(of: name.text), app: name.app.text, tier: name.tier,
            createdAt: name.createdAt, bytes: listed.entry.bytes, rawBytes: record?.rawBytes, tables: record?.tables,
            rows: record?.rows, sealed: name.sealed, pinned: listed.marks[.pin] != nil, verifiedAt: verifiedAt,
            provenAt: listed.marks[.proof]?.modifiedAt, suspect: listed.marks[.suspect] != nil)
    }

    /// Why an archive is no good; nil if its footer is whole and of its name's time. Of a sealed one nothing is seen but its
    /// header and its length.
    static func problem(of name: ArchiveName, in vault: any Vault, _ record: SealedRecord?) throws -> PGKeepError? {
        switch try footer(of: name, in: vault, record, keys: [], { try vault.open(name.text) }) {
        case .success(let footer): footer.flatMap { disagreement(name, $0) }.map { PGKeepError(.damaged, $0) }
        case .failure(let error): error
        }
    }

    /// nil for a sealed archive that the journal knows, or that no key opens.
    private static func footer(
        of name: ArchiveName, in vault: any Vault, _ record: SealedRecord?, keys: [PrivateKey],
        _ open: () throws -> any ByteSource
    ) throws -> Swift.Result<ArchiveFooter?, PGKeepError> {
        do {
            let source = try open()
            guard name.sealed else {
                return .success(try ArchiveFooter.read(from: source, compression: name.format.compression))
            }
            let sealedFor = try SealOutside.check(source, record)
            guard record == nil, keys.contains(where: { sealedFor.contains($0.identifier) }) else {
                return .success(nil)
            }
            let opened = try SealedSource(source, keys: keys)
            return .success(try ArchiveFooter.read(from: opened, compression: name.format.compression))
        } catch let error as PGKeepError where !vault.isRemote || error.code == .damaged {
            // Off this machine anything else is no archive's fault.
            return .failure(error)
        }
    }

    private static func disagreement(_ name: ArchiveName, _ footer: ArchiveFooter) -> String? {
        guard footer.createdAt != name.createdAt else { return nil }
        return "its name tells another time than its footer, \(footer.createdAt.iso8601)"
    }

    /// The proof's own time; that of its file if it doesn't tell one. It stands near the beginning, and what follows can
    /// be long: ten thousand tables.
    private func provenAt(_ proof: VaultEntry) throws -> Date {
        let source = try vault.open(proof.name)
        let beginning = try source.read(Int(min(source.byteCount, 4096)), at: 0)
        let time = Journal.text("at", in: beginning[...])
        return time.flatMap { Date(iso8601: $0) } ?? proof.modifiedAt
    }

    /// What a mark says; nil if it says nothing readable: it was put there all the same.
    static func facts(of mark: Mark, for archive: String, in vault: any Vault) throws -> MarkFacts? {
        try facts(in: mark.name(for: archive), of: vault)
    }

    private static func facts(in mark: String, of vault: any Vault) throws -> MarkFacts? {
        let source = try vault.open(mark)
        let bytes = try source.read(Int(min(source.byteCount, 1 << 20)), at: 0)
        // That the mark is there is what counts; who can't be read in it says no more than that.
        return try? JSONDecoder().decode(MarkFacts.self, from: Data(bytes))
    }
}

extension Vault {
    /// What a person finds a file by.
    package func path(of name: String) -> String {
        self.name.hasSuffix("/") ? self.name + name : "\(self.name)/\(name)"
    }
}
