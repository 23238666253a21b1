import Foundation
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct StockInvariantTests {
    private func statuses(of count: Int, _ request: @escaping @Sendable (Int) async throws -> Int) async throws
        -> [Int: Int]
    {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<count { group.addTask { try await request(number) } }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    @Test func `five hundred buyers of a hundred pieces get exactly a hundred`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 100)
            let statuses = try await statuses(of: 500) { _ in try await shelf.reserve(1, of: product).status }
            #expect(statuses == [201: 100, 409: 400])
            #expect(try await shelf.stock(of: product) == 0)
        }
    }

    @Test func `of two buyers of the last piece one gets it`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 1)
            let statuses = try await statuses(of: 2) { _ in try await shelf.reserve(1, of: product).status }
            #expect(statuses == [201: 1, 409: 1])
        }
    }

    @Test func `one reservation asked for ten times at once is made once`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 10)
            let (id, order) = (UUID(), UUID())
            let statuses = try await statuses(of: 10) { _ in
                try await shelf.reserve(2, of: product, as: id, for: order).status
            }
            #expect(statuses == [201: 1, 200: 9])
            #expect(try await shelf.stock(of: product) == 8)
        }
    }

    @Test func `a reservation released by ten at once puts its pieces back once`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 10)
            let id = UUID()
            _ = try await shelf.reserve(2, of: product, as: id)
            let statuses = try await statuses(of: 10) { number in
                try await shelf.tell(number % 2 == 0 ? "release" : "return", id, of: product).status
            }
            #expect(statuses == [200: 10])
            #expect(try await shelf.stock(of: product) == 10)
        }
    }
}
