import ServiceKit

/// The shop's one public door.
@main
enum APIGatewayMain {
    static func main() async {
        await ServiceMain.run(GatewayConfiguration.self) { configuration, runtime in
            APIGateway.assemble(configuration, in: runtime)
        }
    }
}
