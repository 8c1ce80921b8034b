import type { Address } from "viem";
import type { ChainReader } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { guarded } from "../../chain/guarded.ts";
import type { TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import { BallastError } from "../../errors.ts";
import { decodeSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import type { Report } from "../../venues/venue.ts";
import { attempted, LOOK } from "../attempt.ts";
import type { OnEvent } from "../events.ts";
import type { SnapshotSource } from "../feed.ts";
import { rest } from "../leader.ts";
import { Calls } from "../sender/calls.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import type { Database } from "../store/database.ts";
import { enterCall, publishCall, publishId, readSigners, soundSignatures } from "./gather.ts";
import type { MarketView } from "./market-view.ts";
import { type Proposal, Proposals } from "./proposals.ts";
import { type ProposingRules, propose, type SnapshotTerms, whyPropose } from "./propose.ts";

export interface SignedSourceParts {
  readonly database: Database;
  readonly reader: ChainReader;
  readonly deployment: () => Deployment;
  /** Whose sender publishes. */
  readonly sender: Address;
  readonly snapshots: Snapshots;
  readonly market: MarketView;
  readonly terms: () => Promise<SnapshotTerms>;
  readonly points: (snapshot: Snapshot) => Promise<readonly TablePoint[]>;
  readonly rules: ProposingRules;
  readonly onEvent: OnEvent;
}

/** How often a snapshot that is published is tried to be made the newest. */
const MOST_ENTERS = 8;

/** Snapshots that this feed proposes, that signers sign, and that the sender publishes: each is given once it is on chain. */
export function signedSnapshots(parts: SignedSourceParts): SnapshotSource {
  return {
    name: "signers",
    async *snapshots(signal) {
      const following = parts.market.follow(signal);
      // Its failure is the source's: it is waited for at the end.
      following.catch(() => {});
      const proposer = new Proposer(parts);
      let failure: unknown;
      following.catch((error: unknown) => {
        failure = error;
      });
      while (!signal.aborted) {
        if (failure !== undefined) throw failure;
        const found: { published?: Published } = {};
        await attempted(parts.onEvent, "feed", async () => {
          const published = await proposer.step();
          if (published !== undefined) found.published = published;
        });
        if (found.published !== undefined) {
          yield { reading: found.published.snapshot } satisfies Report<Snapshot>;
          // Whoever goes on after a kill in between gives it once more.
          await attempted(parts.onEvent, "feed", () => proposer.given(found.published?.proposal));
        }
        await rest(LOOK, signal);
      }
    },
  };
}

interface Published {
  readonly proposal: Proposal;
  readonly snapshot: Snapshot;
}

/** Proposes, gathers signatures, and publishes. All that it knows is in the database. */
export class Proposer {
  readonly #parts: SignedSourceParts;
  readonly #proposals: Proposals;
  readonly #calls: Calls;

  constructor(parts: SignedSourceParts) {
    this.#parts = parts;
    this.#proposals = new Proposals(parts.database);
    this.#calls = new Calls(parts.database);
  }

  /** Goes on with what is open, and proposes what is due. @returns a snapshot that is on chain. @throws {BallastError} CHAIN_ERROR, STORE_ERROR. */
  async step(): Promise<Published | undefined> {
    const open = await this.#proposals.open();
    if (open !== undefined) {
      const published = await this.#goOn(open);
      if (published !== undefined) return published;
    }
    await this.#propose(open);
    return undefined;
  }

  async given(proposal: Proposal | undefined): Promise<void> {
    if (proposal !== undefined) await this.#proposals.ended(proposal.id, "published", "on chain");
  }

  async #propose(open: Proposal | undefined): Promise<void> {
    const { database, market, terms, rules, snapshots, onEvent } = this.#parts;
    const { newest } = market;
    if (newest === undefined) return;
    const last = open === undefined ? await this.#proposals.last() : open;
    const before = last === undefined ? undefined : readable(last.content);
    const why = whyPropose(newest, before, rules);
    if (why === undefined || (open !== undefined && (await this.#isOnItsWay(open)))) return;
    if (open !== undefined) await this.#lapse(open, "a newer one is proposed");
    try {
      await propose(database, newest, await terms(), await snapshots.newest(), rules, why);
    } catch (error) {
      if (!(error instanceof BallastError) || error.code === "STORE_ERROR") throw error;
      onEvent({ role: "feed", level: "warning", message: `nothing is proposed: ${error.shortMessage}` });
    }
  }

  async #goOn(proposal: Proposal): Promise<Published | undefined> {
    const { reader, deployment: of, sender, points: pointsOf } = this.#parts;
    const deployment = of();
    const snapshot = readable(proposal.content);
    if (snapshot === undefined) return this.#lapse(proposal, "it is no snapshot");
    const call = await this.#calls.get(publishId(deployment.chainId, deployment.snapshotOracle, snapshot));
    if (call?.state === "done" || call?.reason === "SnapshotAlreadyPublished")
      return (await this.#isEntered(deployment, snapshot)) ? { proposal, snapshot } : undefined;
    if (call?.state === "refused") return this.#lapse(proposal, `the chain refuses it: ${call.reason}`);
    if (call !== undefined) return undefined;
    const { timestamp: time } = await guarded("reading the latest block", () => reader.public.getBlock());
    const { publishBy } = proposal;
    if (time > publishBy) return this.#lapse(proposal, "too few have signed in time");
    const set = await readSigners(reader, deployment);
    const verdicts = await this.#proposals.verdicts(proposal.id);
    if (verdicts.length < set.threshold || time < snapshot.time) return undefined;
    const points = await pointsOf(snapshot);
    const sound = await soundSignatures(deployment, snapshot, points, publishBy, verdicts, set);
    if (sound.length < set.threshold) return undefined;
    const signatures = sound.slice(0, set.threshold);
    await this.#calls.add(publishCall(deployment, sender, snapshot, points, publishBy, signatures));
    return undefined;
  }

  /** Makes it the newest, where there is a clock; what can't become it is told, and given all the same. */
  async #isEntered(deployment: Deployment, snapshot: Snapshot): Promise<boolean> {
    const { sender, onEvent } = this.#parts;
    const { liquidation, chainId } = deployment;
    if (liquidation === undefined) return true;
    for (let n = 0; n < MOST_ENTERS; n++) {
      const wanted = enterCall(chainId, liquidation.clock, sender, snapshot, n);
      const call = await this.#calls.get(wanted.id);
      if (call?.state === "done") return true;
      if (call?.state === "refused" && call.reason === "TooSoon") continue;
      if (call?.state === "refused") {
        const message = `the prices are not the newest: ${call.reason}`;
        onEvent({ role: "feed", level: "warning", message });
        return true;
      }
      if (call === undefined) await this.#calls.add(wanted);
      return false;
    }
    return true;
  }

  async #isOnItsWay({ content }: Proposal): Promise<boolean> {
    const { chainId, snapshotOracle } = this.#parts.deployment();
    const snapshot = readable(content);
    return (
      snapshot !== undefined &&
      (await this.#calls.get(publishId(chainId, snapshotOracle, snapshot))) !== undefined
    );
  }

  async #lapse(proposal: Proposal, reason: string): Promise<undefined> {
    await this.#proposals.ended(proposal.id, "lapsed", reason);
    const said = (await this.#proposals.verdicts(proposal.id)).filter(
      ({ signature }) => signature === undefined,
    );
    const message = `a proposal lapsed: ${reason}; refusals: ${said.length}`;
    this.#parts.onEvent({ role: "feed", level: "warning", message });
    return undefined;
  }
}

/** @returns undefined for what is no snapshot. */
function readable(content: string): Snapshot | undefined {
  try {
    return decodeSnapshot(content);
  } catch (error) {
    if (error instanceof BallastError) return undefined;
    throw error;
  }
}
