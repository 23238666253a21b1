import Hummingbird
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct RouteTableTests {
    private func faults(_ routes: [Route], authenticator: Authenticator? = TokenMint().authenticator()) -> [String] {
        RouteTable(
            routes: routes, authenticator: authenticator, middlewares: [],
            accessLog: AccessLog(logger: LogCapture().logger(), metrics: MetricsRegistry())
        ).faults
    }

    private static let handler: Route.Handler = { _, _ in .json(.ok, "seen") }

    @Test func `a table in which each route can be reached by whom it names has no faults`() {
        #expect(
            faults([
                .get("/things/:id", access: .owner("id").or(.service), Self.handler),
                .put("/things/:id", access: .owner("id"), Self.handler),
                .get("/things", access: .anyone, Self.handler), .post("/things", access: .account, Self.handler),
            ]) == [])
        #expect(faults([.get("/things", access: .anyone, Self.handler)], authenticator: nil) == [])
    }

    @Test func `two routes for one method and path, and an owner that no path names, are faults`() {
        #expect(
            faults([
                .get("/things/:id", access: .account, Self.handler), .get("/things/:id", access: .anyone, Self.handler),
                .put("/things/:id", access: .account, Self.handler),
                .post("/things/:thing", access: .operator.or(.owner("id")), Self.handler),
                .delete("/:identity/id", access: .owner("id"), Self.handler),
            ]) == [
                "GET /things/:id is declared twice", "POST /things/:thing has no :id, whose owner may use it",
                "DELETE /:identity/id has no :id, whose owner may use it",
            ])
    }

    @Test func `a route that needs credentials needs somebody who reads them`() {
        #expect(
            faults([.get("/things", access: .account, Self.handler)], authenticator: nil) == [
                "GET /things needs credentials, and the service has no authenticator"
            ])
    }

    @Test func `what may be written is what the document says`() {
        let writing: Route.BodyHandler = { _, _, _ in .noContent }
        func operation(_ body: Schema?) -> Operation { Operation("Does it", body: body, answers: [.noContent: nil]) }
        let thing = Schema.object(["name": .string()], optional: ["stock": .count])
        #expect(
            faults([
                .post("/things", access: .anyone, writing: ["name", "stock"], writing).described(operation(thing)),
                .put("/things/:id", access: .anyone, writing: ["stock", "name"], writing)
                    .described(operation(thing.named("Thing"))),
                .post("/things/:id", access: .anyone, Self.handler).described(operation(nil)),
                .post("/internal", access: .service, writing: ["name"], writing),
            ]) == [])
        #expect(
            faults([
                .post("/less", access: .anyone, writing: ["name"], writing).described(operation(thing)),
                .put("/more", access: .anyone, writing: ["name", "role", "stock"], writing)
                    .described(operation(thing.named("Thing"))),
                .post("/undeclared", access: .anyone, Self.handler).described(operation(thing)),
                .post("/undocumented", access: .anyone, writing: ["name"], writing).described(operation(nil)),
                .put("/nothing", access: .anyone, writing: [], writing).described(operation(.array(of: thing))),
                .put("/null", access: .anyone, writing: ["name"], writing).described(operation(.object([:]))),
            ]) == [
                "POST /less documents name, stock and lets name be written",
                "PUT /more documents name, stock and lets name, role, stock be written",
                "POST /undeclared documents name, stock and lets no body be written",
                "POST /undocumented documents no body and lets name be written",
                "PUT /null documents no member and lets name be written",
            ])
    }

    @Test func `a service whose document says otherwise than what may be written does not start`() async {
        await #expect(processExitsWith: .failure) {
            let route = Route.put("/things", access: .anyone, writing: ["name", "role"]) { _, _, _ in .noContent }
                .described(Operation("Does it", body: .object(["name": .string()]), answers: [.noContent: nil]))
            _ = buildApplication(ServiceParts(routes: [route]), in: .test())
        }
        await #expect(processExitsWith: .success) {
            let route = Route.put("/things", access: .anyone, writing: ["name"]) { _, _, _ in .noContent }
                .described(Operation("Does it", body: .object(["name": .string()]), answers: [.noContent: nil]))
            _ = buildApplication(ServiceParts(routes: [route]), in: .test())
        }
    }

    @Test func `a service with a fault does not start`() async {
        await #expect(processExitsWith: .failure) {
            let route = Route.get("/things", access: .owner("id")) { _, _ in .json(.ok, "seen") }
            _ = RouteTable(
                routes: [route], authenticator: nil, middlewares: [],
                accessLog: AccessLog(logger: LogCapture().logger(), metrics: MetricsRegistry())
            ).router()
        }
    }
}
