import { type Address, type Hex, isHex } from "viem";
import { checkLots, type LotCheck } from "../../../actions/solvency/check-lots.ts";
import { deployedSolvency } from "../../../chain/deploy/deployment.ts";
import type { SolvencyAttestation } from "../../../chain/solvency/attestation.ts";
import { viemSolvencyReader } from "../../../chain/solvency/read.ts";
import { BallastError } from "../../../errors.ts";
import { formatField, toField } from "../../../math/field.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { disclosures } from "../../../solvency/disclosures.ts";
import { command } from "../../command.ts";
import { openReader } from "../../connect.ts";
import { deployment, rpc, snapshot } from "../../flags.ts";
import { option, optional, saying } from "../../input.ts";
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
    const within = values.snapshot === undefined ? undefined : loadSnapshot(values.snapshot);
    const { reader, deployment: deployed } = await openReader(values);
    const { registry } = deployedSolvency(deployed);
    const found = await viemSolvencyReader(reader.public, { registry }).readAttestation(runId);
    if (found?.status !== "current") fail();
    if (found === undefined) {
      const whose = runId === undefined ? "of this venue" : `of run ${runId}`;
      print({ attestation: null }, () => `no attestation ${whose}`);
      return;
    }
    if (within !== undefined) checkSnapshot(found, within);
    const lots = within === undefined ? null : await checkLots(reader, found, within);
    if (lots?.some(({ ok }) => !ok)) fail();
    const devKeys = deployed.verifiers.some(
      ({ dev, circuitId }) => dev && [found.batchCircuit, found.reportCircuit].includes(circuitId),
    );
    const page = pageOf(found, registry, { snapshot: within, lots, devKeys });
    const attestation = {
      ...found,
      snapshotId: hex(found.snapshotId),
      accountsRoot: hex(found.accountsRoot),
    };
    print({ registry, attestation, devKeys, lots, disclosures: disclosures(page) }, () => renderPage(page));
  },
});

interface PageContext {
  readonly snapshot: Snapshot | undefined;
  readonly lots: readonly LotCheck[] | null;
  readonly devKeys: boolean;
}

function pageOf(
  found: SolvencyAttestation,
  registry: Address,
  { snapshot, lots, devKeys }: PageContext,
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
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}

function checkSnapshot({ snapshotId }: SolvencyAttestation, snapshot: Snapshot): void {
  if (snapshotId === snapshot.snapshotId) return;
  throw new BallastError("INVALID_SNAPSHOT", "The attestation is of another snapshot than the one given.", {
    hint: `Give snapshot ${hex(snapshotId)}, or leave out --snapshot.`,
  });
}

function runIdOf(text: string, name: string): Hex {
  if (isHex(text) && text.length === 66) return text;
  throw new BallastError("INVALID_INPUT", `${name} takes a run's id: 0x and 64 hex digits.`, {
    hint: "Leave it out for the latest.",
  });
}

function hex(value: bigint): Hex {
  return formatField(toField(value));
}
