/** A policy document before validation; `parsePolicy` checks it like any file. */
export interface ScenarioDocument {
  readonly name: string;
  readonly spot: readonly string[];
  readonly vol: readonly string[];
  readonly weight: string;
}

/** A vol shock of a grid: its name and the relative shock of each underlying. */
export interface VolStep {
  readonly name: string;
  readonly vol: readonly string[];
}

/** Every spot step with every vol step, at full weight: "spot -16% / vol up". Each spot step has one entry an underlying. */
export function scenarioGrid(
  spotSteps: readonly (readonly string[])[],
  volSteps: readonly VolStep[],
): ScenarioDocument[] {
  return spotSteps.flatMap((spot) =>
    volSteps.map(({ name, vol }) => ({
      name: `spot ${spot.map(percent).join(" | ")}, vol ${name}`,
      spot,
      vol,
      weight: "1",
    })),
  );
}

/** "-0.125" as "-12.5%", by moving the point in the text. */
export function percent(ratio: string): string {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(ratio);
  const [, sign = "", whole = "0", fraction = ""] = match ?? [];
  const digits = fraction.padEnd(2, "0");
  const integer = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=[0-9])/, "");
  const rest = digits.slice(2).replace(/0+$/, "");
  const magnitude = `${integer}${rest === "" ? "" : `.${rest}`}`;
  return `${sign === "-" ? "-" : magnitude === "0" ? "" : "+"}${magnitude}%`;
}
