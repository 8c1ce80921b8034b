import { accountOf } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { deployedSolvency } from "../../chain/deploy/deployment.ts";
import { BallastError } from "../../errors.ts";
import { instanceOf } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import type { Config } from "../config/config.ts";
import { type Environment, venueKeyOf } from "../config/config-file.ts";
import type { Role, ServiceParts } from "../serve.ts";
import type { SolvencyKits } from "./schedule.ts";

/**
 * What a venue's runs are proven with, and how often.
 * @returns undefined where the configuration has no runs, or the roles need none of it.
 * @throws {BallastError} INVALID_INPUT for a circuit of other slots than accounts are committed by, or a deployment without a solvency registry.
 */
export async function solvencyOf(
  { solvency, circuit }: Config,
  environment: Environment,
  deployment: Deployment,
  roles: readonly Role[],
): Promise<ServiceParts["solvency"]> {
  if (solvency === undefined) {
    if (roles.length > 1 || roles[0] !== "solvency") return undefined;
    throw new BallastError("INVALID_INPUT", "The configuration has no solvency runs.", {
      hint: 'Give it some, e.g. "solvency": {"circuit": "16x16x240", "folder": "runs"}.',
    });
  }
  const isRun = roles.includes("solvency");
  if (!isRun && !roles.includes("prover")) return undefined;
  const kits = await kitsOf(solvency.circuit);
  const { slots } = instanceOf("coverage", circuit);
  if (kits.batch.circuit.slots !== slots)
    throw new BallastError("INVALID_INPUT", "Solvency runs have accounts of another number of slots.", {
      hint: `Accounts are committed by ${slots} slots: choose a solvency circuit of as many.`,
    });
  if (!isRun) return { kits };
  deployedSolvency(deployment);
  const { every, folder, atOnce, chunk } = solvency;
  const venue = accountOf(venueKeyOf(environment));
  return { kits, runs: { venue, rules: { every: BigInt(every), folder, atOnce, chunk } } };
}

async function kitsOf(name: string): Promise<SolvencyKits> {
  const batch = instanceOf("solvency", name);
  const { scenarios, underlyings } = batch.shape;
  const report = instanceOf("report", `report_s${scenarios}k${underlyings}`);
  return {
    batch: { circuit: batch, key: await loadKey(batch) },
    report: { circuit: report, key: await loadKey(report) },
  };
}
