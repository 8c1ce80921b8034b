import type { Command } from "commander";
import { BallastError } from "../../errors.ts";
import { instance } from "../../prover/circuits.ts";
import type { KeyManifest } from "../../prover/key-manifest.ts";
import { beacon, contribute, setupPtau, verifyCeremony } from "../../prover/keys/ceremony.ts";
import { setupDev } from "../../prover/keys/setup-dev.ts";
import type { Transcript } from "../../prover/keys/transcript.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import { parseCount } from "../options.ts";
import type { Register } from "../program.ts";
import { checkNoResult, FORCE, type Force } from "../results.ts";

interface SetupOptions extends Record<string, unknown> {
  readonly dev?: boolean;
  readonly ptau?: string;
  readonly ptauHash?: string;
  readonly output?: string;
  readonly force?: boolean;
}

/** `ballast setup`: development keys, or the start of a real ceremony. */
export const setup: Register = (program, run) => {
  program
    .command("setup")
    .description(
      "make keys: development keys in seconds, or the first key of a ceremony from a Powers of Tau file",
    )
    .argument("<instances...>", "circuit instances, e.g. 64x240")
    .option("--dev", "development keys: seconds, for local chains only")
    .option("--ptau <file>", "a prepared Powers of Tau file: the real road")
    .option("--ptau-hash <hex>", "its blake2b-512 or sha256, unless it is one of the Hermez files")
    .option("-o, --output <file>", "with --ptau: where the ceremony's first .zkey goes")
    .option("--force", "make the development key again; overwrite --output")
    .addHelpText(
      "after",
      "\nWhoever makes a development key could forge proofs with it: contracts and commands refuse it anywhere but on a local chain." +
        "\nThe real road: setup --ptau, ceremony contribute (several people), ceremony beacon, ceremony verify --install.",
    )
    .action(
      run<SetupOptions>(async ({ io, json, progress }, options, names) => {
        if ((options.dev === true) === (options.ptau !== undefined)) {
          throw new BallastError("INVALID_INPUT", "Choose --dev or --ptau FILE.", {
            hint: "--dev is for trying things out; --ptau is for everything else.",
          });
        }
        const circuits = names.map((name) => instance(name));
        const { onProgress } = progress;
        if (options.ptau !== undefined) {
          const [circuit, ...others] = circuits;
          if (circuit === undefined || others.length > 0 || options.output === undefined) {
            throw new BallastError("INVALID_INPUT", "A ceremony is for one instance, and needs --output.", {
              hint: "For example: ballast setup 64x240 --ptau FILE -o 64x240.0000.zkey",
            });
          }
          checkNoResult(options.output, options);
          const transcript = await setupPtau(circuit, {
            ptau: options.ptau,
            output: options.output,
            onProgress,
            ...(options.ptauHash === undefined ? {} : { ptauHash: options.ptauHash }),
          });
          emit(io, json, { output: options.output, transcript }, () =>
            describeTranscript(options.output ?? "", transcript),
          );
          return;
        }
        const keys: {
          readonly circuit: string;
          readonly zkey: string;
          readonly verificationKey: string;
          readonly manifest: KeyManifest;
        }[] = [];
        for (const circuit of circuits) {
          const { zkeyPath, verificationKeyPath, manifest } = await setupDev(circuit, {
            onProgress: progress.part(keys.length + 1, circuits.length).onProgress,
            ...(options.force === undefined ? {} : { force: options.force }),
          });
          keys.push({
            circuit: circuit.name,
            zkey: zkeyPath,
            verificationKey: verificationKeyPath,
            manifest,
          });
        }
        emit(io, json, { keys }, () =>
          table(
            ["instance", "kind", "circuit id", "key"],
            keys.map(({ circuit, zkey, manifest }) => [
              circuit,
              manifest.dev ? "development" : "ceremony",
              manifest.circuitId,
              zkey,
            ]),
          ),
        );
      }),
    );
};

interface CeremonyOptions extends Record<string, unknown>, Force {
  readonly from: string;
  readonly output: string;
  readonly name: string;
  readonly entropy?: string;
  readonly value: string;
  readonly iterations: string;
  readonly zkey: string;
  readonly ptau: string;
  readonly ptauHash?: string;
  readonly install?: boolean;
}

