import Testing

@testable import Manifest

@Suite struct `Words of Compose that are refused` {
    private static func a(_ line: String) -> String { "services:\n  a:\n    command: [a]\n    \(line)\n" }

    private func expect(_ text: String, _ expected: [String], at location: SourceLocation = #_sourceLocation) throws {
        #expect(try problems(text) == expected.map { "manifests/a.yaml:\($0)" }, sourceLocation: location)
    }

    @Test(arguments: RefusedWord.service)
    func `every word of Compose that a service cannot have is refused by name`(word: RefusedWord) throws {
        try expect(
            Self.a("\(word.word): x"),
            [
                "4:5: '\(word.word)' in service 'a' \(word.reason)" + (word.advice.map { "; \($0)" } ?? "")
            ])
        #expect(MappingShape.service[word.word] == nil)
    }

    @Test(arguments: RefusedWord.project)
    func `every word of Compose that a project cannot have is refused by name`(word: RefusedWord) throws {
        try expect(
            "services: { a: { command: [a] } }\n\(word.word): x",
            [
                "2:1: '\(word.word)' in the manifest \(word.reason)" + (word.advice.map { "; \($0)" } ?? "")
            ])
    }

    @Test(arguments: RefusedWord.deploy)
    func `every word of deploy that means nothing here is refused by name`(word: RefusedWord) throws {
        try expect(
            Self.a("deploy: { \(word.word): x }"),
            [
                "4:15: '\(word.word)' in deploy of service 'a' \(word.reason)" + (word.advice.map { "; \($0)" } ?? "")
            ])
    }

    @Test(arguments: RefusedWord.updateConfig)
    func `every word of update_config that means nothing here is refused by name`(word: RefusedWord) throws {
        try expect(
            Self.a("deploy: { update_config: { \(word.word): x } }"),
            [
                "4:32: '\(word.word)' in update_config of deploy of service 'a' \(word.reason)"
                    + (word.advice.map { "; \($0)" } ?? "")
            ])
    }

    @Test(arguments: RefusedWord.build)
    func `every word of an image's build is refused by name`(word: RefusedWord) throws {
        try expect(
            Self.a("build: { swift: a, \(word.word): x }"),
            [
                "4:24: '\(word.word)' in build of service 'a' \(word.reason)" + (word.advice.map { "; \($0)" } ?? "")
            ])
    }

    @Test(arguments: RefusedWord.secret)
    func `every word of a secret that means nothing here is refused by name`(word: RefusedWord) throws {
        try expect(
            "services: { a: { command: [a] } }\nsecrets: { s: { generate: true, \(word.word): x } }",
            [
                "2:33: '\(word.word)' in secret 's' \(word.reason)" + (word.advice.map { "; \($0)" } ?? "")
            ])
    }
}
