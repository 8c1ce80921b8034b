import { existsSync, readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../cli/harness.ts";
import { useWalk } from "./built.ts";
import { walkOf } from "./page.ts";

describe("a liquidation in three terminals, docs/learn/a-breach.md", () => {
  const walk = walkOf("docs/learn/a-breach.md");
  const { file, printed } = useWalk(walk, 5);

  it("begins with the chain, in a terminal of its own", () => {
    expect(walk.chain).toBe("ballast devnet dev");
    expect(walk.steps.length).toBeGreaterThan(5);
  });

  it("leaves the case's files", () => {
    for (const name of ["desk.json", "firm.2.json", "desk.2.json", "case1.json"])
      expect(existsSync(file(name)), name).toBe(true);
  });

  it("prints no line that is longer than 80 characters but commands and single words", () => {
    const long = printed()
      .split("\n")
      .filter((line) => [...line].length > 80 && !/^ *\$ /.test(line) && line.trim().includes(" "));
    expect(long).toEqual([]);
  });

  it("leaves key files for their owner only, and what the shell needs", () => {
    for (const name of ["owner", "venue", "oracle", "alice", "bob"])
      expect(statSync(file(`dev/${name}.key`)).mode & 0o777).toBe(0o600);
    const environment = readFileSync(file("dev/on.sh"), "utf8");
    for (const name of ["RPC", "DEPLOYMENT", "SNAPSHOT", "CIRCUIT", "HOME"])
      expect(environment).toMatch(new RegExp(`^export BALLAST_${name}='.+'$`, "m"));
    expect(environment).toMatch(/^export ON='--rpc http:\S+ --deployment \S+deployment\.json'$/m);
    expect(environment).toMatch(/^export ALICE='0x[0-9a-fA-F]{40}'$/m);
  });

  it("leaves no chain behind", async () => {
    const rpc = /BALLAST_RPC='(\S+)'/.exec(readFileSync(file("dev/on.sh"), "utf8"))?.[1] ?? "";
    await expect(fetch(rpc)).rejects.toThrow();
  });

  it("is not begun again over the files of a chain that is gone", async () => {
    await expectRefusal(file("dev"), ["devnet", file("dev"), "--port", "0"], {
      exit: 3,
      code: "FILE_ERROR",
      says: /not empty[\s\S]*another folder/,
    });
  });
});
