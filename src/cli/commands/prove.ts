import { zeroAddress } from "viem";
import { proveCoverageHere } from "../../actions/node/prove-coverage.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { shortHex } from "../../display.ts";
import { given } from "../../given.ts";
import { parseJson } from "../../json.ts";
import { formatField } from "../../math/field.ts";
import { loadPortfolio } from "../../portfolio/portfolio-file.ts";
import { saveProofFile } from "../../prover/proof-file.ts";
import { encodeProofFile } from "../../prover/proof-format.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { backend, deadline, deployment, force, output, snapshot, validFor } from "../flags.ts";
import { tierText } from "../format.ts";
import { needed, option, optional } from "../input.ts";
import { checkNoResult } from "../results.ts";
import { named } from "../summaries.ts";

export const prove = command({
  ...named("prove"),
  flags: {
    snapshot,
    portfolio: needed("-p, --portfolio <file>", "portfolio file; it never leaves this machine"),
    output: output("where to write the proof; everything in it is public"),
    instance: option("--instance <name>", "circuit instance (default: the smallest that fits)"),
    opening: option(
      "--opening <file>",
      "its salts, kept for the owner only: a fresh one for each portfolio (default: a salt thrown away)",
    ),
    deployment: optional(deployment, "bind the proof to this chain and registry, to attest it there"),
    validFor: validFor("how long it may be attested", "3600"),
    deadline,
    backend,
    force,
    zkey: option("--zkey <file>", "a key elsewhere (default: the instance's own, by `ballast setup`)"),
  },
  notes: `
Without --deployment the proof is for off-chain verification only.

Keep the opening: without it, the commitment can't be used again. The same portfolio, proven again,
keeps its commitment; any other gets a salt of its own, so that nobody can compare them.`,
  examples: ["ballast prove -s s.json -p desk.json --opening desk.opening -o desk.proof.json"],
  async run({ output: path, ...values }, { print, progress, io }) {
    checkNoResult(path, values);
    const within = await progress.step("checking the snapshot", () => loadSnapshot(values.snapshot));
    const portfolio = loadPortfolio(values.portfolio, within);
    const deployed = values.deployment === undefined ? undefined : loadDeployment(values.deployment);
    const { instance, opening, zkey } = values;
    const {
      file,
      key,
      backend: used,
    } = await proveCoverageHere(
      {
        snapshot: within,
        portfolio,
        destination: {
          chainId: BigInt(deployed?.chainId ?? 0),
          registry: deployed?.coverageRegistry ?? zeroAddress,
          deadline: BigInt(values.deadline ?? Math.floor(Date.now() / 1000) + values.validFor),
        },
        backend: values.backend,
        ...given({ instance, opening, zkey }),
      },
      progress,
    );
    saveProofFile(path, file);
    const { accountId, commitment, tier } = file.signals;
    print(parseJson(encodeProofFile(file), "proof"), () =>
      [
        `${path}: account ${shortHex(formatField(accountId))} is in tier ${tierText(tier, io.color)}`,
        `  commitment ${formatField(commitment)}`,
        `  ${file.circuit}, ${key.manifest.dev ? "development key" : "ceremony key"}, by ${used}`,
      ].join("\n"),
    );
  },
});
