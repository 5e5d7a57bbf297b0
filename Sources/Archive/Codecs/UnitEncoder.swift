import CDeflate
import CISAL
import CZstd
import Foundation
package import PGKeepModel

/// Compresses units, each into a member or frame of its own; one for each thread.
///
/// The same bytes give the same member: no times and no names are in its header. ISA-L does level 1 of gzip, libdeflate
/// levels 2 to 12; units too large to hold twice go through the streams of ISA-L or libzstd piece by piece.
package final class UnitEncoder {
    private let compression: Compression
    private var output: UnsafeMutableRawBufferPointer
    private var isal: ISALStream?
    private var deflate: OpaquePointer?
    private var zstd: OpaquePointer?

    package init(_ compression: Compression) throws {
        self.compression = compression
        output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        switch compression {
        case .gzip(1): isal = ISALStream()
        case .gzip(let level):
            deflate = libdeflate_alloc_compressor(Int32(level))
            guard deflate != nil else { throw UnitEncoder.failure("libdeflate has no compressor of level \(level)") }
        case .zstd(let level):
            zstd = ZSTD_createCCtx()
            guard zstd != nil else { throw UnitEncoder.failure("libzstd has no memory for a compressor") }
            try UnitEncoder.check(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, Int32(level)))
            // As gzip has one: zstd itself then finds damage, without pgkeep.
            try UnitEncoder.check(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1))
        case .none: break
        }
    }

    deinit {
        output.deallocate()
        libdeflate_free_compressor(deflate)
        ZSTD_freeCCtx(zstd)
    }

    /// Compresses a whole unit; the result is valid until the next call.
    package func encode(_ raw: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
        switch compression {
        case .none: return raw
        case .zstd:
            reserve(ZSTD_compressBound(raw.count))
            let size = ZSTD_compress2(zstd, output.baseAddress, output.count, raw.baseAddress, raw.count)
            return result(try UnitEncoder.check(size))
        case .gzip:
            if let isal {
                // Level 1 falls back to stored blocks where it can't win: a little more than the input at worst.
                reserve(raw.count + raw.count / 1000 + 4096)
                return result(try isal.compress(raw, into: output))
            }
            reserve(libdeflate_gzip_compress_bound(deflate, raw.count))
            let size = libdeflate_gzip_compress(deflate, raw.baseAddress, raw.count, output.baseAddress, output.count)
            guard size > 0 else { throw UnitEncoder.failure("libdeflate could not compress \(raw.count) bytes") }
            return result(size)
        }
    }

    /// Compresses the concatenation of `parts` into one member, handing it out in pieces of a few hundred kilobytes.
    package func encode(_ parts: [UnsafeRawBufferPointer], piece: (UnsafeRawBufferPointer) throws -> Void) throws {
        reserve(1 << 20)
        switch compression {
        case .none:
            for part in parts { try piece(part) }
        case .gzip:
            let stream = isal ?? ISALStream()
            try stream.compress(parts, through: output, piece: piece)
        case .zstd:
            for (number, part) in parts.enumerated() {
                var input = ZSTD_inBuffer(src: part.baseAddress, size: part.count, pos: 0)
                let directive = number == parts.count - 1 ? ZSTD_e_end : ZSTD_e_continue
                var remaining = 1
                while remaining > 0 {
                    var out = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                    remaining = try UnitEncoder.check(ZSTD_compressStream2(zstd, &out, &input, directive))
                    if out.pos > 0 { try piece(result(out.pos)) }
                    if directive == ZSTD_e_continue, input.pos == input.size { break }
                }
            }
        }
    }

    private func reserve(_ bytes: Int) {
        guard output.count < bytes else { return }
        output.deallocate()
        output = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    }

    private func result(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<count])
    }

    @discardableResult
    private static func check(_ size: Int) throws -> Int {
        guard ZSTD_isError(size) == 0 else { throw failure("libzstd: \(String(cString: ZSTD_getErrorName(size)))") }
        return size
    }

    static func failure(_ what: String) -> PGKeepError { PGKeepError(.failed, "could not compress", cause: what) }
}

/// ISA-L's compressor at level 1, writing gzip members.
private final class ISALStream {
    private let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
    private let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(pgkeep_isal_level1_bytes))

    deinit {
        stream.deallocate()
        memory.deallocate()
    }

    func compress(_ raw: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws -> Int {
        begin()
        stream.pointee.end_of_stream = 1
        try feed(raw)
        stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = try UInt32(checking: output.count)
        try run()
        guard stream.pointee.internal_state.state == ZSTATE_END else {
            throw UnitEncoder.failure("the output of \(raw.count) bytes did not fit")
        }
        return Int(stream.pointee.total_out)
    }

    func compress(
        _ parts: [UnsafeRawBufferPointer], through output: UnsafeMutableRawBufferPointer,
        piece: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        begin()
        for (number, part) in parts.enumerated() {
            stream.pointee.end_of_stream = number == parts.count - 1 ? 1 : 0
            try feed(part)
            repeat {
                stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = try UInt32(checking: output.count)
                try run()
                let written = output.count - Int(stream.pointee.avail_out)
                if written > 0 {
                    try piece(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<written]))
                }
            } while stream.pointee.avail_out == 0
        }
        guard stream.pointee.internal_state.state == ZSTATE_END else {
            throw UnitEncoder.failure("the stream did not end")
        }
    }

    private func begin() {
        isal_deflate_init(stream)
        stream.pointee.level = 1
        stream.pointee.level_buf = memory
        stream.pointee.level_buf_size = pgkeep_isal_level1_bytes
        stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
        stream.pointee.flush = UInt16(NO_FLUSH)
    }

    private func feed(_ part: UnsafeRawBufferPointer) throws {
        // The library's own type for input is not const; it only reads.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: part.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = try UInt32(checking: part.count)
    }

    private func run() throws {
        let status = isal_deflate(stream)
        guard status == COMP_OK else { throw UnitEncoder.failure("ISA-L's status \(status)") }
    }
}

extension UInt32 {
    /// The codecs count in 32 bits; PostgreSQL's rows end at 1 GB.
    init(checking count: Int) throws {
        guard let exact = UInt32(exactly: count) else { throw UnitEncoder.failure("\(count) bytes in one piece") }
        self = exact
    }
}
