import type { BallastError } from "../../../errors.ts";
import { given } from "../../../given.ts";
import type { MendingInput } from "../../../inputs.ts";

/** What one look found. `note`: nothing is wrong, but worth to know. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "note" | "fault";
  readonly found: string;
  /** What to do about it; always there for a fault. */
  readonly hint?: string;
  /** What the hint speaks of. */
  readonly inputs?: readonly MendingInput[];
}

export const ok = (check: string, found: string): Finding => ({ check, state: "ok", found });
export const note = (check: string, found: string, hint?: string, inputs?: Finding["inputs"]): Finding => ({
  check,
  state: "note",
  found,
  ...given({ hint, inputs }),
});
export const fault = (check: string, found: string, hint: string, inputs?: Finding["inputs"]): Finding => ({
  check,
  state: "fault",
  found,
  hint,
  ...given({ inputs }),
});
/** What an error says, as a fault. @param otherwise the hint where it has none. */
export const faultOf = (
  check: string,
  { shortMessage, hint, inputs }: BallastError,
  otherwise: string,
  otherInputs?: Finding["inputs"],
): Finding =>
  hint === undefined
    ? fault(check, shortMessage, otherwise, otherInputs)
    : fault(check, shortMessage, hint, inputs);
