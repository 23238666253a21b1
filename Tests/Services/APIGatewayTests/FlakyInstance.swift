import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceTestSupport
import Synchronization

/// What instances of one service have in common, as a database is.
final class FlakyOrders: Sendable {
    private struct State {
        var calls = 0
        var arrivals: [String: Int] = [:]
        var placed: [String?] = []
    }

    private let state = Mutex(State())

    /// Requests that came, of whatever kind.
    var calls: Int { state.withLock { $0.calls } }
    /// How often a POST came with each key.
    var arrivals: [String: Int] { state.withLock { $0.arrivals } }
    /// The keys of the orders that were placed; nil for one that was placed without a key.
    var placed: [String?] { state.withLock { $0.placed } }

    func arrived(_ method: HTTPMethod, _ key: String?) {
        state.withLock { state in
            state.calls += 1
            if method == .POST, let key { state.arrivals[key, default: 0] += 1 }
        }
    }

    /// Places the order, unless there is one of this key.
    func place(_ key: String?) {
        state.withLock { state in
            if key == nil || !state.placed.contains(key) { state.placed.append(key) }
        }
    }
}

/// An instance that breaks a share of its connections, half of them before it does what it is asked and half after.
final class FlakyInstance: Sendable {
    private enum Fault { case before, after }

    private let orders: FlakyOrders
    private let percent: Int
    private let dice: Mutex<SplitMix>

    private init(_ orders: FlakyOrders, breaking percent: Int, seed: UInt64) {
        self.orders = orders
        self.percent = percent
        dice = Mutex(SplitMix(seed: seed))
    }

    static func run<Value>(
        _ orders: FlakyOrders, breaking percent: Int, seed: UInt64, _ test: (Int) async throws -> Value
    ) async throws -> Value {
        let instance = FlakyInstance(orders, breaking: percent, seed: seed)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Connection(instance))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port else { preconditionFailure("a bound channel has a port") }
        do {
            let value = try await test(port)
            try await channel.close()
            return value
        } catch {
            try await channel.close()
            throw error
        }
    }

    /// Whether there is an answer.
    private func answers(_ method: HTTPMethod, _ key: String?) -> Bool {
        orders.arrived(method, key)
        let fault = dice.withLock { dice -> Fault? in
            guard Int.random(in: 0..<100, using: &dice) < percent else { return nil }
            return Bool.random(using: &dice) ? .before : .after
        }
        if method == .POST, fault != .before { orders.place(key) }
        return fault == nil
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let instance: FlakyInstance
        private var method = HTTPMethod.GET
        private var key: String?

        init(_ instance: FlakyInstance) { self.instance = instance }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (method, key) = (head.method, head.headers.first(name: "Idempotency-Key"))
            case .body: break
            case .end:
                guard instance.answers(method, key) else { return context.close(promise: nil) }
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "0"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
