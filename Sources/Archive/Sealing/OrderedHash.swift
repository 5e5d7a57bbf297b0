import Crypto
import Foundation
import PGKeepModel

/// The SHA-256 of a file whose segments come in any order, taken while they come: nothing is read again for it.
///
/// Segments that come early are kept until those before them are there, a few of them; whoever brings one earlier still
/// waits. The one that all wait for is under way on another thread that waits for nobody, or will have failed.
///
/// `@unchecked`: all values are touched under the condition's lock only, but for the hash, which the one thread has to
/// itself that set `isHashing`.
final class OrderedHash: @unchecked Sendable {
    /// So many megabytes are kept at most.
    private static let limit = 8

    private let condition = NSCondition()
    private var hash = SHA256()
    private var next = 0
    private var early: [Int: Data] = [:]
    private var isHashing = false
    private var failure: (any Error)?

    /// `beginning` is what comes before the segments.
    init(_ beginning: [UInt8]) { hash.update(data: beginning) }

    /// How many segments from the first on have been taken in, one after the other.
    var count: Int { condition.withLock { next } }

    func add(_ segment: Data, number: Int) throws {
        try condition.withLock {
            while number >= next + OrderedHash.limit, failure == nil { condition.wait() }
            if let failure { throw failure }
            early[number] = segment
            // Whoever is at it takes this one too.
            guard !isHashing else { return }
            isHashing = true
            while let segment = early.removeValue(forKey: next) {
                condition.unlock()
                hash.update(data: segment)
                condition.lock()
                next += 1
                condition.broadcast()
            }
            isHashing = false
        }
    }

    /// Lets everyone through with an error: a segment will never come.
    func fail(_ error: any Error) {
        condition.withLock {
            failure = failure ?? error
            condition.broadcast()
        }
    }

    /// The hash of everything, once all threads are done.
    func finalize() -> String { condition.withLock { hash.finalize().hexadecimal } }
}
