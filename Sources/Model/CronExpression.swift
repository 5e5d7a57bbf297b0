/// Which minutes something is to happen in, as cron tells it: minute, hour, day of month, month, day of week.
///
/// Where both days are restricted, either is enough, as in cron(8); a field that begins with `*` restricts nothing
/// even with a step. It knows the calendar and no time zone: what its minutes are on the clock of a zone is the
/// schedule's business.
public struct CronExpression: Sendable, Hashable {
    /// As it was written, with single blanks.
    public let text: String
    let minutes: CronField
    let hours: CronField
    let daysOfMonth: CronField
    let months: CronField
    let daysOfWeek: CronField

    /// Reads five fields, or one of `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`.
    ///
    /// What is none of these, and what never comes (31 February), is refused with the field and what it takes.
    public init(_ text: String) throws(PGKeepError) {
        var words = text.split(whereSeparator: \.isWhitespace)
        if let word = words.first, word.hasPrefix("@"), words.count == 1 {
            guard let meant = CronExpression.shortcuts.first(where: { $0.name == word.lowercased() }) else {
                let names = CronExpression.shortcuts.map(\.name).joined(separator: ", ")
                throw CronExpression.refusal(of: text, "\(word) is none of \(names)")
            }
            words = meant.fields.split(separator: " ")
        }
        let units = CronUnit.allCases
        guard words.count == units.count else {
            throw CronExpression.refusal(
                of: text,
                "it has \(words.count) \(words.count == 1 ? "field" : "fields") and not five: "
                    + units.map(\.name).joined(separator: ", "))
        }
        var fields: [CronField] = []
        for (word, unit) in zip(words, units) {
            guard let field = CronField(word, of: unit) else {
                throw CronExpression.refusal(of: text, "the \(unit.name) is '\(word)'; it takes \(unit.allowed)")
            }
            fields.append(field)
        }
        self.init(text: text.split(whereSeparator: \.isWhitespace).joined(separator: " "), fields)
        guard next(after: 0) != nil else {
            throw CronExpression.refusal(of: text, "it never comes: no such month has such a day")
        }
    }

    /// A time of each day, or of one day of the week or of the month.
    package init(minute: Int, hour: Int, dayOfMonth: Int? = nil, dayOfWeek: Int? = nil) {
        let days = [dayOfMonth, nil, dayOfWeek].map { $0.map { "\($0)" } ?? "*" }.joined(separator: " ")
        self.init(
            text: "\(minute) \(hour) \(days)",
            zip([minute, hour, dayOfMonth, nil, dayOfWeek], CronUnit.allCases).map { CronField($0, of: $1) })
    }

    private init(text: String, _ fields: [CronField]) {
        self.text = text
        minutes = fields[0]
        hours = fields[1]
        daysOfMonth = fields[2]
        months = fields[3]
        daysOfWeek = fields[4]
    }

    private static let shortcuts = [
        (name: "@hourly", fields: "0 * * * *"), (name: "@daily", fields: "0 0 * * *"),
        (name: "@midnight", fields: "0 0 * * *"), (name: "@weekly", fields: "0 0 * * 0"),
        (name: "@monthly", fields: "0 0 1 * *"), (name: "@yearly", fields: "0 0 1 1 *"),
        (name: "@annually", fields: "0 0 1 1 *"),
    ]

    private static func refusal(of text: String, _ cause: String) -> PGKeepError {
        PGKeepError(
            .settings, "the cron expression '\(text)' can't be used", cause: cause,
            hint: "'0 2 * * *' is every day at 02:00, '30 3 * * sun' each Sunday at 03:30")
    }
}

extension CronExpression: CustomStringConvertible {
    /// As it was written, with single blanks.
    public var description: String { text }
}
