/// What the API answers, as far as it is shown. Members that only some answers have are optional.
struct ShopUser: Decodable, Equatable {
    struct Profile: Decodable, Equatable {
        let firstName: String?
        let lastName: String?
        let bio: String?
    }
    let id: String
    let username: String
    let email: String
    let profile: Profile?
    let roles: [String]?
    let createdAt: String?
}

/// The answer to a registration or a login.
struct ShopSession: Decodable {
    let token: String
    let refreshToken: String?
    let user: ShopUser
}

struct ShopProduct: Decodable, Equatable {
    let id: String
    let name: String
    let description: String?
    let price: Money
    let stock: Int
    let createdAt: String?
    let updatedAt: String?
}

/// How many pieces of a product came or went, and why.
struct ShopStockMovement: Decodable, Equatable {
    let id: String
    let delta: Int
    let reason: String?
    /// The order that pieces were reserved for, or came back from.
    let orderId: String?
    let stockAfter: Int?
    let createdAt: String?
}

struct ShopOrder: Decodable, Equatable {
    struct Item: Decodable, Equatable {
        let productId: String
        let name: String?
        let quantity: Int
        let unitPrice: Money?
    }
    let id: String
    let userId: String
    let status: String
    let items: [Item]
    let total: Money?
    let createdAt: String?
}

/// One page of a list.
struct ShopPage<Item: Decodable>: Decodable {
    let items: [Item]
    let nextCursor: String?
}
