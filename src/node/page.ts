import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BallastError } from "../errors.ts";

/** Where the package has the page, beside its modules. */
const BUILT = fileURLToPath(new URL("../page", import.meta.url));

/**
 * What the page may do: its own modules, without evaluation or inline script, and requests to the nodes that its user names. Workers
 * and styles are its own files; nothing may be embedded, and nothing sent by a form.
 */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "worker-src 'self'",
  "connect-src http: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** Sent with every file; what a document itself can't say is added. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": `${POLICY}; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-cache",
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** A file of the page. */
export interface PageFile {
  /** With slashes, e.g. `assets/index-1a2b3c.js`. */
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** SHA-256, in hex. */
  readonly hash: string;
}

/**
 * The page as this package has it, its files by name in their order.
 * @throws {BallastError} FILE_ERROR where it was not built.
 */
export function pageFiles(folder = BUILT): PageFile[] {
  if (!existsSync(join(folder, "index.html")))
    throw new BallastError("FILE_ERROR", "The page is not in this copy of Ballast.", {
      hint: "In a checkout `npm run build` makes it; the published package has it.",
    });
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => {
      const bytes = readFileSync(path);
      const name = path.slice(folder.length).replaceAll("\\", "/").replace(/^\//, "");
      const type = TYPES[extname(name)] ?? "application/octet-stream";
      return { name, type, bytes, hash: createHash("sha256").update(bytes).digest("hex") };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The files' hashes as `sha256sum` writes and checks them. */
export function pageHashes(files: readonly PageFile[]): string {
  return files.map(({ name, hash }) => `${hash}  ${name}\n`).join("");
}

/** One hash for the whole page: that of {@link pageHashes}. */
export function pageHash(files: readonly PageFile[]): string {
  return createHash("sha256").update(pageHashes(files)).digest("hex");
}
