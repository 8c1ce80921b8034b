import { join } from "node:path";
import { BallastError } from "../../errors.ts";
import { makeFolder, writeFileAtomic } from "../../node/files.ts";
import { pageFiles, pageHash, pageHashes } from "../../node/page.ts";
import { servePage } from "../../node/page-server.ts";
import { command, group } from "../command.ts";
import { takeSignals } from "../exit.ts";
import { force } from "../flags.ts";
import { defaulted, needed } from "../input.ts";
import { checkNoResult } from "../results.ts";
import { named } from "../summaries.ts";

const HASHES = "SHA256SUMS";

const build = command({
  name: "build",
  summary: "write the page as static files, for any host, with their hashes",
  flags: { output: needed("-o, --output <folder>", "where they go"), force },
  notes: `
Any web server can have the files, in any folder. The page has its security policy in itself; a server should send it as well, with
frame-ancestors 'none' (docs/regulators/page.md). The same release gives the same files: ${HASHES} has their hashes, and the hash of
that file is printed.`,
  examples: ["ballast page build -o site"],
  async run({ output, ...values }, { print }) {
    checkNoResult(output, values);
    const files = pageFiles();
    for (const { name, bytes } of files) {
      const path = join(output, name);
      makeFolder(join(path, ".."));
      writeFileAtomic(path, bytes);
    }
    writeFileAtomic(join(output, HASHES), pageHashes(files));
    const hash = pageHash(files);
    print({ output, files: files.map(({ name, hash }) => ({ name, sha256: hash })), hash }, () =>
      [`${output}: ${files.length} files and their hashes, ${HASHES}`, `  its own hash ${hash}`].join("\n"),
    );
  },
});

const open = command({
  name: "open",
  summary: "serve the page to this machine alone, until Ctrl-C",
  flags: { port: defaulted("--port <n>", "where; 0 takes a free one", "0", portOf) },
  notes: `
Open the address that is printed. The page asks the nodes that you name on it, and nothing of the machine that serves it.`,
  examples: ["ballast page open"],
  async run({ port }, { print }) {
    const files = pageFiles();
    const server = await servePage(files, port);
    try {
      print({ url: server.url, hash: pageHash(files) }, () =>
        [`${server.url}`, `  hash of the page ${pageHash(files)}`, "  Ctrl-C ends it"].join("\n"),
      );
      await new Promise<void>((resolve) => {
        const release = takeSignals(() => {
          release();
          resolve();
        });
      });
    } finally {
      await server.close();
    }
  },
});

/** `ballast page`. */
export const page = group({ ...named("page"), commands: [build, open] });

function portOf(text: string, name: string): number {
  if (/^(0|[1-9][0-9]{0,4})$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new BallastError("INVALID_INPUT", `${name} is a port: 0 to 65535.`);
}
