import { type Attested, attestProofs } from "../../actions/coverage/attest.ts";
import { shortHex } from "../../display.ts";
import { formatField, toField } from "../../math/field.ts";
import { loadProofFile } from "../../prover/proof-file.ts";
import { command } from "../command.ts";
import { openSender } from "../connect.ts";
import { sender } from "../flags.ts";
import { table, tierText } from "../format.ts";
import { needed } from "../input.ts";

export const attest = command({
  name: "attest",
  summary: "submit proofs; several of one instance, snapshot and deadline go in one transaction",
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
    const rows = attestations.map(rowOf);
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
          ({ hash, proofs: count, gas }) => `${hash}: ${count} proofs, ${gas.toLocaleString("en-US")} gas`,
        ),
      ].join("\n"),
    );
  },
});

/** What the registry has for the proof's account and commitment now. */
function rowOf({ file, stored, outcome }: Attested) {
  return {
    accountId: formatField(file.signals.accountId),
    commitment: formatField(file.signals.commitment),
    tier: stored?.tier ?? null,
    expiresAt: stored?.expiresAt ?? null,
    snapshotId: stored === undefined ? null : formatField(toField(stored.snapshotId)),
    current: stored?.isCurrent ?? false,
    outcome,
  };
}

const OUTCOMES: Readonly<Record<Attested["outcome"], string>> = {
  attested: "",
  "attested already": "attested already",
  refused: "not this proof: the registry keeps what it has",
};
