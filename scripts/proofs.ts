/**
 * Has solc's SMTChecker prove every `assert` of the pure libraries of waterfall and shares, for all inputs within the ranges that
 * `test/contracts/proofs` states, and lists them. An assert that is violated, that the solver can't decide, or that takes too long fails.
 *
 *   npm run proofs [-- --limit 1800]     seconds of a processor for each contract of proofs (default: 1800)
 *
 * The solver is the Z3 that the npm package `solc` has in it, behind the checker's engine for Horn clauses: nothing else is installed. Each
 * contract is a process of its own, at most as many at a time as there are processors.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";

const PROOFS = "test/contracts/proofs/MathProofs.sol";
const LIBRARIES = ["contracts/clearing/ShareMath.sol", "contracts/clearing/WaterfallMath.sol"];

/** Codes of solc's messages about an assertion. */
const SAFE = "9576";
const VIOLATION = "6328";

const outputSchema = z.object({
  errors: z
    .array(
      z.object({
        severity: z.string(),
        errorCode: z.string().optional(),
        message: z.string(),
        sourceLocation: z.object({ file: z.string(), start: z.number() }).optional(),
      }),
    )
    .default([]),
});

/** What the checker says of a place in a source. */
interface Said {
  readonly place: string;
  readonly isSafe: boolean;
  readonly message: string;
}

interface Assertion {
  readonly place: string;
  readonly line: number;
  readonly text: string;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** Every assert of a library, by the byte at which it begins. */
function assertionsOf(file: string): Assertion[] {
  const source = read(file);
  return [...source.matchAll(/\bassert\([\s\S]*?\);/g)].map(({ 0: text, index }) => {
    const before = source.slice(0, index);
    return { place: `${file}:${Buffer.byteLength(before)}`, line: before.split("\n").length, text };
  });
}

/** Runs the checker on one contract, in this process. */
function check(contract: string): Said[] {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const sources = Object.fromEntries([PROOFS, ...LIBRARIES].map((path) => [path, { content: read(path) }]));
  const modelChecker = {
    contracts: { [PROOFS]: [contract] },
    engine: "chc",
    solvers: ["z3"],
    targets: ["assert"],
    showProvedSafe: true,
    showUnproved: true,
    showUnsupported: true,
  };
  const settings = { outputSelection: {}, modelChecker };
  const answer: unknown = JSON.parse(
    solc.compile(JSON.stringify({ language: "Solidity", sources, settings })),
  );
  return outputSchema.parse(answer).errors.map(({ severity, errorCode, message, sourceLocation }) => {
    const isOfAssert = errorCode === SAFE || errorCode === VIOLATION;
    if (severity === "error" || !isOfAssert || sourceLocation === undefined) throw new Error(message);
    return {
      place: `${sourceLocation.file}:${sourceLocation.start}`,
      isSafe: errorCode === SAFE,
      message: message.split("\n")[0] ?? message,
    };
  });
}

/** The same in a process of its own, which the system ends once it has used its time: that of a processor, so that a busy machine refutes nothing. */
function checkApart(contract: string, limit: number): Promise<Said[]> {
  return new Promise((resolve, reject) => {
    const args = [
      process.execPath,
      "--import",
      "tsx",
      fileURLToPath(import.meta.url),
      "--contract",
      contract,
    ];
    const limited = ["-c", 'ulimit -t "$0" && exec "$@"', String(limit), ...args];
    const child = spawn("sh", limited, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(output) as Said[]);
      else
        reject(
          new Error(
            code === null ? `${contract}: no answer in ${limit} s of a processor` : `${contract}: failed`,
          ),
        );
    });
  });
}

/** Checks all contracts of proofs. @returns what was said, and what went wrong. */
async function checkAll(limit: number): Promise<{ said: Said[]; failures: string[] }> {
  const waiting = [...read(PROOFS).matchAll(/^contract (\w+) \{/gm)].map(([, name = ""]) => name);
  if (waiting.length === 0) throw new Error(`${PROOFS} has no contract`);
  const said: Said[] = [];
  const failures: string[] = [];
  const work = async () => {
    for (let contract = waiting.shift(); contract !== undefined; contract = waiting.shift()) {
      const start = performance.now();
      try {
        said.push(...(await checkApart(contract, limit)));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      process.stderr.write(`${contract}: ${Math.round((performance.now() - start) / 1_000)} s\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return { said, failures };
}

const { values } = parseArgs({
  options: { contract: { type: "string" }, limit: { type: "string", default: "1800" } },
});

if (values.contract !== undefined) {
  process.stdout.write(JSON.stringify(check(values.contract)));
} else {
  const { said, failures } = await checkAll(Number(values.limit));
  for (const { place, line, text } of LIBRARIES.flatMap(assertionsOf)) {
    const about = said.filter((one) => one.place === place);
    const refuted = about.find(({ isSafe }) => !isSafe);
    const isProven = about.length > 0 && refuted === undefined;
    const file = place.split(":")[0];
    console.log(`${isProven ? "proven    " : "NOT PROVEN"} ${file}:${line} ${text}`);
    if (!isProven) failures.push(`${file}:${line}: ${refuted?.message ?? "the checker says nothing of it"}`);
  }
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}
