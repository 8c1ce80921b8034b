import { availableParallelism, totalmem } from "node:os";
import type { BenchResult } from "./schema.ts";

/** What a reader needs to compare numbers; nothing that identifies the machine. */
export function machineFacts(): BenchResult["machine"] {
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}
