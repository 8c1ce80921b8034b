import type { Command } from "commander";
import { type Address, type Hex, isHex } from "viem";
import { connectReader } from "../../../chain/client.ts";
import { deployedSolvency } from "../../../chain/deploy/deployment.ts";
import { loadDeployment } from "../../../chain/deploy/deployment-file.ts";
import type { SolvencyAttestation } from "../../../chain/solvency/attestation.ts";
import { viemSolvencyReader } from "../../../chain/solvency/read.ts";
import { BallastError } from "../../../errors.ts";
import { formatField, toField } from "../../../math/field.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { emit } from "../../io.ts";
import { checkChainId } from "../../options.ts";
import type { Runner } from "../../program.ts";
import { checkLots, type LotCheck, lotsText } from "../../solvency/lots.ts";
import { disclosures, renderPage, type SolvencyPage } from "../../solvency/page.ts";
import { time } from "../../solvency/run.ts";

interface Options extends Record<string, unknown> {
  readonly deployment: string;
  readonly rpc: string;
  readonly run?: string;
  readonly snapshot?: string;
}

const STATUS = {
  current: "CURRENT",
  expired: "EXPIRED: true of its snapshot, which is too old by now",
  void: "VOID: its table was proven wrong, or one of its circuits was retired; don't believe it",
} as const;

/** `ballast solvency show` */
export function registerShow(group: Command, run: Runner): void {
  group
    .command("show")
    .description("print a venue's attestation as one page, from the chain alone")
    .requiredOption("--deployment <file>", "from `ballast deploy --venue`")
    .requiredOption("--rpc <url>", "the chain's node")
    .option("--run <id>", "another run than the latest")
    .option("-s, --snapshot <file>", "the attested snapshot: for names, and to compare the vault's lots with")
    .addHelpText(
      "after",
      "\nExit code 1 says that there is no attestation, that it is not current, or that a lot of the vault is another one.",
    )
    .action(
      run<Options>(async ({ io, json, fail }, options) => {
        const deployment = loadDeployment(options.deployment);
        const { registry } = deployedSolvency(deployment);
        const runId = options.run === undefined ? undefined : runIdOf(options.run);
        const snapshot = options.snapshot === undefined ? undefined : loadSnapshot(options.snapshot);
        const reader = await connectReader(options.rpc);
        checkChainId(reader.chainId, deployment);
        const found = await viemSolvencyReader(reader.public, { registry }).readAttestation(runId);
        if (found?.status !== "current") fail();
        if (found === undefined) {
          emit(
            io,
            json,
            { attestation: null },
            () => `no attestation ${runId === undefined ? "of this venue" : `of run ${runId}`}`,
          );
          return;
        }
        if (snapshot !== undefined) checkSnapshot(found, snapshot);
        const lots = snapshot === undefined ? null : await checkLots(reader, found, snapshot);
        if (lots?.some(({ ok }) => !ok)) fail();
        const devKeys = deployment.verifiers.some(
          ({ dev, circuitId }) => dev && [found.batchCircuit, found.reportCircuit].includes(circuitId),
        );
        const page = pageOf(found, registry, { snapshot, lots, devKeys });
        const attestation = {
          ...found,
          snapshotId: hex(found.snapshotId),
          accountsRoot: hex(found.accountsRoot),
        };
        emit(io, json, { registry, attestation, devKeys, lots, disclosures: disclosures(page) }, () =>
          renderPage(page),
        );
      }),
    );
}

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

function runIdOf(text: string): Hex {
  if (isHex(text) && text.length === 66) return text;
  throw new BallastError("INVALID_INPUT", "--run takes a run's id: 0x and 64 hex digits.", {
    hint: "Leave it out for the latest.",
  });
}

function hex(value: bigint): Hex {
  return formatField(toField(value));
}
