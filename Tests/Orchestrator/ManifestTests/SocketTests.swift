import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Sockets` {
    private func socket(_ name: String, _ address: SocketSpec.Address) -> SocketSpec {
        var socket = SocketSpec(name: name)
        socket.address = address
        return socket
    }

    @Test func `a bare name listens on the service's first port`() throws {
        for text in ["[http]", "{ http: }", "{ http: {} }", "[{ name: http }]"] {
            #expect(try service("ports: [3000]\nsockets: \(text)").sockets == [SocketSpec(name: "http")])
        }
    }

    @Test func `a socket has a port or a path of its own, in the list form and in the mapping form`() throws {
        let expected = [
            socket("a", .port(.fixed(9000))), socket("b", .port(.auto)), socket("c", .unix("/run/c.sock")),
            socket("d", .unix("${MSCTL_DATA_DIR}/d.sock")),
        ]
        let mapping = try service(
            "sockets: { a: { port: 9000 }, b: { port: auto }, c: { path: /run/c.sock }, "
                + "d: { path: '${MSCTL_DATA_DIR}/d.sock' } }")
        #expect(mapping.sockets == expected)
        let list = try service(
            "sockets: [{ name: a, port: 9000 }, { name: b, port: auto }, { path: /run/c.sock, name: c }, "
                + "{ name: d, path: '${MSCTL_DATA_DIR}/d.sock' }]")
        #expect(list.sockets == expected)
    }

    @Test func `a path is relative to the project, host and backlog are read`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": """
            services: { a: { command: [a], sockets: { x: { path: run/x.sock, backlog: 65535 }, y: { port: 1, host: 0.0.0.0 } } } }
            """
        ])
        let sockets = try scratch.load().project[service: "a"]?.sockets
        #expect(sockets?.first?.address == .unix(scratch.directory.string + "/run/x.sock"))
        #expect(sockets?.first?.backlog == 65535)
        #expect(sockets?.last?.host == "0.0.0.0")
    }

    @Test(arguments: [
        (
            "sockets: [http]",
            "4:15: socket 'http' of service 'a' listens on the service's first port, and the service has none; "
                + "add 'ports', or give the socket a 'port' or a 'path'"
        ),
        (
            "sockets: { HTTP: { port: 1 } }",
            "4:16: 'HTTP' in sockets of service 'a' is no name for a socket; names match [a-z0-9_-]{1,64}"
        ),
        (
            "sockets: { a: { port: 1, path: /x } }",
            "4:16: socket 'a' of service 'a' has both port and path; keep one of them"
        ),
        (
            "sockets: { a: { path: /x, host: 127.0.0.1 } }",
            "4:31: 'host' in socket 'a' of service 'a' goes with a port, not with path"
        ),
        (
            "sockets: { a: { port: 0 } }",
            "4:27: 'port' in socket 'a' of service 'a' must be a number from 1 to 65535 or auto, not '0'"
        ),
        (
            "sockets: { a: { port: 1, host: localhost } }",
            "4:36: 'host' in socket 'a' of service 'a' must be an IPv4 address such as 127.0.0.1, not 'localhost'; "
                + "write 127.0.0.1"
        ),
        (
            "sockets: { a: { port: 1, host: 1.2.3.256 } }",
            "4:36: 'host' in socket 'a' of service 'a' must be an IPv4 address such as 127.0.0.1, not '1.2.3.256'"
        ),
        (
            "sockets: { a: { port: 1, backlog: 0 } }",
            "4:39: 'backlog' in socket 'a' of service 'a' must be a whole number from 1 to 65535, not '0'"
        ),
        (
            "sockets: { a: { path: '${PORT}' } }",
            "4:27: 'path' in socket 'a' of service 'a' must be a path of at most 107 bytes, in which "
                + "${MSCTL_DATA_DIR} may stand first, not '${PORT}'"
        ),
        (
            "sockets: { a: { port: 1, prot: 1 } }",
            "4:30: unknown key 'prot' in socket 'a' of service 'a'; did you mean 'port'?"
        ),
        ("sockets: [{ port: 1 }]", "4:15: a socket of service 'a' has no name; add 'name'"),
        ("sockets: [a, a]", "4:18: two sockets of service 'a' are called 'a'"),
        ("sockets: 5", "4:14: 'sockets' in service 'a' must be a mapping of names, or a list, not '5'"),
        (
            "sockets: { a: { port: 1 }, b: { port: 1 } }",
            "4:32: the sockets 'a' and 'b' of service 'a' have one address; give one of them a 'port' or a 'path' of its own"
        ),
        (
            "ports: [1]\n    sockets: [a, b]",
            "5:18: the sockets 'a' and 'b' of service 'a' have one address; give one of them a 'port' or a 'path' of its own"
        ),
        (
            "ports: [1]\n    sockets: { a: { port: 1 } }",
            "5:16: the port of socket 'a' of service 'a' is in 'ports' too; leave out the socket's 'port' if it is the "
                + "first of 'ports', else take it out of 'ports'"
        ),
        (
            "scale: 2\n    sockets: { a: { path: /x } }",
            "5:16: the replicas of service 'a' would share the path of socket 'a'; give it a 'port', or the service one replica"
        ),
    ])
    func `a wrong socket is reported at its place`(lines: String, expected: String) throws {
        let found = try problems("services:\n  a:\n    command: [a]\n    \(lines)\n")
        #expect(found == ["manifests/a.yaml:\(expected)"])
    }

    @Test func `a socket's port belongs to one service`() throws {
        let found = try problems(
            """
            services:
              a: { command: [a], ports: [9000] }
              b: { command: [b], sockets: { x: { port: 9000 } } }
            """)
        #expect(
            found == [
                "manifests/a.yaml:3:33: port 9000 of service 'b' is taken by service 'a' at manifests/a.yaml:2:30; "
                    + "choose another, or 'auto'"
            ])
    }
}
