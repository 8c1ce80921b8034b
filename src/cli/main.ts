#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { commands } from "./commands.ts";
import { processIo } from "./io.ts";
import { runCli } from "./program.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const code = await runCli(process.argv.slice(2), processIo(), commands, version);
// Curve workers of the proving libraries would keep the process alive: everything is flushed and closed by now.
process.exitCode = code;
setImmediate(() => process.exit(code));
