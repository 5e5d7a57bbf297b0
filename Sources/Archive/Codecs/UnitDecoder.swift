import CDeflate
import CISAL
import CZstd
package import PGKeepModel

/// Reads units back; one for each thread.
///
/// A unit must be exactly one member or frame: anything before, between or after is damage.
package final class UnitDecoder {
    /// Up to this size a unit is decompressed whole, which is fastest.
    private static let wholeLimit = 64 << 20

    private let compression: Compression
    private let deflate: OpaquePointer?
    private let zstd: OpaquePointer?
    private var output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)

    package init(_ compression: Compression) {
        self.compression = compression
        deflate = libdeflate_alloc_decompressor()
        zstd = ZSTD_createDCtx()
    }

    deinit {
        libdeflate_free_decompressor(deflate)
        ZSTD_freeDCtx(zstd)
        output.deallocate()
    }

    /// Decompresses `stored` and hands the text out, whole or in pieces; the pieces are valid during the call.
    package func decode(
        _ stored: UnsafeRawBufferPointer, rawLength: Int, piece: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        switch compression {
        case .none:
            guard stored.count == rawLength else { throw UnitDecoder.damaged("its length is not the index's") }
            try piece(stored)
        case .gzip where rawLength <= UnitDecoder.wholeLimit:
            reserve(rawLength)
            var used = 0
            var written = 0
            let status = libdeflate_gzip_decompress_ex(
                deflate, stored.baseAddress, stored.count, output.baseAddress, rawLength, &used, &written)
            guard status == LIBDEFLATE_SUCCESS else { throw UnitDecoder.damaged("gzip data or checksum is wrong") }
            guard used == stored.count, written == rawLength else {
                throw UnitDecoder.damaged("its length is not the index's")
            }
            try piece(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<written]))
        case .gzip, .zstd:
            var total = 0
            try decodeUnmeasured(stored) { bytes in
                total += bytes.count
                try piece(bytes)
            }
            guard total == rawLength else { throw UnitDecoder.damaged("its length is not the index's") }
        }
    }

    /// The same in pieces of up to a megabyte, where the length isn't known before.
    func decodeUnmeasured(_ stored: UnsafeRawBufferPointer, piece: (UnsafeRawBufferPointer) throws -> Void) throws {
        switch compression {
        case .none: try piece(stored)
        case .gzip: try inflate(stored, piece: piece)
        case .zstd: try unzstd(stored, piece: piece)
        }
    }

    private func inflate(_ stored: UnsafeRawBufferPointer, piece: (UnsafeRawBufferPointer) throws -> Void) throws {
        reserve(1 << 20)
        let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
        defer { state.deallocate() }
        isal_inflate_init(state)
        state.pointee.crc_flag = UInt32(ISAL_GZIP)
        state.pointee.next_in = UnsafeMutablePointer(mutating: stored.bindMemory(to: UInt8.self).baseAddress)
        state.pointee.avail_in = try UInt32(checking: stored.count)
        while state.pointee.block_state != ISAL_BLOCK_FINISH {
            state.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
            state.pointee.avail_out = try UInt32(checking: output.count)
            let status = isal_inflate(state)
            let written = output.count - Int(state.pointee.avail_out)
            guard status == ISAL_DECOMP_OK, written > 0 || state.pointee.block_state == ISAL_BLOCK_FINISH else {
                throw UnitDecoder.damaged("gzip data or checksum is wrong")
            }
            try piece(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<written]))
        }
        guard state.pointee.avail_in == 0 else { throw UnitDecoder.damaged("bytes follow its gzip member") }
    }

    private func unzstd(_ stored: UnsafeRawBufferPointer, piece: (UnsafeRawBufferPointer) throws -> Void) throws {
        reserve(1 << 20)
        ZSTD_DCtx_reset(zstd, ZSTD_reset_session_only)
        var input = ZSTD_inBuffer(src: stored.baseAddress, size: stored.count, pos: 0)
        var remaining = 1
        while remaining > 0 {
            var out = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            let before = input.pos
            remaining = ZSTD_decompressStream(zstd, &out, &input)
            guard ZSTD_isError(remaining) == 0 else { throw UnitDecoder.damaged("zstd data or checksum is wrong") }
            guard remaining == 0 || out.pos > 0 || input.pos > before else {
                throw UnitDecoder.damaged("zstd data ends early")
            }
            if out.pos > 0 {
                try piece(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<out.pos]))
            }
        }
        guard input.pos == stored.count else { throw UnitDecoder.damaged("bytes follow its zstd frame") }
    }

    private func reserve(_ bytes: Int) {
        guard output.count < bytes else { return }
        output.deallocate()
        output = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    }

    static func damaged(_ what: String) -> PGKeepError { PGKeepError(.damaged, what) }
}
