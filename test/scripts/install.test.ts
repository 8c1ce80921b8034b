import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8"));

describe("packages that would run a script when they are installed", () => {
  it("are all known, and none may", () => {
    const { packages } = read("package-lock.json") as {
      packages: Readonly<Record<string, { hasInstallScript?: boolean }>>;
    };
    const found = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path.replace(/^.*node_modules\//, "")] : [],
    );
    const { allowScripts } = read("package.json") as { allowScripts: Readonly<Record<string, boolean>> };
    expect(found.length).toBeGreaterThan(0);
    const denied = Object.keys(allowScripts).filter((name) => allowScripts[name] === false);
    expect(found.sort()).toEqual(denied.sort());
  });
});
