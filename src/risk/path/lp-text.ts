import type { Programme } from "./programme.ts";

/** Terms on a line: the format's lines have 560 characters at most. */
const TERMS = 12;

/** A programme in CPLEX's LP format: columns x0, x1, ..., rows r0, r1, ... */
export function lpText({ columns, rows }: Programme): string {
  const objective = columns.map(({ cost }, i) => [i, cost] as const).filter(([, cost]) => cost !== 0);
  const constraints = rows.map(({ entries, bound, equal }, i) => {
    const left = entries.length === 0 ? "0 x0" : terms(entries);
    return `r${i}: ${left} ${equal ? "=" : ">="} ${bound}`;
  });
  const bounds = columns.flatMap(({ lower, upper, binary }, i) => {
    if (binary) return [];
    return [`${lower} <= x${i}${upper === Number.POSITIVE_INFINITY ? "" : ` <= ${upper}`}`];
  });
  const binaries = columns.flatMap(({ binary }, i) => (binary ? [`x${i}`] : []));
  return [
    "Minimize",
    `obj: ${objective.length === 0 ? "0 x0" : terms(objective)}`,
    "Subject To",
    ...constraints,
    "Bounds",
    ...bounds,
    ...(binaries.length === 0 ? [] : ["Binary", ...binaries]),
    "End",
    "",
  ].join("\n");
}

function terms(entries: readonly (readonly [number, number])[]): string {
  return entries
    .map(([i, value], at) => {
      const sign = value < 0 ? "-" : "+";
      return `${at > 0 && at % TERMS === 0 ? "\n" : ""}${sign} ${Math.abs(value)} x${i}`;
    })
    .join(" ");
}
