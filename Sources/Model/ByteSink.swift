/// A place that takes bytes at any offset; several threads may write at once.
public protocol ByteSink: Sendable {
    /// Writes all of `bytes` at `offset`; a short write is an error.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws
}

/// A place that gives bytes from any offset; several threads may read at once.
public protocol ByteSource: Sendable {
    /// What messages call it.
    var name: String { get }
    var byteCount: Int64 { get }
    /// Fills all of `buffer` from `offset`; fewer bytes than asked for is an error.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws
}

extension ByteSource {
    /// Reads `count` bytes from `offset`.
    public func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        guard offset >= 0, count >= 0, offset + Int64(count) <= byteCount else {
            throw PGKeepError(.damaged, "\(name) ends before byte \(offset + Int64(count))")
        }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            initialized = count
        }
    }
}
