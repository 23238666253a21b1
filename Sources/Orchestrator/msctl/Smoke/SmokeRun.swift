import FoundationEssentials
import LogStore
import StateDirectory

/// The end-to-end check of a running shop: what two people and the operator do in a few seconds, and what must come of it.
final class SmokeRun {
    private let api: SmokeClient
    private let shop: Shop
    private let layout: StateLayout
    private let suffix = SmokeClient.hexadecimal(4)
    private let password = SmokeClient.hexadecimal(12)
    private var tokens: [String] = []
    private var products: [ShopProduct] = []
    private var order: ShopOrder?
    /// Of the request that placed the order.
    private var orderTraceID = ""

    private static let stock = 10
    private static let ordered = [2, 3]

    init(shop: Shop, layout: StateLayout) {
        self.shop = shop
        self.layout = layout
        api = SmokeClient(client: shop.client)
    }

    /// Of the request that a failing step sent last; empty when it sent none.
    var requestID: String { api.requestID }

    func perform(_ step: SmokeStep) async throws {
        switch step {
        case .status: try checkStatus()
        case .register: try await register()
        case .logIn: try await logIn()
        case .createProducts: try await createProducts()
        case .placeOrder: try await placeOrder()
        case .stockFell: try await checkStock("after the order")
        case .refuseOrder: try await refuseOrder()
        case .released: try await checkStock("after the refused order")
        case .readBack: try await readBack()
        case .keepOut:
            _ = try await api.send(
                ShopRequest("GET", "api", "orders", placed().id), token: tokens[1], expecting: 403, 404)
        case .logs: try await checkLogs()
        }
    }

    private func checkStatus() throws {
        // With MSCTL_API_URL the shop may run elsewhere; then its own API is all there is to ask.
        guard shop.client.api == ShopClient.project else { return }
        let rows = try StatusReport.read(layout, services: [], withProbes: false).rows
        for row in rows where !row.status.isReady && row.status.exit?.isSuccess != true {
            throw SmokeFailure(
                "\(row.status.instance) is \(row.status.state.rawValue)\(row.status.why.map { ": \($0)" } ?? "")")
        }
    }

    private func register() async throws {
        for name in names {
            let body = JSONBody.object([
                ("username", .string(name)), ("email", .string("\(name)@example.org")), ("password", .string(password)),
            ])
            let answer = try await api.send(
                ShopRequest("POST", "api", "users", "register", body: body), expecting: 201)
            let user = try answer.decoded(Registered.self).user
            guard user.username == name else {
                throw SmokeFailure("registered \(name), the answer is \(user.username)")
            }
        }
    }

    private func logIn() async throws {
        for name in names {
            let body = JSONBody.object([("login", .string(name)), ("password", .string(password))])
            let answer = try await api.send(ShopRequest("POST", "api", "users", "login", body: body), expecting: 200)
            tokens.append(try answer.decoded(ShopSession.self).token)
        }
    }

    private func createProducts() async throws {
        let token = try await shop.operatorToken()
        for (number, price) in [Int64(1999), 500].enumerated() {
            let body = JSONBody.object([
                ("name", .string("Smoke \(suffix) \(number + 1)")), ("description", .string("Made by msctl smoke")),
                ("price", Money(amount: price, currency: "EUR").body), ("stock", .integer(Int64(Self.stock))),
            ])
            let answer = try await api.send(
                ShopRequest("POST", "api", "products", body: body), token: token, expecting: 201)
            products.append(try answer.decoded())
        }
    }

    private func placeOrder() async throws {
        let answer = try await api.send(placing(Self.ordered), token: tokens[0], expecting: 201, 202)
        orderTraceID = api.traceID
        var order: ShopOrder = try answer.decoded()
        // 202: a step waits for a neighbour; it is decided soon.
        try await eventually("the order is still \(order.status)") {
            if order.status == "pending" { order = try await read(order.id) }
            return order.status != "pending"
        }
        guard order.status == "confirmed" else { throw SmokeFailure("the order is \(order.status), not confirmed") }
        self.order = order
        let total = zip(products, Self.ordered).reduce(Int64(0)) { $0 + $1.0.price.amount * Int64($1.1) }
        guard let stated = order.total, stated != Money(amount: total, currency: "EUR") else { return }
        throw SmokeFailure("the order's total is \(stated), not \(Money(amount: total, currency: "EUR"))")
    }

    private func refuseOrder() async throws {
        _ = try await api.send(placing([1, Self.stock + 1]), token: tokens[0], expecting: 409)
    }

    private func readBack() async throws {
        let order = try await read(placed().id)
        guard order == self.order else { throw SmokeFailure("the order reads \(order), it was \(try placed())") }
    }

    /// Of both products as much is there as before, less the one order. Releasing may take a moment.
    private func checkStock(_ when: String) async throws {
        for (product, quantity) in zip(products, Self.ordered) {
            var stock = -1
            try await eventually("\(product.name) has stock \(stock) \(when), not \(Self.stock - quantity)") {
                let answer = try await api.send(
                    ShopRequest("GET", "api", "products", product.id), token: tokens[0], expecting: 200)
                stock = try answer.decoded(ShopProduct.self).stock
                return stock == Self.stock - quantity
            }
        }
    }

    /// Lines of the gateway and of at least two services behind it.
    private func checkLogs() async throws {
        guard shop.client.api == ShopClient.project else { return }
        var services: Set<String> = []
        try await eventually("the order's trace \(orderTraceID) is in the logs of \(services.sorted()) only") {
            var lines = try LogReader(layout: layout).lines(ofTrace: orderTraceID)
            services = Set(try lines.all().map(\.instance.service))
            return services.contains("api-gateway") && services.count >= 3
        }
    }

    /// The log lines of the request that failed, at most `count`.
    func linesOfLastRequest(_ count: Int) -> [String] {
        guard !requestID.isEmpty else { return [] }
        do {
            var lines = try LogReader(layout: layout).lines(ofRequest: requestID)
            return try lines.all().suffix(count).map { Table.Cell("\($0.instance)  \($0.text)").text }
        } catch {
            // Beside a failure, not instead of it.
            return ["(the logs cannot be read: \(error))"]
        }
    }

    private var names: [String] { ["smoke-\(suffix)-a", "smoke-\(suffix)-b"] }

    private struct Registered: Decodable { let user: ShopUser }

    private func placed() throws -> ShopOrder {
        guard let order else { throw SmokeFailure("no order was placed") }
        return order
    }

    private func read(_ id: String) async throws -> ShopOrder {
        try await api.send(ShopRequest("GET", "api", "orders", id), token: tokens[0], expecting: 200).decoded()
    }

    private func placing(_ quantities: [Int]) -> ShopRequest {
        let items = zip(products, quantities).map { OrderItem(product: $0.id, quantity: $1).body }
        var request = ShopRequest("POST", "api", "orders", body: .object([("items", .array(items))]))
        request.idempotencyKey = UUID().uuidString.lowercased()
        return request
    }

    /// Asks again for up to 2 s.
    private func eventually(_ message: @autoclosure () -> String, _ holds: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(2)
        while try await !holds() {
            guard ContinuousClock.now < deadline else { throw SmokeFailure(message()) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
