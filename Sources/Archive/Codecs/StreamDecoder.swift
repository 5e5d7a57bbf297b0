import CISAL
import CZstd
package import PGKeepModel

/// Reads a compressed file from its first byte to its last, however many members or frames it has.
///
/// What it is compressed with is told by its first bytes, not by its name. Every checksum is compared; a file that ends
/// inside a member, and bytes that belong to none, are damage.
package struct StreamDecoder: Sendable {
    package enum Format: String, Sendable, Codable {
        case gzip, zstd
        case plain = "sql"
    }

    package let format: Format
    private let source: any ByteSource
    private static let chunk = 1 << 20

    /// Looks at the first bytes; refuses what is no SQL text.
    package init(_ source: any ByteSource) throws {
        guard source.byteCount > 0 else { throw PGKeepError(.damaged, "\(source.name) is empty (0 bytes)") }
        let start = try source.read(Int(min(5, source.byteCount)), at: 0)
        switch start {
        case let bytes where bytes.starts(with: [0x1F, 0x8B]): format = .gzip
        case let bytes where bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]): format = .zstd
        case let bytes where bytes.starts(with: "PGDMP".utf8):
            throw PGKeepError(
                .usage, "\(source.name) is a dump in pg_dump's custom format, not plain SQL",
                hint: "pg_restore -f - \(source.name) | gzip > \(source.name).sql.gz")
        default: format = .plain
        }
        self.source = source
    }

    /// Gives all of the text in pieces, valid during the call; `progress` hears of the stored bytes that were read.
    package func read(
        progress: @escaping (Int64) -> Void = { _ in }, piece: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let input = Input(source, progress)
        switch format {
        case .plain:
            while let bytes = try input.next() { try piece(bytes) }
        case .gzip: try inflate(input, piece)
        case .zstd: try unzstd(input, piece)
        }
    }

    private func inflate(_ input: Input, _ piece: (UnsafeRawBufferPointer) throws -> Void) throws {
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: StreamDecoder.chunk, alignment: 64)
        let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
        defer {
            output.deallocate()
            state.deallocate()
        }
        isal_inflate_init(state)
        state.pointee.crc_flag = UInt32(ISAL_GZIP)
        var isFull = false
        while true {
            if state.pointee.avail_in == 0, !isFull {
                guard let bytes = try input.next() else { break }
                // The library's own type for input is not const; it only reads.
                state.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
                state.pointee.avail_in = try UInt32(checking: bytes.count)
            }
            if state.pointee.block_state == ISAL_BLOCK_FINISH {
                isal_inflate_reset(state)
                state.pointee.crc_flag = UInt32(ISAL_GZIP)
            }
            state.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
            state.pointee.avail_out = try UInt32(checking: output.count)
            guard isal_inflate(state) == ISAL_DECOMP_OK else {
                throw damaged("its gzip data or a checksum is wrong before byte \(input.offset)")
            }
            isFull = state.pointee.avail_out == 0 && state.pointee.block_state != ISAL_BLOCK_FINISH
            let written = output.count - Int(state.pointee.avail_out)
            if written > 0 { try piece(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<written])) }
        }
        guard state.pointee.block_state == ISAL_BLOCK_FINISH else { throw damaged("it ends inside its gzip data") }
    }

    private func unzstd(_ input: Input, _ piece: (UnsafeRawBufferPointer) throws -> Void) throws {
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: StreamDecoder.chunk, alignment: 64)
        let context = ZSTD_createDCtx()
        defer {
            output.deallocate()
            ZSTD_freeDCtx(context)
        }
        var remaining = 1
        while let bytes = try input.next() {
            var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            var isFull = false
            while source.pos < source.size || isFull {
                var out = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                remaining = ZSTD_decompressStream(context, &out, &source)
                guard ZSTD_isError(remaining) == 0 else {
                    throw damaged("its zstd data or a checksum is wrong before byte \(input.offset)")
                }
                isFull = out.pos == out.size && remaining > 0
                if out.pos > 0 {
                    try piece(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<out.pos]))
                }
            }
        }
        guard remaining == 0 else { throw damaged("it ends inside its zstd data") }
    }

    private func damaged(_ what: String) -> PGKeepError {
        PGKeepError(.damaged, "\(source.name) is damaged: \(what)")
    }

    /// The stored bytes, a megabyte at a time.
    private final class Input {
        private(set) var offset: Int64 = 0
        private let source: any ByteSource
        private let progress: (Int64) -> Void
        private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: StreamDecoder.chunk, alignment: 64)

        init(_ source: any ByteSource, _ progress: @escaping (Int64) -> Void) {
            self.source = source
            self.progress = progress
        }

        deinit { buffer.deallocate() }

        /// Valid until the next call; nil at the end.
        func next() throws -> UnsafeRawBufferPointer? {
            let count = Int(min(Int64(buffer.count), source.byteCount - offset))
            guard count > 0 else { return nil }
            let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            try source.read(into: bytes, at: offset)
            offset += Int64(count)
            progress(Int64(count))
            return UnsafeRawBufferPointer(bytes)
        }
    }
}
