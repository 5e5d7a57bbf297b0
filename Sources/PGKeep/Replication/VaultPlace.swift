import Foundation
import PGKeepModel
import PGKeepVaults
import Synchronization

/// A vault for copies: opened when it is needed, listed once for all apps that are looked at together, and never waited
/// for without end.
final class VaultPlace: Sendable {
    let address: VaultAddress
    /// For questions.
    private let asking: PatientWork
    /// For copies.
    private let working: PatientWork
    private let opening: @Sendable (VaultAddress) throws -> any Vault
    private let opened = Mutex<(any Vault)?>(nil)
    private let listed = Mutex<Listed?>(nil)

    private struct Listed: Sendable {
        var entries: Result<[VaultEntry], any Error>
        var at: Date
    }

    /// Listings are of use for so long: nobody but us writes there much.
    private static let fresh: TimeInterval = 600
    private static let patience = Duration.seconds(60)

    init(_ address: VaultAddress, stall: Duration, open: @escaping @Sendable (VaultAddress) throws -> any Vault) {
        self.address = address
        opening = open
        asking = PatientWork(on: address.description, patience: VaultPlace.patience)
        working = PatientWork(on: address.description, patience: stall)
    }

    /// On a thread of its own; for as long as the place may be silent.
    func ask<Result: Sendable>(_ body: @escaping @Sendable (any Vault) throws -> Result) async throws -> Result {
        try await asking.run("pgkeep vault") { try body(self.vault()) }
    }

    /// The same for long work, of which `moved` tells how far it is: it is given up when it stands still.
    func work<Result: Sendable>(
        moved: @escaping @Sendable () -> Int64 = { 0 },
        _ body: @escaping @Sendable (any Vault) throws -> Result
    ) async throws -> Result {
        try await working.run("pgkeep copy", moved: moved) { try body(self.vault()) }
    }

    /// What lies in it, listed after `change`; a place that can't be listed is not asked again for each app.
    func entries(after change: Date) async throws -> [VaultEntry] {
        let now = Date()
        if let known = listed.withLock({ $0 }), known.at > change, known.at <= now,
            known.at > now.addingTimeInterval(-VaultPlace.fresh)
        {
            return try known.entries.get()
        }
        let entries = await Result { try await ask { try $0.list() } }
        listed.withLock { $0 = Listed(entries: entries, at: now) }
        return try entries.get()
    }

    /// What was listed is of no use any more.
    func forget() { listed.withLock { $0 = nil } }

    private func vault() throws -> any Vault {
        if let vault = opened.withLock({ $0 }) { return vault }
        // A folder that isn't there is most often one that isn't mounted: made here, it would be filled in its stead.
        if case .folder(let path) = address.place, !FileManager.default.fileExists(atPath: path) {
            throw PGKeepError(
                .unreachable, "there is no folder \(path)",
                hint: "mount \(path)   (or, if it is to be a new one: mkdir -p -m 700 \(path))")
        }
        let vault = try opening(address)
        opened.withLock { $0 = vault }
        return vault
    }
}

/// The vaults of apps that are looked at together.
///
/// A keeper has the same ones for as long as its settings hold: a thread that hangs in one is known the next time.
final class VaultPlaces: Sendable {
    private let stall: Duration
    private let open: @Sendable (VaultAddress) throws -> any Vault
    private let places = Mutex<[VaultAddress: VaultPlace]>([:])
    /// What journals tell, by their paths: a round over hundreds of apps reads each once.
    private let known = Mutex<[String: CopyKnowledge]>([:])

    /// `stall` is how long a copy may stand still.
    init(stall: Duration, open: @escaping @Sendable (VaultAddress) throws -> any Vault) {
        self.stall = stall
        self.open = open
    }

    /// A new round begins: everything is listed and read anew.
    func forget() {
        known.withLock { $0 = [:] }
        for place in places.withLock({ Array($0.values) }) { place.forget() }
    }

    /// Blocks while it reads.
    func knowledge(of journal: Journal) throws -> CopyKnowledge {
        if let knowledge = known.withLock({ $0[journal.path] }) { return knowledge }
        let knowledge = try CopyKnowledge(journal)
        known.withLock { $0[journal.path] = knowledge }
        return knowledge
    }

    subscript(address: VaultAddress) -> VaultPlace {
        places.withLock { places in
            let place = places[address] ?? VaultPlace(address, stall: stall, open: open)
            places[address] = place
            return place
        }
    }
}
