import Dispatch
import Synchronization

/// The same work on many values, on a few threads, so that the waits for a disk or a store overlap.
enum SideBySide {
    /// In the values' order; no thread is begun for fewer than `least` of them.
    static func map<Value: Sendable, Result: Sendable>(
        _ values: [Value], threads: Int, least: Int, _ body: @Sendable (Value) throws -> Result
    ) throws -> [Result] {
        let share = max(least, (values.count + threads - 1) / threads)
        let parts = stride(from: 0, to: values.count, by: share).map { $0..<min($0 + share, values.count) }
        let done = Mutex<[Int: Swift.Result<[Result], any Error>]>([:])
        // Not concurrentPerform, which begins no more threads than there are cores: these wait more than they work.
        let queue = DispatchQueue(label: "pgkeep side by side", attributes: .concurrent)
        let group = DispatchGroup()
        withoutActuallyEscaping(body) { body in
            for (number, part) in parts.enumerated() {
                queue.async(group: group) {
                    let results = Swift.Result { try values[part].map(body) }
                    done.withLock { $0[number] = results }
                }
            }
            group.wait()
        }
        let results = done.withLock { $0 }
        return try parts.indices.flatMap { try results[$0]?.get() ?? [] }
    }
}
