import type { Address } from "viem";
import type { Progress } from "../../actions/progress.ts";
import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { loadParameters } from "../../chain/liquidation/parameters-file.ts";
import type { LiquidationCircuits, LiquidationKeys } from "../../liquidation/circuits.ts";
import type { RunKits } from "../cascade/anchor.ts";
import { MICROS_PER_LOT, UNITS_PER_LOT, usdc } from "../cascade/parameters.ts";
import { deployDollar, deployVenue } from "../venue.ts";

/** Who has a key: the owner also guards and acts for the clearing house; alice and bob are whoever the reader wants. */
export const PEOPLE = ["owner", "venue", "oracle", "alice", "bob"] as const;
export type Person = (typeof PEOPLE)[number];

/** The clearing house's account. */
const HOUSE = "house";
/** Oldest snapshot that attests, seconds: the bundled sample stays good for a week. */
const MAX_AGE = 604_800;
const WALLET = usdc(10_000_000n);

export interface Devnet {
  readonly people: Readonly<Record<Person, ChainClient>>;
  readonly token: Address;
  readonly deployment: Deployment;
}

/** Deploys a token of which everybody has ten million, the contracts, and a venue's liquidation. */
export async function deployDevnet(
  people: Devnet["people"],
  circuits: LiquidationCircuits,
  keys: LiquidationKeys,
  runs: RunKits,
  parameters: string,
  progress: Progress,
): Promise<Devnet> {
  const { owner, venue, oracle } = people;
  const holders = PEOPLE.map((name) => people[name].account.address);
  const token = await progress.step("deploying a token", () =>
    deployDollar(
      owner,
      holders,
      holders.map(() => WALLET),
    ),
  );
  const { deployment } = await deployVenue(
    {
      ...{ owner, venue, circuits, keys, runs, token, house: HOUSE, maxAge: MAX_AGE },
      oracleSigners: [oracle.account.address],
      parameters: loadParameters(parameters, UNITS_PER_LOT, MICROS_PER_LOT),
    },
    progress,
  );
  return { people, token, deployment };
}
