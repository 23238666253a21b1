import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Including other projects` {
    @Test func `an included file is read as it would be by itself`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": """
            include: [../pay/pay.yaml]
            services: { a: { command: [a], depends_on: [pay], secrets: [card] } }
            """.replacing("../", with: ""),
            "pay/pay.yaml": """
            name: payments
            x-note: $NOTHING
            secrets: { card: { file: card.key } }
            services:
              pay:
                build: { swift: pay }
                command: ['${MODE}', '${PORT}', '$$x']
                env_file: pay.env
                environment: [MODE, UNSET, PORT_TEXT]
                develop: { watch: [{ path: src, action: rebuild }] }
              raw: { command: [raw], working_dir: /tmp }
            """,
            "pay/.env": "MODE=theirs\nPORT_TEXT=9", "pay/pay.env": "A=pay", "pay/card.key": "k",
            ".env": "PORT_TEXT=ours",
        ])
        let project = try scratch.load().project
        let pay = try #require(project[service: "pay"])
        let home = scratch.directory.string + "/pay"
        #expect(project.services.map(\.name) == ["a", "pay", "raw"])
        #expect(project.name != "payments")
        #expect(pay.command == ["theirs", "${PORT}", "$x"])
        // The including project's variables win over the included one's own.
        #expect(pay.environment == ["A": "pay", "MODE": "theirs", "PORT_TEXT": "ours"])
        #expect(pay.workingDirectory == home)
        #expect(pay.build?.context == home && pay.build?.output == home + "/.build/release")
        #expect(pay.watch.map(\.path) == [home + "/src"])
        #expect(project[service: "raw"]?.workingDirectory == "/tmp")
        #expect(project.secrets == [Secret(name: "card", source: .file(home + "/card.key"))])
    }

    @Test func `the long form merges several files, with a directory and env files of its own`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": """
            include:
              - path: [pay/one.yaml, two.yaml]
                project_directory: elsewhere
                env_file: [e/1.env, e/2.env]
            services: { a: { command: [a] } }
            """,
            "pay/one.yaml": "services: { pay: { command: ['$A', '$B', '$C'], ports: [1, 2], working_dir: w } }",
            "two.yaml": "services: { pay: { ports: !override [3], environment: { X: $D } } }",
            "e/1.env": "A=1\nB=1\nC=1\nD=$A", "e/2.env": "B=2\nC=2", "pay/.env": "A=no", "elsewhere/.env": "A=no",
        ])
        let pay = try #require(try scratch.load(environment: ["C": "process"]).project[service: "pay"])
        #expect(pay.command == ["1", "2", "process"])
        #expect(pay.ports == [.fixed(3)])
        #expect(pay.environment == ["X": "1"])
        #expect(pay.workingDirectory == scratch.directory.string + "/elsewhere/w")
    }

    @Test func `env_file of /dev/null keeps the .env out`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "include: [{ path: p/p.yaml, env_file: /dev/null }]\nservices: { a: { command: [a] } }",
            "p/p.yaml": "services: { p: { command: ['${A:-none}'] } }", "p/.env": "A=theirs",
        ])
        #expect(try scratch.load().project[service: "p"]?.command == ["none"])
    }

    @Test func `an included project with a manifests directory has its paths from above it, as by itself`() throws {
        let scratch = try ScratchProject([
            "shop/manifests/a.yaml": "include: [../pay/manifests/p.yaml]\nservices: { a: { command: [a] } }",
            "pay/manifests/p.yaml": "services: { p: { command: ['$A', '$B'], env_file: p.env } }",
            "pay/manifests/.env": "A=manifests", "pay/.env": "A=project\nB=project", "pay/p.env": "X=1",
        ])
        let project = try scratch.load(files: ["shop/manifests"]).project
        let alone = try scratch.load(files: ["pay/manifests"]).project
        #expect(project[service: "p"] == alone[service: "p"])
        #expect(project[service: "p"]?.command == ["manifests", "project"])
    }

    @Test func `includes include, and one file may come by two ways`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "include: [b/b.yaml, c/c.yaml]\nservices: { a: { command: [a] } }",
            "b/b.yaml": "include: [../d/d.yaml]\nservices: { b: { command: [b], depends_on: [d] } }",
            "c/c.yaml": "include: [{ path: ../d/d.yaml }]\nservices: { c: { command: [c], depends_on: [d] } }",
            "d/d.yaml": "services: { d: { command: [d], environment: { X: '1' } } }",
        ])
        #expect(try scratch.load().project.services.map(\.name) == ["a", "b", "d", "c"])
    }

    @Test func `a name that both have is an error unless both say the same`() throws {
        let files = { (own: String) in
            [
                "manifests/a.yaml": "include: [b.yaml]\nservices:\n  a: { command: [a] }\n  b: \(own)\n",
                "b.yaml": "services: { b: { command: [b], working_dir: /x } }",
            ]
        }
        #expect(try ScratchProject(files("{ working_dir: '/x', command: ['b'] }")).load().project.services.count == 2)
        #expect(
            try ScratchProject(files("{ working_dir: /y, command: [b] }")).problems() == [
                "manifests/a.yaml:4:3: service 'b' is included as well, from b.yaml:1:13; rename one of them; "
                    + "to change what is included, write it into a file that is merged with this one"
            ])
    }

    @Test func `secrets of one name conflict too, also between two includes`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "include: [b.yaml, c.yaml]\nservices: { a: { command: [a] } }",
            "b.yaml": "secrets:\n  s: { generate: true }\n", "c.yaml": "secrets: { s: { file: k } }", "k": "",
        ])
        #expect(
            scratch.problems() == [
                "b.yaml:2:3: secret 's' is included as well, from c.yaml:1:12; rename one of them; "
                    + "to change what is included, write it into a file that is merged with this one"
            ])
    }

    @Test func `a file that is merged changes, overrides and resets what another includes`() throws {
        let scratch = try ScratchProject([
            "manifests/1.yaml": "include: [b.yaml]\nservices: { a: { command: [a], depends_on: [b] } }",
            "manifests/2.yaml": """
            services:
              b: { ports: !override [9], environment: { X: !reset null, Y: two }, working_dir: own }
            """,
            "b.yaml": "services: { b: { command: [b], ports: [1, 2], environment: { X: b, Y: b, Z: b } } }",
        ])
        let b = try #require(try scratch.load().project[service: "b"])
        #expect(b.command == ["b"] && b.ports == [.fixed(9)])
        #expect(b.environment == ["Y": "two", "Z": "b"])
        #expect(b.workingDirectory == scratch.directory.string + "/own")
    }

    @Test func `tags in an included file end with it`() throws {
        let scratch = try ScratchProject([
            "manifests/1.yaml": "services: { b: { command: [a], ports: [8] } }",
            "manifests/2.yaml": "include: [b.yaml]\nservices: {}",
            "b.yaml": "services: { b: { ports: !override [9], group_add: !reset [] } }",
        ])
        #expect(try scratch.load().project[service: "b"]?.ports == [.fixed(8), .fixed(9)])
    }

    @Test func `profiles, extends and include work together`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": """
            include: [lib/lib.yaml]
            services:
              a: { extends: { file: lib/base.yaml, service: base }, command: [a] }
              tool: { extends: a, profiles: [debug] }
            """,
            "lib/lib.yaml": """
            services:
              lib: { extends: { file: base.yaml, service: base }, command: [lib] }
              lib-tool: { extends: lib, profiles: [debug] }
            """,
            "lib/base.yaml": "services: { base: { environment: { FROM: '${FROM:-none}' }, env_file: base.env } }",
            "lib/base.env": "E=1", "lib/.env": "FROM=lib", ".env": "FROM=root",
        ])
        let few = try scratch.load().project
        let all = try scratch.load(profiles: ["debug"]).project
        #expect(few.services.map(\.name) == ["a", "lib"])
        #expect(all.services.map(\.name) == ["a", "tool", "lib", "lib-tool"])
        #expect(Set(all.services.map(\.environment)) == [["FROM": "root", "E": "1"]])
        #expect(all[service: "lib-tool"]?.workingDirectory == scratch.directory.string + "/lib")
        #expect(all[service: "tool"]?.workingDirectory == scratch.directory.string)
    }

    @Test func `a circle is named by its files`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "include: [b.yaml]\nservices: { a: { command: [a] } }", "b.yaml": "include: [c.yaml]",
            "c.yaml": "include:\n  - path: [d.yaml, b.yaml]\n", "d.yaml": "",
        ])
        #expect(
            scratch.problems() == [
                "c.yaml:2:20: files include each other in a circle: b.yaml → c.yaml → b.yaml"
            ])
        let own = try ScratchProject(["manifests/a.yaml": "include: [manifests/a.yaml]"])
        #expect(
            own.problems() == [
                "manifests/a.yaml:1:11: files include each other in a circle: manifests/a.yaml → manifests/a.yaml"
            ])
    }

    @Test func `includes that multiply are refused`() throws {
        var files = ["manifests/a.yaml": "include: [i0.yaml, i0.yaml]\nservices: { a: { command: [a] } }"]
        for level in 0..<20 { files["i\(level).yaml"] = "include: [i\(level + 1).yaml, i\(level + 1).yaml]" }
        files["i20.yaml"] = ""
        let found = try ScratchProject(files).problems()
        #expect(found.allSatisfy { $0.hasSuffix("the manifests read more than 1000 files") })
        #expect(!found.isEmpty)
    }

    @Test(arguments: [
        ("include: b.yaml", "1:10: 'include' in the manifest must be a list, not 'b.yaml'"),
        ("include: [{}]", "1:11: an include has no path; add 'path: FILE'"),
        ("include: [{ path: b.yaml, env: x }]", "1:27: unknown key 'env' in an include; did you mean 'env_file'?"),
        ("include: [no.yaml]", "1:11: the file 'no.yaml' does not exist"),
        (
            "include: [x.yaml]",
            "1:11: the file 'x.yaml' does not exist; paths begin at 'DIR'; did you mean 'manifests/x.yaml'?"
        ),
        ("include: [manifests]", "1:11: the file 'manifests' is a directory, a pipe or a device"),
        (
            "include: [manifests/x.yaml]",
            "1:11: 'manifests/x.yaml' is read already, it is merged with this file; leave the include out"
        ),
        ("include: [{ path: b.yaml, env_file: no.env }]", "1:37: the env file 'no.env' does not exist"),
        (
            "include: [{ path: [b.yaml, []] }]",
            "1:28: an entry of 'path' in an include must be a string that is not empty, not a list"
        ),
    ])
    func `what cannot be included is reported at its place`(text: String, expected: String) throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": text + "\nservices: { a: { command: [a] } }\n", "b.yaml": "services: {}",
            "manifests/x.yaml": "",
        ])
        let found = scratch.problems()
        #expect(found == ["manifests/a.yaml:\(expected.replacing("DIR", with: scratch.directory.string))"])
    }

    @Test func `problems in an included file are told at their places in it`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "include: [b.yaml]\nservices: { a: { command: [a] } }",
            "b.yaml": "servces: {}\nsecrets: { s: { generate: maybe } }\nservices: { b: { command: [b], scale: x } }",
        ])
        #expect(
            scratch.problems() == [
                "b.yaml:1:1: unknown key 'servces' in the manifest; did you mean 'services'?",
                "b.yaml:2:27: 'generate' in secret 's' must be true or false, not 'maybe'",
                "b.yaml:3:39: 'scale' in service 'b' must be a whole number from 0 to 1000, not 'x'",
            ])
    }
}
