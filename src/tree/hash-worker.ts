import { parentPort } from "node:worker_threads";
import { ByteFile } from "./bytes.ts";
import type { TreeHeader } from "./layout.ts";
import { type HashContext, hashAccounts, type Mode } from "./levels.ts";

/** The first message to a hashing thread. */
export interface HashStart {
  readonly path: string;
  readonly header: Pick<TreeHeader, "count" | "height">;
  readonly context: HashContext;
  readonly mode: Mode;
  /** Subtrees of 2^levels accounts. */
  readonly levels: number;
}

/** Then indices of first accounts; each is answered by this. */
export type HashReply = { readonly ok: boolean } | { readonly failure: string };

const port = parentPort;
let start: HashStart | undefined;
let file: ByteFile | undefined;

port?.on("message", (message: HashStart | number) => {
  try {
    if (typeof message !== "number") {
      start = message;
      file = new ByteFile(start.path, start.mode === "write" ? "r+" : "r");
      return;
    }
    if (start === undefined || file === undefined) return;
    const { header, levels, context, mode } = start;
    port.postMessage({ ok: hashAccounts(file, header, message, levels, context, mode) } satisfies HashReply);
  } catch (error) {
    port.postMessage({ failure: error instanceof Error ? error.message : String(error) } satisfies HashReply);
  }
});
