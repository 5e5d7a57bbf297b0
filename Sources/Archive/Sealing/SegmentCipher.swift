import Crypto
import Foundation
import PGKeepModel

/// Seals and opens the segments of one stream: AES256_GCM_HKDF_1MB of Tink.
///
/// The segments' key is derived from the data key, a salt, and the header of the seal as associated data. A nonce is
/// the stream's prefix, the segment's number, and whether it is the last: so none can be moved, taken away or added.
struct SegmentCipher: Sendable {
    private static let saltLength = 32
    private static let prefixLength = 7
    private static let nonceLength = 12

    private let key: SymmetricKey
    private let prefix: [UInt8]
    /// As it stands before the first segment: its length, the salt, the prefix of all nonces.
    let streamHeader: [UInt8]

    /// Begins a stream.
    init(_ dataKey: SymmetricKey, header: SealHeader) {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<(SegmentCipher.saltLength + SegmentCipher.prefixLength)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        self.init(dataKey, header, streamHeader: [UInt8(SegmentLayout.streamHeaderLength)] + bytes)
    }

    /// Takes up a stream that is there; nil if it doesn't begin as one.
    init?(_ dataKey: SymmetricKey, header: SealHeader, reading streamHeader: [UInt8]) {
        guard streamHeader.count == SegmentLayout.streamHeaderLength,
            streamHeader.first == UInt8(SegmentLayout.streamHeaderLength)
        else { return nil }
        self.init(dataKey, header, streamHeader: streamHeader)
    }

    private init(_ dataKey: SymmetricKey, _ header: SealHeader, streamHeader: [UInt8]) {
        self.streamHeader = streamHeader
        prefix = Array(streamHeader.suffix(SegmentCipher.prefixLength))
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: dataKey, salt: streamHeader[1...].prefix(SegmentCipher.saltLength),
            info: header.encoded, outputByteCount: 32)
    }

    /// The stored bytes of a segment: as many as its text, and the tag.
    func seal(_ text: UnsafeRawBufferPointer, number: Int, isLast: Bool) throws -> Data {
        let nonce = try nonce(number, isLast)
        // The type of `Data` without a copy is not const; it is only read.
        let message = text.baseAddress.map {
            Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: $0), count: text.count, deallocator: .none)
        }
        let box = try AES.GCM.seal(message ?? Data(), using: key, nonce: nonce)
        guard let combined = box.combined else { throw PGKeepError(.failed, "a segment could not be sealed") }
        return combined.dropFirst(SegmentCipher.nonceLength)
    }

    /// A segment's text; nil if these are not the bytes that were sealed as this segment.
    func open(_ stored: UnsafeRawBufferPointer, number: Int, isLast: Bool) throws -> Data? {
        guard let base = stored.baseAddress, stored.count >= SegmentLayout.tagLength else { return nil }
        let all = Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: stored.count, deallocator: .none)
        let box = try AES.GCM.SealedBox(
            nonce: try nonce(number, isLast), ciphertext: all.dropLast(SegmentLayout.tagLength),
            tag: all.suffix(SegmentLayout.tagLength))
        do {
            return try AES.GCM.open(box, using: key)
        } catch {
            // The only thing that can be wrong: the tag is another.
            return nil
        }
    }

    private func nonce(_ number: Int, _ isLast: Bool) throws -> AES.GCM.Nonce {
        guard let number = UInt32(exactly: number) else {
            throw PGKeepError(.failed, "a sealed archive can't be longer than 4 PiB")
        }
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * (3 - UInt32($0)))) }
        return try AES.GCM.Nonce(data: prefix + bytes + [isLast ? 1 : 0])
    }
}
