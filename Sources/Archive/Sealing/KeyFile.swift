package import Foundation
import PGKeepModel

/// The text of a key file: private keys, a line each, between blank lines and comments.
package enum KeyFile {
    /// A file for one key, with what a person who finds it must know.
    package static func text(of key: PrivateKey, madeAt now: Date) -> String {
        """
        # A private key of pgkeep, made \(now.iso8601). Whoever has it can read every backup sealed for it;
        # without it nobody can. Keep two copies, neither on the machine that takes the backups.
        # public key: \(key.recipient)
        # check word: \(key.identifier)
        \(key.reveal())

        """
    }

    /// All keys in a file's text; errors tell the line's number and nothing of what stands in it.
    package static func keys(in text: String) throws -> [PrivateKey] {
        var keys: [PrivateKey] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            do {
                keys.append(try PrivateKey(line))
            } catch var error as PGKeepError {
                error.message = "line \(number + 1): \(error.message)"
                throw error
            }
        }
        guard !keys.isEmpty else { throw PGKeepError(.key, "no key stands in it") }
        return keys
    }
}
