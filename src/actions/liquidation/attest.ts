import { attest } from "../../chain/coverage/attest.ts";
import { coverageContext } from "../../chain/coverage/context.ts";
import { viemReader } from "../../chain/coverage/read.ts";
import { BallastError } from "../../errors.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { proveTier } from "../../liquidation/claims.ts";
import { type Desk, nameIn, sendStep } from "./context.ts";
import { checkOnLedger } from "./facts.ts";

/**
 * Proves and attests the tier of an account as the ledger has it; anyone may who has its opening.
 * @returns the tier, 0 to 4.
 * @throws {BallastError} COMMITMENT_MISMATCH; as {@link attestTier}.
 * @example
 * ```ts
 * import { attestAccount, type Desk, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"coverage">;
 * declare const account: OpenAccount;
 * const tier = await attestAccount(desk, account);
 * ```
 */
export async function attestAccount(desk: Desk<"coverage">, account: OpenAccount): Promise<number> {
  await checkOnLedger(desk, [account]);
  return attestTier(desk, account);
}

/**
 * Proves an account's tier, of what it holds or will hold, and attests it. Where the registry has it already, nothing is done.
 * @param worst the worst tier that is of use: what is worse is not attested.
 * @returns the tier, 0 to 4.
 * @throws {BallastError} INVALID_INPUT for a worse tier; CHAIN_ERROR; as `proveTier`.
 */
export async function attestTier(desk: Desk<"coverage">, account: OpenAccount, worst = 4): Promise<number> {
  const { client, deployment, system, kits, snapshot, deadline, progress, slots } = desk;
  const name = nameIn(desk, account.accountId);
  const commitment = commitmentOf(account, slots);
  const stored = await viemReader(client.public, deployment).readAttestation(account.accountId, commitment);
  if (stored?.snapshotId === snapshot.snapshotId && stored.isCurrent && stored.tier <= worst) {
    progress.note(`${name} is attested already, in tier ${stored.tier}`);
    return stored.tier;
  }
  progress.note(`tier of ${name}`);
  const { chainId, coverageRegistry: registry } = system;
  const place = { context: coverageContext({ chainId, registry, deadline }), deadline };
  const claim = await proveTier(kits.coverage, snapshot, account, place);
  if (claim.tier > worst)
    throw new BallastError(
      "INVALID_INPUT",
      `Account ${name} would be in tier ${claim.tier}: ${worst} at most is allowed.`,
      { hint: "Bring in more collateral, or move other positions, and try again." },
    );
  await sendStep(desk, `attesting tier ${claim.tier} of ${name}`, () => attest(client, deployment, claim));
  return claim.tier;
}
