package import PGKeepModel

/// How a database stores, sorts and classifies text, in the words of a server of some major; a value, made by a pure
/// function.
///
/// Providers other than libc came with 15 (ICU; its rules with 16) and 17 (builtin). Where the server lacks one, the
/// locale of libc that the database has beside it takes its place.
package struct DatabaseLocale: Sendable {
    /// The options of CREATE DATABASE that follow the template, in order.
    package private(set) var options: [(name: String, value: String)] = []
    /// In what the database will differ from the one that was backed up; nil if in nothing.
    package private(set) var loss: String?

    package init(_ properties: DatabaseProperties, serverMajor major: Int) {
        let provider = properties.localeProvider ?? "libc"
        let known = major >= DatabaseLocale.firstMajor(knowing: provider, properties.locale)
        options.append(("ENCODING", properties.encoding))
        // The builtin provider sorts by code point, as libc's C does.
        options.append(("LC_COLLATE", !known && provider == "builtin" ? "C" : properties.collate))
        options.append(("LC_CTYPE", properties.characterType))
        guard known else {
            loss =
                "its locale \(properties.locale ?? "") of \(provider) is not to be had on PostgreSQL \(major): "
                + "text will be sorted as in \(options[1].value) of libc"
            return
        }
        guard major >= 15 else { return }
        // Without it the provider would be that of template0, whatever this is.
        options.append(("LOCALE_PROVIDER", provider))
        if let locale = properties.locale, provider != "libc" {
            options.append((provider == "icu" ? "ICU_LOCALE" : "BUILTIN_LOCALE", locale))
        }
        guard let rules = properties.icuRules else { return }
        if major >= 16 {
            options.append(("ICU_RULES", rules))
        } else {
            loss = "ICU rules are not to be had on PostgreSQL \(major): text will be sorted without them"
        }
    }

    private static func firstMajor(knowing provider: String, _ locale: String?) -> Int {
        switch provider {
        case "icu": 15
        case "builtin": locale == "PG_UNICODE_FAST" ? 18 : 17
        default: 0
        }
    }
}
