import type { LocalAccount } from "viem";
import { signAsOracle } from "../../actions/snapshot/sign.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { MOST_PUBLISH_WITHIN, type TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import type { MarketChain } from "../../market/chain.ts";
import { formatField } from "../../math/field.ts";
import { type Policy, policyDigest } from "../../risk/policy.ts";
import { checkRollOver } from "../../risk/roll-over.ts";
import { decodeSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import type { OnEvent } from "../events.ts";
import type { Database } from "../store/database.ts";
import { disagreements, type Tolerances } from "./compare.ts";
import { type Proposal, Proposals } from "./proposals.ts";

export interface SignerParts {
  readonly database: Database;
  readonly account: LocalAccount;
  readonly deployment: Pick<Deployment, "chainId" | "snapshotOracle">;
  /** The only rules that it signs under. */
  readonly policy: Policy;
  /** The own view of the market, undefined before the first. */
  readonly market: () => MarketChain | undefined;
  readonly tolerances: Tolerances;
  /** The points of a snapshot that go with it: the signer makes its own, and signs no other's. */
  readonly points: (snapshot: Snapshot) => Promise<readonly TablePoint[]>;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
}

/** Seconds that a proposal's market may be ahead of the signer's clock, and behind it. */
const AHEAD = 60n;
const BEHIND = 900n;
/** Seconds between two times that it says by what it judges. */
const ANNOUNCE = 60_000n;

/**
 * One oracle's key. What it signs it has derived again by itself, and compared with a market that it reads by itself; what it doesn't sign,
 * it says why. Its word on a proposal is one row, whoever runs beside it.
 */
export class SnapshotSigner {
  readonly #parts: SignerParts;
  readonly #proposals: Proposals;
  #announced: bigint | undefined;

  constructor(parts: SignerParts) {
    this.#parts = parts;
    this.#proposals = new Proposals(parts.database);
  }

  /** Looks at what is proposed, and says what it thinks of each. @returns how many it said something of. @throws {BallastError} STORE_ERROR. */
  async step(): Promise<number> {
    const { account, clock, tolerances, market } = this.#parts;
    const now = clock.now();
    if (this.#announced === undefined || now - this.#announced >= ANNOUNCE) {
      await this.#proposals.announce(account.address, tolerances);
      this.#announced = now;
    }
    const own = market();
    // Without a market of its own it has no view: silent it can still sign once it has.
    if (own === undefined) return 0;
    const [newest, ...older] = await this.#proposals.unsigned(account.address);
    if (newest === undefined || this.#isEarly(newest, own)) return 0;
    for (const { id } of older) await this.#refuse(id, "a newer one is proposed");
    await this.#judge(newest, own);
    return older.length + 1;
  }

  /** Whether the own market is older than the proposal's, and a newer one may still come in time. */
  #isEarly({ time }: Proposal, own: MarketChain): boolean {
    const { clock, tolerances } = this.#parts;
    const now = clock.now() / 1_000n;
    return own.time < time * 1_000n && time <= now + AHEAD && now <= time + BigInt(tolerances.age);
  }

  async #judge(proposal: Proposal, own: MarketChain): Promise<void> {
    const { account, deployment, points, onEvent } = this.#parts;
    const { id, publishBy } = proposal;
    try {
      const snapshot = await this.#derive(proposal);
      const [why] = disagreements(snapshot, own, this.#parts.tolerances);
      if (why !== undefined) return await this.#refuse(id, why);
      const within = publishBy - snapshot.time;
      const { signature } = await signAsOracle(deployment, snapshot, await points(snapshot), account, within);
      const isNew = await this.#proposals.say(id, { signer: account.address, signature, reason: undefined });
      if (isNew)
        onEvent({ role: "signer", level: "info", message: `${short(account.address)} signs ${short(id)}` });
    } catch (error) {
      if (!(error instanceof BallastError) || error.code === "STORE_ERROR") throw error;
      await this.#refuse(id, `${error.code}: ${error.shortMessage}`);
    }
  }

  /** Every row again, and what no market tells: rules, times, ids. @throws {BallastError} saying what is wrong. */
  async #derive({ id, content, publishBy }: Proposal): Promise<Snapshot> {
    const { policy, clock, account } = this.#parts;
    const snapshot = decodeSnapshot(content);
    const now = clock.now() / 1_000n;
    const wrong = (what: string) => new BallastError("INVALID_SNAPSHOT", what);
    if (formatField(snapshot.snapshotId) !== id) throw wrong("It is proposed under another id.");
    if (policyDigest(snapshot.policy) !== policyDigest(policy)) throw wrong("It has other rules.");
    if (snapshot.time > now + AHEAD || snapshot.time + BEHIND < now)
      throw wrong("Its market is not the present one.");
    if (publishBy > snapshot.time + MOST_PUBLISH_WITHIN) throw wrong("It may be published for too long.");
    const last = await this.#proposals.lastSigned(account.address);
    if (last !== undefined) checkIds(decodeSnapshot(last), snapshot);
    return snapshot;
  }

  async #refuse(proposal: string, why: string): Promise<void> {
    const { account, onEvent } = this.#parts;
    const reason = why.slice(0, 300);
    if (await this.#proposals.say(proposal, { signer: account.address, signature: undefined, reason }))
      onEvent({
        role: "signer",
        level: "warning",
        message: `${short(account.address)} doesn't sign ${short(proposal)}: ${reason}`,
      });
  }
}

/** That an id means the same as in what was signed before, that it is newer, and that what expired stays. @throws {BallastError} INVALID_SNAPSHOT. */
function checkIds(before: Snapshot, after: Snapshot): void {
  if (after.time <= before.time)
    throw new BallastError("INVALID_SNAPSHOT", "A market of the same time or a later one is signed already.");
  const ids = new Map(before.rows.map((row) => [row.instrument.name, row.instrumentId]));
  const names = new Map(before.rows.map((row) => [row.instrumentId, row.instrument.name]));
  for (const { instrument, instrumentId } of after.rows)
    if (
      (ids.get(instrument.name) ?? instrumentId) !== instrumentId ||
      (names.get(instrumentId) ?? instrument.name) !== instrument.name
    )
      throw new BallastError("INVALID_SNAPSHOT", `${instrument.name} had another id before.`);
  checkRollOver(before, after);
}

function short(id: string): string {
  return `${id.slice(0, 6)}…${id.slice(-4)}`;
}
