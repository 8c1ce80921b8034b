import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { loadAccount } from "../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../liquidation/circuits.ts";
import { loadDisclosureKey } from "../../liquidation/disclosure-key-file.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import type { Config } from "../config/config.ts";
import type { KeeperPart } from "../loops.ts";
import type { Role, ServiceParts } from "../serve.ts";
import type { KeeperKits } from "./parts.ts";
import type { KeeperRules } from "./rules.ts";

/**
 * What a keeper acts in, and what its statements are proven with.
 * @returns undefined where the configuration has no keeper, or the roles need none of it.
 * @throws {BallastError} INVALID_INPUT where only that was asked for, or the deployment has no liquidation; INVALID_KEY, UNKNOWN_CIRCUIT.
 */
export async function liquidationOfConfig(
  { keeper, circuit }: Pick<Config, "keeper" | "circuit">,
  deployment: Deployment,
  roles: readonly Role[],
): Promise<ServiceParts["liquidation"]> {
  if (keeper === undefined) {
    if (roles.length > 1 || roles[0] !== "keeper") return undefined;
    throw new BallastError("INVALID_INPUT", "The configuration has no keeper.", {
      hint: 'Give it one, e.g. "keeper": {"roles": ["anyone", "venue"]}.',
    });
  }
  if (!roles.includes("keeper") && !roles.includes("prover")) return undefined;
  const system = liquidationOf(deployment);
  return { system, kits: await kitsOf(circuit, keeper.unshown) };
}

async function kitsOf(name: string, unshown: boolean): Promise<KeeperKits> {
  const { ceiling, coverage, equity, reduction, transfer } = liquidationCircuits(name);
  return {
    coverage: { circuit: coverage, key: await loadKey(coverage) },
    equity: { circuit: equity, key: await loadKey(equity) },
    reduction: { circuit: reduction, key: await loadKey(reduction) },
    transfer: { circuit: transfer, key: await loadKey(transfer) },
    ...given({ ceiling: unshown ? { circuit: ceiling, key: await loadKey(ceiling) } : undefined }),
  };
}

/** The one keeper of a configuration. @throws {BallastError} FILE_ERROR, INVALID_KEY for its disclosure key. */
export async function keepersOf(
  { keeper, sender }: Pick<Config, "keeper" | "sender">,
  client: ChainClient,
): Promise<readonly KeeperPart[]> {
  if (keeper === undefined) return [];
  const { disclosureKeyFile: keyFile, accounts } = keeper;
  const rules: KeeperRules = {
    ...{ roles: keeper.roles, costOfStep: keeper.stepEther, bondOfStep: keeper.bondUnits },
    ...{ onlyPaid: keeper.onlyPaid, weiPerUnit: keeper.weiPerUnit, dryRun: keeper.dryRun || sender.dryRun },
    ...{ takers: keeper.takers, concession: BigInt(keeper.concessionPpm) },
    ...{ bid: BigInt(keeper.bidPpm), unshown: keeper.unshown, buy: BigInt(keeper.buyPpm) },
    ...given({ taker: keeper.taker }),
  };
  return [
    {
      ...{ client, rules },
      files: (snapshot) => accounts.map((path) => loadAccount(path, snapshot).account),
      ...given({ disclosureKey: keyFile === undefined ? undefined : await loadDisclosureKey(keyFile) }),
    },
  ];
}
