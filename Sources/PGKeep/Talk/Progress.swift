import Synchronization

/// How far long work has come: threads add to it, a terminal looks at it.
public final class Progress: Sendable {
    private let done = Atomic<Int64>(0)
    private let total = Atomic<Int64>(0)
    private let rowCount = Atomic<Int64>(0)
    private let phaseName = Mutex("")

    /// Nothing done yet.
    public init() {}

    /// How many bytes went through so far.
    public var doneBytes: Int64 {
        get { done.load(ordering: .relaxed) }
        set { done.store(newValue, ordering: .relaxed) }
    }

    /// How many bytes there are about; 0 while nobody knows.
    public var totalBytes: Int64 {
        get { total.load(ordering: .relaxed) }
        set { total.store(newValue, ordering: .relaxed) }
    }

    /// How many rows went through so far.
    public var rows: Int64 {
        get { rowCount.load(ordering: .relaxed) }
        set { rowCount.store(newValue, ordering: .relaxed) }
    }

    /// What is being done, in a few lower-case words: `rows and schema`.
    public var phase: String {
        get { phaseName.withLock { $0 } }
        set { phaseName.withLock { $0 = newValue } }
    }

    /// Counts a piece of work as done; any thread may.
    public func add(bytes: Int64, rows: Int64 = 0) {
        done.wrappingAdd(bytes, ordering: .relaxed)
        rowCount.wrappingAdd(rows, ordering: .relaxed)
    }

    /// There is more to be done than was known.
    func expect(bytes: Int64) { total.wrappingAdd(bytes, ordering: .relaxed) }

    /// Begins a phase, counting from nothing.
    public func begin(_ phase: String, totalBytes: Int64 = 0) {
        self.phase = phase
        self.totalBytes = totalBytes
        doneBytes = 0
        rows = 0
    }
}
