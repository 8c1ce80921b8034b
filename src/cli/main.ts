#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { runProcess } from "./exit.ts";

// Loaded by the work itself: an installation that can't be loaded is reported like any other crash.
runProcess(async (io) => {
  const [{ runCli }, { commands }] = await Promise.all([import("./program.ts"), import("./commands.ts")]);
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return runCli(process.argv.slice(2), io, commands, version);
});
