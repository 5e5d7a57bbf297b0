import Foundation
import PGKeepModel
import PGKeepPostgres

/// The right to take one slot of one app, among all keepers that ask the same server; it ends with the value.
///
/// It is held by a session of its own. A keeper that comes second waits until the first is done, and then finds the slot
/// taken in the vault they share; if the first was killed, its session is gone, and the second takes the slot.
struct SlotLock: @unchecked Sendable {
    // One thread takes the lock; from then on nobody uses the session, and its end ends the lock.
    private let lock: AdvisoryLock

    private init(_ lock: AdvisoryLock) { self.lock = lock }

    /// Waits for the lock as long as another keeper has it, of which `waiting` is told once.
    static func take(
        app: AppName, tier: Tier, slot: Date, on server: ConnectionString, waiting: @escaping @Sendable () -> Void
    ) async throws -> SlotLock {
        try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep slot lock") {
                let lock = try AdvisoryLock(
                    "pgkeep \(app) \(tier.rawValue) \(slot.iso8601)", on: server, cancellation: cancellation)
                if try !lock.take() {
                    waiting()
                    try lock.wait()
                }
                return SlotLock(lock)
            }
        }
    }
}
