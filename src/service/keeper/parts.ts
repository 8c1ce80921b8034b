import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import type { Clock } from "../../clock.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import type { LiquidationCircuits, LiquidationStatement } from "../../liquidation/circuits.ts";
import type { DisclosureKey } from "../../liquidation/disclosure-key.ts";
import type { LoadedKey } from "../../prover/prover.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { OnEvent } from "../events.ts";
import type { Keyring } from "../secrets/keyring.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import type { Database } from "../store/database.ts";
import type { KeeperRules } from "./rules.ts";

/** What a case's statements are proven with; the proofs are made by whatever workers have the keys. */
export type KeeperKits = {
  readonly [Statement in Exclude<
    LiquidationStatement,
    "ceiling" | "deleverage" | "empty"
  >]: KeeperKit<Statement>;
} & {
  /** Of a liquidator who settles without showing equities. */
  readonly ceiling?: KeeperKit<"ceiling">;
};

interface KeeperKit<Statement extends LiquidationStatement> {
  readonly circuit: LiquidationCircuits[Statement];
  readonly key: LoadedKey;
}

export interface KeeperParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly accounts: Accounts;
  readonly snapshots: Snapshots;
  /** The key that it acts with. What it makes is sent by that key's sender. */
  readonly client: ChainClient;
  readonly deployment: Deployment;
  readonly system: LiquidationSystem;
  readonly kits: KeeperKits;
  readonly rules: KeeperRules;
  /** Openings that are in files, e.g. of a firm's account at the venue. Default: none. */
  readonly files?: (snapshot: Pick<Snapshot, "rows">) => readonly OpenAccount[];
  /** Of the liquidator: what venues disclose to it is read with it. */
  readonly disclosureKey?: DisclosureKey;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
}
