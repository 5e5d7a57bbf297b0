import Foundation
import PGKeepModel

/// A proof as it lies beside its archive: one line of JSON with sorted keys and no spaces, signed if there is a key.
///
/// The signature is Ed25519 over the line as it is without its member `signature` and without its newline; the public
/// key that goes with it stands in the line too, so it can't be exchanged by itself.
struct ProofDocument: Sendable, Equatable {
    let bytes: [UInt8]

    private static let member = Array(",\"signature\":\"".utf8)

    /// As it was read.
    init(bytes: [UInt8]) { self.bytes = bytes.last == 0x0A ? Array(bytes.dropLast()) : bytes }

    init(_ proof: Proof, signedBy key: SigningKey?) throws {
        var text = try ProofDocument.encoded(Signed(proof: proof, key: key?.publicKey))
        if let key {
            // It comes in the alphabet's order, as all members do.
            let signature = Data(try key.sign(text)).base64EncodedString()
            text = try ProofDocument.encoded(Signed(proof: proof, key: key.publicKey, signature: signature))
        }
        bytes = text
    }

    /// With its newline, as it is written.
    var file: [UInt8] { bytes + [0x0A] }

    /// Of the file as it lies beside the archive.
    var sha256: String { JournalLine.sha256(file) }

    func proof() throws -> Proof {
        let proof: Proof
        do {
            proof = try JSONDecoder().decode(Proof.self, from: Data(bytes))
        } catch {
            throw PGKeepError(.damaged, "the proof can't be read", cause: "\(error)")
        }
        guard proof.format == Proof.format else {
            throw PGKeepError(.damaged, "the proof is of format \(proof.format), which this pgkeep doesn't read")
        }
        return proof
    }

    /// Whose signature it bears; nil if it bears none. Throws if it is not that of the text.
    func signer() throws -> SigningPublicKey? {
        let marks: Marks
        do {
            marks = try JSONDecoder().decode(Marks.self, from: Data(bytes))
        } catch {
            throw ProofDocument.forged("its signature is none")
        }
        guard let signature = marks.signature else {
            guard marks.signedBy == nil else { throw ProofDocument.forged("its signature was taken away") }
            return nil
        }
        guard let text = marks.signedBy, let key = try? SigningPublicKey(text) else {
            // What the key's text lacks doesn't matter: nobody signed with it.
            throw ProofDocument.forged("it names no key that could have signed it")
        }
        guard let signed = withoutSignature, let decoded = Data(base64Encoded: signature),
            key.isValid(Array(decoded), for: signed)
        else { throw ProofDocument.forged("its signature is not that of its text") }
        return key
    }

    private static func forged(_ cause: String) -> PGKeepError {
        PGKeepError(.damaged, "the proof was changed after it was signed", cause: cause)
    }

    /// The text that was signed; nil unless the member stands in it once.
    private var withoutSignature: [UInt8]? {
        let member = ProofDocument.member
        guard let start = ByteSearch.first(member, in: bytes[...]),
            let end = bytes[(start + member.count)...].firstIndex(of: UInt8(ascii: "\"")),
            ByteSearch.first(member, in: bytes[end...]) == nil
        else { return nil }
        return Array(bytes[..<start] + bytes[(end + 1)...])
    }

    private struct Marks: Decodable {
        var signature: String?
        var signedBy: String?
    }

    private struct Signed: Encodable {
        var proof: Proof
        var key: SigningPublicKey?
        var signature: String?

        enum CodingKeys: String, CodingKey { case signature, signedBy }

        func encode(to encoder: any Encoder) throws {
            try proof.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(key?.description, forKey: .signedBy)
            try container.encodeIfPresent(signature, forKey: .signature)
        }
    }

    private static func encoded(_ value: Signed) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }
}
