/// Prints what the API answered: its own bytes for JSON, the id alone with `-q`, else a record or a table.
struct ShopOutput {
    let console: Console
    let format: OutputFormat

    init(_ global: GlobalOptions) {
        console = global.context.console
        format = global.format
    }

    func one<Item: ShopItem>(_ answer: ShopAnswer, _ type: Item.Type = Item.self) throws(CommandFailure) {
        if format == .json { return raw(answer.body) }
        let item = try answer.decoded(type)
        console.result(console.isQuiet ? item.id : item.record.rendered(console.outputStyle))
    }

    func list<Item: ShopItem>(_ list: ShopList<Item>) {
        if format == .json {
            raw(list.json)
        } else if console.isQuiet {
            for item in list.items { console.result(item.id) }
        } else {
            var table = Table(Item.columns)
            for item in list.items { table.add(item.cells) }
            console.result(table.rendered(console.outputStyle))
        }
        if let cursor = list.cursor { console.talk("there is more: --all, or --cursor \(Table.Cell(cursor).text)") }
    }

    /// A registration or login: the user. Its tokens are kept, never printed: what is printed ends in logs and histories.
    func session(_ answer: ShopAnswer) throws(CommandFailure) {
        let user = try answer.decoded(ShopSession.self).user
        if format == .json { return raw(JSONSlices.member("user", of: answer.body).map { Array($0) } ?? []) }
        console.result(console.isQuiet ? user.id : user.record.rendered(console.outputStyle))
    }

    private func raw(_ body: [UInt8]) { console.result(bytes: body.last == 10 ? body : body + [10]) }
}
