import Foundation
import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct KeyTests {
    private let now = Date(timeIntervalSince1970: 1_769_479_200)

    @Test("A key's file holds the private half and tells the public one")
    func file() throws {
        let key = try PrivateKey()
        let text = KeyFile.text(of: key, madeAt: now)
        #expect(text.contains("# public key: \(key.recipient)\n") && text.contains(key.identifier.description))
        #expect(text.split(separator: "\n").last?.hasPrefix("PGKEEP-PRIVATE-KEY-1") == true)
        let read = try KeyFile.keys(in: text)
        #expect(read.map(\.recipient) == [key.recipient])
        #expect(read.map { $0.reveal() } == [key.reveal()])
    }

    @Test("A file may hold several keys, old ones beside new ones")
    func several() throws {
        let keys = try (1...3).map { _ in try PrivateKey() }
        let text = keys.map { KeyFile.text(of: $0, madeAt: now) }.joined(separator: "\r\n")
        #expect(try KeyFile.keys(in: text).map(\.identifier) == keys.map(\.identifier))
    }

    @Test("What is wrong in a key's file is told with the line, and without what stands in it")
    func malformed() throws {
        let key = try PrivateKey()
        var typo = Array(key.reveal())
        typo[30] = typo[30] == "Q" ? "P" : "Q"
        for (line, words) in [
            (String(typo), "line 2: a private key has a typing error"),
            (String(key.reveal().dropLast()), "line 2: a private key has a typing error"),
            (key.recipient.description, "line 2: a public key stands where a private one belongs"),
            ("hello", "line 2: that is no private key of pgkeep"), ("", "no key stands in it"),
        ] {
            #expect {
                try KeyFile.keys(in: "# a comment\n\(line)\n")
            } throws: { error in
                guard let error = error as? PGKeepError, error.code == .key else { return false }
                let told = "\(error) \(error.hint ?? "")"
                return told.contains(words) && (line.isEmpty || !told.contains(line))
            }
        }
    }

    @Test("A private key never shows itself")
    func hidden() throws {
        let key = try PrivateKey()
        var dumped = ""
        dump(key, to: &dumped)
        let shown = "\(key) \(String(reflecting: key)) \([key]) \(dumped)".uppercased()
        #expect(!shown.contains("PRIVATE-KEY"))
        #expect(shown.contains("<REDACTED>"))
    }

    @Test("A check word is four words that can be said aloud, the same for the same key")
    func checkWord() throws {
        let recipient = try Recipient("pgkeep1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0ssa39hj")
        #expect(recipient.bytes == Array(0...31))
        #expect(recipient.checkWord == KeyIdentifier(of: recipient).description)
        let pattern = /([bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]-?){4}/
        #expect(try pattern.wholeMatch(in: recipient.checkWord) != nil)
        #expect(KeyIdentifier(bytes: [127, 0, 0, 1, 63, 84, 220, 193]).description == "lusab-babad-gutih-tugad")
    }
}
