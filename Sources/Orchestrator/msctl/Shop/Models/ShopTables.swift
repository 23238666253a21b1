/// The shop's things for people: how a list is a table and one of them a record.
protocol ShopItem: Decodable {
    var id: String { get }
    static var columns: [Table.Column] { get }
    var cells: [Table.Cell] { get }
    var record: Record { get }
}

extension ShopUser: ShopItem {
    static let columns: [Table.Column] = [.left("ID"), .left("USERNAME"), .left("EMAIL"), .left("ROLES")]

    var cells: [Table.Cell] {
        [Table.Cell(id), Table.Cell(username), Table.Cell(email), Table.Cell((roles ?? []).joined(separator: ", "))]
    }

    var record: Record {
        Record([
            ("id", id), ("username", username), ("email", email), ("roles", roles?.joined(separator: ", ")),
            ("first name", profile?.firstName), ("last name", profile?.lastName), ("bio", profile?.bio),
            ("created", createdAt),
        ])
    }
}

extension ShopProduct: ShopItem {
    static let columns: [Table.Column] = [.left("ID"), .left("NAME"), .right("PRICE"), .right("STOCK")]

    var cells: [Table.Cell] {
        [Table.Cell(id), Table.Cell(name), Table.Cell("\(price)"), Table.Cell(String(stock))]
    }

    var record: Record {
        Record([
            ("id", id), ("name", name), ("description", description), ("price", "\(price)"), ("stock", String(stock)),
            ("created", createdAt), ("updated", updatedAt),
        ])
    }
}

extension ShopStockMovement: ShopItem {
    static let columns: [Table.Column] = [
        .left("ID"), .right("CHANGE"), .right("STOCK"), .left("REASON"), .left("CREATED"), .left("ORDER"),
    ]

    var cells: [Table.Cell] {
        [
            Table.Cell(id), Table.Cell(change), Table.Cell(stockAfter.map { String($0) } ?? ""),
            Table.Cell(reason ?? ""), Table.Cell(createdAt ?? ""), Table.Cell(orderId ?? ""),
        ]
    }

    var record: Record {
        Record([
            ("id", id), ("change", change), ("stock", stockAfter.map { String($0) }), ("reason", reason),
            ("order", orderId), ("created", createdAt),
        ])
    }

    private var change: String { delta > 0 ? "+\(delta)" : String(delta) }
}

extension ShopOrder: ShopItem {
    static let columns: [Table.Column] = [
        .left("ID"), .left("STATUS"), .right("TOTAL"), .right("ITEMS"), .left("CREATED"),
    ]

    var cells: [Table.Cell] {
        [
            Table.Cell(id), Table.Cell(status) { $0.paint($1, tone) }, Table.Cell(total.map { "\($0)" } ?? ""),
            Table.Cell(String(items.reduce(0) { $0 + $1.quantity })), Table.Cell(createdAt ?? ""),
        ]
    }

    var record: Record {
        Record(
            [
                ("id", id), ("status", status), ("user", userId), ("total", total.map { "\($0)" }),
                ("created", createdAt),
            ]
                + items.map { item in
                    let price = item.unitPrice.map { " at \($0)" } ?? ""
                    return ("item", "\(item.quantity) × \(item.name ?? item.productId)\(price)")
                })
    }

    private var tone: Tone {
        switch status {
        case "confirmed": .well
        case "pending": .busy
        case "rejected": .ill
        default: .idle
        }
    }
}
