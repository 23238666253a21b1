import Manifest
import StateDirectory
import Testing

@testable import msctl

/// What people call services and instances on the command line.
@Suite struct NameTests {
    private let names = KnownNames(
        project: "shop", services: ["web", "worker"],
        instances: [InstanceID(service: "web", replica: 1), InstanceID(service: "web", replica: 2)])

    @Test func `services and instances are known by name`() throws {
        try names.check(["web", "web.2", "worker"])
        try names.checkServices(["worker"])
    }

    @Test(arguments: [
        ("wbe", "there is no service 'wbe' in shop", "did you mean 'web'?"),
        ("database", "there is no service 'database' in shop", "it has web, worker"),
        ("web.7", "there is no instance 'web.7' in shop", "there is web.1, web.2"),
        ("worker.1", "there is no instance 'worker.1' in shop", "none of worker is there; see 'msctl status'"),
    ])
    func `a wrong name is told with what there is`(name: String, message: String, hint: String) {
        #expect(throws: CommandFailure.usage(message, hint: hint)) { try names.check(["web", name]) }
    }

    @Test func `where services are meant, an instance is refused`() {
        #expect(throws: CommandFailure.usage("'web.2' is an instance; this takes services", hint: "try 'web'")) {
            try names.checkServices(["web.2"])
        }
    }

    @Test func `no names mean all`() {
        let id = InstanceID(service: "web", replica: 2)
        #expect([String]().means(id) && ["web"].means(id) && ["x", "web.2"].means(id))
        #expect(!["web.1"].means(id))
    }

    @Test(arguments: [("web=3", "web", 3), ("a-b=0", "a-b", 0), ("x.y=1000", "x.y", 1000)])
    func `a number of replicas`(text: String, service: String, replicas: Int) {
        #expect(ReplicaArgument(argument: text)?.service == service)
        #expect(ReplicaArgument(argument: text)?.replicas == replicas)
    }

    @Test(arguments: ["web", "web=", "=3", "web=-1", "web=1001", "web=3=3", "web=three"])
    func `what is no number of replicas`(text: String) {
        #expect(ReplicaArgument(argument: text) == nil)
    }

    @Test func `a project is scaled by the last word for each service`() throws {
        let project = Project(
            name: "p", directory: "/",
            services: ["a", "b"].map { Service(name: $0, command: [$0], workingDirectory: "/") })
        let replicas = ["a=2", "a=3"].compactMap { ReplicaArgument(argument: $0) }
        #expect(try project.scaled(replicas).services.map(\.replicas) == [3, 1])
        let wrong = ["c=1"].compactMap { ReplicaArgument(argument: $0) }
        #expect { try project.scaled(wrong) } throws: { ($0 as? CommandFailure)?.exitCode == 64 }
    }
}
