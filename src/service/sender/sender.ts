import { randomUUID } from "node:crypto";
import type { Address, Hex } from "viem";
import { guarded } from "../../chain/guarded.ts";
import { Pauses } from "../pauses.ts";
import { Proofs, type StoredProof } from "../prover/proofs.ts";
import type { Sql } from "../store/database.ts";
import { batchOf, dataOf, isFinal, refusalOf } from "./batch.ts";
import { Calls } from "./calls.ts";
import { type Head, readHead } from "./chain-view.ts";
import { firstFee } from "./fees.ts";
import { Follow } from "./follow.ts";
import { Outbox, type SenderParts, settleProof } from "./outbox.ts";

/** What a step came to: `idle` has nothing to do, `waiting` has a transaction out, `held` may not send now. */
export type SenderState = "idle" | "waiting" | "sent" | "held";

const DAY = 86_400_000n;
/** Proofs that are looked at for a batch. */
const LOOKED_AT = 1_024;
/** What an estimate is multiplied by, percent: state changes until it is mined. */
const GAS_MARGIN = 130n;

/** What a transaction is to carry. */
interface Load {
  readonly target: Address;
  readonly data: Hex;
  /** Unix seconds by the chain's clock, from which on it is of no use. */
  readonly dropAfter: bigint;
  /** Beyond the estimate and its margin. */
  readonly spareGas: bigint;
  /** For people. */
  readonly what: string;
  /** Says in the database that it is in a transaction. */
  readonly mark: (sql: Sql, transaction: string) => Promise<void>;
}

/**
 * The loop of one key: one transaction out at a time, which carries a call, or as many proofs as fit. All that it knows is in the database, so that
 * whoever kills it at any moment finds it where it was. A transaction is durable before it is sent, and is never sent again under
 * another number while the first can still be mined.
 */
export class Sender {
  readonly #outbox: Outbox;
  readonly #follow: Follow;

  constructor(parts: SenderParts) {
    this.#outbox = new Outbox(parts);
    this.#follow = new Follow(this.#outbox);
  }

  /**
   * Looks at what is out, and sends the next if nothing is.
   * @throws {BallastError} CHAIN_ERROR, STORE_ERROR: nothing is lost, the next step goes on.
   */
  async step(): Promise<SenderState> {
    const head = await readHead(this.#outbox.parts.client);
    const open = await this.#outbox.transactions.open(head.nonce);
    let out = false;
    for (const transaction of open) if (await this.#follow.follow(transaction, head)) out = true;
    if (out) return "waiting";
    if (await new Pauses(this.#outbox.parts.database).has("sender")) return "held";
    return this.#next(head);
  }

  /** Makes the next call that its contract takes; where none waits, sends the most urgent proofs that the registry takes now. */
  async #next(head: Head): Promise<SenderState> {
    const call = await this.#call(head);
    if (call !== undefined) return this.#send(call, head);
    const { client, deployment, attests = true } = this.#outbox.parts;
    const refused = new Set<string>();
    while (attests) {
      const batch = await this.#sendable(head, refused);
      if (batch.length === 0) return refused.size === 0 ? "idle" : "held";
      const data = dataOf(batch, deployment);
      const refusal = await refusalOf(client, deployment.coverageRegistry, data);
      if (refusal === undefined) return this.#send(this.#loadOf(batch, data, head), head);
      await this.#putAside(batch, refusal);
      for (const { id } of batch) refused.add(id);
    }
    return "idle";
  }

  #loadOf(batch: readonly StoredProof[], data: Hex, head: Head): Load {
    const ids = batch.map(({ id }) => id);
    return {
      ...{ target: this.#outbox.parts.deployment.coverageRegistry, data, spareGas: 0n },
      dropAfter: batch[0]?.file.deadline ?? head.time,
      what: `attestations: ${batch.length}`,
      mark: (sql, transaction) => new Proofs(sql).sending(ids, transaction),
    };
  }

  /** The key's next call; those whose time is over, and those that their contract refuses, are put aside on the way. */
  async #call(head: Head): Promise<Load | undefined> {
    const { calls, parts, address } = this.#outbox;
    for (;;) {
      const call = await calls.next(address);
      if (call === undefined) return undefined;
      const { id, target, data, dropAfter, spareGas, purpose: what } = call;
      const refusal = dropAfter < head.time ? "too late" : await refusalOf(parts.client, target, data);
      if (refusal === undefined)
        return {
          ...{ target, data, dropAfter, spareGas, what },
          mark: (sql, transaction) => new Calls(sql).sending(id, transaction),
        };
      await calls.refused(id, refusal);
      this.#outbox.tell("warning", `refused: ${what}: ${refusal}`);
    }
  }

  async #send(load: Load, head: Head): Promise<SenderState> {
    const { rules, client, database } = this.#outbox.parts;
    const { target, data, dropAfter } = load;
    const fee = firstFee(head.baseFee, await this.#outbox.tip(), rules.maxFee);
    if (fee === undefined) return this.#held("the gas price is above its cap");
    const estimate = await guarded("estimating gas", () =>
      client.public.estimateGas({ account: client.account, to: target, data }),
    );
    const gas = (estimate * GAS_MARGIN) / 100n + load.spareGas;
    const spent = await this.#outbox.transactions.spentSince(this.#outbox.clock.now() - DAY);
    if (spent + gas * fee.fee > rules.spendADay) return this.#held("what may be spent in a day is spent");
    if (rules.dryRun) return this.#held(`dry run: would be sent: ${load.what}`);
    const nonce = Math.max(head.nonce, await this.#outbox.transactions.nextNonce());
    const made = { id: randomUUID(), target, data, gas, nonce, dropAfter };
    const attempt = await this.#outbox.sign(made, fee, false);
    await database.transaction(async (sql) => {
      await this.#outbox.in(sql).add(made, attempt);
      await load.mark(sql, made.id);
    });
    await this.#outbox.submit(attempt.raw);
    this.#outbox.tell("info", `sent: ${load.what}`, attempt.hash);
    return "sent";
  }

  /** The next batch, without what the registry has already and what is too late. */
  async #sendable(head: Head, refused: ReadonlySet<string>): Promise<readonly StoredProof[]> {
    const { proofs, parts } = this.#outbox;
    for (;;) {
      const waiting = (await proofs.unsent(LOOKED_AT)).filter(({ id }) => !refused.has(id));
      const batch = batchOf(waiting, parts.rules.batch);
      const fresh: StoredProof[] = [];
      for (const proof of batch) {
        if (proof.file.deadline < head.time) {
          await proofs.refused(proof.id, "its deadline has passed");
          continue;
        }
        const standing = await this.#outbox.standing(proof);
        if (standing.kind === "open") fresh.push(proof);
        else await settleProof(parts.database, proof.id, standing);
      }
      if (batch.length === 0 || fresh.length > 0) return fresh;
    }
  }

  /** The registry doesn't take a batch: what it can never take is put aside, one by one. The rest waits. */
  async #putAside(batch: readonly StoredProof[], refusal: string): Promise<void> {
    const { client, deployment } = this.#outbox.parts;
    let aside = 0;
    for (const proof of batch) {
      const own =
        batch.length === 1
          ? refusal
          : await refusalOf(client, deployment.coverageRegistry, dataOf([proof], deployment));
      if (own === undefined || !isFinal(own)) continue;
      await this.#outbox.proofs.refused(proof.id, own);
      aside++;
    }
    this.#held(`the registry refuses: ${refusal}; put aside: ${aside}`);
  }

  #held(why: string): SenderState {
    this.#outbox.tell("warning", `held: ${why}`);
    return "held";
  }
}
