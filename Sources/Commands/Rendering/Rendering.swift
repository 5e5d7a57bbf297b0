package import Foundation
import PGKeep
import PGKeepModel

/// Facts as text for people, in their time zone; the files beside this one hold a subject each.
package struct Rendering: Sendable {
    let timeZone: TimeZone
    let now: Date

    package init(timeZone: TimeZone, now: Date) {
        self.timeZone = timeZone
        self.now = now
    }

    func time(_ date: Date) -> String { LocalTime.text(date, in: timeZone) }

    func size(_ bytes: Int64) -> String { ByteCount(bytes).description }

    func settings(_ settings: [ResolvedSetting]) -> String {
        var table = TextTable(["Setting", "Value", "Source"])
        for setting in settings {
            table.add([setting.definition.environmentName, setting.value ?? "-", setting.source.description])
        }
        return table.text
    }
}
