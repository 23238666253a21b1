import ArgumentParser

struct ProductListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the products, all or those you look for.",
        discussion: "For example: msctl product list --search lamp --max-price 30 --in-stock --sort price")

    @OptionGroup var filter: ProductFilter
    @OptionGroup var page: PageOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var request = ShopRequest("GET", "api", "products")
        request.query = filter.query
        let list = try await ShopList<ShopProduct>.read(request, page.complete(global), try Shop(global.context))
        ShopOutput(global).list(list)
    }
}
