/** What one look found. `note`: nothing is wrong, but worth to know. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "note" | "fault";
  readonly found: string;
  /** What to do about it; always there for a fault. */
  readonly hint?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, state: "ok", found });
export const note = (check: string, found: string, hint?: string): Finding => ({
  check,
  state: "note",
  found,
  ...(hint === undefined ? {} : { hint }),
});
export const fault = (check: string, found: string, hint: string): Finding => ({
  check,
  state: "fault",
  found,
  hint,
});
