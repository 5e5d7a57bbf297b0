/// How often a run that failed is tried again, and after which pauses.
package struct RetryPolicy: Sendable, Hashable {
    /// Attempts after the first one; 0 is none.
    package let retries: Int

    /// The last pause is that of all further attempts.
    private static let pauses: [Duration] = [
        .seconds(60), .seconds(300), .seconds(900), .seconds(1800), .seconds(3600),
    ]

    package init(retries: Int) { self.retries = retries }

    /// How long to wait after so many failures in a row; nil: the slot is given up.
    package func pause(after failures: Int) -> Duration? {
        guard failures <= retries else { return nil }
        return RetryPolicy.pauses[min(max(failures, 1), RetryPolicy.pauses.count) - 1]
    }
}
