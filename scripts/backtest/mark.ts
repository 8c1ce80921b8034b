import { createHash } from "node:crypto";
import { presets } from "../../src/risk/presets.ts";

/** A line for docs/reference/backtest.md by which a test sees that its tables are of the presets as they are. */
export function presetsMark(): string {
  const text = JSON.stringify(presets().map(({ id, policy }) => [id, policy]));
  return `<!-- presets ${createHash("sha256").update(text).digest("hex").slice(0, 16)} -->`;
}
