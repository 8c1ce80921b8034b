import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseAst } from "vitest/node";

/**
 * Loads a copy of src/math in which every bigint operation goes through {@link Int256Meter.apply}: the code under test
 * itself is watched, not a twin of it. Each result must fit int256 and each shift must be one the EVM has.
 */
export interface Int256Meter {
  /** The most bits (sign left out) that any result at a place in the source had. */
  readonly bits: Map<string, number>;
  apply(operator: string, left: unknown, right: unknown, place: string): unknown;
}

/** Loads `src/math/<name>.ts` with its operations metered. */
export async function loadMetered(
  names: readonly string[],
  meter: Int256Meter,
): Promise<Record<string, unknown>> {
  const source = fileURLToPath(new URL("../../src/", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "ballast-int256-"));
  try {
    mkdirSync(join(folder, "math"));
    writeFileSync(join(folder, "errors.ts"), readFileSync(join(source, "errors.ts")));
    for (const file of readdirSync(join(source, "math")).filter((name) => name.endsWith(".ts"))) {
      const text = readFileSync(join(source, "math", file), "utf8");
      writeFileSync(join(folder, "math", file), `const __op = globalThis.__int256;\n${metered(text, file)}`);
    }
    Object.assign(globalThis, { __int256: meter.apply.bind(meter) });
    const loaded: Record<string, unknown> = {};
    for (const name of names) {
      const url = pathToFileURL(join(folder, "math", `${name}.ts`)).href;
      Object.assign(loaded, await import(/* @vite-ignore */ url));
    }
    return loaded;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A meter that throws at the first result outside int256. */
export function int256Meter(): Int256Meter {
  const bits = new Map<string, number>();
  return {
    bits,
    apply(operator, left, right, place) {
      const result = compute(operator, left, right);
      if (typeof result !== "bigint") return result;
      if (BigInt.asIntN(256, result) !== result) throw new RangeError(`${place} leaves int256.`);
      const shift = operator === "<<" || operator === ">>";
      if (shift && typeof right === "bigint" && (right < 0n || right > 255n)) {
        throw new RangeError(`${place} shifts by ${right}.`);
      }
      const size = result < 0n ? -result : result;
      bits.set(place, Math.max(bits.get(place) ?? 0, size === 0n ? 0 : size.toString(2).length));
      return result;
    },
  };
}

function compute(operator: string, left: unknown, right: unknown): unknown {
  if (typeof left === "bigint" && typeof right === "bigint") {
    if (operator === "+") return left + right;
    if (operator === "-") return left - right;
    if (operator === "*") return left * right;
    if (operator === "/") return left / right;
    if (operator === "%") return left % right;
    if (operator === "**") return left ** right;
    if (operator === "<<") return left << right;
    if (operator === ">>") return left >> right;
  }
  if (typeof left === "number" && typeof right === "number") {
    if (operator === "+") return left + right;
    if (operator === "-") return left - right;
    if (operator === "*") return left * right;
    if (operator === "/") return left / right;
    if (operator === ">>") return left >> right;
  }
  if (typeof left === "string" && operator === "+") return left + String(right);
  throw new TypeError(`The meter doesn't know ${typeof left} ${operator} ${typeof right}.`);
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const OPERATORS = new Set(["+", "-", "*", "/", "%", "**", "<<", ">>"]);

/** Rewrites `a * b` into `__op("*", a, b, "file: a * b")`, and `a <<= b` likewise, everywhere in a source text. */
function metered(text: string, file: string): string {
  const render = (node: Node): string => {
    const operator = String(node["operator"]);
    const place = JSON.stringify(`${file}: ${text.slice(node.start, node.end).replace(/\s+/g, " ")}`);
    const call = (name: string): string => {
      const { left, right } = node;
      if (!isNode(left) || !isNode(right)) throw new Error(`Can't meter ${place}.`);
      // The type of the copy doesn't matter: it is run, never checked.
      return `(__op("${name}", ${render(left)}, ${render(right)}, ${place}) as any)`;
    };
    if (node.type === "BinaryExpression" && OPERATORS.has(operator)) return call(operator);
    if (node.type === "AssignmentExpression" && OPERATORS.has(operator.slice(0, -1))) {
      return `${isNode(node["left"]) ? render(node["left"]) : ""} = ${call(operator.slice(0, -1))}`;
    }
    let out = "";
    let at = node.start;
    for (const child of children(node)) {
      if (child.start < at) continue; // A shorthand property is its key and its value at once.
      out += text.slice(at, child.start) + render(child);
      at = child.end;
    }
    return out + text.slice(at, node.end);
  };
  const program: unknown = parseAst(text, { lang: "ts" });
  if (!isNode(program)) throw new Error(`Can't parse ${file}.`);
  return render(program);
}

function children(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter(isNode)
    .sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value && "end" in value;
}
