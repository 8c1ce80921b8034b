import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkCircuits } from "../../src/actions/node/doctor/circuits.ts";
import {
  checkAnvil,
  checkBackend,
  checkDisk,
  checkHome,
  checkKeyFile,
  checkNodeJs,
} from "../../src/actions/node/doctor/machine.ts";
import { checkChain } from "../../src/actions/node/doctor/node.ts";
import { anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { createProgress } from "../../src/cli/progress.ts";
import { instance } from "../../src/prover/circuits.ts";
import { ensureArtifacts } from "../../src/prover/node/artifacts.ts";
import { copyCompiled } from "../helpers/compiled.ts";
import { cli, cliJson, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const silent = createProgress({ out: () => {}, err: () => {}, live: false, color: false }, true);

describe("ballast doctor", () => {
  // A home of one instance: doctor reads every byte of what a home has compiled.
  const { BALLAST_HOME: before } = process.env;
  beforeAll(async () => {
    await copyCompiled([instance("coverage_4x8_s5k2")], folder.file("home"));
    process.env["BALLAST_HOME"] = folder.file("home");
  });
  afterAll(() => {
    if (before === undefined) delete process.env["BALLAST_HOME"];
    else process.env["BALLAST_HOME"] = before;
  });

  it("finds nothing broken on the machine of the tests, and says what it looked at", async () => {
    const { healthy, findings } = await cliJson<{
      healthy: boolean;
      findings: { check: string; state: string }[];
    }>("doctor");
    expect(findings.filter(({ state }) => state === "fault")).toEqual([]);
    expect(healthy).toBe(true);
    for (const check of ["Node.js", "node", "home", "disk", "circuits", "keys", "backend", "anvil"])
      expect(findings.map((finding) => finding.check)).toContain(check);
  });

  it("exits with 1 where something is broken, and says what to do", async () => {
    const key = folder.write("open.key", `${anvilKeys(1)[0]}\n`);
    chmodSync(key, 0o644);
    const { code, out } = await cli("doctor", "--key-file", key);
    expect(code).toBe(1);
    expect(out).toContain("others may read it (mode 644)");
    expect(out).toContain(`chmod 600 ${key}`);
    expect(out).toContain("1 to mend");
    expect(out).not.toContain(anvilKeys(1)[0]?.slice(2, 20));
  });
});

describe("each look", () => {
  it.each([
    ["20.19.0", "ok"],
    ["24.1.0", "ok"],
    ["20.18.9", "fault"],
    ["18.20.0", "fault"],
  ])("takes node %s for %s", (version, state) => {
    expect(checkNodeJs(version).state).toBe(state);
  });

  it.each([
    [3n * 2n ** 30n, "ok"],
    [2n ** 30n, "note"],
    [2n ** 27n, "fault"],
  ])("takes %d bytes of disk for %s", (free, state) => {
    expect(checkDisk(folder.path, free).state).toBe(state);
  });

  it("takes a home that doesn't exist yet for good, and makes none", () => {
    expect(checkHome(folder.file("later/home"))).toMatchObject({ state: "ok" });
    const file = folder.write("a-file", "");
    expect(checkHome(file).state).toBe("fault");
    expect(checkHome(`${file}/home`).state).toBe("fault");
  });

  it("runs the local node", () => {
    expect(checkAnvil()).toMatchObject({ state: "ok", found: "1.7.1" });
    expect(checkAnvil(folder.file("no-anvil")).state).toBe("fault");
  });

  it("takes a RAPIDSNARK that can't run for a fault", async () => {
    const before = process.env["RAPIDSNARK"];
    try {
      process.env["RAPIDSNARK"] = folder.write("no-program", "");
      expect((await checkBackend()).state).toBe("fault");
    } finally {
      if (before === undefined) delete process.env["RAPIDSNARK"];
      else process.env["RAPIDSNARK"] = before;
    }
    expect((await checkBackend()).state).toBe("ok");
  });

  it("reads key files", () => {
    const key = folder.write("good.key", anvilKeys(1)[0] ?? "");
    chmodSync(key, 0o600);
    expect(checkKeyFile(key).state).toBe("ok");
    expect(checkKeyFile(folder.write("no.key", "0x12")).state).toBe("fault");
    expect(checkKeyFile(folder.file("missing.key")).state).toBe("fault");
  });
});

describe("compiled circuits", () => {
  const home = process.env["BALLAST_HOME"];
  afterAll(() => {
    if (home === undefined) delete process.env["BALLAST_HOME"];
    else process.env["BALLAST_HOME"] = home;
  });

  it("are no fault where there are none, and one where they are damaged", async () => {
    const circuit = instance("transfer_4");
    await copyCompiled([circuit], folder.file("compiled"));
    process.env["BALLAST_HOME"] = folder.file("circuits-home");
    expect((await checkCircuits(silent)).map(({ state }) => state)).toEqual(["note", "note"]);
    process.env["BALLAST_HOME"] = folder.file("compiled");
    const { r1cs } = await ensureArtifacts(circuit);
    expect((await checkCircuits(silent)).map(({ state }) => state)).toEqual(["ok", "note"]);
    writeFileSync(r1cs, "cut off");
    expect(await checkCircuits(silent)).toContainEqual(
      expect.objectContaining({ check: "circuit transfer_4", state: "fault" }),
    );
  });
});

describe("the node", () => {
  it("is none that was asked for", async () => {
    expect(await checkChain(undefined, undefined)).toMatchObject([{ check: "node", state: "note" }]);
  });

  it("answers, or is a fault; so is a deployment that isn't there", async () => {
    const server = createServer((_, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await checkChain(`http://127.0.0.1:${port}`, undefined)).toMatchObject([{ state: "fault" }]);
    server.close();
    const anvil = await startAnvil();
    try {
      expect(await checkChain(anvil.rpcUrl, undefined)).toMatchObject([{ check: "node", state: "ok" }]);
      mkdirSync(folder.file("dev"));
      expect(await checkChain(anvil.rpcUrl, folder.file("dev/none.json"))).toMatchObject([
        { state: "ok" },
        { check: "deployment", state: "fault" },
      ]);
    } finally {
      await anvil.stop();
    }
  });
});
