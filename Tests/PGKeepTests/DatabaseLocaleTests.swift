import PGKeepModel
import PGKeepPostgres
import Testing

@Suite struct DatabaseLocaleTests {
    private func locale(_ provider: String?, _ locale: String? = nil, rules: String? = nil, on major: Int)
        -> DatabaseLocale
    {
        let properties = DatabaseProperties(
            name: "shop", owner: "o", encoding: "UTF8", collate: "de_DE.UTF-8", characterType: "de_DE.UTF-8",
            localeProvider: provider, locale: locale, icuRules: rules, connectionLimit: -1, comment: nil, grants: nil,
            settings: [])
        return DatabaseLocale(properties, serverMajor: major)
    }

    private func text(_ locale: DatabaseLocale) -> String {
        locale.options.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }

    private static let plain = "ENCODING=UTF8 LC_COLLATE=de_DE.UTF-8 LC_CTYPE=de_DE.UTF-8"

    @Test("libc's locale is told as such, also where it comes from a server without other providers")
    func libc() {
        for provider in [nil, "libc"] {
            #expect(text(locale(provider, on: 14)) == DatabaseLocaleTests.plain)
            for major in 15...18 {
                #expect(text(locale(provider, on: major)) == "\(DatabaseLocaleTests.plain) LOCALE_PROVIDER=libc")
                #expect(locale(provider, on: major).loss == nil)
            }
        }
    }

    @Test("ICU's locale is kept from 15 on, its rules from 16 on; what is lost before is told")
    func icu() {
        let kept = "\(DatabaseLocaleTests.plain) LOCALE_PROVIDER=icu ICU_LOCALE=de"
        #expect(text(locale("icu", "de", rules: "&a<b", on: 16)) == "\(kept) ICU_RULES=&a<b")
        #expect(locale("icu", "de", rules: "&a<b", on: 16).loss == nil)
        #expect(text(locale("icu", "de", rules: "&a<b", on: 15)) == kept)
        #expect(locale("icu", "de", rules: "&a<b", on: 15).loss?.contains("rules") == true)
        #expect(locale("icu", "de", on: 15).loss == nil)
        #expect(text(locale("icu", "de", on: 14)) == DatabaseLocaleTests.plain)
        #expect(locale("icu", "de", on: 14).loss?.contains("de_DE.UTF-8 of libc") == true)
    }

    @Test("A builtin locale becomes libc's C, which sorts the same, where the server does not know it")
    func builtin() {
        let kept = "\(DatabaseLocaleTests.plain) LOCALE_PROVIDER=builtin BUILTIN_LOCALE="
        let byCodePoint = "ENCODING=UTF8 LC_COLLATE=C LC_CTYPE=de_DE.UTF-8"
        #expect(text(locale("builtin", "C.UTF-8", on: 17)) == kept + "C.UTF-8")
        #expect(text(locale("builtin", "PG_UNICODE_FAST", on: 18)) == kept + "PG_UNICODE_FAST")
        #expect(locale("builtin", "PG_UNICODE_FAST", on: 18).loss == nil)
        for (name, major) in [("C.UTF-8", 16), ("C.UTF-8", 14), ("PG_UNICODE_FAST", 17)] {
            #expect(text(locale("builtin", name, on: major)).hasPrefix(byCodePoint))
            #expect(locale("builtin", name, on: major).loss?.contains(name) == true)
        }
    }
}
