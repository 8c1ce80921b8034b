import { invert, reduce } from "../../src/math/field.ts";
import { at, type ConstraintSystem } from "./r1cs.ts";
import type { Hint } from "./r1cs-forge.ts";

/**
 * What an honest prover computes at every `<--` that no single constraint determines, found by the names of its signals and
 * written once more. Inverses and quotients aren't here: `x * known === known` is solved for x.
 */
export function circuitHints(system: ConstraintSystem): Hint[] {
  return [bitHints, zeroHints, inverseHints, tierHints, placeHints, slotValueHints].flatMap((hints) =>
    hints(system),
  );
}

/** Every `Num2Bits`. */
function bitHints(system: ConstraintSystem): Hint[] {
  return [...counted(system, /^(.*Num2Bits_[\d_[\]]+)\.out\[\d+\]$/)].map(([component, width]) => ({
    targets: numbered(`${component}.out`, width),
    needs: [`${component}.in`],
    compute: ([value = 0n]) => Array.from({ length: width }, (_, k) => (value >> BigInt(k)) & 1n),
  }));
}

/** Every `IsZero`: the inverse, or 0. */
function zeroHints(system: ConstraintSystem): Hint[] {
  return matches(system, /^(.*IsZero_[\d_[\]]+)\.inv$/).map(([name, component]) => ({
    targets: [name],
    needs: [`${component}.in`],
    compute: inverseOrZero,
  }));
}

/** The inverse of every slot's id, or 0. */
function inverseHints(system: ConstraintSystem): Hint[] {
  return matches(system, /^(.*)\.inverse\[(\d+)\]$/).map(([name, component, i]) => ({
    targets: [name],
    needs: [`${component}.id[${i}]`],
    compute: inverseOrZero,
  }));
}

/** The one-hot tier of a batch's accounts. */
function tierHints(system: ConstraintSystem): Hint[] {
  return matches(system, /^(.*\.account\[\d+\])\.bit\[0\]$/).map(([, account]) => ({
    targets: numbered(`${account}.bit`, 5),
    needs: [`${account}.present`, `${account}.result.tier`],
    compute: ([present, tier]) => [0n, 1n, 2n, 3n, 4n].map((k) => (present === 1n && k === tier ? 1n : 0n)),
  }));
}

/** The one-hot place of a first maximum. */
function placeHints(system: ConstraintSystem): Hint[] {
  return [...counted(system, /^(.*)\.isPlace\[\d+\]$/)].map(([component, count]) => ({
    targets: numbered(`${component}.isPlace`, count),
    needs: numbered(`${component}.value`, count),
    compute: (values) => {
      const greatest = values.reduce((best, value) => (value > best ? value : best), 0n);
      const place = values.indexOf(greatest);
      return values.map((_, i) => (i === place ? 1n : 0n));
    },
  }));
}

/** The collapsed row of every slot by its side; 0 for the empty slot and for ids the table doesn't have. */
function slotValueHints(system: ConstraintSystem): Hint[] {
  return [...counted(system, /^(.*)\.slotValue\[\d+\]$/)].flatMap(([component, slots]) => {
    const rows = counted(system, /^(.*)\.lookup\.rowId\[\d+\]$/).get(component) ?? 0;
    const table = ["rowId", "longValue", "shortValue"].flatMap((name) =>
      numbered(`${component}.lookup.${name}`, rows),
    );
    return numbered(`${component}.slotValue`, slots).map((target, i) => ({
      targets: [target],
      needs: [`${component}.lookup.id[${i}]`, `${component}.lookup.isShort[${i}]`, ...table],
      compute: ([id = 0n, side, ...found]: readonly bigint[]) => {
        const n = found.slice(0, rows).lastIndexOf(id);
        return [n < 0 ? 0n : at(found, (side === 1n ? 2 * rows : rows) + n)];
      },
    }));
  });
}

function inverseOrZero([value = 0n]: readonly bigint[]): bigint[] {
  return [value === 0n ? 0n : invert(reduce(value))];
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}[${i}]`);
}

/** Names of a pattern, each with what its groups hold. */
function matches(system: ConstraintSystem, pattern: RegExp): [string, string, string][] {
  return system.nameOf.flatMap((name): [string, string, string][] => {
    const match = pattern.exec(name);
    return match === null ? [] : [[name, match[1] ?? "", match[2] ?? ""]];
  });
}

/** How many names of a pattern there are, by its group. */
function counted(system: ConstraintSystem, pattern: RegExp): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, group] of matches(system, pattern)) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}
