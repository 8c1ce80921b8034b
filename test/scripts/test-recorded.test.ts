import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { SUITES } from "../recorded/data.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const files = readdirSync(`${root}test`, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"));
const read = (path: string): string => readFileSync(`${root}test/${path}`, "utf8");

describe("recorded market data", () => {
  it("is read by no test but those of its own folder: all others run on any machine", () => {
    const ordinary = files.filter((path) => !path.startsWith("recorded/"));
    expect(ordinary.length).toBeGreaterThan(100);
    const readers = ordinary.filter((path) => /\brecordedData\b|\bshared\/data\b/.test(read(path)));
    expect(readers).toEqual(["scripts/test-recorded.test.ts"]);
  });

  it("is asked for by every suite of its folder, which says what", () => {
    const suites = files.flatMap((path) => /^recorded\/(.+\.recorded\.test\.ts)$/.exec(path)?.[1] ?? []);
    expect(suites.sort()).toEqual(Object.keys(SUITES).sort());
    for (const suite of suites) {
      expect(read(`recorded/${suite}`)).toContain("recordedData(");
      expect(SUITES[suite]?.length).toBeGreaterThan(0);
    }
  });
});

describe("npm run test:recorded without the data", () => {
  const run = (wanted: string | undefined) => {
    const { BALLAST_RECORDED: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), `${root}scripts/test.ts`, "--recorded"],
      {
        encoding: "utf8",
        env: {
          ...env,
          BALLAST_RECORDED_DATA: "test/nowhere",
          ...(wanted === undefined ? {} : { BALLAST_RECORDED: wanted }),
        },
      },
    );
    return { status, stdout, stderr };
  };
  const count = Object.keys(SUITES).length;

  it("runs none, names each with what it needs, and ends well on a line that says so", () => {
    const { status, stdout } = run(undefined);
    expect(status).toBe(0);
    for (const [suite, [first]] of Object.entries(SUITES)) {
      expect(stdout).toMatch(new RegExp(`not run: test/recorded/${suite}, which needs ${first}`));
    }
    expect(stdout.trimEnd().split("\n").slice(-3)).toEqual([
      `${count} of ${count} recorded suites not run.`,
      "",
      "0 passed, 0 failed",
    ]);
  });

  it("fails where it is required", () => {
    const { status, stdout } = run("required");
    expect(status).toBe(1);
    expect(stdout).toContain(`${count} of ${count} recorded suites not run, and BALLAST_RECORDED=required`);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(`0 passed, ${count} failed`);
  });

  it("takes no other word for required", () => {
    expect(run("yes")).toMatchObject({ status: 1, stdout: "" });
  });
});
