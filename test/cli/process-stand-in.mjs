/** A command line of one word, run as the real one is: what a process does at its end. BUILT is where the sources' modules are. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";

const { BUILT } = process.env;
const { startAnvil } = await import(`${BUILT}chain/node/anvil.js`);
const { runProcess } = await import(`${BUILT}cli/exit.js`);
const { endsWithUs, temporaryFolder } = await import(`${BUILT}node/ending.js`);
const { temporaryName } = await import(`${BUILT}node/files.js`);
const { forkModule } = await import(`${BUILT}node/worker.js`);

const [word = "", argument = ""] = process.argv.slice(2);
const forever = () => new Promise(() => setInterval(() => {}, 1000));

runProcess(async (io) => {
  switch (word) {
    case "lines":
      for (let line = 0; line < Number(argument); line++) io.out(`${line} ${"x".repeat(90)}\n`);
      return 1;
    case "endless":
      for (let line = 0; ; line++) {
        io.out(`${line}\n`);
        await new Promise((resume) => setImmediate(resume));
      }
    case "throw-later":
      setTimeout(() => {
        throw new Error("a bug");
      });
      return forever();
    case "reject":
      void Promise.reject(new Error("a bug"));
      return forever();
    case "throw":
      throw new Error("a bug");
    case "dry":
      return new Promise(() => {});
    case "held": {
      const server = createServer().listen(0);
      io.out(`${typeof server.address()}\n`);
      return 0;
    }
    case "children": {
      const { rpcUrl } = await startAnvil();
      const sleeper = endsWithUs(() => spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]));
      const prover = forkModule("prove-process", `${BUILT}prover/x.js`);
      const folder = temporaryFolder();
      const file = temporaryName(argument);
      writeFileSync(`${folder}/witness`, "secret");
      writeFileSync(file, "half");
      io.out(`${JSON.stringify({ rpcUrl, pids: [sleeper.pid, prover.pid], files: [folder, file] })}\n`);
      return forever();
    }
    default:
      throw new Error(`no such word: ${word}`);
  }
});
