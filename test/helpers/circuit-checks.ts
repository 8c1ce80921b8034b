import { at, type ConstraintSystem, wiresIn } from "./r1cs.ts";

/** A `===` of the circuits: it checks, and nobody computes a wire from it. */
interface Check {
  readonly label: string;
  /** Each must match one of the constraint's wires. */
  readonly wires: readonly RegExp[];
  /** Whether they must match all of them. */
  readonly alone?: true;
}

const CHECKS: readonly Check[] = [
  { label: "empty slot", wires: [/\.isFilled\[\d+\]$/, /\.quantity\[\d+\]$/] },
  { label: "attained", wires: [/\.attained\[\d+\]$/], alone: true },
  { label: "membership", wires: [/\.slotTerm\[0\]$/, /\.emptyTerm$/] },
  { label: "sum", wires: [/\.product\[0\]$/, /\.collapsed$/] },
  { label: "one place", wires: [/\.isPlace\[\d+\]$/], alone: true },
  // coverage, equity
  { label: "commitment", wires: [/^main\.account\.portfolio\.commitment$/, /^main\.account\.commitment$/] },
  { label: "tier", wires: [/^main\.account\.tier$/, /^main\.tier$/] },
  { label: "equity", wires: [/^main\.account\.equity$/, /^main\.equity$/] },
  // a batch: accounts
  { label: "positions of no account", wires: [/\.isHere$/, /\.ids\.sum$/] },
  { label: "one tier", wires: [/\.bit\[0\]$/, /\.isHere$/] },
  { label: "right tier", wires: [/\.bit\[1\]$/, /\.result\.tier$/] },
  // a batch: place, state, cover-2
  { label: "root", wires: [/\.path\.root$/, /\.accountsRoot$/] },
  { label: "index", wires: [/\.path\.index$/, /(?<!\.path)\.index$/] },
  { label: "nothing behind", wires: [/\.strict\[\d+\]$/, /\.sibling\[\d+\]$/] },
  { label: "first from zero", wires: [/\.isFirst$/, /\.added\[\d+\]$/] },
  { label: "stateIn", wires: [/^main\.step\.stateIn$/, /^main\.stateIn$/] },
  { label: "stateOut", wires: [/^main\.step\.stateOut$/, /^main\.stateOut$/] },
  { label: "second attained", wires: [/\.secondBit\[\d+\]\.ranged$/, /\.open\[\d+\]\[\d+\]$/] },
  // the report
  { label: "currentShortfall", wires: [/^main\.currentShortfall$/, /^main\.shortfall\[0\]$/] },
  { label: "state", wires: [/^main\.end\.out$/, /^main\.state$/] },
  ...["worst", "single", "cover"].flatMap((component): Check[] => [
    { label: `${component} index`, wires: [new RegExp(`^main\\.${component}\\.index$`), /Scenario$/] },
    { label: `${component} maximum`, wires: [new RegExp(`^main\\.${component}\\.maximum$`), /Shortfall$/] },
  ]),
  // an empty portfolio
  { label: "empty commitment", wires: [/^main\.opening\.out$/, /^main\.commitment$/] },
  // a transfer, a deleverage
  { label: "conservation", wires: [/\.conserved\.old\[0\]\.out$/, /\.conserved\.new\[0\]\.out$/] },
  ...["oldA", "newA", "oldB", "newB"].map(
    (name, k): Check => ({
      label: `commitment ${name}`,
      wires: [new RegExp(`^main\\.portfolio\\[${k}\\]\\.commitment$`), new RegExp(`^main\\.${name}$`)],
    }),
  ),
  ...["oldCommitment", "newCommitment"].map(
    (name, k): Check => ({
      label: `commitment ${name}`,
      wires: [new RegExp(`^main\\.portfolio\\[${k}\\]\\.commitment$`), new RegExp(`^main\\.${name}$`)],
    }),
  ),
  { label: "nobody's id", wires: [/^main\.isThere$/, /^main\.accountB$/] },
  { label: "nobody's slots", wires: [/^main\.isThere$/, /^main\.ids\[\d\]\.sum$/] },
  { label: "cash", wires: [/^main\.left\.isWhole$/, /^main\.held\[1\]\.holding$/] },
  { label: "whole cash", wires: [/^main\.whole\.quantity$/, /^main\.whole\.cash$/] },
  { label: "whole side", wires: [/^main\.whole\.isWhole$/, /^main\.whole\.isShort$/] },
  { label: "whole id", wires: [/^main\.whole\.id$/, /^main\.whole\.firstId$/] },
  { label: "whole others", wires: [/^main\.whole\.ids$/, /^main\.whole\.id$/] },
  { label: "order", wires: [/(^main|\.order)\.isOn$/, /\.idle\[0\]$/] },
  { label: "derived salt", wires: [/\.kept\.newSalt$/, /\.kept\.isKept$/] },
  { label: "open salt", wires: [/^main\.whole\.salt$/, /^main\.whole\.context$/] },
];

/** The check that a constraint is, by the names of its wires: of which account, in a batch. */
function checkOf(names: readonly string[]): string | undefined {
  const check = CHECKS.find(({ wires, alone }) =>
    alone === true
      ? names.every((name) => wires.some((wire) => wire.test(name)))
      : wires.every((wire) => names.some((name) => wire.test(name))),
  );
  if (check === undefined) return undefined;
  const account = /\bmain\.(?:account|value\.total)\[(\d+)\]/.exec(names.join(" "))?.[1];
  return account === undefined ? check.label : `${check.label} of account ${account}`;
}

/** Whether an honest prover computes nothing from a constraint, by the names of its wires. */
export function isCheck(names: readonly string[]): boolean {
  return names.length > 0 && (isZeroCheck(names) || checkOf(names) !== undefined);
}

/** `in * out === 0` of an `IsZero`. */
function isZeroCheck(names: readonly string[]): boolean {
  return names.length === 2 && names.every((name) => /IsZero_[\d_[\]]+\.(in|out)$/.test(name));
}

/** A signal's or component's name in its statement: without `main`, or the one account that the statement is about. */
export function unrooted(name: string): string {
  return name.replace(/^main\.(account\.)?/, "");
}

/**
 * Which check a constraint of a full circuit is: `range x`, `bit x`, `zero x`, one of the circuits' `===`, or `law ...` for
 * a `<==`. Components without a name are called by their template, but in a range's label as the compiler calls them: several of a
 * template may stand side by side.
 */
export function labelOf(system: ConstraintSystem, index: number): string {
  const names = wiresIn(at(system.constraints, index)).map((wire) => at(system.nameOf, wire));
  const short = (name: string): string => unrooted(name).replace(/([A-Z]\w*?)_\d+_\d+/g, "$1");
  const [first = "", ...others] = names;
  const range = /^(.*)\.Num2Bits_[\d_[\]]+\.(in|out\[\d+\])$/;
  const component = range.exec(first)?.[1];
  if (component !== undefined && names.every((name) => range.exec(name)?.[1] === component)) {
    return `range ${unrooted(component)}`;
  }
  if (isZeroCheck(names)) return `zero ${short(first.replace(/\.IsZero_.*$/, ""))}`;
  const check = checkOf(names);
  if (check !== undefined) return check;
  if (others.length === 0) return `bit ${short(first).replace(".value", "")}`;
  return `law ${names.map(short).sort().join(" ")}`;
}
