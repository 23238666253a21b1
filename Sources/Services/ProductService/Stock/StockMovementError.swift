import HTTPTypes
import ServiceKit

/// Why an operator's movement is not made.
enum StockMovementError: Error, ProblemConvertible {
    /// There is no such product. 404.
    case unknownProduct
    /// Fewer pieces are there than are to go. 409.
    case insufficientStock(product: String, asked: Int)
    /// There would be more pieces than anybody stores. 409.
    case tooManyPieces

    var problem: Problem {
        switch self {
        case .unknownProduct: .notFound
        case .insufficientStock(let product, let asked): .insufficientStock(product: product, asked: asked)
        case .tooManyPieces:
            Problem(
                type: "too-many-pieces", status: .conflict, title: "There would be too many pieces",
                detail: "A stock has at most \(Product.largestStock) pieces.")
        }
    }
}

extension Problem {
    /// The same to whoever asks for more pieces than there are.
    static func insufficientStock(product: String, asked: Int) -> Problem {
        Problem(
            type: "insufficient-stock", status: .conflict, title: "There are not enough pieces",
            detail: "There are fewer than \(asked) pieces of \(product).")
    }
}
