import type { Address, TransactionReceipt } from "viem";
import { BallastError } from "../../errors.ts";
import { type Field, toField } from "../../math/field.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import { challengeBookAbi as abi } from "../generated/challenge-book.ts";
import { marketClockAbi } from "../generated/market-clock.ts";
import { guarded } from "../guarded.ts";
import { approveBeyondCredit } from "./credits.ts";
import { readAccount } from "./read-ledger.ts";
import { eventIn } from "./receipt.ts";
import { sender } from "./send.ts";
import type { LiquidationSystem } from "./system.ts";

type Reader = Pick<ChainReader, "public">;
type Book = Pick<LiquidationSystem, "challenges">;

const send = sender(abi, "challenges");

/** What becomes of a challenge, in the contract's order. */
export const VERDICTS = ["pending", "answered", "dismissed", "breach", "silence"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A challenge that waits, and what would become of it now. */
export interface ChallengeView {
  /** Its place among the account's challenges, 0..3. */
  readonly index: number;
  readonly challenger: Address;
  /** Token units. */
  readonly bond: bigint;
  /** Unix seconds. */
  readonly challengedAt: bigint;
  /** Served seconds until which the account answers. */
  readonly deadline: bigint;
  /** An answer is by a snapshot no older than this, Unix seconds. */
  readonly askedTime: bigint;
  /** The portfolio that was challenged: an attestation of it, or of what proven transfers made of it, is an answer. */
  readonly commitment: bigint;
  readonly verdict: Verdict;
  /** Token units that whoever settles it would get. */
  readonly reward: bigint;
  /** Token units that would come back to the challenger. */
  readonly returned: bigint;
}

/**
 * An account's challenges that wait.
 * @param blockNumber default: the latest.
 * @returns at most four, in order of their places.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function readChallenges(
  { public: client }: Reader,
  { challenges: address }: Book,
  accountId: bigint,
  blockNumber?: bigint,
): Promise<readonly ChallengeView[]> {
  const read = { address, abi, ...(blockNumber === undefined ? {} : { blockNumber }) } as const;
  const doing = "reading the challenges";
  const places = await guarded(doing, () =>
    client.readContract({ ...read, functionName: "challengesOf", args: [accountId] }),
  );
  const waiting = places
    .map((place, index) => ({ ...place, index }))
    .filter(({ challengedAt }) => challengedAt !== 0n);
  return Promise.all(
    waiting.map(async ({ index, challenger, bond, challengedAt, deadline, askedTime, commitment }) => {
      const [code, reward, returned] = await guarded(doing, () =>
        client.readContract({ ...read, functionName: "verdictOf", args: [accountId, BigInt(index)] }),
      );
      const said = { index, challenger, bond, challengedAt, deadline, askedTime, commitment };
      return { ...said, verdict: verdictOf(code), reward, returned };
    }),
  );
}

/** Whether a challenge of an account waits: the ledger takes no word of the venue's about it meanwhile. @throws {BallastError} CHAIN_ERROR. */
export function readIsChallenged(
  { public: client }: Reader,
  { challenges: address }: Book,
  accountId: bigint,
): Promise<boolean> {
  const read = { address, abi, functionName: "isChallenged", args: [accountId] } as const;
  return guarded("reading whether the account is challenged", () => client.readContract(read));
}

/** Who was challenged, about which prices, and until when it answers. */
export interface ChallengedAccount {
  readonly index: number;
  /** An answer is by a snapshot no older than this, Unix seconds. */
  readonly askedTime: bigint;
  /** Served seconds. */
  readonly deadline: bigint;
  readonly receipt: TransactionReceipt;
}

/**
 * Challenges the present portfolio of an account without a current attestation; anyone may. The bond comes from the client's credit first; what is
 * lacking is approved here.
 * @throws {BallastError} CHAIN_ERROR, e.g. AttestationIsCurrent, CommitmentChanged, SnapshotTooOld, TooEarly, NothingNewToAsk,
 *   TooManyChallenges, CaseIsOpen, HouseAccount, Paused, NoPrices.
 */
export async function challengeAccount(
  client: ChainClient,
  system: LiquidationSystem,
  accountId: bigint,
): Promise<ChallengedAccount> {
  const { challenges: address } = system;
  const { commitment } = await readAccount(client, system, accountId);
  const { bond, answerTime } = await guarded("reading the challenge book's parameters", () =>
    client.public.readContract({ address, abi, functionName: "parameters" }),
  );
  const snapshotId = await readAskable(client, system, answerTime);
  await approveBeyondCredit(client, system, "challenges", bond);
  const args = [accountId, commitment, snapshotId] as const;
  const receipt = await send(client, system, "challenge", args, "challenging the account");
  const { index, askedTime, deadline } = eventIn(receipt, address, abi, "Challenged");
  return { index: Number(index), askedTime, deadline, receipt };
}

/**
 * Ends a challenge as its verdict says; anyone may.
 * @param index its place among the account's challenges.
 * @returns the case that it opened; none for an account that has answered, or while new cases are paused.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotChallenged, TooEarly.
 */
export async function settleChallenge(
  client: ChainClient,
  system: LiquidationSystem,
  accountId: bigint,
  index: number,
): Promise<{ readonly caseId?: bigint; readonly receipt: TransactionReceipt }> {
  const args = [accountId, BigInt(index)] as const;
  const receipt = await send(client, system, "settleChallenge", args, "settling the challenge");
  const { caseId } = eventIn(receipt, system.challenges, abi, "ChallengeSettled");
  return caseId === 0n ? { receipt } : { caseId, receipt };
}

/**
 * The newest snapshot that an account has had the time to attest by unasked; the line's first where none has been there for so long, of which the
 * contract says what is missing.
 * @param answerTime served seconds.
 * @throws {BallastError} CHAIN_ERROR; INVALID_SNAPSHOT when there is none at all.
 */
async function readAskable(
  { public: client }: Reader,
  { clock: address }: Pick<LiquidationSystem, "clock">,
  answerTime: bigint,
): Promise<Field> {
  return guarded("looking for a snapshot to ask about", async () => {
    const { number: blockNumber } = await client.getBlock();
    const read = { address, abi: marketClockAbi, blockNumber } as const;
    const [length, served] = await Promise.all([
      client.readContract({ ...read, functionName: "length" }),
      client.readContract({ ...read, functionName: "served" }),
    ]);
    if (length === 0)
      throw new BallastError("INVALID_SNAPSHOT", "No snapshot has become the newest yet.", {
        hint: "Wait for the oracles' first: nobody can be asked about prices that are not there.",
      });
    const at = async (place: number) => {
      const id = await client.readContract({ ...read, functionName: "snapshotAt", args: [place] });
      const entry = await client.readContract({ ...read, functionName: "entryOf", args: [id] });
      // A snapshot that was proven wrong has no entry, so its served time is 0.
      return { id, isSound: entry.place !== 0, isOldEnough: entry.servedAt + answerTime <= served };
    };
    let last = 1;
    for (let [low, high] = [2, length]; low <= high; ) {
      const place = Math.floor((low + high) / 2);
      if ((await at(place)).isOldEnough) [last, low] = [place, place + 1];
      else high = place - 1;
    }
    for (let place = last; place > 1; place--) {
      const { id, isSound, isOldEnough } = await at(place);
      if (isSound && isOldEnough) return toField(id);
    }
    return toField((await at(1)).id);
  });
}

function verdictOf(code: number): Verdict {
  const verdict = VERDICTS[code];
  if (verdict !== undefined) return verdict;
  throw new BallastError("CHAIN_ERROR", "The challenge book has a verdict that is not known.", {
    hint: "Check that the deployment's contracts are Ballast's, of this version.",
  });
}
