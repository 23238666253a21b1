import Manifest
import SystemPackage
import Testing

@testable import msctl

@Suite struct WatchPlanTests {
    private func plan(_ rules: WatchRule..., output: String = "/p/.build/debug") throws -> WatchPlan {
        var service = Service(name: "web", command: ["program"], workingDirectory: "/p")
        service.build = Build(recipe: .command(["make"]), context: "/p", output: output)
        service.watch = rules
        let project = Project(
            name: "shop", directory: "/p", files: ["/p/manifests/a.yaml"], services: [service])
        return try WatchPlan(project, services: [service])
    }

    @Test func `a file under a rule's path asks for what the rule says`() throws {
        let plan = try plan(
            WatchRule(action: .rebuild, path: "/p/src"), WatchRule(action: .restart, path: "/p/web.conf"))
        #expect(plan.effects(of: "/p/src/a/b.swift") == [.rebuild("web")])
        #expect(plan.effects(of: "/p/web.conf") == [.restart("web")])
        #expect(plan.effects(of: "/p/srcs/a") == [])
        #expect(plan.effects(of: "/p/other") == [])
    }

    @Test func `to replace is more than to restart`() throws {
        let plan = try plan(WatchRule(action: .rebuild, path: "/p/src"), WatchRule(action: .restart, path: "/p"))
        #expect(plan.effects(of: "/p/src/a") == [.rebuild("web")])
        #expect(plan.effects(of: "/p/a") == [.restart("web")])
    }

    @Test func `ignored and not included files do not count`() throws {
        var rule = WatchRule(action: .rebuild, path: "/p/src")
        rule.ignore = ["**/*.md", "gen", "!gen/keep.swift"]
        rule.include = ["**/*.swift", "**/*.md"]
        let plan = try plan(rule)
        #expect(plan.effects(of: "/p/src/a.swift") == [.rebuild("web")])
        #expect(plan.effects(of: "/p/src/x/a.swift") == [.rebuild("web")])
        #expect(plan.effects(of: "/p/src/a.md") == [])
        #expect(plan.effects(of: "/p/src/a.txt") == [])
        #expect(plan.effects(of: "/p/src/gen/a.swift") == [])
        #expect(plan.effects(of: "/p/src/gen/keep.swift") == [.rebuild("web")])
        // An exception may be anywhere below.
        #expect(plan.looksInto("/p/src/gen"))
    }

    @Test(arguments: [
        ".git/HEAD", "a/.git/x", ".msctl/state.db", ".build/debug/x", ".build-release/x", "a.swift~", ".a.swift.swp",
        "4913", "#a.swift#", ".#a.swift", "a.swift___jb_tmp___", ".DS_Store", "out/x",
    ])
    func `version control, state, output and editors' own files never count`(path: String) throws {
        let plan = try plan(WatchRule(action: .rebuild, path: "/p"), output: "/p/out")
        #expect(plan.effects(of: FilePath("/p").pushing(FilePath(path))) == [])
    }

    @Test func `a project below a directory with such a name is watched all the same`() throws {
        let plan = try plan(WatchRule(action: .rebuild, path: "/p/.build/checkout"), output: "/p/.build/checkout/out")
        #expect(plan.effects(of: "/p/.build/checkout/a") == [.rebuild("web")])
        #expect(plan.looksInto("/p/.build"))
        #expect(plan.looksInto("/p/.build/checkout"))
        #expect(!plan.looksInto("/p/.build/checkout/.git"))
        #expect(!plan.looksInto("/p/.build/checkout/out"))
        #expect(!plan.looksInto("/p/.build/other"))
    }

    @Test func `output that a rule names itself is watched`() throws {
        let plan = try plan(WatchRule(action: .restart, path: "/p/out/program"), output: "/p/out")
        #expect(plan.effects(of: "/p/out/program") == [.restart("web")])
    }

    @Test func `a directory that is ignored whole is not looked into`() throws {
        var rule = WatchRule(action: .rebuild, path: "/p/src")
        rule.ignore = ["node_modules"]
        let plan = try plan(rule)
        #expect(!plan.looksInto("/p/src/node_modules"))
        #expect(plan.looksInto("/p/src/lib"))
        #expect(!plan.looksInto("/p/other"))
    }

    @Test func `manifests are read again, those too that come`() throws {
        let plan = try plan()
        #expect(plan.effects(of: "/p/manifests/a.yaml") == [.reload])
        #expect(plan.effects(of: "/p/manifests/new.yml") == [.reload])
        #expect(plan.effects(of: "/p/manifests/.#a.yaml") == [])
        #expect(plan.effects(of: "/p/manifests/README.md") == [])
        #expect(plan.effects(of: "/p/a.yaml") == [])
    }

    @Test func `a bad pattern is a manifest's mistake`() {
        var rule = WatchRule(action: .rebuild, path: "/p/src")
        rule.ignore = ["a["]
        #expect { _ = try plan(rule) } throws: { ($0 as? CommandFailure)?.exitCode == 78 }
    }

    @Test func `a build that triggers itself is heard at every third time`() {
        var echo = BuildEcho()
        let start = ContinuousClock.now
        var heard: [Bool] = []
        for round in 0..<7 {
            let now = start + .seconds(round)
            heard.append(echo.isHeard(of: ["/p/gen"], "web", now: now))
            echo.built("web", now: now + .milliseconds(900))
        }
        #expect(heard == [false, false, false, true, false, false, true])
        let other = echo.isHeard(of: ["/p/other"], "web", now: start + .seconds(7))
        echo.built("web", now: start + .seconds(8))
        let later = echo.isHeard(of: ["/p/other"], "web", now: start + .seconds(20))
        #expect(!other && !later)
    }
}
