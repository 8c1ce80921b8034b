/**
 * Tags a release, or says why there can be none.
 *
 *   npm run release -- --dry-run   checks everything, tags nothing
 *   npm run release                checks and tags; pushing and publishing are done by hand
 *
 * Before: `version` in package.json is raised, and CHANGELOG.md has a heading for it with today's date.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** What a release is made of, read from a checkout. */
interface Checkout {
  readonly version: string;
  readonly changelog: string;
  readonly branch: string;
  readonly tags: readonly string[];
  /** Changed or unknown files, as `git status --porcelain` lists them. */
  readonly changes: readonly string[];
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

function read(folder: string): Checkout {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return {
    version,
    changelog: readFileSync(join(folder, "CHANGELOG.md"), "utf8"),
    branch: git("branch", "--show-current").trim(),
    tags: lines(git("tag")),
    changes: lines(git("status", "--porcelain")),
  };
}

/** The changelog's parts below headings of versions, each beginning with its heading. */
function sectionsOf(changelog: string): string[] {
  return changelog.split(/^## /m).slice(1);
}

/** The text of a version's section in the changelog, or undefined. */
export function notesOf(changelog: string, version: string): string | undefined {
  const sections = sectionsOf(changelog);
  const heading = `[${version}] - `;
  const section = sections.find((text) => text.startsWith(heading));
  return section === undefined || !/^\d{4}-\d{2}-\d{2}\n/.test(section.slice(heading.length))
    ? undefined
    : section.slice(section.indexOf("\n")).trim();
}

/** Every reason why a checkout can't be released, each with what to do. Empty: it can. */
export function problems({ version, changelog, branch, tags, changes }: Checkout): string[] {
  const found: string[] = [];
  if (changes.length > 0)
    found.push(`The tree is not clean (${changes.length} files): commit or stash them.`);
  if (branch !== "main")
    found.push(`This is ${branch === "" ? "no branch" : branch}: releases are made from main.`);
  if (!/^\d+\.\d+\.\d+$/.test(version)) found.push(`"${version}" is no version of three numbers.`);
  const notes = notesOf(changelog, version);
  if (notes === undefined) found.push(`CHANGELOG.md has no "## [${version}] - YYYY-MM-DD".`);
  else if (notes === "") found.push(`CHANGELOG.md says nothing of ${version}.`);
  const waiting = sectionsOf(changelog).find((text) => text.startsWith("[Unreleased]")) ?? "";
  if (waiting.includes("\n- "))
    found.push(`CHANGELOG.md has changes under Unreleased: move them under ${version}.`);
  if (tags.includes(`v${version}`))
    found.push(`v${version} is tagged already: raise "version" in package.json.`);
  return found;
}

/** Checks a checkout, and tags it unless `dryRun`. @returns lines to print, and whether it went well. */
export function release(folder: string, dryRun: boolean): { readonly ok: boolean; readonly says: string[] } {
  const checkout = read(folder);
  const found = problems(checkout);
  if (found.length > 0) return { ok: false, says: found };
  const tag = `v${checkout.version}`;
  const notes = notesOf(checkout.changelog, checkout.version) ?? "";
  if (dryRun) return { ok: true, says: [`${tag} can be released. It would be tagged with:`, "", notes] };
  execFileSync("git", ["tag", "--annotate", tag, "--cleanup=whitespace", "--message", `${tag}\n\n${notes}`], {
    cwd: folder,
  });
  return { ok: true, says: [`tagged ${tag}. Next: git push origin ${tag}`] };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { ok, says } = release(process.cwd(), process.argv.includes("--dry-run"));
  console.log(says.join("\n"));
  process.exitCode = ok ? 0 : 1;
}
