import CLinux
import ControlAPI
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import StateDirectory
import Supervisor

/// The control socket's routes: decode, ask the supervisor, encode.
struct ControlRoutes: Sendable {
    let supervisor: Supervisor
    let since: Int64
    let ending: Ending
    let relief: MemoryRelief
    let metrics: MetricsReader

    /// A project of a thousand services is about a megabyte.
    private static let largestBody = 64 << 20

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get(.init(ControlAPI.Route.daemon.rawValue)) { _, _ in
            let project = await supervisor.projectName
            return try answer(
                DaemonStatus(version: ControlAPI.version, project: project, pid: getpid(), since: since))
        }
        router.post(.init(ControlAPI.Route.up.rawValue)) { request, _ in
            try await accept(request, UpRequest.self) {
                try await supervisor.up($0.project, services: $0.services, attachedTo: $0.attachedTo)
            }
        }
        router.post(.init(ControlAPI.Route.plan.rawValue)) { request, _ in
            let body: UpRequest
            do {
                body = try await decode(request)
            } catch let refusal as Refusal {
                return try answer(refusal, .badRequest)
            }
            let changes = await supervisor.plan(body.project, services: body.services)
            return try answer(Plan(changes: changes.map(Plan.Change.init)))
        }
        router.post(.init(ControlAPI.Route.scale.rawValue)) { request, _ in
            try await accept(request, ScaleRequest.self) { try await supervisor.scale($0.replicas) }
        }
        router.post(.init(ControlAPI.Route.kill.rawValue)) { request, _ in
            try await accept(request, KillRequest.self) {
                try await supervisor.kill(services: $0.services, signal: $0.signal)
            }
        }
        router.post(.init(ControlAPI.Route.down.rawValue)) { request, _ in
            try await accept(request, StopRequest.self) {
                try await supervisor.stop(services: $0.services, grace: $0.graceMilliseconds, forget: $0.forget)
            }
        }
        router.post(.init(ControlAPI.Route.restart.rawValue)) { request, _ in
            try await accept(request, RestartRequest.self) {
                try await supervisor.restart(
                    $0.project, services: $0.services, grace: $0.graceMilliseconds, request: $0.id)
            }
        }
        router.post(.init(ControlAPI.Route.shutdown.rawValue)) { _, _ in
            ending.end()
            return try answer(Accepted(instances: []))
        }
        router.get(.init(ControlAPI.Route.watch.rawValue)) { _, _ in await watch() }
        router.get(.init(ControlAPI.Route.metrics.rawValue)) { _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusText.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics.text())))
        }
        return router
    }

    private func accept<Body: Decodable>(
        _ request: Request, _ type: Body.Type, _ body: (Body) async throws -> [InstanceID]
    ) async throws -> Response {
        do {
            let decoded: Body = try await decode(request)
            relief.schedule()
            return try answer(Accepted(instances: try await body(decoded)))
        } catch let refusal as Refusal {
            return try answer(refusal, .badRequest)
        } catch let error as SupervisorError {
            return try answer(Refusal(message: error.message), .conflict)
        }
    }

    /// Throws a ``Refusal`` that says what is wrong with the body.
    private func decode<Body: Decodable>(_ request: Request) async throws -> Body {
        let bytes = try await request.body.collect(upTo: Self.largestBody)
        do {
            return try JSONDecoder().decode(Body.self, from: Data(bytes.readableBytesView))
        } catch {
            throw Refusal(message: "the request cannot be read: \(error)")
        }
    }

    private func watch() async -> Response {
        let updates = await supervisor.watch()
        let body = ResponseBody { writer in
            for await update in updates {
                let line: WatchLine
                switch update {
                case .all(let statuses): line = .all(statuses)
                case .changed(let status): line = .changed(status)
                case .removed(let instance): line = .removed(instance)
                case .rollout(let rollout): line = .rollout(rollout)
                }
                var bytes = try JSONEncoder().encode(line)
                bytes.append(0x0A)
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/x-ndjson"], body: body)
    }

    private func answer(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
        let bytes = ByteBuffer(bytes: try JSONEncoder().encode(value))
        return Response(
            status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: bytes))
    }
}

extension Plan.Change {
    init(_ change: PlannedChange) {
        let action: Plan.Action =
            switch change.action {
            case .start: .start
            case .replace: .replace
            case .roll: .roll
            case .stop: .stop
            case .none: .none
            }
        self.init(instance: change.instance, action: action, reasons: change.reasons)
    }
}
