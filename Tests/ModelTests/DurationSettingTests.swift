import PGKeepModel
import Testing

@Suite struct DurationSettingTests {
    @Test(
        "A duration is read with its unit, or as seconds",
        arguments: [
            ("45", 45), ("45s", 45), ("30m", 1800), ("24h", 86_400), ("2d", 172_800), ("0", 0),
        ] as [(String, Int64)])
    func read(text: String, seconds: Int64) {
        #expect(Duration(setting: text) == .seconds(seconds))
    }

    @Test(
        "What is no duration is none",
        arguments: [
            "", "h", "1.5h", "-1h", "+1h", "1w", "1h30m", "1 h", "٣h", "999999999999999999d", "99999999999999999999",
        ])
    func refused(text: String) {
        #expect(Duration(setting: text) == nil)
    }

    @Test(
        "It is written in its largest unit, and read back the same",
        arguments: [0, 45, 90, 120, 3600, 5400, 86_400, 172_800])
    func written(seconds: Int64) {
        let duration = Duration.seconds(seconds)
        #expect(Duration(setting: duration.setting) == duration)
        #expect(Duration.seconds(86_400).setting == "24h")
        #expect(Duration.seconds(172_800).setting == "2d")
        #expect(Duration.seconds(5400).setting == "90m")
        #expect(Duration.seconds(90).setting == "90s")
    }
}
