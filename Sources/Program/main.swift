import PGKeepCommands

await PGKeepProgram.main()
