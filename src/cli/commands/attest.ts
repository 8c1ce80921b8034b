import { type Attested, attestProofs } from "../../actions/coverage/attest.ts";
import { attestedJson } from "../../actions/coverage/json.ts";
import { shortHex } from "../../display.ts";
import { loadProofFile } from "../../prover/proof-file.ts";
import { command } from "../command.ts";
import { openSender } from "../connect.ts";
import { sender } from "../flags.ts";
import { table, tierText } from "../format.ts";
import { needed } from "../input.ts";
import { named } from "../summaries.ts";

export const attest = command({
  ...named("attest"),
  arguments: { paths: needed("<proofs...>", "proof files") },
  flags: sender("who pays; anyone may attest"),
  notes: `
A proof whose tier and snapshot the registry has already, and still counts, is "attested already". Exit code 1 says that it has another
attestation for the account, by a snapshot that is not older or with another tier, or one that no longer counts: it is shown, and stays.`,
  examples: ["ballast attest desk.proof.json maker.proof.json"],
  async run({ paths, ...chain }, { print, progress, fail, io }) {
    const proofs = paths.map((path) => ({ name: path, file: loadProofFile(path) }));
    const { client, deployment } = await openSender(chain);
    const { transactions, attestations } = await attestProofs(client, deployment, proofs, progress);
    if (attestations.some(({ outcome }) => outcome === "refused")) fail();
    const rows = attestations.map(attestedJson);
    print({ transactions, attestations: rows }, () =>
      [
        table(
          ["account", "commitment", "tier", "expires", ""],
          rows.map(({ accountId, commitment, tier, expiresAt, outcome }) => [
            shortHex(accountId),
            shortHex(commitment),
            tier === null ? "none" : tierText(tier, io.color),
            expiresAt === null ? "" : new Date(Number(expiresAt) * 1000).toISOString(),
            OUTCOMES[outcome],
          ]),
        ),
        ...transactions.map(
          ({ hash, proofs: count, gas }) =>
            `${hash}: ${count} ${count === 1 ? "proof" : "proofs"}, ${gas.toLocaleString("en-US")} gas`,
        ),
      ].join("\n"),
    );
  },
});

const OUTCOMES: Readonly<Record<Attested["outcome"], string>> = {
  attested: "",
  "attested already": "attested already",
  refused: "not this proof: the registry keeps what it has",
};
