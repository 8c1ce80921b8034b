import { spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAnvil } from "../../src/chain/node/anvil.ts";
import { ballastHome } from "../../src/prover/node/home.ts";
import { cli, cliJson, expectRefusal, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const page = readFileSync(new URL("../../docs/learn/a-breach.md", import.meta.url), "utf8");
const [first = "", ...rest] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

/** A shell's `ballast`: this checkout's. */
function installBallast(): string {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const script = `#!/bin/sh\nexec "${process.execPath}" --import ${import.meta.resolve("tsx")} ${main} "$@"\n`;
  chmodSync(folder.write("ballast", script), 0o755);
  return folder.path;
}

async function shell(
  command: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  const child = spawn(command, {
    shell: true,
    cwd: folder.path,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? 1)));
  return { code, output };
}

describe("docs/learn/a-breach.md", () => {
  let ran: { code: number; output: string };
  beforeAll(async () => {
    folder.write("case.sh", rest.join("\n"));
    const { BALLAST_PRIVATE_KEY: _, ...environment } = process.env;
    ran = await shell("ballast devnet dev --port 0 --exec 'sh -ex case.sh'", {
      ...environment,
      PATH: `${installBallast()}:${environment["PATH"]}`,
      BALLAST_HOME: ballastHome(),
    });
  });

  it("begins with the chain, in a terminal of its own", () => {
    expect(first).toBe("ballast devnet dev\n");
    expect(rest.length).toBeGreaterThan(5);
  });

  it("can be pasted, to the end of the case", () => {
    expect(ran.output).toContain("closed: awarded");
    expect(ran.code, ran.output.slice(-2_000)).toBe(0);
    expect(ran.output).toContain("nothing is broken");
    for (const file of ["desk.json", "firm.2.json", "desk.2.json", "case1.json"])
      expect(existsSync(folder.file(file)), file).toBe(true);
  });

  it("prints no line that is longer than 80 characters but commands and single words", () => {
    const long = ran.output
      .split("\n")
      .filter((line) => [...line].length > 80 && !/^(?:\+| *\$) /.test(line) && line.trim().includes(" "));
    expect(long).toEqual([]);
  });

  it("leaves key files for their owner only, and what the shell needs", () => {
    for (const name of ["owner", "venue", "oracle", "alice", "bob"])
      expect(statSync(folder.file(`dev/${name}.key`)).mode & 0o777).toBe(0o600);
    const environment = readFileSync(folder.file("dev/on.sh"), "utf8");
    for (const name of ["RPC", "DEPLOYMENT", "SNAPSHOT", "CIRCUIT", "HOME"])
      expect(environment).toMatch(new RegExp(`^export BALLAST_${name}='.+'$`, "m"));
    expect(environment).toMatch(/^export ON='--rpc http:\S+ --deployment \S+deployment\.json'$/m);
    expect(environment).toMatch(/^export ALICE='0x[0-9a-fA-F]{40}'$/m);
  });

  it("leaves no chain behind", async () => {
    const rpc = /BALLAST_RPC='(\S+)'/.exec(readFileSync(folder.file("dev/on.sh"), "utf8"))?.[1] ?? "";
    await expect(fetch(rpc)).rejects.toThrow();
  });

  it("is not begun again over the files of a chain that is gone", async () => {
    await expectRefusal(folder.file("dev"), ["devnet", folder.file("dev"), "--port", "0"], {
      exit: 3,
      code: "FILE_ERROR",
      says: /not empty[\s\S]*another folder/,
    });
  });
});

describe("ballast devnet --exec", () => {
  it("fails as its command does", async () => {
    const argv = ["devnet", folder.file("failing"), "--port", "0", "--exec", "exit 7"];
    expect((await cli(...argv)).code).toBe(1);
  });
});

describe("ballast devnet move", () => {
  it("moves a local chain's clock, and no other's", async () => {
    const anvil = await startAnvil({ timestamp: 1_769_760_000n });
    const foreign = await startAnvil({ chainId: 1 });
    try {
      const { time } = await cliJson<{ time: string }>("devnet", "move", "600", "--rpc", anvil.rpcUrl);
      expect(Number(time)).toBeGreaterThanOrEqual(1_769_760_600);
      await expectRefusal(undefined, ["devnet", "move", "600", "--rpc", foreign.rpcUrl], {
        exit: 2,
        code: "INVALID_INPUT",
        says: /no local chain/,
      });
    } finally {
      await anvil.stop();
      await foreign.stop();
    }
  });
});
