/** A command line of one word, run as the real one is: what a process does at its end. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startAnvil } from "../../src/chain/node/anvil.ts";
import { runProcess } from "../../src/cli/exit.ts";
import { endsWithUs, temporaryFolder } from "../../src/node/ending.ts";
import { temporaryName } from "../../src/node/files.ts";
import { forkModule } from "../../src/node/worker.ts";

const [word = "", argument = ""] = process.argv.slice(2);
const forever = (): Promise<number> => new Promise(() => setInterval(() => {}, 1000));

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
      return new Promise<number>(() => {});
    case "held": {
      const server = createServer().listen(0);
      io.out(`${typeof (server.address() as AddressInfo | null)}\n`);
      return 0;
    }
    case "children": {
      const { rpcUrl } = await startAnvil();
      const sleeper = endsWithUs(() => spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]));
      const prover = forkModule("prove-process", new URL("../../src/prover/x.ts", import.meta.url).href);
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
