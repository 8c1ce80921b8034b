/** A task that is killed while it works. */
process.once("message", () => process.kill(process.pid, "SIGKILL"));
