import CLinux
import ProcessTable
import StateDirectory

/// A process whose end takes everything down with it, however it ends: `up --attach`.
struct Attachment {
    let process: ProcessReference
    /// A pidfd.
    let descriptor: Int32
}

extension Supervisor {
    /// What a killed `up --attach` leaves its services to end by themselves.
    private static let grace: Int = 1_000
    /// After so long, SIGKILL for whatever is left.
    private static let patience = Duration.milliseconds(1_300)

    /// Follows a process from now on, instead of an earlier one.
    func attach(to process: ProcessReference) throws(SupervisorError) {
        let descriptor = clinux_pidfd_open(process.pid)
        // Asked after the pidfd was opened: it is that process, or none.
        guard descriptor >= 0, ProcessTable.stat(of: process.pid)?.startTicks == process.startTicks else {
            if descriptor >= 0 { close(descriptor) }
            throw .attachedProcessHasEnded(process.pid)
        }
        if let former = attachment { loop.forget(former.descriptor) }
        attachment = Attachment(process: process, descriptor: descriptor)
        writeDown(.fact("attached", try? StateWriter.encoded(process)))
        loop.once(readable: descriptor) { [weak self] in
            self?.assumeIsolated { $0.attachedProcessEnded(process) }
        }
    }

    /// After a change of daemons: the process may have ended while nobody looked.
    func resumeAttachment(_ process: ProcessReference) {
        do {
            try attach(to: process)
        } catch {
            takeDown()
        }
    }

    private func attachedProcessEnded(_ process: ProcessReference) {
        guard attachment?.process == process else { return }
        takeDown()
    }

    private func takeDown() {
        attachment = nil
        writeDown(.fact("attached", nil))
        endAll(grace: Self.grace)
        Task { [weak self] in
            try? await Task.sleep(for: Self.patience)
            await self?.endAll(grace: 0)
        }
    }

    private func endAll(grace: Int) {
        // No name is given, so none can be unknown.
        _ = try? stop(services: [], grace: grace, forget: true)
    }
}
