import { randomUUID } from "node:crypto";
import { Proofs } from "../prover/proofs.ts";
import type { Sql } from "../store/database.ts";
import type { Standing } from "./batch.ts";
import { Calls } from "./calls.ts";
import { type Head, isKnown, nonceAt, type Place, placeOf } from "./chain-view.ts";
import { firstFee, replacementFee } from "./fees.ts";
import { NOOP_GAS, type Outbox, settleProof } from "./outbox.ts";
import type { StoredTransaction } from "./transactions.ts";

/** Numbers that other transactions skipped: more than these are not filled without a person. */
const MOST_GAPS = 16;

/** Follows what was sent to its end: in a block that stays, or never. */
export class Follow {
  readonly #outbox: Outbox;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** @returns whether the transaction is still in the way of the next one. */
  async follow(transaction: StoredTransaction, head: Head): Promise<boolean> {
    const place = await placeOf(this.#outbox.parts.client, transaction.attempts);
    if (place !== undefined) return this.#isInBlock(transaction, place, head);
    if (transaction.state !== "sent") return this.#undo(transaction);
    if (head.nonce > transaction.nonce) return this.#isTaken(transaction, head);
    await this.#offer(transaction, head);
    return true;
  }

  async #isInBlock(transaction: StoredTransaction, place: Place, head: Head): Promise<boolean> {
    const { id, state } = transaction;
    const { attempt, receipt } = place;
    const { blockNumber: number, blockHash: hash, transactionHash, gasUsed, effectiveGasPrice } = receipt;
    const block = { number, hash, transaction: transactionHash, spent: gasUsed * effectiveGasPrice };
    if (state === "confirmed" || state === "reverted") return false;
    if (head.block - number + 1n < BigInt(this.#outbox.parts.rules.confirmations)) {
      if (state !== "mined" || transaction.blockHash !== hash)
        await this.#outbox.transactions.settled(id, "mined", block);
      return true;
    }
    const isReverted = receipt.status !== "success";
    if (attempt.isNoop || isReverted) {
      await this.#outbox.parts.database.transaction(async (sql) => {
        await this.#outbox.in(sql).settled(id, isReverted ? "reverted" : "confirmed", block);
        await unsend(sql, id);
      });
      this.#outbox.tell(
        "warning",
        isReverted ? "a transaction was reverted in its block" : "a number was freed",
        transactionHash,
      );
      return false;
    }
    // What the registry says is read before anything is written: an answer that fails leaves all as it was.
    const standings = new Map<string, Standing>();
    for (const proof of await this.#outbox.proofs.in(id))
      standings.set(proof.id, await this.#outbox.standing(proof));
    const done = await this.#outbox.parts.database.transaction(async (sql) => {
      await this.#outbox.in(sql).settled(id, "confirmed", block);
      for (const [proof, standing] of standings) await settleProof(sql, proof, standing);
      return new Calls(sql).done(id, transactionHash);
    });
    for (const purpose of done) this.#outbox.tell("info", `done: ${purpose}`, transactionHash);
    if (done.length === 0) this.#outbox.tell("info", `${standings.size} attested`, transactionHash);
    return false;
  }

  /** Its block is gone: it is offered again as it was. */
  async #undo({ id, attempts }: StoredTransaction): Promise<boolean> {
    await this.#outbox.parts.database.transaction(async (sql) => {
      await this.#outbox.in(sql).settled(id, "sent");
      await new Proofs(sql).undo(id);
      await new Calls(sql).undo(id);
    });
    this.#outbox.tell("warning", "a block with a transaction is gone: it is sent again");
    for (const { raw } of attempts) await this.#outbox.submit(raw);
    return true;
  }

  /**
   * Its number went to something else, so says the node. Only once that is final, and no node has the transaction any more, its proofs are
   * sent anew.
   */
  async #isTaken({ id, nonce, attempts }: StoredTransaction, head: Head): Promise<boolean> {
    for (const { hash } of attempts) if (await isKnown(this.#outbox.parts.client, hash)) return true;
    const final = head.block - BigInt(this.#outbox.parts.rules.confirmations) + 1n;
    if ((await nonceAt(this.#outbox.parts.client, final)) <= nonce) return true;
    await this.#outbox.parts.database.transaction(async (sql) => {
      await this.#outbox.in(sql).settled(id, "lost");
      await unsend(sql, id);
    });
    this.#outbox.tell("warning", "the key's number was used from elsewhere: let one process send with it");
    return false;
  }

  /** Waiting: given again to a node that doesn't have it, offered for more when it takes long, and replaced by nothing once it is of no use. */
  async #offer(transaction: StoredTransaction, head: Head): Promise<void> {
    const { id, attempts, nonce, dropAfter } = transaction;
    const last = attempts.at(-1);
    if (last === undefined) return;
    if (!(await isKnown(this.#outbox.parts.client, last.hash))) await this.#outbox.submit(last.raw);
    const isUseless = head.time > dropAfter && !last.isNoop;
    const waited = this.#outbox.clock.now() - last.at;
    // A clock that was set back would else have it wait for as long again.
    if (!isUseless && waited >= 0n && waited < BigInt(this.#outbox.parts.rules.bumpAfter)) return;
    if (nonce > head.nonce) await this.#fill(head.nonce, nonce, head);
    const fee = replacementFee(last, head.baseFee, await this.#outbox.tip(), this.#outbox.parts.rules.maxFee);
    if (fee === undefined) {
      this.#outbox.tell("warning", "held: the gas price is at its cap");
      return;
    }
    const attempt = await this.#outbox.sign(transaction, fee, isUseless || last.isNoop);
    await this.#outbox.transactions.attempt(id, attempt);
    await this.#outbox.submit(attempt.raw);
    this.#outbox.tell(
      "info",
      isUseless ? "of no use any more: its number is freed" : "offered for more",
      attempt.hash,
    );
  }

  /** Numbers below one of ours that nobody used: a node said more of them were taken than were. Nothing is sent under each. */
  async #fill(from: number, below: number, head: Head): Promise<void> {
    const fee = firstFee(head.baseFee, await this.#outbox.tip(), this.#outbox.parts.rules.maxFee);
    if (fee === undefined || below - from > MOST_GAPS) {
      this.#outbox.tell("warning", "held: numbers below a waiting transaction are free");
      return;
    }
    for (let nonce = from; nonce < below; nonce++) {
      const made = {
        id: randomUUID(),
        target: this.#outbox.address,
        data: "0x",
        gas: NOOP_GAS,
        nonce,
        dropAfter: head.time,
      } as const;
      const attempt = await this.#outbox.sign(made, fee, true);
      await this.#outbox.parts.database.transaction((sql) => this.#outbox.in(sql).add(made, attempt));
      await this.#outbox.submit(attempt.raw);
    }
  }
}

/** What a transaction carried waits again. */
async function unsend(sql: Sql, transaction: string): Promise<void> {
  await new Proofs(sql).unsend(transaction);
  await new Calls(sql).unsend(transaction);
}
