import CXXHash
package import PGKeepModel

/// Counts and hashes rows: the hot path of a backup and of a verification.
package struct RowTally: Sendable, Equatable {
    package var rows: Int64 = 0
    package var hash = ContentHash()
    package var bytes: Int64 = 0

    package init() {}

    /// Takes one row, without its newline.
    @inline(__always)
    package mutating func add(row: UnsafeRawBufferPointer) {
        hash.value &+= XXH3_64bits(row.baseAddress, row.count)
        rows += 1
        bytes += Int64(row.count) + 1
    }

    /// Takes whole rows, each with its newline.
    package mutating func add(lines block: UnsafeRawBufferPointer) {
        var rest = block
        while let end = rest.firstNewline {
            add(row: UnsafeRawBufferPointer(rebasing: rest[..<end]))
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        }
    }

    package static func += (left: inout RowTally, right: RowTally) {
        left.rows += right.rows
        left.hash &+= right.hash
        left.bytes += right.bytes
    }
}
