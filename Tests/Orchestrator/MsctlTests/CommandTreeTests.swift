import ArgumentParser
import Testing

@testable import msctl

@Suite struct CommandTreeTests {
    /// One good line for every command that does something.
    private static let examples: [String] = [
        "build user-service", "up a b --wait-timeout 90s --no-build --scale a=3 --scale b=0", "up --attach",
        "up --dry-run", "run --service a --no-build -- make test", "run make test --watch", "scale a=2 b=0",
        "kill a.2 -s TERM", "kill a --signal 9", "down a --timeout 3s --volumes", "status", "ps a",
        "status web.2 --watch",
        "start a --wait-timeout 1m30s", "stop a --timeout 500ms", "restart --timeout 5 --wait-timeout 20",
        "wait a b --for healthy --timeout 10s", "wait a --for log=ready.*3000", "config --check", "config --schema",
        "config --format json", "smoke --junit smoke.xml", "keys rotate", "keys rotate signing --wait-timeout 20",
        "keys rotate --settle 500ms --lifetime 1h --force",
        "daemon status", "daemon stop", "daemon restart",
        "user register --username ada --email ada@example.org --password-file secret",
        "user register --username ada --email ada@example.org --idempotency-key k",
        "user login --username ada", "user login --login ada@example.org", "user logout", "user me", "user show",
        "user show 1", "user password", "user password --password-file old --new-password-file new",
        "user update --first-name Ada --last-name Lovelace --bio x", "user list --limit 5 --cursor abc",
        "user list --all --format json",
        "product create --name Lamp --price 19.99 --currency EUR --stock 10 --description x --idempotency-key k",
        "product list --limit 5", "product list --search lamp --min-price 5 --max-price 30 --currency EUR",
        "product list --in-stock --sort -price --all --format json", "product list --no-in-stock --sort=name",
        "product show 1", "product update 1 --price 5 --currency USD --stock 3",
        "product update 1 --name Lamp --description x", "product restock 1 --stock 7", "product stock 1",
        "product stock 1 --limit 3 --all", "product stock 1 --add 5 --reason received --idempotency-key k",
        "product stock 1 --remove 5 --reason damaged", "order place p:2 q:1 --idempotency-key k", "order list",
        "order list --status pending --limit 3", "order list --all --format json", "order show 1",
        "order cancel 1", "watch", "watch a --wait-timeout 5s --format json", "doctor", "why",
        "why a b.2 --format json", "graph a --format dot",
        "events a -f --tail 5 --since 10m --format json",
        "logs a --follow --tail 5 --level warn --format raw", "logs --where status>=500 -v health", "logs a --reindex",
        "logs --after a.1/1/stdout:17 --show-cursor", "trace 4bf92f",
    ]

    @Test(arguments: examples) func `every command takes its arguments and the global options`(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        _ = try Msctl.parseAsRoot(words)
        _ = try Msctl.parseAsRoot(
            LeadingOptions.movedBehindCommand(
                ["-f", "x.yaml", "-C", "/tmp", "--profile=dev", "-q", "--no-color"] + words))
    }

    @Test func `there is an example for every command`() throws {
        let tested = try Set(
            Self.examples.map { line in
                let words = line.split(separator: " ").map(String.init)
                return String(describing: type(of: try Msctl.parseAsRoot(words)))
            })
        #expect(leaves(Msctl.self).map { String(describing: $0) }.filter { !tested.contains($0) } == [])
    }

    @Test func `every command says what it does in one sentence`() {
        for command in all(Msctl.self) {
            let abstract = command.configuration.abstract
            #expect(abstract.hasSuffix("."), "\(command): \(abstract)")
        }
    }

    @Test(arguments: [
        "up --wait-timeout soon", "up --scale a", "up --attach --dry-run", "run", "run --", "scale", "scale a",
        "scale a=-1", "scale a=1001", "scale =1", "kill",
        "kill a -s NOSUCH", "kill a -s 0", "status --format xml", "start", "stop", "wait", "wait a --for later",
        "product create --name x --price 1.999 --stock 1", "product create --name x --price 1", "order place",
        "order place p:0", "user update", "product update 1", "product update 1 --currency EUR --stock 1",
        "user login --password secret --login a", "user password --password secret",
        "user login --login a --password=secret", "user list --limit 0", "product list --sort size",
        "product list --min-price 1.999", "product list --min-price 5 --max-price 4",
        "product list --max-price 5.5 --currency JPY", "product stock", "product stock 1 --add 5",
        "product stock 1 --add 0 --reason received", "product stock 1 --add 1 --remove 1 --reason lost",
        "product stock 1 --reason lost", "product stock 1 --idempotency-key k",
        "product stock 1 --add 1 --reason lost --all", "order list --status lost",
        "order place p:1 --idempotency-key é",
    ])
    func `what makes no sense is a usage error`(line: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect { try Msctl.parseAsRoot(words) } throws: { Msctl.exitCode(for: $0) == .validationFailure }
    }

    @Test func `a mistyped command is named with the nearest one`() throws {
        #expect { try EntryPoint.checkCommand("stauts") } throws: { error in
            guard case CommandFailure.usage(let message, let hint, _) = error else { return false }
            return message == "there is no command 'stauts'" && hint == "did you mean 'status'?"
        }
        for word in ["up", "ps", "help", "--version", "smoke"] { try EntryPoint.checkCommand(word) }
    }

    @Test func `no password is taken from the arguments`() {
        for command in leaves(Msctl.self) {
            #expect(!command.helpMessage().contains("--password "), "\(command)")
        }
    }

    private func all(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        [command] + children(command).flatMap(all)
    }

    private func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        all(command).filter { children($0).isEmpty }
    }

    private func children(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        command.configuration.subcommands
    }
}

@Suite struct LeadingOptionsTests {
    @Test func `options before the command are moved behind it under their long names`() {
        #expect(
            LeadingOptions.movedBehindCommand(["-f", "a", "-q", "--format=json", "logs", "-f"])
                == ["logs", "-f", "--file", "a", "--quiet", "--format=json"])
    }

    @Test func `they stay before the end of options`() {
        #expect(
            LeadingOptions.movedBehindCommand(["-C", "d", "x", "--", "y"]) == [
                "x", "--project-directory", "d", "--", "y",
            ])
    }

    @Test func `they stay before the command that run runs`() throws {
        let moved = LeadingOptions.movedBehindCommand(["-C", "d", "run", "-q", "make", "test", "--", "-f"])
        #expect(moved == ["run", "--project-directory", "d", "-q", "make", "test", "--", "-f"])
        let command = try #require(try Msctl.parseAsRoot(moved) as? RunCommand)
        #expect(command.global.shared.projectDirectory == "d")
        #expect(command.global.shared.quiet)
        #expect(command.command == ["make", "test", "--", "-f"])
    }

    @Test func `a line without a command is left alone`() {
        #expect(LeadingOptions.movedBehindCommand(["--format", "json"]) == ["--format", "json"])
        #expect(LeadingOptions.movedBehindCommand(["status", "-q"]) == ["status", "-q"])
    }
}
