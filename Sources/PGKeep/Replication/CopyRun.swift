import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepVaults

/// Brings an app's copies up to date in every vault, all vaults at once: what is missing is made, newest first; what is
/// damaged there is replaced; marks are kept in step; then retention does its work there.
///
/// The vaults themselves are the authority: each is listed, and what a crash left undone is found missing the next time.
/// A copy appears in its vault whole or not at all, is compared with its original before it counts, and stands in the
/// journal; nothing in a vault is deleted as long as a copy that it should have could not be made there.
struct CopyRun: Sendable {
    /// What to do.
    enum Work: Sendable, Equatable {
        /// Only look.
        case look
        /// Make what is missing; with `comparing`, compare every copy that is there as well.
        case make(comparing: Bool)
        /// Only retention.
        case clean(dryRun: Bool)

        var isDryRun: Bool { self == .look || self == .clean(dryRun: true) }

        /// For whoever finds the lock taken.
        var words: String {
            switch self {
            case .look: "looking at copies"
            case .make: "copying"
            case .clean: "cleaning up copies"
            }
        }
    }

    let system: BackupSystem
    let app: AppName
    let places: VaultPlaces
    let progress: Progress?
    /// Whether to end after the copy that is under way.
    let isStopping: @Sendable () -> Bool

    /// Throws if another run is at it, or the backup folder can't be read; whatever is wrong with a vault is in the report.
    func run(_ work: Work) async throws -> SyncReport {
        let settings = system.settings
        return try await RunLock.with(
            directory: SightsFile.folder(in: settings.stateDirectory), app: app,
            doing: work.words
        ) {
            progress?.begin("copies")
            let book = SightsBook(
                SightsFile(directory: settings.stateDirectory, app: app), vaults: settings.vaults, talk: system.talk)
            let common = try await BlockingWork.run("pgkeep copies") {
                try CopySource(system, app, places)
            }
            let reports = await withTaskGroup(of: (Int, VaultSyncReport).self) { group in
                for (number, address) in settings.vaults.enumerated() {
                    let sync = VaultSync(
                        system: system, app: app, place: places[address], source: common, book: book,
                        progress: progress, isStopping: isStopping)
                    group.addTask { (number, await sync.run(work)) }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            return SyncReport(
                app: app.text, dryRun: work.isDryRun, vaults: settings.vaults.indices.compactMap { reports[$0] })
        }
    }
}

/// What there is to copy: an app's archives in the backup folder, and whose they are.
struct CopySource: Sendable {
    let vault: DirectoryVault
    let facts: [RetentionFacts]
    let listing: AppListing
    /// What the journal tells.
    let known: CopyKnowledge
    /// Of the server that they are of; nil where that isn't known.
    let systemIdentifier: String?

    init(_ system: BackupSystem, _ app: AppName, _ places: VaultPlaces) throws {
        vault = try system.primary()
        let catalogue = system.catalogue(vault, app)
        facts = try catalogue.facts()
        listing = AppListing(try vault.list(), of: app)
        known = try places.knowledge(of: system.journal)
        systemIdentifier = try ArchiveOrigin.systemIdentifier(
            ofNewest: facts.filter(\.isGood).map(\.name), in: vault, known.sealed)
    }
}
