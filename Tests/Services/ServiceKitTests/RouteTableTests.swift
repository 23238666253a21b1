import Hummingbird
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct RouteTableTests {
    private func faults(_ routes: [Route], authenticator: Authenticator? = TokenMint().authenticator()) -> [String] {
        RouteTable(
            routes: routes, authenticator: authenticator, middlewares: [], outerMiddlewares: [],
            metrics: MetricsRegistry()
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

    @Test func `a service with a fault does not start`() async {
        await #expect(processExitsWith: .failure) {
            let route = Route.get("/things", access: .owner("id")) { _, _ in .json(.ok, "seen") }
            _ = RouteTable(
                routes: [route], authenticator: nil, middlewares: [], outerMiddlewares: [], metrics: MetricsRegistry()
            ).router()
        }
    }
}
