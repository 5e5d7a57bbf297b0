package import PGKeepModel

extension Tier {
    /// As a sentence begins with it: `Daily`.
    package var capitalized: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
