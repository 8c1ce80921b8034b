import type { Address, Hex } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import { MAX_BATCH } from "../../chain/coverage/attest.ts";
import { guarded } from "../../chain/guarded.ts";
import { type Clock, systemClock } from "../../clock.ts";
import type { OnEvent } from "../events.ts";
import type { StoredProof } from "../prover/proofs.ts";
import { Proofs } from "../prover/proofs.ts";
import type { Database, Sql } from "../store/database.ts";
import { type SenderDeployment, type Standing, standingOf } from "./batch.ts";
import { Calls } from "./calls.ts";
import type { Fee } from "./fees.ts";
import { signAttempt } from "./sign.ts";
import { type Attempt, type StoredTransaction, Transactions } from "./transactions.ts";

export interface SenderRules {
  /** Blocks, its own included, after which a transaction counts as final. */
  readonly confirmations: number;
  /** Wei for a unit of gas, at most. */
  readonly maxFee: bigint;
  /** Wei in 24 hours, at most. */
  readonly spendADay: bigint;
  /** Milliseconds in no block after which a transaction is offered for more. */
  readonly bumpAfter: number;
  /** Proofs in a transaction, at most. */
  readonly batch: number;
  /** Looks at everything, and signs nothing. */
  readonly dryRun: boolean;
}

export const SENDER_RULES: SenderRules = {
  ...{ confirmations: 2, maxFee: 100n * 10n ** 9n, spendADay: 10n ** 17n, bumpAfter: 30_000 },
  ...{ batch: MAX_BATCH, dryRun: false },
};

export interface SenderParts {
  readonly database: Database;
  /** The key whose only sender this is. */
  readonly client: ChainClient;
  readonly deployment: SenderDeployment & { readonly maxAge: number };
  readonly rules: SenderRules;
  /** Whether this key sends attestations, or makes calls alone. Default: true. Of several keys on one database one does. */
  readonly attests?: boolean;
  readonly onEvent: OnEvent;
  /** Where signed transactions go instead, e.g. a private relay. What is in blocks is read from the client's node. */
  readonly submit?: (raw: Hex) => Promise<unknown>;
  /** Of blocks and fees. Default: the machine's. */
  readonly clock?: Clock;
}

/** What a transaction without a call takes. */
export const NOOP_GAS = 21_000n;

/** What the parts of a sender have in common: its key, its store, and the way to the chain. */
export class Outbox {
  readonly parts: SenderParts;
  readonly transactions: Transactions;
  readonly proofs: Proofs;
  readonly calls: Calls;
  readonly clock: Clock;

  constructor(parts: SenderParts) {
    this.parts = parts;
    this.clock = parts.clock ?? systemClock;
    this.transactions = this.in(parts.database);
    this.proofs = new Proofs(parts.database);
    this.calls = new Calls(parts.database);
  }

  get address(): Address {
    return this.parts.client.account.address;
  }

  /** The key's transactions, within a transaction of the database. */
  in(sql: Sql): Transactions {
    return new Transactions(sql, this.address);
  }

  /** @throws {BallastError} CHAIN_ERROR. */
  standing(proof: StoredProof): Promise<Standing> {
    const { client, deployment } = this.parts;
    return standingOf(client, deployment, proof, BigInt(deployment.maxAge));
  }

  /** What a block's maker is offered, as the node has it. @throws {BallastError} CHAIN_ERROR. */
  tip(): Promise<bigint> {
    return guarded("reading gas prices", () => this.parts.client.public.estimateMaxPriorityFeePerGas());
  }

  /** @param isNoop signs nothing but the number. */
  sign(
    made: Pick<StoredTransaction, "target" | "data" | "gas" | "nonce">,
    fee: Fee,
    isNoop: boolean,
  ): Promise<Attempt> {
    const call = isNoop ? { ...made, target: this.address, data: "0x" as const, gas: NOOP_GAS } : made;
    return signAttempt(this.parts.client, { ...call, ...fee, isNoop, at: this.clock.now() });
  }

  /** A lost answer, or a refusal, changes nothing: the next step looks at what the chain has. */
  async submit(raw: Hex): Promise<void> {
    const { client, submit } = this.parts;
    try {
      await (submit?.(raw) ?? client.wallet.sendRawTransaction({ serializedTransaction: raw }));
    } catch {
      this.tell("warning", "a node did not take a transaction, or its answer was lost: the chain is asked");
    }
  }

  tell(level: "info" | "warning", message: string, transaction?: Hex): void {
    const facts = transaction === undefined ? {} : { facts: { transaction } };
    this.parts.onEvent({ role: "sender", level, message, ...facts });
  }
}

/** What the registry says of a proof, in the database. */
export async function settleProof(sql: Sql, id: string, standing: Standing): Promise<void> {
  const proofs = new Proofs(sql);
  if (standing.kind === "attested") await proofs.attested(id, standing.expiresAt);
  else await proofs.refused(id, "the registry has one of the same or a newer snapshot");
}
