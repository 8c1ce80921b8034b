import { zeroAddress } from "viem";
import { chooseInstance, proveCoverage } from "../../actions/coverage/prove.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { shortHex } from "../../display.ts";
import { parseJson } from "../../json.ts";
import { type Field, formatField } from "../../math/field.ts";
import { withLock } from "../../node/lock.ts";
import { type Commitment, commit, randomSalt } from "../../portfolio/commitment.ts";
import { openingFor } from "../../portfolio/opening-file.ts";
import { slotsOf } from "../../portfolio/portfolio.ts";
import { loadPortfolio } from "../../portfolio/portfolio-file.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { createProver } from "../../prover/node/prover.ts";
import { saveProofFile } from "../../prover/proof-file.ts";
import { encodeProofFile } from "../../prover/proof-format.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { cachedSignals } from "../../witness/table.ts";
import { tierText } from "../format.ts";
import { emit } from "../io.ts";
import { parseBackend, parseCount } from "../options.ts";
import type { Register } from "../program.ts";
import { checkNoResult, FORCE, type Force } from "../results.ts";

interface Options extends Record<string, unknown>, Force {
  readonly snapshot: string;
  readonly portfolio: string;
  readonly output: string;
  readonly instance?: string;
  readonly opening?: string;
  readonly deployment?: string;
  readonly validFor: string;
  readonly deadline?: string;
  readonly backend: string;
  readonly zkey?: string;
}

/** `ballast prove`: a coverage proof for one portfolio. */
export const prove: Register = (program, run) => {
  program
    .command("prove")
    .description("prove which margin tier a hidden portfolio is in")
    .requiredOption("-s, --snapshot <file>", "snapshot file")
    .requiredOption("-p, --portfolio <file>", "portfolio file; it never leaves this machine")
    .requiredOption("-o, --output <file>", "where to write the proof; everything in it is public")
    .option("--instance <name>", "circuit instance (default: the smallest that fits)")
    .option(
      "--opening <file>",
      "its salts, kept for the owner only: a fresh one for each portfolio (default: a salt thrown away)",
    )
    .option("--deployment <file>", "bind the proof to this chain and registry, to attest it there")
    .option("--valid-for <seconds>", "how long it may be attested", "3600")
    .option("--deadline <unix>", "the same as a Unix time, e.g. by the chain's clock")
    .option("--backend <name>", "auto, snarkjs or rapidsnark", "auto")
    .option(...FORCE)
    .option("--zkey <file>", "a key elsewhere (default: the instance's own, by `ballast setup`)")
    .addHelpText(
      "after",
      "\nWithout --deployment the proof is for off-chain verification only." +
        "\nKeep the opening: without it, the commitment can't be used again. The same portfolio, proven again," +
        "\nkeeps its commitment; any other gets a salt of its own, so that nobody can compare them.",
    )
    .action(
      run<Options>(async ({ io, json, progress }, options) => {
        checkNoResult(options.output, options);
        const snapshot = await progress.step("checking the snapshot", () => loadSnapshot(options.snapshot));
        const portfolio = loadPortfolio(options.portfolio, snapshot);
        const deployment = options.deployment === undefined ? undefined : loadDeployment(options.deployment);
        const circuit = chooseInstance(options.instance, snapshot, portfolio.positions.length);
        // Refused here, a portfolio that doesn't fit leaves no opening behind.
        cachedSignals(circuit, snapshot);
        const slots = slotsOf(portfolio.positions, circuit.slots);
        const backend = parseBackend(options.backend);
        const deadline =
          options.deadline === undefined
            ? BigInt(Math.floor(Date.now() / 1000) + parseCount(options.validFor, "--valid-for"))
            : BigInt(parseCount(options.deadline, "--deadline", 12));
        const key = await loadKey(circuit, {
          onProgress: progress.onProgress,
          ...(options.zkey === undefined ? {} : { zkey: options.zkey }),
        });
        const prover = createProver({ backend });
        try {
          const { accountId } = portfolio;
          const salt = await saltFor(options.opening, accountId, (fresh) => commit(accountId, fresh, slots));
          const file = await proveCoverage(
            prover,
            {
              circuit,
              key,
              snapshot,
              portfolio,
              salt,
              chainId: BigInt(deployment?.chainId ?? 0),
              registry: deployment?.coverageRegistry ?? zeroAddress,
              deadline,
            },
            progress.onProgress,
          );
          saveProofFile(options.output, file);
          emit(io, json, parseJson(encodeProofFile(file), "proof"), () =>
            [
              `${options.output}: account ${shortHex(formatField(file.signals.accountId))} is in tier ${tierText(file.signals.tier, io.color)}`,
              `  commitment ${formatField(file.signals.commitment)}`,
              `  ${circuit.name}, ${key.manifest.dev ? "development key" : "ceremony key"}, by ${prover.backend}`,
            ].join("\n"),
          );
        } finally {
          await prover.close();
        }
      }),
    );
};

/** One command at a time reads and writes an opening file: none may lose the other's salt. */
async function saltFor(
  path: string | undefined,
  accountId: Field,
  commitmentOf: (salt: Field) => Commitment,
): Promise<Field> {
  if (path === undefined) return randomSalt();
  return withLock(
    `${path}.lock`,
    async (lock) => openingFor(path, accountId, commitmentOf, () => lock.check()).salt,
  );
}
