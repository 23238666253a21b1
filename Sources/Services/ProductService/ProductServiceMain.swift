import ServiceKit

/// The catalogue of the shop: products, how many pieces there are, and who holds them.
@main
enum ProductServiceMain {
    static func main() async {
        await ServiceMain.run(ProductServiceConfiguration.self) { configuration, runtime in
            try await ProductService.assemble(configuration, in: runtime)
        }
    }
}
