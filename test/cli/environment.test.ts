import { afterAll, afterEach, describe, expect, it } from "vitest";
import { cli, portfolio, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const VARIABLES = ["BALLAST_RPC", "BALLAST_DEPLOYMENT", "BALLAST_SNAPSHOT"];
afterEach(() => {
  for (const name of VARIABLES) delete process.env[name];
});

describe("options from the environment", () => {
  it("stand in for those that are not given, and give way to those that are", async () => {
    const file = folder.writeJson("p.json", portfolio("desk", { USDC: "1" }));
    process.env["BALLAST_SNAPSHOT"] = folder.file("from-environment.json");
    const { err } = await cli("margin", "-p", file);
    expect(err).toContain("from-environment.json");
    const given = await cli("margin", "-p", file, "-s", folder.file("given.json"));
    expect(given.err).toContain("given.json");
    expect(given.err).not.toContain("from-environment.json");
  });

  it("are demanded where neither has them, also when a variable is empty", async () => {
    process.env["BALLAST_RPC"] = "";
    process.env["BALLAST_DEPLOYMENT"] = folder.file("d.json");
    const { code, err } = await cli("liquidate", "open", "desk");
    expect(code).toBe(2);
    expect(err).toContain("required option '--rpc <url>' not specified");
  });

  it.each([
    ["liquidate open", ["BALLAST_RPC", "BALLAST_DEPLOYMENT"]],
    ["watch", ["BALLAST_RPC", "BALLAST_DEPLOYMENT"]],
    ["prove", ["BALLAST_DEPLOYMENT", "BALLAST_SNAPSHOT"]],
    ["attest", ["BALLAST_RPC", "BALLAST_DEPLOYMENT"]],
    ["oracle show", ["BALLAST_RPC"]],
    ["solvency verify", ["BALLAST_SNAPSHOT"]],
    ["verify", []],
  ])("%s says which it takes", async (name, expected) => {
    const { out } = await cli(...name.split(" "), "--help");
    expect(VARIABLES.filter((variable) => out.includes(`env: ${variable}`))).toEqual(expected);
  });

  it("name the snapshot that is shown, as -s and the argument do; verified is only what is given", async () => {
    process.env["BALLAST_SNAPSHOT"] = folder.file("from-environment.json");
    expect((await cli("snapshot", "show")).err).toContain("from-environment.json");
    expect((await cli("snapshot", "show", "-s", "flag.json")).err).toContain("flag.json");
    expect((await cli("snapshot", "show", "argument.json")).err).toContain("argument.json");
    expect((await cli("snapshot", "verify", "-s", "flag.json")).err).toContain("flag.json");
    const { code, err } = await cli("snapshot", "verify");
    expect(code).toBe(2);
    expect(err).toContain("No snapshot was given.");
  });

  it("never say what is to be verified", async () => {
    process.env["BALLAST_SNAPSHOT"] = folder.file("s.json");
    process.env["BALLAST_RPC"] = "http://127.0.0.1:1";
    const { code, err } = await cli("verify", folder.file("proof.json"));
    expect(code).toBe(2);
    expect(err).toContain("Say what to verify against.");
  });
});
