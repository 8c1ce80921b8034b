import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notesOf, release } from "../../scripts/release.ts";
import { temporaryFolder } from "../cli/harness.ts";

const LOG = `# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- a door

## [0.1.0] - 2026-11-30

- the first
`;

describe("npm run release", () => {
  const folder = temporaryFolder();
  afterAll(folder.remove);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
      cwd: folder.path,
      encoding: "utf8",
    });
  const commit = (version: string, log = LOG) => {
    folder.write("package.json", JSON.stringify({ version }));
    folder.write("CHANGELOG.md", log);
    git("add", "--all");
    git("commit", "--quiet", "--message", version);
  };
  beforeAll(() => {
    git("init", "--quiet", "--initial-branch", "main");
    git("config", "user.name", "a");
    git("config", "user.email", "a@b.c");
    commit("0.2.0");
  });

  it("dry: says what it would tag, and tags nothing", () => {
    const { ok, says } = release(folder.path, true);
    expect(ok).toBe(true);
    expect(says.join("\n")).toBe("v0.2.0 can be released. It would be tagged with:\n\n### Added\n\n- a door");
    expect(git("tag")).toBe("");
  });

  it("refuses a tree that isn't clean, another branch, and a version that the changelog doesn't have", () => {
    folder.write("new.txt", "");
    git("checkout", "--quiet", "-b", "other");
    folder.write("package.json", JSON.stringify({ version: "0.3.0" }));
    expect(release(folder.path, false)).toEqual({
      ok: false,
      says: [
        "The tree is not clean (2 files): commit or stash them.",
        "This is other: releases are made from main.",
        'CHANGELOG.md has no "## [0.3.0] - YYYY-MM-DD".',
      ],
    });
    git("checkout", "--quiet", "--force", "main");
    git("clean", "--force", "--quiet");
  });

  it("refuses a heading without text, and a version of other than three numbers", () => {
    commit("0.4", `${LOG}\n## [0.4] - 2026-12-02\n`);
    expect(release(folder.path, true).says).toEqual([
      '"0.4" is no version of three numbers.',
      "CHANGELOG.md says nothing of 0.4.",
    ]);
    commit("0.2.0");
  });

  it("refuses while changes wait under Unreleased", () => {
    commit("0.2.0", LOG.replace("## [Unreleased]", "## [Unreleased]\n\n### Added\n\n- something to come"));
    expect(release(folder.path, true).says).toEqual([
      "CHANGELOG.md has changes under Unreleased: move them under 0.2.0.",
    ]);
    commit("0.2.0");
  });

  it("tags with the version's notes, once", () => {
    expect(release(folder.path, false)).toEqual({
      ok: true,
      says: ["tagged v0.2.0. Next: git push origin v0.2.0"],
    });
    expect(git("tag", "--list", "--format=%(contents)", "v0.2.0").trim()).toBe(
      "v0.2.0\n\n### Added\n\n- a door",
    );
    expect(release(folder.path, false).says).toEqual([
      'v0.2.0 is tagged already: raise "version" in package.json.',
    ]);
  });

  it("finds this project's own version in its changelog", () => {
    const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
    const { version } = JSON.parse(read("package.json")) as { version: string };
    expect(notesOf(read("CHANGELOG.md"), version)).toContain("### Added");
  });
});