/** `ballast ceremony contribute | beacon | verify`. */
export const ceremony: Register = (program, run) => {
  const group = program
    .command("ceremony")
    .description("a circuit's phase-2 ceremony, with a transcript beside each key");
  const step = (name: string): Command =>
    group
      .command(name)
      .argument("<instance>", "circuit instance, e.g. 64x240")
      .requiredOption("--from <zkey>", "the key so far")
      .requiredOption("-o, --output <zkey>", "the next key")
      .option(...FORCE);
  step("contribute")
    .description("add one contribution; its secret ends with the process")
    .requiredOption("--name <name>", "who contributes, public")
    .option("--entropy <text>", "anything; random bytes of this machine are always added")
    .action(
      run<CeremonyOptions>(async ({ io, json, progress }, options, [name = ""]) => {
        const { from, output, entropy } = options;
        checkNoResult(output, options);
        const transcript = await contribute(instance(name), {
          from,
          output,
          name: options.name,
          onProgress: progress.onProgress,
          ...(entropy === undefined ? {} : { entropy }),
        });
        emit(io, json, { output, transcript }, () => describeTranscript(output, transcript));
      }),
    );
  step("beacon")
    .description("close the ceremony with public randomness that nobody could foresee")
    .requiredOption("--value <hex>", "the beacon, e.g. the hash of a block announced in advance")
    .option("--name <name>", "what it is, public", "beacon")
    .option("--iterations <n>", "the value is hashed 2^n times", "10")
    .action(
      run<CeremonyOptions>(async ({ io, json, progress }, options, [name = ""]) => {
        const { from, output, value } = options;
        checkNoResult(output, options);
        const transcript = await beacon(instance(name), {
          from,
          output,
          value,
          name: options.name,
          iterationsExp: parseCount(options.iterations, "--iterations"),
          onProgress: progress.onProgress,
        });
        emit(io, json, { output, transcript }, () => describeTranscript(output, transcript));
      }),
    );
  group
    .command("verify")
    .description("check a key and its transcript from the circuit and the Powers of Tau on")
    .argument("<instance>", "circuit instance, e.g. 64x240")
    .requiredOption("--zkey <file>", "the final key")
    .requiredOption("--ptau <file>", "the Powers of Tau file it began with")
    .option("--ptau-hash <hex>", "its blake2b-512 or sha256, unless it is one of the Hermez files")
    .option("--install", "make it the circuit's key here")
    .action(
      run<CeremonyOptions>(async ({ io, json, progress }, options, [name = ""]) => {
        const { zkey, ptau, ptauHash, install } = options;
        const { transcript, key } = await verifyCeremony(instance(name), {
          zkey,
          ptau,
          onProgress: progress.onProgress,
          ...(ptauHash === undefined ? {} : { ptauHash }),
          ...(install === undefined ? {} : { install }),
        });
        emit(io, json, { valid: true, transcript, installed: key?.zkeyPath ?? null }, () =>
          [`valid: ${zkey}`, describeTranscript(zkey, transcript)].join("\n"),
        );
      }),
    );
};

/** A ceremony's record for people: whom a contributor looks for is there with what it published. */
export function describeTranscript(zkey: string, { circuit, contributions, keyHash }: Transcript): string {
  const lines = contributions.flatMap(({ name, hash, record, beacon: closing }, index) => [
    `  ${index + 1}. ${printableName(name)}${closing === undefined ? "" : " (beacon)"}`,
    `     record ${record}`,
    `     points ${hash.slice(0, 64)}`,
    `            ${hash.slice(64)}`,
  ]);
  return [
    `${zkey}`,
    `  ${circuit}, ${contributions.length} contributions`,
    `  key ${keyHash}`,
    ...lines,
  ].join("\n");
}

/** A contributor's name on one line: whoever handed on the key may have written anything there. */
function printableName(name: string): string {
  const text = foreign(name);
  return text === "" ? "(no name)" : text.length > 64 ? `${text.slice(0, 63)}…` : text;
}
