import Foundation
import Logging
import ServiceKit
import ServiceLifecycle

/// Runs sagas beside the requests: those just placed, and those an earlier life or another instance left unfinished.
struct SagaWorker: Service {
    let sagas: SagaStore
    let placements: PlacementStore
    let runner: SagaRunner
    let queue: SagaQueue
    let policy: SagaPolicy
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingDiscardingTaskGroup { group in
                    group.addTask { try await search() }
                    for await id in queue.ids { group.addTask { await run(id) } }
                }
            }
        } catch is CancellationError {
            // Told to stop: what is unfinished is in the database and goes on elsewhere or at the next start.
        }
        do {
            try await sagas.endLeases()
        } catch {
            logger.warning("another instance will wait for the leases of this one to end", error: error)
        }
    }

    private func run(_ id: UUID) async {
        do {
            try await runner.run(id)
        } catch is CancellationError {
            // As above.
        } catch is SagaRows.Superseded {
            logger.notice("another instance has taken the order over", metadata: ["orderId": .string(id.text)])
        } catch {
            // Found again once its lease is over.
            logger.error("an order is left for later", error: error, metadata: ["orderId": .string(id.text)])
        }
        queue.ended(id)
    }

    private func search() async throws {
        while true {
            try await RequestIdentity.$current.withValue(.fresh()) { try await round() }
            try await policy.pause(policy.search)
        }
    }

    private func round() async throws {
        try await attempt("unfinished orders cannot be looked for now") {
            for id in try await sagas.abandoned(limit: max(0, policy.capacity - queue.count)) {
                logger.notice("an unfinished order goes on", metadata: ["orderId": .string(id.text)])
                queue.offer(id)
            }
        }
        try await attempt("old idempotency keys cannot be forgotten now") { try await placements.forgetOldKeys() }
    }

    /// What fails is tried again in the next round.
    private func attempt(_ failure: Logger.Message, _ task: () async throws -> Void) async throws {
        do {
            try await task()
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.error(failure, error: error)
        }
    }
}
