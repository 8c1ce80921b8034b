import type { Hex } from "viem";
import { type AttestedVenue, readAttestedVenue } from "../../../actions/solvency/read-attested.ts";
import { given } from "../../../given.ts";
import { formatField, toField } from "../../../math/field.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { disclosures } from "../../../solvency/disclosures.ts";
import { command } from "../../command.ts";
import { openReader } from "../../connect.ts";
import { deployment, rpc, snapshot } from "../../flags.ts";
import { option, optional, saying } from "../../input.ts";
import { runIdOf } from "../../options.ts";
import { renderPage, type SolvencyPage } from "../../solvency/page.ts";
import { lotsText, time } from "../../solvency/run-text.ts";

const STATUS = {
  current: "CURRENT",
  expired: "EXPIRED: true of its snapshot, which is too old by now",
  void: "VOID: its table was proven wrong, or one of its circuits was retired; don't believe it",
} as const;

export const show = command({
  name: "show",
  summary: "print a venue's attestation as one page, from the chain alone",
  flags: {
    deployment: saying(deployment, "from `ballast deploy --venue`"),
    rpc,
    runId: option("--run <id>", "another run than the latest", runIdOf),
    snapshot: optional(snapshot, "the attested snapshot: for names, and to compare the vault's lots with"),
  },
  notes: `
Exit code 1 says that there is no attestation, that it is not current, or that a lot of the vault is another one.`,
  examples: ["ballast solvency show"],
  async run({ runId, ...values }, { print, fail }) {
    const snapshot = values.snapshot === undefined ? undefined : loadSnapshot(values.snapshot);
    const { reader, deployment } = await openReader(values);
    const venue = await readAttestedVenue(reader, { deployment, ...given({ runId, snapshot }) });
    if (venue?.isGood !== true) fail();
    if (venue === undefined) {
      const whose = runId === undefined ? "of this venue" : `of run ${runId}`;
      print({ attestation: null }, () => `no attestation ${whose}`);
      return;
    }
    const { registry, attestation: found, devKeys, lots } = venue;
    const page = pageOf(venue, snapshot);
    const attestation = {
      ...found,
      snapshotId: hex(found.snapshotId),
      accountsRoot: hex(found.accountsRoot),
    };
    print({ registry, attestation, devKeys, lots, disclosures: disclosures(page) }, () => renderPage(page));
  },
});

function pageOf(
  { attestation: found, registry, devKeys, lots }: AttestedVenue,
  snapshot: Snapshot | undefined,
): SolvencyPage {
  const { venue, vault, result, reserves, funds } = found;
  return {
    facts: [
      ["status", STATUS[found.status]],
      ["closed at", time(found.attestedAt)],
      ["expires", time(found.expiresAt)],
      ["venue", venue],
      ["registry", registry],
      ["vault", vault],
      ["run", found.runId],
      ["accounts root", hex(found.accountsRoot)],
      ["snapshot", `${hex(found.snapshotId)}, ${time(found.snapshotTime)}`],
      ["batches", String(found.batches)],
      ...(devKeys ? ([["keys", "DEVELOPMENT: whoever made them can forge any run"]] as const) : []),
      ...(lots === null ? [] : ([["lots", lotsText(lots)]] as const)),
    ],
    result,
    reserves,
    funds,
    ...given({ snapshot }),
  };
}

function hex(value: bigint): Hex {
  return formatField(toField(value));
}
