import ArgumentParser
import CLinux
import Manifest
import StateDirectory
import SystemPackage
import TestSupport
import Testing

@testable import msctl

@Suite struct GraphTests {
    /// users ◄─ orders ◄─ gateway, migration ◄─ orders, cache ◄┄ gateway, users ◄─ gateway
    private let project: Project = {
        func service(_ name: String, _ dependencies: Dependency...) -> Service {
            var service = Service(name: name, command: [name], workingDirectory: "/")
            service.dependsOn = dependencies
            return service
        }
        return Project(
            name: "shop", directory: "/",
            services: [
                service(
                    "gateway", Dependency(service: "orders", condition: .healthy),
                    Dependency(service: "users"), Dependency(service: "cache", required: false)),
                service(
                    "orders", Dependency(service: "users", condition: .healthy),
                    Dependency(service: "migration", condition: .completedSuccessfully)),
                service("users"), service("migration"), service("cache"),
            ])
    }()

    private func graph(_ statuses: [InstanceStatus] = []) -> ServiceGraph {
        ServiceGraph(project, services: project.services, statuses: statuses)
    }

    @Test func `each service stands once, under the last it waits for, with its hop`() {
        #expect(
            GraphText.rendered(graph(), style: .plain) == """
                HOP  SERVICE        AFTER
                  0  users
                  1  └─ orders      users healthy, migration completed
                  2     └─ gateway  orders healthy, users started, cache started (optional)
                  0  migration
                  0  cache
                """)
    }

    @Test func `states are shown when something has run`() {
        let text = GraphText.rendered(
            graph([status("users", 1, .running), status("orders", 1, .backoff), status("orders", 2, .running)]),
            style: .plain)
        #expect(text.contains("HOP  SERVICE        STATE"))
        #expect(text.contains("users          running (healthy)"))
        #expect(text.contains("└─ orders      1 backoff, 1 running (healthy)  users healthy"))
    }

    @Test func `what is left out is no step and no arrow`() throws {
        let part = ServiceGraph(project, services: try project.closure(of: ["orders"]), statuses: [])
        #expect(part.nodes.map(\.service.name) == ["orders", "users", "migration"])
        #expect(part.nodes.map(\.hop) == [1, 0, 0])
        let lonely = ServiceGraph(project, services: project.services.filter { $0.name == "gateway" }, statuses: [])
        #expect(GraphText.rendered(lonely, style: .plain) == "HOP  SERVICE  AFTER\n  0  gateway")
        #expect(GraphText.rendered(ServiceGraph(project, services: [], statuses: []), style: .plain).hasPrefix("HOP"))
    }

    @Test func `as DOT and as Mermaid every service is a node and every dependency an arrow`() {
        let graph = graph([status("users", 1, .crashLooping)])
        let dot = GraphDOT.rendered(graph)
        #expect(dot.contains(#"  "users" [label="users\ncrash-looping (healthy)", color=crimson];"#))
        #expect(dot.contains(#"  "gateway" -> "cache" [label=started, style=dashed];"#))
        let mermaid = GraphMermaid.rendered(graph)
        #expect(mermaid.contains(#"  n2["users<br/>crash-looping (healthy)"]:::ill"#))
        #expect(mermaid.contains("  n0 -.->|started| n4"))
        #expect(mermaid.contains("  n0 -->|healthy| n1"))
        for text in [dot, mermaid] { #expect(text.split(separator: "\n").count { $0.contains("->") } == 5) }
    }

    @Test(arguments: [#"a"b"#, #"a\b"#, #"\"#, "a\nb", "a;b{}[]|<x>#&`", "ä→", "end"])
    func `hostile names stay within their quotes`(name: String) throws {
        let service = Service(name: name, command: ["x"], workingDirectory: "/")
        var other = Service(name: "other", command: ["x"], workingDirectory: "/")
        other.dependsOn = [Dependency(service: name)]
        let hostile = Project(name: name, directory: "/", services: [service, other])
        let graph = ServiceGraph(hostile, services: hostile.services, statuses: [])
        try Self.check(dot: GraphDOT.rendered(graph))
        Self.check(mermaid: GraphMermaid.rendered(graph))
    }

    @Test func `Graphviz and the flowchart grammar take it`() throws {
        let graph = graph([status("users", 1, .running)])
        try Self.check(dot: GraphDOT.rendered(graph))
        Self.check(mermaid: GraphMermaid.rendered(graph))
    }

    @Test func `as JSON it has every edge with its condition`() {
        let document = JSONOutput.line(GraphDocument(graph([status("users", 1, .running)])))
        #expect(document.hasPrefix(#"{"project":"shop","schema":"msctl.graph/1","services":[{"dependsOn":["#))
        #expect(
            document.contains(
                #"{"condition":"service_completed_successfully","required":true,"restart":false,"service":"migration"}"#
            ))
        #expect(
            document.contains(#""hop":0,"instances":[{"health":"healthy","instance":"users.1","state":"running"}]"#))
    }

    @Test(arguments: ["text", "dot", "mermaid", "json"])
    func `every documented format is taken`(format: String) throws {
        _ = try GraphCommand.parse(["--format", format])
    }

    private func status(_ service: String, _ replica: Int, _ state: InstanceState) -> InstanceStatus {
        var status = InstanceStatus(instance: InstanceID(service: service, replica: replica), state: state, since: 0)
        if state != .backoff { status.health = .healthy }
        return status
    }

    /// With the real `dot`, which is no part of what a build needs.
    private static func check(dot text: String) throws {
        let places: [String] = ["/usr/bin/dot", "/usr/local/bin/dot"]
        guard let program = places.first(where: { access($0, X_OK) == 0 }) else {
            print("SKIPPED: there is no Graphviz here (apt-get install graphviz), so no DOT was checked")
            return
        }
        let directory = TemporaryDirectory()
        let file = try directory.file("graph.dot", text + "\n")
        let child = try SpawnedProcess(program, ["-Tsvg", "-o", "/dev/null", file.string])
        #expect(child.wait() == 0, "\(text)")
    }

    /// The part of Mermaid's flowchart grammar that is used, line by line.
    private static func check(mermaid text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.first == "flowchart LR")
        for line in lines.dropFirst() {
            let isNode =
                line.wholeMatch(of: #/  n\d+\["(?:[^"`<>&#;\\]|#\d+;|<br/>)+"\]:::(well|busy|ill|idle)/#) != nil
            let isEdge = line.wholeMatch(of: #/  n\d+ (-->|-\.->)\|(started|healthy|completed)\| n\d+/#) != nil
            let isClass = line.wholeMatch(of: #/  classDef [a-z]+ stroke:\#[0-9a-f]{6}/#) != nil
            #expect(isNode || isEdge || isClass, "\(line)")
        }
    }
}
