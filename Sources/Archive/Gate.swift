import Foundation
package import PGKeepModel

/// A door that threads wait at until it opens, or until it is known that it never will.
///
/// `@unchecked`: both values are touched under the condition's lock only.
package final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    private var isOpen = false
    private var failure: PGKeepError?

    package init() {}

    package func open() {
        condition.withLock {
            isOpen = true
            condition.broadcast()
        }
    }

    /// Lets everyone through with an error instead.
    package func fail(_ error: PGKeepError) {
        condition.withLock {
            failure = failure ?? error
            condition.broadcast()
        }
    }

    /// Blocks the thread until the gate opens; throws if it was closed for good.
    package func wait() throws {
        try condition.withLock {
            while !isOpen, failure == nil { condition.wait() }
            if let failure, !isOpen { throw failure }
        }
    }
}
