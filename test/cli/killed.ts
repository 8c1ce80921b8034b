import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "vitest";
import { MAIN } from "../helpers/built.ts";
import type { NodeProxy } from "../helpers/node-proxy.ts";

/** Where a command is killed: at its `nth` request of a method, before the node has it, or once it has and before the answer. */
export interface Moment {
  readonly method: string;
  readonly nth: number;
  readonly when: "before" | "after";
}

/** When a command sends: its `nth` transaction. */
export const sending = (nth: number, when: Moment["when"]): Moment => ({
  method: "eth_sendRawTransaction",
  nth,
  when,
});

/** Runs a command in a process of its own, whose node is `proxy`, and kills it (-9) at a moment that it must come to. */
export async function killAt(
  proxy: NodeProxy,
  { method, nth, when }: Moment,
  argv: readonly string[],
  options: readonly string[] = [],
): Promise<void> {
  let seen = 0;
  await expectKilled(argv, options, (kill) => {
    const isNow = (name: string, at: Moment["when"]): boolean =>
      name === method && when === at && ++seen === nth && kill();
    proxy.admits = (name) => !isNow(name, "before");
    proxy.fate = (name, answer) => (isNow(name, "after") ? undefined : answer);
  });
  proxy.behave();
}

/**
 * Runs a command in a process of its own that must be killed (-9) before it ends.
 * @param options what Node takes before the script: with those of `dyingOptions` the process kills itself.
 */
export async function expectKilled(
  argv: readonly string[],
  options: readonly string[],
  arm: (kill: () => boolean) => void = () => {},
): Promise<void> {
  const child = spawn(process.execPath, [...options, MAIN, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  arm(() => child.kill("SIGKILL"));
  const [code, signal] = await once(child, "close");
  expect({ code, signal, said: signal === "SIGKILL" ? "" : said }).toEqual({
    ...{ code: null, signal: "SIGKILL", said: "" },
  });
}
