extension String {
    /// With `escape` before each of `scalars`.
    ///
    /// Scalar by scalar: a quote followed by a combining accent is one `Character`, and no quote to compare with.
    package func escaping(_ scalars: Set<Unicode.Scalar>, with escape: Unicode.Scalar) -> String {
        guard unicodeScalars.contains(where: scalars.contains) else { return self }
        return String(UnicodeScalarView(unicodeScalars.flatMap { scalars.contains($0) ? [escape, $0] : [$0] }))
    }
}
