import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { writeFileAtomic } from "../../src/node/files.ts";
import { POLICY } from "../../src/node/page.ts";

const SOURCES = fileURLToPath(new URL("../../src/web", import.meta.url));
/** A file that index.html loads: its address is one of its own, and the hash stands beside it. */
const LOADED = /(?:src|href)="\.\/(assets\/[^"]+)"/g;

/**
 * Builds the page: the same files from the same sources. Names of files have hashes of what is in them, so that a module can't be
 * another one than the module that names it meant.
 * @param folder made anew.
 */
export async function buildPage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await build({
    root: SOURCES,
    configFile: false,
    base: "./",
    logLevel: "warn",
    publicDir: false,
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      assetsInlineLimit: 0,
    },
  });
  const path = join(folder, "index.html");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />`;
  const html = readFileSync(path, "utf8")
    .replace('<meta charset="utf-8" />', (found) => `${found}\n    ${meta}`)
    .replace(LOADED, (found, name: string) => `${found} integrity="${integrity(join(folder, name))}"`);
  writeFileAtomic(path, html);
}

function integrity(path: string): string {
  return `sha384-${createHash("sha384").update(readFileSync(path)).digest("base64")}`;
}
