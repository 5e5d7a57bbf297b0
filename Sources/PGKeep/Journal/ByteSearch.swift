import Foundation

/// Finding bytes in bytes, without making strings of them.
enum ByteSearch {
    static func first(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        let start = bytes.startIndex
        return bytes.withUnsafeBufferPointer { bytes in
            needle.withUnsafeBufferPointer { needle in first(needle, in: bytes).map { start + $0 } }
        }
    }

    private static func first(_ needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let head = needle.first, bytes.count >= needle.count else { return nil }
        for place in 0...(bytes.count - needle.count) where bytes[place] == head {
            var matched = 1
            while matched < needle.count, bytes[place + matched] == needle[matched] { matched += 1 }
            if matched == needle.count { return place }
        }
        return nil
    }

    /// The lines of a file, without their newlines; what follows the last newline is the rest.
    static func lines(_ bytes: [UInt8]) -> (lines: [ArraySlice<UInt8>], rest: ArraySlice<UInt8>) {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            while let found = memchr(base + start, 0x0A, buffer.count - start) {
                let place = base.distance(to: UnsafeRawPointer(found))
                lines.append(bytes[start..<place])
                start = place + 1
            }
        }
        return (lines, bytes[start...])
    }
}
