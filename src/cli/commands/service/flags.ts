import type { Finding } from "../../../actions/node/doctor/finding.ts";
import { defaulted } from "../../input.ts";
import { writtenHint } from "../../mend.ts";

/** Where the configuration is. */
export const configFile = defaulted(
  "--config <file>",
  "the service's configuration, from `ballast init`",
  "ballast.config.json",
);

const MARKS = { ok: "✓", note: "·", fault: "✗" } as const;

/** Findings as lines, with what to do about each. */
export function describeFindings(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ check, state, found, hint, inputs }) => {
    const todo = writtenHint(hint, inputs);
    return [`  ${MARKS[state]} ${check}: ${found}`, ...(todo === undefined ? [] : [`      ${todo}`])];
  });
}
