import PGKeepModel
import Testing

@Suite struct RecipientTests {
    /// Those of BIP 350.
    @Test(
        "Bech32m is read and written as its definition says",
        arguments: [
            "a1lqfn3a", "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
            "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
        ])
    func vectors(text: String) throws {
        let prefix = String(text[..<(text.lastIndex(of: "1") ?? text.endIndex)])
        let bytes = try #require(Bech32.decode(text, prefix: prefix))
        #expect(Bech32.encode(bytes, prefix: prefix) == text)
        #expect(Bech32.decode(text.dropLast() + "q", prefix: prefix) == nil)
    }

    @Test("Bytes come back, in small letters and in capitals")
    func roundTrip() {
        for length in 0...40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ 5) }
            let text = Bech32.encode(bytes, prefix: "pgkeep")
            #expect(Bech32.decode(text, prefix: "pgkeep") == bytes)
            #expect(Bech32.decode(text.uppercased(), prefix: "pgkeep") == bytes)
            #expect(Bech32.decode(text, prefix: "pgkeep-private-key-") == nil)
        }
    }

    @Test("Every wrong, missing, doubled or exchanged character of a public key is found")
    func typingErrors() throws {
        let recipient = try #require(Recipient(bytes: Array(repeating: 0xA7, count: 32)))
        let text = Array(recipient.description)
        #expect(try Recipient(String(text)) == recipient)
        for place in 7..<text.count {
            var changed = text
            changed[place] = changed[place] == "q" ? "p" : "q"
            var missing = text
            missing.remove(at: place)
            var doubled = text
            doubled.insert(text[place], at: place)
            for wrong in [changed, missing, doubled] where wrong != text {
                #expect(throws: PGKeepError.self) { try Recipient(String(wrong)) }
            }
        }
    }

    @Test("A private key in the place of a public one is told, and not shown")
    func privateKey() {
        let text = Bech32.encode(Array(repeating: 9, count: 32), prefix: "pgkeep-private-key-").uppercased()
        #expect {
            try Recipient(text)
        } throws: { error in
            guard let error = error as? PGKeepError, error.code == .settings else { return false }
            let told = "\(error) \(error.hint ?? "")".uppercased()
            return told.contains("A PRIVATE KEY STANDS WHERE") && !told.contains(text.suffix(20))
        }
    }
}
