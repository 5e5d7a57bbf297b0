import Foundation
import PGKeepModel
import Testing

@Suite struct AppNameTests {
    @Test(
        "A database's name is encoded byte by byte where it isn't plain",
        arguments: [
            ("shop", "shop"), ("Shop_2.eu-west", "Shop_2.eu-west"), ("my shop", "my%20shop"), (".hidden", "%2Ehidden"),
            ("-x-", "%2Dx-"), ("..", "%2E."), ("100%", "100%25"), ("a/b", "a%2Fb"), ("../etc", "%2E.%2Fetc"),
            ("zürich", "z%C3%BCrich"), ("店", "%E5%BA%97"), ("a\nb", "a%0Ab"), ("a\"b'c", "a%22b%27c"), ("_", "_"),
        ])
    func encoding(database: String, text: String) throws {
        let name = try AppName(database: database)
        #expect(name.text == text)
        #expect("\(name)" == text)
        #expect(AppName(encoded: text) == name)
    }

    @Test("Names that look alike but differ in bytes stay different")
    func composedAndDecomposed() throws {
        #expect(try AppName(database: "\u{E9}") != AppName(database: "e\u{301}"))
        #expect(try AppName(database: "a%20b") != AppName(database: "a b"))
    }

    @Test("A name given by hand is taken as it is if it is encoded, else encoded")
    func byHand() throws {
        #expect(try AppName("my%20shop").text == "my%20shop")
        #expect(try AppName("my shop").text == "my%20shop")
        #expect(try AppName("100%").text == "100%25")
        #expect(try AppName("%41").text == "%2541")
    }

    @Test(
        "What encoding never gives is no app's name",
        arguments: [
            "", ".a", "-a", "a b", "a/b", "é", "%", "a%", "a%2", "a%2f", "%41", "a%2E", "a%2D", "%5F", "%G0", "a\0",
            String(repeating: "a", count: 192),
        ])
    func refused(text: String) {
        #expect(AppName(encoded: text) == nil)
    }

    @Test("An empty name and one too long for a file name are refused with a remedy")
    func limits() throws {
        #expect(try AppName(database: String(repeating: "a", count: 191)).text.count == 191)
        for name in ["", String(repeating: "a", count: 192), String(repeating: "店", count: 30)] {
            let error = #expect(throws: PGKeepError.self) { try AppName(name) }
            #expect(error?.code == .settings)
            #expect(error?.hint == "export BACKUP_APP_NAME=myapp")
        }
    }

    @Test("In JSON it is a string, and checked when it is read")
    func json() throws {
        let name = try AppName(database: "my shop")
        #expect(String(decoding: try JSONEncoder().encode([name]), as: UTF8.self) == #"["my%20shop"]"#)
        #expect(try JSONDecoder().decode([AppName].self, from: Data(#"["my%20shop"]"#.utf8)) == [name])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([AppName].self, from: Data(#"["../x"]"#.utf8)) }
    }
}
