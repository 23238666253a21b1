import Manifest
import StateDirectory

/// `msctl.graph/1`.
struct GraphDocument: Encodable {
    let schema = "msctl.graph/1"
    let project: String
    let services: [Node]

    init(_ graph: ServiceGraph) {
        project = graph.project
        services = graph.nodes.map(Node.init)
    }

    struct Node: Encodable {
        let service: String
        let hop: Int
        let dependsOn: [Edge]
        let instances: [Instance]

        init(_ node: ServiceGraph.Node) {
            service = node.service.name
            hop = node.hop
            dependsOn = node.dependencies.map(Edge.init)
            instances = node.instances.map(Instance.init)
        }
    }

    struct Edge: Encodable {
        let service: String
        let condition: String
        let required: Bool
        let restart: Bool

        init(_ dependency: Dependency) {
            service = dependency.service
            condition = dependency.condition.rawValue
            required = dependency.required
            restart = dependency.restart
        }
    }

    struct Instance: Encodable {
        let instance: String
        let state: InstanceState
        let health: InstanceHealth

        init(_ status: InstanceStatus) {
            instance = status.instance.description
            state = status.state
            health = status.health
        }
    }
}
