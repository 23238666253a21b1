import ServiceKit

/// Orders of the shop: who bought what, and the saga that makes it so or leaves no trace of it.
@main
enum OrderServiceMain {
    static func main() async {
        await ServiceMain.run(OrderServiceConfiguration.self) { configuration, runtime in
            try await OrderService.assemble(configuration, in: runtime)
        }
    }
}
