import Foundation

/// The values of a journal's line by their keys, found by one walk over its bytes and decoded only when asked for.
///
/// A line is a flat object: values are texts, numbers, words or lists. Decoding all lines of a journal of years takes
/// minutes, walking over them a second.
struct JournalFields {
    private let line: ArraySlice<UInt8>
    private var places: [(key: Range<Int>, value: Range<Int>)] = []

    /// Nil if the line isn't a flat object.
    init?(_ line: ArraySlice<UInt8>) {
        self.line = line
        let start = line.startIndex
        let found = line.withUnsafeBufferPointer { FlatObject(bytes: $0).places() }
        guard let found else { return nil }
        places = found.map { (shifted($0.key, by: start), shifted($0.value, by: start)) }
    }

    func text(_ key: StaticString) -> String? {
        guard let value = value(key), value.first == UInt8(ascii: "\"") else { return nil }
        guard value.contains(UInt8(ascii: "\\")) else {
            return String(decoding: value.dropFirst().dropLast(), as: UTF8.self)
        }
        return decoded(value, as: String.self)
    }

    func texts(_ key: StaticString) -> [String] { value(key).flatMap { decoded($0, as: [String].self) } ?? [] }

    func integer(_ key: StaticString) -> Int64? { plain(key).flatMap { Int64($0) } }

    func number(_ key: StaticString) -> Double? { plain(key).flatMap { Double($0) } }

    func flag(_ key: StaticString) -> Bool { plain(key) == "true" }

    private func plain(_ key: StaticString) -> String? { value(key).map { String(decoding: $0, as: UTF8.self) } }

    /// What can't be decoded is no value: `Journal.verify` tells of lines that are not as they were written.
    private func decoded<Value: Decodable>(_ bytes: ArraySlice<UInt8>, as type: Value.Type) -> Value? {
        try? JSONDecoder().decode(type, from: Data(bytes))
    }

    private func value(_ key: StaticString) -> ArraySlice<UInt8>? {
        let wanted = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        for place in places where place.key.count == wanted.count && line[place.key].elementsEqual(wanted) {
            return line[place.value]
        }
        return nil
    }
}

private func shifted(_ range: Range<Int>, by offset: Int) -> Range<Int> {
    range.lowerBound + offset..<range.upperBound + offset
}

/// A walk over `{"key":value,…}` without spaces, as journals are written.
private struct FlatObject {
    let bytes: UnsafeBufferPointer<UInt8>

    func places() -> [(key: Range<Int>, value: Range<Int>)]? {
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "{") else { return nil }
        var places: [(key: Range<Int>, value: Range<Int>)] = []
        places.reserveCapacity(24)
        var place = 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "}") {
            if bytes[place] == UInt8(ascii: ",") { place += 1 }
            guard let key = end(ofText: place), key < bytes.count, bytes[key] == UInt8(ascii: ":"),
                let value = end(ofValue: key + 1)
            else { return nil }
            places.append((place + 1..<key - 1, key + 1..<value))
            place = value
        }
        return place == bytes.count - 1 ? places : nil
    }

    /// The place after the closing quote.
    private func end(ofText start: Int) -> Int? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\"") else { return nil }
        var place = start + 1
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""): return place + 1
            case UInt8(ascii: "\\"): place += 2
            default: place += 1
            }
        }
        return nil
    }

    private func end(ofValue start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "\""): return end(ofText: start)
        case UInt8(ascii: "["): return end(ofList: start)
        default:
            var place = start
            while place < bytes.count, bytes[place] != UInt8(ascii: ","), bytes[place] != UInt8(ascii: "}") {
                place += 1
            }
            return place > start && place < bytes.count ? place : nil
        }
    }

    private func end(ofList start: Int) -> Int? {
        var depth = 0
        var place = start
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                guard let end = end(ofText: place) else { return nil }
                place = end
                continue
            case UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "]"): depth -= 1
            default: break
            }
            place += 1
            if depth == 0 { return place }
        }
        return nil
    }
}
