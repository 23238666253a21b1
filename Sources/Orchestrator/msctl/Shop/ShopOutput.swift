/// Prints what the API answered: its own bytes for JSON, the id alone with `-q`, else a record or a table.
struct ShopOutput {
    let console: Console
    let format: OutputFormat

    init(console: Console, format: OutputFormat) {
        self.console = console
        self.format = format
    }

    init(_ global: GlobalOptions) { self.init(console: global.context.console, format: global.format) }

    func one<Item: ShopItem>(_ answer: ShopAnswer, _ type: Item.Type = Item.self) throws(CommandFailure) {
        // Read in any case: what is no such thing is not passed on as one.
        let item = try answer.decoded(type)
        if format == .json { return raw(answer.body) }
        console.result(console.isQuiet ? Table.Cell(item.id).text : item.record.rendered(console.outputStyle))
    }

    func list<Item: ShopItem>(_ list: ShopList<Item>) {
        if format == .json {
            raw(list.json)
        } else if console.isQuiet {
            for item in list.items { console.result(Table.Cell(item.id).text) }
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
        console.result(console.isQuiet ? Table.Cell(user.id).text : user.record.rendered(console.outputStyle))
    }

    private func raw(_ body: [UInt8]) { console.result(bytes: body.last == 10 ? body : body + [10]) }
}
