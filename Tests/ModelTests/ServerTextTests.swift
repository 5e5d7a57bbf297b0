import PGKeepModel
import Testing

@Suite struct ServerTextTests {
    @Test(
        "Text in UTF-8 is what it says",
        arguments: ["", "orders", "zürich", "店", "😀", "e\u{301}", "\u{FEFF}x", "a\r\nb"])
    func plain(text: String) {
        #expect(Array(ServerText.decode(text.utf8).utf8) == Array(text.utf8))
        #expect(ServerText.encode(text) == Array(text.utf8))
    }

    @Test("A byte that is no UTF-8 is carried as a private scalar, and the text around it stays readable")
    func latin1() {
        let bytes: [UInt8] = Array("stra".utf8) + [0xDF] + Array("e ü".utf8)
        #expect(ServerText.decode(bytes) == "stra\u{EFDF}e ü")
        #expect(ServerText.encode("stra\u{EFDF}e ü") == bytes)
    }

    @Test("A real scalar of the carrying range comes back as itself, not as a byte")
    func realCarrier() {
        let bytes = Array("a\u{EF80}\u{EFFF}b".utf8)
        #expect(ServerText.encode(ServerText.decode(bytes)) == bytes)
        #expect(ServerText.decode(bytes) != ServerText.decode([0x61, 0x80, 0xFF, 0x62]))
    }

    @Test("One, two and three bytes of any kind come back as they were, and no two texts are alike")
    func exhaustive() {
        // Borders of every class of UTF-8 bytes, surrogates and overlong forms included.
        let interesting: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBD, 0xBE, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED,
            0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
        ]
        var texts: Set<[UInt8]> = []
        var count = 0
        var lost = 0
        func check(_ bytes: [UInt8]) {
            let text = ServerText.decode(bytes)
            if ServerText.encode(text) != bytes { lost += 1 }
            texts.insert(Array(text.utf8))
            count += 1
        }
        for byte in UInt8.min...UInt8.max { check([byte]) }
        for first in UInt8.min...UInt8.max { for second in interesting { check([first, second]) } }
        for first in interesting {
            for second in interesting {
                for third in interesting {
                    check([first, second, third])
                    for fourth in interesting.prefix(12) where first >= 0xF0 { check([first, second, third, fourth]) }
                }
            }
        }
        #expect(lost == 0)
        #expect(texts.count == count)
    }
}
