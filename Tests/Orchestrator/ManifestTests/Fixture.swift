/// Manifests that several tests read.
enum Fixture {
    /// Every word that is supported, in one valid file; the profile `p` has all of it.
    static let everything = """
        # every word
        name: all
        x-base: &base
          restart: on-failure:3
          stop_signal: SIGINT
        secrets:
          key: { generate: true, overlap: true }
          token: { environment: TOKEN }
        services:
          web:
            <<: *base
            build: { swift: web, context: ., configuration: debug, flags: [-v] }
            entrypoint: [env, "A=$$B"]
            command: web --port ${PORT} --name 'two words'
            working_dir: sub
            environment:
              DATA: sqlite:${MSCTL_DATA_DIR}/web.db
              MODE: ${MODE:-fast}
              ODD: "a: b # c \\" \\\\ \\n ✓"
              EMPTY: ""
            ports: ["3000", auto, { target: 3001 }]
            sockets: { http: ~, admin: { port: 9000, host: 127.0.0.2, backlog: 7 }, debug: { port: auto } }
            user: "1000:1000"
            group_add: [adm, 5]
            umask: 022
            ulimits: { nofile: { soft: 1024, hard: -1 }, core: 0 }
            mem_limit: 512m
            pids_limit: 100
            success_exit_codes: [3, 143]
            develop: { watch: [{ path: sub, action: rebuild, ignore: [x/], include: "*.c" }] }
            depends_on:
              db: { condition: service_healthy, restart: true }
              once: { condition: service_completed_successfully, required: false }
            healthcheck:
              http: /health?x=1
              headers: { Accept: "*/*" }
              expect_status: 200-204
              expect_body: '"ok": *true'
              interval: 5s
              timeout: 1s500ms
              retries: 4
              start_period: 20s
              start_interval: 50ms
              success_threshold: 2
            startup: { log: "started in [0-9]+", start_interval: 10ms }
            liveness: { tcp: true, port: 3001 }
            stop_grace_period: 1m30s
            deploy:
              replicas: 2
              restart_policy: { delay: 1s, max_delay: 1m, window: 5m }
              update_config: { order: start-first, delay: 1s, parallelism: 1, failure_action: pause }
              resources: { limits: { cpus: "0.5", memory: 512m } }
            secrets: [key, token]
            profiles: [p]
            logs: { retain: 10MB, runs: 5 }
          db:
            command: [db]
            sockets: [{ name: sql, path: "${MSCTL_DATA_DIR}/sql.sock" }]
            ready_on: { log: "ready in [0-9]+ ms$$" }
            healthcheck: { test: "echo $${PORT} | grep -q ." }
          once:
            build: { command: [make, once], output: out }
            command: [once]
            scale: 0
            liveness: { test: [CMD, check, it] }
        """
}
