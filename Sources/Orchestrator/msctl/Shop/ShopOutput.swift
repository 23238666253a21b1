/// Prints what the API answered: its own bytes for JSON, the id alone with `-q`, else a record or a table.
struct ShopOutput {
    let console: Console
    let format: OutputFormat

    init(_ global: GlobalOptions) {
        console = global.context.console
        format = global.format
    }

    func one<Item: ShopItem>(_ answer: ShopAnswer, _ type: Item.Type = Item.self) throws(CommandFailure) {
        if format == .json { return raw(answer) }
        let item = try answer.decoded(type)
        console.result(console.isQuiet ? item.id : item.record.rendered(console.outputStyle))
    }

    func page<Item: ShopItem>(_ answer: ShopAnswer, of type: Item.Type) throws(CommandFailure) {
        if format == .json { return raw(answer) }
        let page = try answer.decoded(ShopPage<Item>.self)
        if console.isQuiet {
            for item in page.items { console.result(item.id) }
        } else {
            var table = Table(Item.columns)
            for item in page.items { table.add(item.cells) }
            console.result(table.rendered(console.outputStyle))
        }
        if let cursor = page.nextCursor { console.talk("there is more: --cursor \(cursor)") }
    }

    /// A registration or login: the user.
    func session(_ answer: ShopAnswer) throws(CommandFailure) {
        if format == .json { return raw(answer) }
        let user = try answer.decoded(ShopSession.self).user
        console.result(console.isQuiet ? user.id : user.record.rendered(console.outputStyle))
    }

    private func raw(_ answer: ShopAnswer) {
        console.result(bytes: answer.body.last == 10 ? answer.body : answer.body + [10])
    }
}
