import GRDB
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// The one place where errors become responses. Everything inside throws; nothing inside writes an error body.
struct ProblemMiddleware: RouterMiddleware {
    let paths: LoggedPath

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        do {
            guard request.method.isKnown else { throw Problem.unknownMethod }
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // The connection is broken in mid-body; the server closes it, there is nobody to answer.
            throw error
        } catch {
            let problem = Self.problem(of: error, logger: context.logger)
            let route = context.endpointPath.flatMap { $0 == "NotFound" ? nil : $0 }
            let path = request.uri.path
            let isOurs = paths.text(of: path, route: route) == path
            let response = Response.json(
                problem.status, problem.json(instance: isOurs ? path : nil, traceID: context.identity.trace.traceID),
                headers: problem.headers, type: "application/problem+json")
            // A body would be taken for the beginning of the next answer (RFC 9112 section 6.3).
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private static func problem(of error: any Error, logger: Logger) -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case let convertible as any ProblemConvertible:
            return convertible.problem
        case let error as HTTPError where error.status == .notFound:
            return .notFound
        case let error as DatabaseError where error.resultCode == .SQLITE_BUSY:
            logger.error("the database stayed locked", error: error)
            return .unavailable("The service is busy.")
        case is CancellationError:
            // The client went away, or we are stopping; whoever still listens may ask again.
            return .unavailable("The request was cancelled.")
        default:
            logger.error("a request failed unexpectedly", error: error)
            return .internalError
        }
    }
}
