import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { instance } from "../../prover/circuits.ts";
import { beacon, contribute, setupPtau, verifyCeremony } from "../../prover/keys/ceremony.ts";
import { setupDev } from "../../prover/keys/setup-dev.ts";
import type { Transcript } from "../../prover/keys/transcript.ts";
import type { LoadedKey } from "../../prover/prover.ts";
import { command, group } from "../command.ts";
import type { Context } from "../context.ts";
import { force } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { defaulted, needed, option, saying, toggle } from "../input.ts";
import { parseCount } from "../options.ts";
import { checkNoResult } from "../results.ts";
import { named } from "../summaries.ts";

const ptauHash = option(
  "--ptau-hash <hex>",
  "its blake2b-512 or sha256, unless it is one of the Hermez files",
);

export const setup = command({
  ...named("setup"),
  arguments: {
    circuits: needed("<instances...>", "circuit instances, e.g. 64x240", (text) => instance(text)),
  },
  flags: {
    dev: toggle("--dev", "development keys: seconds, for local chains only"),
    ptau: option("--ptau <file>", "a prepared Powers of Tau file: the real road"),
    ptauHash,
    output: option("-o, --output <file>", "with --ptau: where the ceremony's first .zkey goes"),
    force: saying(force, "make the development key again; overwrite --output"),
  },
  notes: `
Whoever makes a development key could forge proofs with it: contracts and commands refuse it anywhere but on a local chain.

The real road: setup --ptau, ceremony contribute (several people), ceremony beacon, ceremony verify --install.`,
  examples: ["ballast setup 64x240 --dev", "ballast setup 64x240 --ptau final_16.ptau -o 64x240.0000.zkey"],
  async run({ circuits, dev, ptau, output, ...values }, { print, progress }) {
    if (dev === (ptau !== undefined)) {
      throw new BallastError("INVALID_INPUT", "Choose --dev or --ptau FILE.", {
        hint: "--dev is for trying things out; --ptau is for everything else.",
      });
    }
    if (ptau !== undefined) {
      const [circuit, ...others] = circuits;
      if (circuit === undefined || others.length > 0 || output === undefined) {
        throw new BallastError("INVALID_INPUT", "A ceremony is for one instance, and needs --output.", {
          hint: "For example: ballast setup 64x240 --ptau FILE -o 64x240.0000.zkey",
        });
      }
      checkNoResult(output, values);
      const { onProgress } = progress;
      const known = given({ ptauHash: values.ptauHash });
      printTranscript(print, output, await setupPtau(circuit, { ptau, output, onProgress, ...known }));
      return;
    }
    const keys: LoadedKey[] = [];
    for (const circuit of circuits) {
      const { onProgress } = progress.part(keys.length + 1, circuits.length);
      keys.push(await setupDev(circuit, { onProgress, force: values.force }));
    }
    const rows = keys.map(({ zkeyPath, verificationKeyPath, manifest }, i) => ({
      circuit: circuits[i]?.name ?? "",
      zkey: zkeyPath,
      verificationKey: verificationKeyPath,
      manifest,
    }));
    print({ keys: rows }, () =>
      table(
        ["instance", "kind", "circuit id", "key"],
        rows.map(({ circuit, zkey, manifest }) => [
          circuit,
          manifest.dev ? "development" : "ceremony",
          manifest.circuitId,
          zkey,
        ]),
      ),
    );
  },
});

const circuit = needed("<instance>", "circuit instance, e.g. 64x240", (text) => instance(text));
/** From one key of a ceremony to the next. */
const step = {
  from: needed("--from <zkey>", "the key so far"),
  output: needed("-o, --output <zkey>", "the next key"),
  force,
};

const contributeOnce = command({
  name: "contribute",
  summary: "add one contribution; its secret ends with the process",
  arguments: { circuit },
  flags: {
    ...step,
    name: needed("--name <name>", "who contributes, public"),
    entropy: option("--entropy <text>", "anything; random bytes of this machine are always added"),
  },
  examples: ['ballast ceremony contribute 64x240 --from 0000.zkey -o 0001.zkey --name "Ada"'],
  async run({ circuit: of, force: forced, ...values }, { print, progress }) {
    checkNoResult(values.output, { force: forced });
    const { onProgress } = progress;
    printTranscript(print, values.output, await contribute(of, { ...values, onProgress }));
  },
});

const closeByBeacon = command({
  name: "beacon",
  summary: "close the ceremony with public randomness that nobody could foresee",
  arguments: { circuit },
  flags: {
    ...step,
    value: needed("--value <hex>", "the beacon, e.g. the hash of a block announced in advance"),
    name: defaulted("--name <name>", "what it is, public", "beacon"),
    iterationsExp: defaulted("--iterations <n>", "the value is hashed 2^n times", "10", parseCount),
  },
  examples: ["ballast ceremony beacon 64x240 --from 0003.zkey -o final.zkey --value 0xBLOCKHASH"],
  async run({ circuit: of, force: forced, ...values }, { print, progress }) {
    checkNoResult(values.output, { force: forced });
    const { onProgress } = progress;
    printTranscript(print, values.output, await beacon(of, { ...values, onProgress }));
  },
});

const verify = command({
  name: "verify",
  summary: "check a key and its transcript from the circuit and the Powers of Tau on",
  arguments: { circuit },
  flags: {
    zkey: needed("--zkey <file>", "the final key"),
    ptau: needed("--ptau <file>", "the Powers of Tau file it began with"),
    ptauHash,
    install: toggle("--install", "make it the circuit's key here"),
  },
  examples: ["ballast ceremony verify 64x240 --zkey final.zkey --ptau final_16.ptau --install"],
  async run({ circuit: of, ...values }, { print, progress }) {
    const { onProgress } = progress;
    const { transcript, key } = await verifyCeremony(of, { ...values, onProgress });
    print({ valid: true, transcript, installed: key?.zkeyPath ?? null }, () =>
      [`valid: ${values.zkey}`, describeTranscript(values.zkey, transcript)].join("\n"),
    );
  },
});

export const ceremony = group({
  ...named("ceremony"),
  commands: [contributeOnce, closeByBeacon, verify],
});

function printTranscript(print: Context["print"], output: string, transcript: Transcript): void {
  print({ output, transcript }, () => describeTranscript(output, transcript));
}

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
