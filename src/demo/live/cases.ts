import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { deployVerifier } from "../../chain/deploy/node/deploy.ts";
import { registerAccount } from "../../chain/liquidation/ledger.ts";
import { deployLiquidation } from "../../chain/liquidation/node/deploy.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { addAsset } from "../../chain/solvency/vault.ts";
import { liquidationCircuits } from "../../liquidation/circuits.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import type { CircuitInstance, CoverageCircuit } from "../../prover/circuits.ts";
import { setupDev } from "../../prover/keys/setup-dev.ts";
import type { LoadedKey } from "../../prover/prover.ts";
import type { AccountVersion } from "../../service/accounts/accounts.ts";
import type { KeeperKits } from "../../service/keeper/parts.ts";
import type { ServiceParts } from "../../service/serve.ts";
import {
  LIVE_CADENCE,
  LIVE_PARAMETERS,
  MICROS_PER_LOT,
  SETTLEMENT_ID,
  UNITS_PER_LOT,
  usdc,
} from "../cascade/parameters.ts";
import { deployDollar } from "../venue.ts";

/** The clearing house's account, by name. */
const HOUSE = "house";
const WALLET = usdc(1_000_000n);

export interface CasesSetting {
  /** Deploys, and does nothing else meanwhile. */
  readonly owner: ChainClient;
  readonly venue: ChainClient;
  readonly circuit: CoverageCircuit;
  readonly key: LoadedKey;
  readonly deployment: Deployment;
  /** As they are now. */
  readonly accounts: () => Promise<readonly Pick<AccountVersion, "account" | "commitment">[]>;
}

/** A venue's liquidation, and what its statements are proven with. */
export interface Cases {
  readonly deployment: Deployment;
  readonly liquidation: NonNullable<ServiceParts["liquidation"]>;
}

/** Makes the keys that a liquidation needs beside the one that accounts are attested with: seconds each, in processes of their own. */
export async function liquidationKits({
  circuit,
  key,
}: Pick<CasesSetting, "circuit" | "key">): Promise<KeeperKits> {
  const { equity, reduction, transfer } = liquidationCircuits(circuit.name);
  const kit = async <Circuit extends CircuitInstance>(of: Circuit) => ({
    circuit: of,
    key: await setupDev(of),
  });
  return {
    coverage: { circuit, key },
    reduction: await kit(reduction),
    transfer: await kit(transfer),
    equity: await kit(equity),
  };
}

/** Deploys a venue's liquidation beside a deployment that attests already. */
export async function openCases(
  { owner, venue, deployment, accounts }: CasesSetting,
  kits: KeeperKits,
): Promise<Cases> {
  const token = await deployDollar(owner, [venue.account.address], [WALLET]);
  const verifiers = [];
  for (const { circuit, key } of [kits.reduction, kits.transfer, kits.equity])
    verifiers.push(
      await deployVerifier(owner, deployment.verifierRegistry, {
        ...{ circuit, verifyingKey: key.verifyingKey, dev: true },
      }),
    );
  const deployed = await deployLiquidation(
    owner,
    { ...deployment, verifiers: [...deployment.verifiers, ...verifiers] },
    {
      ...{ venue: venue.account.address, houseAccount: accountIdOf(HOUSE), settlementId: SETTLEMENT_ID },
      ...{ microsPerLot: MICROS_PER_LOT, parameters: LIVE_PARAMETERS, cadence: LIVE_CADENCE },
    },
  );
  const system = liquidationOf(deployed);
  // By hand before the venue's sender begins, which makes one transaction after the other.
  for (const { account: accountId, commitment } of await accounts())
    await registerAccount(venue, system, { accountId, commitment });
  await addAsset(venue, system, { instrumentId: SETTLEMENT_ID, token, unitsPerLot: UNITS_PER_LOT });
  return { deployment: deployed, liquidation: { system, kits } };
}
