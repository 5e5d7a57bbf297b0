import Foundation
import PGKeepModel
import PGKeepPostgres

/// The right to take one slot of one app, among all keepers that ask the same server; it ends with the value.
///
/// It is held by a session of its own. A keeper that finds it taken asks again a little later: by then the slot is done,
/// in the vault they share, or the one at work was killed, its session is gone, and the lock is free.
struct SlotLock: @unchecked Sendable {
    // One thread takes the lock; from then on nobody uses the session, and its end ends the lock.
    private let lock: AdvisoryLock

    private init(_ lock: AdvisoryLock) { self.lock = lock }

    /// Nil if another keeper has it.
    static func take(app: AppName, tier: Tier, slot: Date, on server: ConnectionString) async throws -> SlotLock? {
        try await take("pgkeep \(app) \(tier.rawValue) \(slot.iso8601)", on: server)
    }

    /// Nil if another keeper has the lock of this name.
    static func take(_ name: String, on server: ConnectionString) async throws -> SlotLock? {
        try await TimeLimit.within(.seconds(60), doing: "asking for the lock of a slot") {
            try await BlockingWork.cancellable { cancellation in
                try await BlockingWork.run("pgkeep slot lock") {
                    let lock = try AdvisoryLock(name, on: server, cancellation: cancellation)
                    return try lock.take() ? SlotLock(lock) : nil
                }
            }
        }
    }
}
