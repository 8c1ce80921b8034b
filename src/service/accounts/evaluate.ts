import { BallastError } from "../../errors.ts";
import { type Field, formatField, parseField } from "../../math/field.ts";
import { portfolioSums, requirement, type Tier, vectorIndex } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { read, type Sql } from "../store/database.ts";
import type { OpenVersion } from "./accounts.ts";
import { checkInstruments } from "./opening.ts";

/** An account's tier by the reference model. The distances are secret. */
export interface Evaluation {
  readonly account: Field;
  readonly version: bigint;
  readonly tier: Tier;
  /** Equity less what each of the tiers 1 to 3 begins below, micro-USD, rounded down; negative once it is crossed. */
  readonly distances: readonly [initial: bigint, soft: bigint, maintenance: bigint];
}

/** An account that this snapshot can't value: it is not guessed. */
export interface Unvalued {
  readonly account: Field;
  readonly error: BallastError;
}

const SCALE18 = 10n ** 18n;

/** Evaluates all accounts in a snapshot. */
export function evaluateAll(
  accounts: readonly OpenVersion[],
  snapshot: Snapshot,
): { readonly evaluations: readonly Evaluation[]; readonly unvalued: readonly Unvalued[] } {
  const { shape, policyElements, rows } = snapshot;
  const vectors = vectorIndex(rows);
  const names = new Map(rows.map(({ instrumentId, instrument }) => [instrumentId, instrument.name]));
  const evaluations: Evaluation[] = [];
  const unvalued: Unvalued[] = [];
  for (const { account, version, opening } of accounts)
    try {
      checkInstruments(opening, names);
      const sums = portfolioSums(vectors, opening.portfolio.positions, shape);
      const { tier, thresholds18 } = requirement(sums, policyElements, shape);
      const [initial, soft, maintenance] = thresholds18;
      const distance = (threshold18: bigint): bigint => floorDiv18(sums.equity * SCALE18 - threshold18);
      evaluations.push({
        ...{ account, version, tier },
        distances: [distance(initial), distance(soft), distance(maintenance)],
      });
    } catch (error) {
      if (!(error instanceof BallastError)) throw error;
      unvalued.push({ account, error });
    }
  return { evaluations, unvalued };
}

function floorDiv18(value: bigint): bigint {
  const quotient = value / SCALE18;
  return value < 0n && quotient * SCALE18 !== value ? quotient - 1n : quotient;
}

/** The history of evaluations; distances are sealed. */
export class Evaluations {
  readonly #sql: Sql;
  readonly #keyring: Keyring;

  constructor(sql: Sql, keyring: Keyring) {
    this.#sql = sql;
    this.#keyring = keyring;
  }

  async add(snapshotId: Field, evaluations: readonly Evaluation[]): Promise<void> {
    if (evaluations.length === 0) return;
    const snapshot = formatField(snapshotId);
    await this.#sql.query(
      `insert into ballast.evaluations (account, version, snapshot, tier, sealed)
      select account, version, $5, tier, decode(sealed, 'hex')
      from unnest($1::text[], $2::bigint[], $3::smallint[], $4::text[]) as t (account, version, tier, sealed)
      on conflict do nothing`,
      [
        evaluations.map(({ account }) => formatField(account)),
        evaluations.map(({ version }) => version.toString()),
        evaluations.map(({ tier }) => String(tier)),
        evaluations.map((one) => this.#seal(snapshot, one)),
        snapshot,
      ],
    );
  }

  /** An account's evaluations, oldest first. @throws {BallastError} SEAL_BROKEN, INVALID_KEY. */
  async of(account: Field): Promise<readonly (Evaluation & { readonly snapshotId: Field })[]> {
    const rows = await this.#sql.query(
      `select e.* from ballast.evaluations e join ballast.snapshots s on s.id = e.snapshot
      where e.account = $1 order by s.time, e.version`,
      [formatField(account)],
    );
    return rows.map((row) => {
      const [version, snapshot] = [read.bigint(row, "version"), read.text(row, "snapshot")];
      const plain = this.#keyring.open(placeOf(account, version, snapshot), read.bytes(row, "sealed"));
      const [initial = 0n, soft = 0n, maintenance = 0n] = new TextDecoder()
        .decode(plain)
        .split(" ")
        .map(BigInt);
      return {
        ...{ account, version, snapshotId: parseField(snapshot), tier: read.number(row, "tier") as Tier },
        distances: [initial, soft, maintenance],
      };
    });
  }

  #seal(snapshot: string, { account, version, distances }: Evaluation): string {
    const plain = new TextEncoder().encode(distances.join(" "));
    return Buffer.from(this.#keyring.seal(placeOf(account, version, snapshot), plain)).toString("hex");
  }
}

function placeOf(account: Field, version: bigint, snapshot: string): string {
  return `evaluation ${formatField(account)} ${version} ${snapshot}`;
}
