import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPreset, parsePolicy } from "../../src/risk/policy.ts";
import { loadPolicy } from "../../src/risk/policy-file.ts";
import { presets } from "../../src/risk/presets.ts";
import { cli, cliJson } from "./harness.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-policy-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("policy list", () => {
  it("names every version, the newest of each, and what snapshots call it", async () => {
    const { presets: rows } = await cliJson<{ presets: Record<string, unknown>[] }>("policy", "list");
    expect(rows.map(({ preset }) => preset)).toEqual(presets().map(({ id }) => id));
    expect(rows.filter(({ newest }) => newest === true).map(({ name }) => name)).toEqual([
      "les",
      "deribit-pm",
      "span-16",
    ]);
    const { code, out } = await cli("policy", "list");
    expect(code).toBe(0);
    for (const { id } of presets()) expect(out).toMatch(new RegExp(`^ *${id} `, "m"));
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe("policy show", () => {
  it.each(presets().map(({ id }) => id))("prints %s as a file that loads as that preset", async (id) => {
    const { code, out } = await cli("policy", "show", id);
    expect(code).toBe(0);
    const path = join(folder, "shown.json");
    writeFileSync(path, out);
    expect(loadPolicy(path)).toEqual(loadPolicy(id));
    expect(isPreset(loadPolicy(path))).toBe(true);
    expect(parsePolicy(await cliJson("policy", "show", id))).toEqual(loadPolicy(id));
  });

  it("is a file that can be used as it is printed, at any width", async () => {
    const { out } = await cli("policy", "show", "span-16", "--as", "ours");
    const file = join(folder, "ours.json");
    writeFileSync(file, out);
    expect(JSON.parse(out)).toMatchObject({ name: "ours" });
    await cliJson(
      "snapshot",
      "build",
      "--policy",
      file,
      "--rows",
      "20",
      "-o",
      join(folder, "ours.snapshot.json"),
    );
  });

  it("gives rules of one's own a name, under which they may be changed", async () => {
    const { out } = await cli("policy", "show", "les", "--as", "my-rules");
    const path = join(folder, "mine.json");
    writeFileSync(path, out.replace('"soft": "1.1"', '"soft": "1.15"'));
    const built = join(folder, "s.json");
    const summary = await cliJson("snapshot", "build", "--policy", path, "--rows", "8", "-o", built);
    expect(summary["policy"]).toBe("my-rules");
    expect((await cliJson("policy", "show", path))["thresholds"]).toEqual({ initial: "1.2", soft: "1.15" });
  });

  it("refuses a preset's name for them, and a changed file that kept it", async () => {
    for (const name of ["les", "les/2", "span-16"]) {
      const { code, err } = await cli("policy", "show", "les", "--as", name);
      expect(code).toBe(2);
      expect(err).toMatch(/is a preset's name/);
    }
    const { out } = await cli("policy", "show", "les");
    const path = join(folder, "kept.json");
    writeFileSync(path, out.replace('"soft": "1.1"', '"soft": "1.15"'));
    const { code, err } = await cli("snapshot", "build", "--policy", path, "-o", join(folder, "no.json"));
    expect(code).toBe(2);
    expect(err).toMatch(/called les\/2, but isn't that preset/);
  });

  it("says what there is when there is no such version", async () => {
    const { code, err } = await cli("policy", "show", "les/7");
    expect(code).toBe(2);
    expect(err).toMatch(/no preset "les\/7"[\s\S]*les\/1, les\/2/);
  });
});
