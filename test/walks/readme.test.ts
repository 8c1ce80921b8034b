import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

/** Pages that a page links to, from the root of the checkout. */
function linked(page: string): string[] {
  return [...read(page).matchAll(/\]\(([^)#\s]+\.md)(?:#[^)]*)?\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target))
    .map((target) => new URL(target, new URL(page, ROOT)).pathname.slice(ROOT.pathname.length));
}

describe("from the README alone", () => {
  it.each([
    ["someone curious", "docs/learn/first-proof.md"],
    ["a protocol engineer", "docs/integrate/solidity.md"],
    ["a regulator", "docs/regulators/five-minutes.md"],
    ["a contributor", "CONTRIBUTING.md"],
    ["a contributor with a margin rule", "docs/learn/a-policy.md"],
    ["a liquidator", "docs/learn/a-breach.md"],
  ])("%s finds %s by one link", (_, page) => {
    expect(linked("README.md")).toContain(page);
  });

  it("every page is found, by three links at most", () => {
    let found = new Set(["README.md"]);
    for (let step = 0; step < 3; step += 1)
      found = new Set([
        ...found,
        ...[...found].filter((page) => existsSync(new URL(page, ROOT))).flatMap(linked),
      ]);
    for (const page of [
      "docs/security/trusted-setup.md",
      "docs/operate/proving.md",
      "docs/operate/processes.md",
      "docs/reference/cli/prove.md",
      "docs/reference/error-codes.md",
      "docs/reference/file-formats.md",
      "docs/protocol/black76.md",
      "docs/decisions/12-netting-challenge-binds-reserves.md",
    ])
      expect(found, page).toContain(page);
  });
});
